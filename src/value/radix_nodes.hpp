// RadixNodes: how many nodes a radix tree has that holds IDs of streams as 16 bytes each: what
// XINFO STREAM tells as radix-tree-nodes.
//
// A node is a place where keys part, a run of bytes between two such places, or the end of a key.
// The keys are given in ascending order; the tree itself is never made.
// Work: O(1) for each key. Thread safety: none. Source: counts of nodes as redis-server 7.0.15
// tells them.
#pragma once

#include <array>
#include <bit>
#include <cstddef>

#include "value/stream_id.hpp"

namespace redouble::value {

class RadixNodes {
 public:
  // REQUIRES: `id` is above all that were added before.
  void add(StreamId id) {
    if (any_) {
      const int common = common_bytes(last_, id);
      end_key(common);
      end_branches(common);
      if (depth_of_branch() < common) branches_[size_++] = common;
      before_last_ = common;
    }
    any_ = true;
    last_ = id;
  }
  // A tree without keys has a node too.
  std::size_t count() const {
    if (!any_) return 1;
    RadixNodes whole = *this;
    whole.end_key(none);
    whole.end_branches(none);
    return whole.count_;
  }

 private:
  static constexpr int none = -1;
  static constexpr int key_bytes = 16;

  static int common_bytes(StreamId left, StreamId right) {
    if (left.ms != right.ms) return std::countl_zero(left.ms ^ right.ms) / 8;
    return 8 + std::countl_zero(left.seq ^ right.seq) / 8;
  }
  int depth_of_branch() const { return size_ == 0 ? none : branches_[size_ - 1]; }
  // A place `depth` bytes from the top, and the run of bytes between it and the branch above.
  void place(int depth, int above) { count_ += depth > above + 1 ? 2 : 1; }
  // The last key leaves its neighbours where they have no more bytes in common.
  void end_key(int common) { place(key_bytes, common > before_last_ ? common : before_last_); }
  // No later key passes the branches that lie deeper than `common`.
  void end_branches(int common) {
    while (depth_of_branch() > common) {
      const int depth = branches_[--size_];
      const int above = depth_of_branch();
      place(depth, above > common ? above : common);
    }
  }

  bool any_ = false;
  StreamId last_;
  int before_last_ = none;  // what the last key has in common with the one before
  std::size_t count_ = 0;
  std::array<int, key_bytes> branches_;  // where keys part on the way to the last one, by depth
  std::size_t size_ = 0;
};

}  // namespace redouble::value
