// The members of Table that walk it. Included by table.hpp alone.
#pragma once

#include "value/table.hpp"

namespace redouble::value {

template <Counted Node, class Meter>
template <class Function>
void Table<Node, Meter>::each(Child child, Function& function) {
  if (child.is_page()) {
    child.page()->for_each([&](Child below, std::uint32_t, unsigned) { each(below, function); });
  } else if (child.is_leaf()) {
    const Leaf& leaf = *child.leaf();
    // By homes, so that a walk and a scan agree about the order of segments that scan() may divide.
    for (std::uint32_t home = 0; home < leaf.buckets(); ++home) {
      leaf.for_each_at_home(home, [&](Node* node) { function(*node); });
    }
  }
}

// A position is the upper 40 bits of a hash. In a segment of at most 24 bits the first position of
// every home is known exactly, so a call may stop between two homes; a deeper one is one piece.
template <Counted Node, class Meter>
template <class Visit>
std::uint64_t Table<Node, Meter>::scan(std::uint64_t cursor, std::size_t count,
                                       Visit&& visit) const {
  constexpr unsigned low_bits = 64 - cursor_bits;
  constexpr unsigned divisible_depth = cursor_bits - 16;
  constexpr std::uint64_t end = std::uint64_t{1} << cursor_bits;
  if (cursor >= end) return 0;  // nobody was given it
  std::size_t given = 0;
  while (cursor < end) {
    const Path path = descend(cursor << low_bits);
    if (!path.leaf.is_leaf()) {
      const unsigned depth = path.length == 0 ? 0 : path.steps[path.length - 1].page->depth();
      const std::uint64_t width = end >> depth;
      cursor = (cursor & ~(width - 1)) + width;
      continue;
    }
    const Leaf& leaf = *path.leaf.leaf();
    const std::uint64_t width = end >> leaf.depth();
    const std::uint64_t begin = cursor & ~(width - 1);
    const auto give = [&](Node* node) {
      const bool was_given = hash_of(*node) >> low_bits < cursor;
      if (was_given && !mutant("table-scan-forgets-where-it-stopped")) return;
      ++given;
      visit(*node);
    };
    if (leaf.depth() > divisible_depth) {
      leaf.for_each(give);
      cursor = begin + width;
      if (given >= count) break;
      continue;
    }
    const std::uint32_t buckets = leaf.buckets();
    for (std::uint32_t home = leaf.home(cursor << low_bits); home < buckets; ++home) {
      leaf.for_each_at_home(home, give);
      const std::uint64_t next_home = ((home + 1) * 65536ull + buckets - 1) / buckets;
      if (given >= count || home + 1 == buckets) {
        cursor = begin + (next_home << (divisible_depth - leaf.depth()));
        break;
      }
    }
    if (given >= count) break;
  }
  return cursor < end ? cursor : 0;
}

template <Counted Node, class Meter>
Node* Table<Node, Meter>::random_in(const Leaf& leaf, std::uint64_t bits) {
  return leaf.nth(static_cast<std::uint32_t>((bits >> 32) * leaf.size() >> 32));
}

// A uniform position finds a segment with a probability of its width, so elements of sparse
// segments would come too often: a segment is accepted in proportion to its density, relative to
// twice the mean density.
template <Counted Node, class Meter>
Node* Table<Node, Meter>::random(std::uint64_t bits) const {
  if (empty()) return nullptr;
  const auto draw = [&bits] {  // SplitMix64 (Steele, Lea, Flood 2014)
    bits += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = bits;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  };
  if (!root_.is_page()) return random_in(*root_.leaf(), draw());
  constexpr unsigned tries = 64;
  std::uint64_t position = 0;
  for (unsigned i = 0; i < tries; ++i) {
    position = draw();
    const Path path = descend(position);
    if (!path.leaf.is_leaf()) continue;
    const Leaf& leaf = *path.leaf.leaf();
    const double density = static_cast<double>(leaf.size()) *
                           static_cast<double>(std::uint64_t{1} << leaf.depth()) /
                           static_cast<double>(size_);
    if (static_cast<double>(draw() >> 11) * 0x1p-53 * 2 < density) {
      return random_in(leaf, draw());
    }
  }
  // Skewed hashes: the next segment from a random position on.
  Node* found = nullptr;
  std::uint64_t cursor = position >> (64 - cursor_bits);
  const auto keep = [&found](Node& node) { found = &node; };
  while (found == nullptr) cursor = scan(cursor, 1, keep);
  Child leaf = root_;
  while (leaf.is_page()) leaf = leaf.page()->at(hash_of(*found));
  return random_in(*leaf.leaf(), draw());
}

template <Counted Node, class Meter>
std::size_t Table<Node, Meter>::check(Child child, std::uint64_t prefix, unsigned depth,
                                      std::size_t& bytes) const {
  if (child.is_null()) return 0;
  if (child.is_leaf()) {
    REDOUBLE_ASSERT(child.leaf()->depth() == depth && child.leaf()->size() > 0);
    child.leaf()->check(prefix, hashing());
    bytes += child.leaf()->bytes();
    return child.leaf()->size();
  }
  const Page& page = *child.page();
  REDOUBLE_ASSERT(page.base() == depth && !page.can_halve());
  bytes += page.bytes();
  std::size_t size = 0;
  page.for_each([&](Child below, std::uint32_t first, unsigned below_depth) {
    REDOUBLE_ASSERT(first == page.first(first, below_depth));
    REDOUBLE_ASSERT(!below.is_page() || page.bits() == Page::max_bits);
    for (std::uint32_t i = 0; i < page.width(below_depth); ++i) {
      REDOUBLE_ASSERT(page.entries()[first + i] == below);
    }
    const std::uint64_t part = std::uint64_t{first} << (64 - page.depth());
    size += check(below, prefix | part, below_depth, bytes);
  });
  return size;
}

template <Counted Node, class Meter>
void Table<Node, Meter>::check() const {
  std::size_t bytes = 0;
  REDOUBLE_ASSERT(check(root_, 0, 0, bytes) == size_);
  REDOUBLE_ASSERT(bytes == bytes_);
  if constexpr (Expiring<Node>) {
    std::size_t with_deadline = 0;
    for_each([&](Node& node) {
      if (!node.due().is_set()) return;
      ++with_deadline;
      REDOUBLE_ASSERT(deadlines_.contains(node.due(), &node));
    });
    REDOUBLE_ASSERT(with_deadline == deadlines_.size());
  }
}

}  // namespace redouble::value
