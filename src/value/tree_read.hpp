// The members of Tree that walk it. Included by tree.hpp alone.
#pragma once

#include "value/tree.hpp"

namespace redouble::value {

template <TreeLeaf Leaf, unsigned fan_out>
typename Tree<Leaf, fan_out>::Cursor Tree<Leaf, fan_out>::find(std::size_t rank) const {
  REDOUBLE_ASSERT(rank <= size_);
  Cursor at;
  at.tree_ = this;
  if (rank == size_) {
    at.before_ = size_;
    at.knows_before_ = true;
    return at;
  }
  std::size_t left = rank;
  const Child* child = &root_;
  for (unsigned level = 0; level < height_; ++level) {
    const Node* node = child->node;
    unsigned index = 0;
    while (left >= node->entries()[index].size) left -= node->entries()[index++].size;
    at.nodes_[level] = node;
    at.indexes_[level] = static_cast<std::uint16_t>(index);
    child = &node->entries()[index].child;
  }
  at.leaf_ = &child->leaf;
  at.before_ = rank - left;
  at.knows_before_ = true;
  return at;
}

template <TreeLeaf Leaf, unsigned fan_out>
template <class Before>
typename Tree<Leaf, fan_out>::Cursor Tree<Leaf, fan_out>::find_key(Before&& before) const {
  Cursor at;
  at.tree_ = this;
  if (size_ == 0) {
    at.knows_before_ = true;
    return at;
  }
  const Child* child = &root_;
  for (unsigned level = 0; level < height_; ++level) {
    const Node* node = child->node;
    // The number of children that begin before the place, less one.
    unsigned low = 0;
    unsigned high = node->count - 1u;
    while (low < high) {
      const unsigned middle = (low + high + 1) / 2;
      if (before(node->entries()[middle].key)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    at.nodes_[level] = node;
    at.indexes_[level] = static_cast<std::uint16_t>(low);
    child = &node->entries()[low].child;
  }
  at.leaf_ = &child->leaf;
  return at;
}

template <TreeLeaf Leaf, unsigned fan_out>
template <class Function>
void Tree<Leaf, fan_out>::each(const Child& child, unsigned height, Function& function) {
  if (height == 0) {
    function(child.leaf);
    return;
  }
  for (unsigned i = 0; i < child.node->count; ++i) {
    each(child.node->entries()[i].child, height - 1, function);
  }
}

template <TreeLeaf Leaf, unsigned fan_out>
template <class Function>
void Tree<Leaf, fan_out>::each_block(const Child& child, unsigned height, Function& function) {
  if (height == 0) {
    function(static_cast<const void*>(child.leaf.block()), child.leaf.bytes());
    return;
  }
  function(static_cast<const void*>(child.node), child.node->bytes());
  for (unsigned i = 0; i < child.node->count; ++i) {
    each_block(child.node->entries()[i].child, height - 1, function);
  }
}

template <TreeLeaf Leaf, unsigned fan_out>
std::uint64_t Tree<Leaf, fan_out>::check(const Child& child, unsigned height,
                                         std::size_t& bytes) const {
  if (height == 0) {
    REDOUBLE_ASSERT(child.leaf.size() > 0);
    bytes += child.leaf.bytes();
    return child.leaf.size();
  }
  const Node& node = *child.node;
  REDOUBLE_ASSERT(node.height == height && node.count > 0 && node.count <= node.capacity);
  bytes += node.bytes();
  std::uint64_t sum = 0;
  for (unsigned i = 0; i < node.count; ++i) {
    const Entry& entry = node.entries()[i];
    REDOUBLE_ASSERT(check(entry.child, height - 1, bytes) == entry.size);
    if constexpr (!std::is_empty_v<Key>) {
      REDOUBLE_ASSERT(entry.key == first_key(entry.child, height - 1));
    }
    sum += entry.size;
  }
  return sum;
}

template <TreeLeaf Leaf, unsigned fan_out>
void Tree<Leaf, fan_out>::check() const {
  if (size_ == 0) {
    REDOUBLE_ASSERT(bytes_ == 0 && height_ == 0);
    return;
  }
  std::size_t bytes = 0;
  REDOUBLE_ASSERT(check(root_, height_, bytes) == size_);
  REDOUBLE_ASSERT(bytes == bytes_);
  REDOUBLE_ASSERT(height_ == 0 || root_.node->count > 1);
}

}  // namespace redouble::value
