// The members of Table that change it. Included by table.hpp alone.
//
// Each finds its path, makes every part of it that a copy shares its own, from the root down (a
// copied page shares its children, so what hangs below is then seen as shared), and changes only
// what is its own.
#pragma once

#include <algorithm>

#include "value/table.hpp"

namespace redouble::value {

template <Counted Node, class Meter>
void Table<Node, Meter>::copy_shared(Path& path) {
  for (unsigned level = 0; level < path.length; ++level) {
    Page*& page = path.steps[level].page;
    if (!page->shared()) continue;
    Page* own = page->copy();
    slot(path, level) = Child(own);
    Page::drop(std::exchange(page, own));
  }
  if (path.leaf.is_null() || !path.leaf.leaf()->shared()) return;
  if (mutant("table-writes-to-shared-segment")) return;
  Leaf* shared = path.leaf.leaf();
  Leaf* own = shared->copy();
  hang(path, own->depth(), Child(own));
  Leaf::drop(shared);
}

// A node with one reference may still be shared: the segment that holds the reference can be.
template <Counted Node, class Meter>
bool Table<Node, Meter>::owns_alone(const Node& node) const {
  const std::uint64_t hash = hash_of(node);
  const Path path = descend(hash);
  for (unsigned level = 0; level < path.length; ++level) {
    if (path.steps[level].page->shared()) return false;
  }
  typename Leaf::Place place{};
  return path.leaf.is_leaf() && !path.leaf.leaf()->shared() &&
         path.leaf.leaf()->find(hash, node.key(), place) && path.leaf.leaf()->at(place) == &node &&
         unique_node(&node);
}

template <Counted Node, class Meter>
Node& Table<Node, Meter>::insert(std::uint64_t hash, NodeRef node) {
  Path path = descend(hash);
  unshare(path);
  if (path.leaf.is_null()) {
    plant(path);
  } else {
    typename Leaf::Place place{};
    REDOUBLE_ASSERT(!path.leaf.leaf()->find(hash, node->key(), place));
    if (path.leaf.leaf()->is_full()) {
      const std::uint32_t buckets = path.leaf.leaf()->buckets();
      if (buckets < Leaf::full_buckets) {
        resize(path, Leaf::more_buckets(buckets));
      } else {
        divide(path, hash);
      }
    }
  }
  deadline_moves(nullptr, node.get());
  path.leaf.leaf()->put(hash, node.get());
  ++size_;
  return *node.disown();
}

template <Counted Node, class Meter>
typename Table<Node, Meter>::NodeRef Table<Node, Meter>::replace(std::uint64_t hash, NodeRef node) {
  Path path = descend(hash);
  typename Leaf::Place place{};
  REDOUBLE_ASSERT(!path.leaf.is_null() && path.leaf.leaf()->find(hash, node->key(), place));
  unshare(path);
  deadline_moves(path.leaf.leaf()->at(place), node.get());
  return NodeRef::adopt(path.leaf.leaf()->exchange(place, node.disown()));
}

template <Counted Node, class Meter>
typename Table<Node, Meter>::NodeRef Table<Node, Meter>::erase(std::uint64_t hash,
                                                               std::string_view key) {
  Path path = descend(hash);
  typename Leaf::Place place{};
  if (path.leaf.is_null() || !path.leaf.leaf()->find(hash, key, place)) return {};
  unshare(path);
  Node* node = path.leaf.leaf()->take(place);
  deadline_moves(node, nullptr);
  --size_;
  settle(path);
  return NodeRef::adopt(node);
}

template <Counted Node, class Meter>
template <class Clone>
Node* Table<Node, Meter>::writable(std::uint64_t hash, std::string_view key, Clone&& clone) {
  Path path = descend(hash);
  typename Leaf::Place place{};
  if (path.leaf.is_null() || !path.leaf.leaf()->find(hash, key, place)) return nullptr;
  unshare(path);
  Node* stored = path.leaf.leaf()->at(place);
  if (unique_node(stored)) [[likely]]
    return stored;
  NodeRef clone_of_it = clone(std::as_const(*stored));
  Node* own = clone_of_it.get();
  REDOUBLE_ASSERT(hash_of(*own) == hash && own->key() == stored->key() && unique_node(own));
  deadline_moves(stored, own);
  const NodeRef shared = NodeRef::adopt(path.leaf.leaf()->exchange(place, clone_of_it.disown()));
  return own;
}

template <Counted Node, class Meter>
void Table<Node, Meter>::set_due(Node& node, Deadline due)
  requires requires { node.set_due(due); }
{
  const Deadline before = node.due();
  if (before == due) return;
  REDOUBLE_ASSERT(owns_alone(node));
  if (before.is_set()) deadlines_.remove(before, &node);
  node.set_due(due);
  if (due.is_set()) deadlines_.set(due, &node);
}

// REQUIRES: the leaf is not shared. Gives it another number of buckets.
template <Counted Node, class Meter>
void Table<Node, Meter>::resize(Path& path, std::uint32_t buckets) {
  Leaf* old = path.leaf.leaf();
  Leaf* resized = new_leaf(old->depth(), buckets);
  old->move_all_into(*resized);
  hang(path, resized->depth(), Child(resized));
  free_leaf(old);
}

// REQUIRES: the leaf is null. A new segment takes as many empty entries as it can.
template <Counted Node, class Meter>
void Table<Node, Meter>::plant(Path& path) {
  unsigned depth = 0;
  if (path.length > 0) {
    const Step& last = path.last();
    depth = last.page->depth();
    while (depth > last.page->base() && last.page->is_null(last.index, depth - 1)) --depth;
  }
  hang(path, depth, Child(new_leaf(depth, 1)));
}

// REQUIRES: the leaf is full and not shared. Makes two of it, at the first bit in which its hashes
// and `hash` differ; path leads to the one for `hash`, which has room. Where they agree in all bits
// of a position, the segment grows beyond its limit instead.
template <Counted Node, class Meter>
void Table<Node, Meter>::divide(Path& path, std::uint64_t hash) {
  Leaf* whole = path.leaf.leaf();
  if (whole->depth() == Leaf::max_depth) return resize(path, Leaf::more_buckets(whole->buckets()));
  const unsigned common = std::min(whole->common_bits(hash, hashing()), Leaf::max_depth);
  // Narrow its range to what it really holds: the other half of each step is empty.
  for (unsigned depth = whole->depth(); depth < common; ++depth) {
    deepen(path, hash, depth, Child(whole));
    path.last().page->fill(path.last().index, depth, Child{});
    hang(path, depth + 1, Child(whole));
  }
  if (common == Leaf::max_depth) {
    Leaf* deepest = new_leaf(common, Leaf::more_buckets(whole->buckets()));
    whole->move_all(hashing(), [deepest](std::uint64_t) { return deepest; });
    hang(path, common, Child(deepest));
    free_leaf(whole);
    return;
  }
  deepen(path, hash, common, Child(whole));
  const std::uint64_t bit = std::uint64_t{1} << (63 - common);
  const std::uint32_t ones = whole->count_ones(common, hashing());
  // The element that is about to be inserted counts already.
  const std::uint32_t one_more = (hash & bit) != 0 ? 1 : 0;
  Leaf* left = new_leaf(common + 1, Leaf::buckets_for(whole->size() - ones + 1 - one_more));
  Leaf* right = new_leaf(common + 1, Leaf::buckets_for(ones + one_more));
  whole->move_all(hashing(), [=](std::uint64_t h) { return (h & bit) != 0 ? right : left; });
  Page& page = *path.last().page;
  const std::uint32_t first = page.first(path.last().index, common);
  page.fill(first, common + 1, Child(left));
  page.fill(first + page.width(common + 1), common + 1, Child(right));
  path.leaf = Child((hash & bit) != 0 ? right : left);
  free_leaf(whole);
}

// Sees to it that the last page of the path has more entries than one for a segment of `depth`.
template <Counted Node, class Meter>
void Table<Node, Meter>::deepen(Path& path, std::uint64_t hash, unsigned depth, Child child) {
  if (path.length > 0 && path.last().page->depth() > depth) return;
  if (path.length > 0 && path.last().page->can_double()) {
    Page* old = path.last().page;
    Page* page = old->doubled();
    bytes_ += page->bytes() - old->bytes();
    slot(path, path.length - 1) = Child(page);
    path.last() = {page, page->index(hash)};
    Page::free_shell(old);
    return;
  }
  Page* page = Page::make(depth, 1);
  bytes_ += page->bytes();
  page->fill(0, depth, child);
  slot(path, path.length) = Child(page);
  path.steps[path.length++] = {page, page->index(hash)};
}

// After an erase: the leaf gives back what it does not need.
template <Counted Node, class Meter>
void Table<Node, Meter>::settle(Path& path) {
  Leaf* leaf = path.leaf.leaf();
  if (merge(path)) return;
  if (leaf->size() == 0) {
    hang(path, leaf->depth(), Child{});
    free_leaf(leaf);
    tidy(path);
  } else if (leaf->buckets() > 1 && leaf->size() <= Leaf::limit(leaf->buckets()) / 3) {
    const std::uint32_t fitting = Leaf::buckets_for(leaf->size() + leaf->size() / 2);
    if (fitting < leaf->buckets()) resize(path, fitting);
  }
}

// Makes one segment of the leaf and its other half, where both together fill at most half of one.
template <Counted Node, class Meter>
bool Table<Node, Meter>::merge(Path& path) {
  constexpr std::uint32_t most = Leaf::limit(Leaf::full_buckets) / 2;
  Leaf* leaf = path.leaf.leaf();
  const unsigned depth = leaf->depth();
  if (path.length == 0 || leaf->size() > most / 2) return false;
  Page& page = *path.last().page;
  if (depth == page.base()) return false;
  const std::uint32_t own_index = page.first(path.last().index, depth);
  const std::uint32_t other_index = own_index ^ page.width(depth);
  const Child other = page.entries()[other_index];
  Leaf* buddy = nullptr;
  if (other.is_null()) {
    if (!page.is_null(other_index, depth)) return false;
  } else {
    if (other.is_page() || other.leaf()->depth() != depth) return false;
    buddy = other.leaf();
  }
  const std::uint32_t together = leaf->size() + (buddy == nullptr ? 0 : buddy->size());
  if (together > most || together == 0) return false;
  Leaf* merged = new_leaf(depth - 1, Leaf::buckets_for(together));
  const bool leaf_is_second = own_index > other_index;
  leaf->join_into(*merged, leaf_is_second, false);
  if (buddy != nullptr) {
    const bool shared = buddy->shared();
    buddy->join_into(*merged, !leaf_is_second, shared);
    if (shared) {
      bytes_ -= buddy->bytes();
      Leaf::drop(buddy);
    } else {
      free_leaf(buddy);
    }
  }
  free_leaf(leaf);
  hang(path, depth - 1, Child(merged));
  tidy(path);
  return true;
}

// Halves the last page while that loses nothing; a page of one entry gives way to what is in it.
template <Counted Node, class Meter>
void Table<Node, Meter>::tidy(Path& path) {
  while (path.length > 0) {
    Page* page = path.last().page;
    while (page->can_halve()) {
      Page* half = page->halved();
      bytes_ -= page->bytes() - half->bytes();
      Page::free_shell(std::exchange(page, half));
      slot(path, path.length - 1) = Child(page);
      path.last() = {page, path.last().index / 2};
    }
    if (page->bits() > 0) return;
    path.leaf = page->entries()[0];
    slot(path, path.length - 1) = path.leaf;
    bytes_ -= page->bytes();
    Page::free_shell(page);
    --path.length;
  }
}

}  // namespace redouble::value
