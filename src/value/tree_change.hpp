// The members of Tree that change it. Included by tree.hpp alone.
#pragma once

#include "value/tree.hpp"

namespace redouble::value {

template <TreeLeaf Leaf, unsigned fan_out>
typename Tree<Leaf, fan_out>::Node* Tree<Leaf, fan_out>::own(Child& child) {
  Node* node = child.node;
  if (!node->shared() || mutant("tree-writes-to-shared-node")) return node;
  const std::size_t before = bytes_;
  Node* made = make(node->height, node->capacity);
  bytes_ = before;  // the shared one is not ours any more
  made->count = node->count;
  for (unsigned i = 0; i < node->count; ++i) {
    share(made->entries()[i].child, node->entries()[i].child, node->height - 1u);
    made->entries()[i].size = node->entries()[i].size;
    made->entries()[i].key = node->entries()[i].key;
  }
  drop(child, node->height);
  child.node = made;
  return made;
}

template <TreeLeaf Leaf, unsigned fan_out>
typename Tree<Leaf, fan_out>::Child& Tree<Leaf, fan_out>::own_way(Cursor& at) {
  Child* child = &root_;
  for (unsigned level = 0; level < height_; ++level) {
    Node* node = own(*child);
    at.nodes_[level] = node;
    child = &node->entries()[at.indexes_[level]].child;
  }
  at.leaf_ = &child->leaf;
  return *child;
}

template <TreeLeaf Leaf, unsigned fan_out>
void Tree<Leaf, fan_out>::refresh(Cursor& at, unsigned level, std::uint64_t change) {
  for (; level > 0; --level) {
    Entry& entry = mutable_node(at.nodes_[level - 1])->entries()[at.indexes_[level - 1]];
    entry.size += change;
    entry.key = first_key(entry.child, height_ - level);
  }
  size_ += change;
}

template <TreeLeaf Leaf, unsigned fan_out>
template <class Function>
void Tree<Leaf, fan_out>::change(Cursor& at, Function&& function) {
  REDOUBLE_ASSERT(at.tree_ == this && at.valid());
  Leaf& leaf = own_way(at).leaf;
  const std::size_t bytes = leaf.bytes();
  const std::size_t size = leaf.size();
  function(leaf);
  bytes_ += leaf.bytes() - bytes;
  if (leaf.size() != 0) {
    refresh(at, height_, leaf.size() - size);
    return;
  }
  bytes_ -= leaf.bytes();
  leaf.~Leaf();
  at.leaf_ = nullptr;
  remove_entry(at, size);
}

// Removes the entry of a leaf that is dropped already, and nodes that are left with none.
template <TreeLeaf Leaf, unsigned fan_out>
void Tree<Leaf, fan_out>::remove_entry(Cursor& at, std::uint64_t size) {
  unsigned level = height_;
  for (; level > 0; --level) {
    Node* node = mutable_node(at.nodes_[level - 1]);
    const unsigned index = at.indexes_[level - 1];
    --node->count;
    move_entries(node->entries() + index, node->entries() + index + 1, node->count - index);
    if (node->count > 0) break;
    free_shell(node);
  }
  if (level == 0) {
    REDOUBLE_ASSERT(size_ == size && bytes_ == 0);
    new (&root_) Child();
    size_ = 0;
    height_ = 0;
    return;
  }
  refresh(at, level - 1, 0 - size);
  for (unsigned above = level - 1; above > 0; --above) {
    Node& parent = *mutable_node(at.nodes_[above - 1]);
    const unsigned index = at.indexes_[above - 1];
    if (index + 1u < parent.count) merge_neighbours(parent, index);
    if (index > 0) merge_neighbours(parent, index - 1);
  }
  lower_root();
}

template <TreeLeaf Leaf, unsigned fan_out>
void Tree<Leaf, fan_out>::merge_neighbours(Node& parent, unsigned left) {
  Entry& entry = parent.entries()[left];
  Entry& next = parent.entries()[left + 1];
  if (entry.child.node->count + next.child.node->count > fan_out / 2) return;
  Node* one = own(entry.child);
  Node* other = own(next.child);
  Node* merged = make(one->height, one->count + 0u + other->count);
  move_entries(merged->entries(), one->entries(), one->count);
  move_entries(merged->entries() + one->count, other->entries(), other->count);
  merged->count = static_cast<std::uint16_t>(one->count + other->count);
  free_shell(one);
  free_shell(other);
  entry.child.node = merged;
  entry.size += next.size;
  --parent.count;
  move_entries(&next, &next + 1, parent.count - (left + 1));
}

template <TreeLeaf Leaf, unsigned fan_out>
void Tree<Leaf, fan_out>::lower_root() {
  while (height_ > 0 && root_.node->count == 1) {
    Node* node = own(root_);
    std::memcpy(static_cast<void*>(&root_), static_cast<void*>(&node->entries()[0].child),
                sizeof(Child));
    free_shell(node);
    --height_;
  }
}

template <TreeLeaf Leaf, unsigned fan_out>
void Tree<Leaf, fan_out>::grow(Child& slot) {
  Node* node = slot.node;
  Node* made = make(node->height, node->count + 1u);
  made->count = node->count;
  move_entries(made->entries(), node->entries(), node->count);
  free_shell(node);
  slot.node = made;
}

template <TreeLeaf Leaf, unsigned fan_out>
void Tree<Leaf, fan_out>::insert(Cursor at, Side side, Leaf leaf) {
  REDOUBLE_ASSERT(at.tree_ == this && leaf.size() > 0);
  bytes_ += leaf.bytes();
  const std::size_t added = leaf.size();
  if (size_ == 0) {
    new (&root_.leaf) Leaf(std::move(leaf));
    size_ = added;
  } else {
    REDOUBLE_ASSERT(at.valid());
    own_way(at);
    Entry entry;
    entry.size = added;
    entry.key = leaf.key();
    new (&entry.child.leaf) Leaf(std::move(leaf));
    insert_entry(at, height_, side, entry);
  }
}

// Puts the entry beside the one that the cursor stands on in the node of `level`, which is owned;
// a full node is divided and its right part goes up.
template <TreeLeaf Leaf, unsigned fan_out>
void Tree<Leaf, fan_out>::insert_entry(Cursor& at, unsigned level, Side side, Entry& entry) {
  if (level == 0) {
    // The root gets a root above it.
    Node* top = make(height_ + 1u, 2);
    const unsigned old = side == Side::before ? 1 : 0;
    std::memcpy(static_cast<void*>(&top->entries()[old].child), static_cast<void*>(&root_),
                sizeof(Child));
    top->entries()[old].size = size_;
    top->entries()[old].key = first_key(top->entries()[old].child, height_);
    move_entries(top->entries() + (1 - old), &entry, 1);
    top->count = 2;
    size_ += entry.size;
    root_.node = top;
    ++height_;
    return;
  }
  const unsigned place = at.indexes_[level - 1] + (side == Side::after ? 1u : 0u);
  Child& slot = level == 1
                    ? root_
                    : mutable_node(at.nodes_[level - 2])->entries()[at.indexes_[level - 2]].child;
  const auto put = [](Node& node, unsigned index, const Entry& added) {
    move_entries(node.entries() + index + 1, node.entries() + index, node.count - index);
    move_entries(node.entries() + index, &added, 1);
    ++node.count;
  };
  if (slot.node->count == slot.node->capacity && slot.node->capacity < fan_out) grow(slot);
  Node* node = slot.node;
  at.nodes_[level - 1] = node;
  if (node->count < node->capacity) {
    put(*node, place, entry);
    // The entry that the cursor stands on in each node above holds it.
    refresh(at, level - 1, entry.size);
    return;
  }
  // What comes at either end of the whole keeps what is there full; else it is halved.
  bool at_end = place == node->count;
  bool at_begin = place == 0;
  for (unsigned above = level - 1; above > 0; --above) {
    at_end = at_end && at.indexes_[above - 1] + 1u == at.nodes_[above - 1]->count;
    at_begin = at_begin && at.indexes_[above - 1] == 0;
  }
  const unsigned kept = at_end ? node->count : at_begin ? 0 : node->count / 2u;
  const bool to_left = place <= kept && !at_end;
  Node* right = make(node->height, node->count - kept + (to_left ? 0u : 1u));
  move_entries(right->entries(), node->entries() + kept, node->count - kept);
  right->count = static_cast<std::uint16_t>(node->count - kept);
  node->count = static_cast<std::uint16_t>(kept);
  put(to_left ? *node : *right, to_left ? place : place - kept, entry);
  Entry above;
  above.child.node = right;
  above.size = right->size();
  above.key = right->entries()[0].key;
  // The node's own entry loses what went to the right, and gets the new one if it is there.
  const std::uint64_t change =
      (to_left ? entry.size : 0) - (above.size - (to_left ? 0 : entry.size));
  refresh(at, level - 1, change);
  insert_entry(at, level - 1, Side::after, above);
}

template <TreeLeaf Leaf, unsigned fan_out>
template <class Cut>
void Tree<Leaf, fan_out>::erase_ranks(std::size_t from, std::size_t to, Cut&& cut) {
  REDOUBLE_ASSERT(from <= to && to <= size_);
  if (from == to) return;
  if (to - from == size_) {
    clear();
    return;
  }
  erase_below(root_, height_, from, to, cut);
  size_ -= to - from;
  lower_root();
}

// REQUIRES: something of the child stays.
template <TreeLeaf Leaf, unsigned fan_out>
template <class Cut>
void Tree<Leaf, fan_out>::erase_below(Child& child, unsigned height, std::size_t from,
                                      std::size_t to, Cut& cut) {
  if (height == 0) {
    const std::size_t bytes = child.leaf.bytes();
    cut(child.leaf, from, to);
    bytes_ += child.leaf.bytes() - bytes;
    return;
  }
  Node& node = *own(child);
  std::size_t begin = 0;
  unsigned kept = 0;
  unsigned seam = 0;
  const unsigned count = node.count;
  for (unsigned i = 0; i < count; ++i) {
    Entry& entry = node.entries()[i];
    const std::size_t end = begin + entry.size;
    const std::size_t first = from > begin ? from : begin;
    const std::size_t last = to < end ? to : end;
    begin = end;
    if (first < last) {
      seam = kept;
      const std::size_t origin = end - entry.size;
      if (last - first == entry.size) {
        const auto subtract = [this](const void*, std::size_t bytes) { bytes_ -= bytes; };
        each_block(entry.child, height - 1, subtract);
        drop(entry.child, height - 1);
        continue;
      }
      erase_below(entry.child, height - 1, first - origin, last - origin, cut);
      entry.size -= last - first;
      entry.key = first_key(entry.child, height - 1);
    }
    if (kept != i) move_entries(node.entries() + kept, &entry, 1);
    ++kept;
  }
  node.count = static_cast<std::uint16_t>(kept);
  if (height == 1) return;
  if (seam + 1 < node.count) merge_neighbours(node, seam);
  if (seam > 0 && seam < node.count) merge_neighbours(node, seam - 1);
}

}  // namespace redouble::value
