// CountedNode: the node of the table's tests; knows how many of its kind live, and has a meter.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "value/table.hpp"

namespace redouble::value {

class CountedNode {
 public:
  static inline std::atomic<std::int64_t> live{0};

  CountedNode(std::uint64_t hash, std::string key, int content, Deadline due)
      : hash_(hash), key_(std::move(key)), content_(content), due_(due) {
    live.fetch_add(1, std::memory_order_relaxed);
  }
  ~CountedNode() { live.fetch_sub(1, std::memory_order_relaxed); }
  CountedNode(const CountedNode&) = delete;
  CountedNode& operator=(const CountedNode&) = delete;

  std::uint64_t hash() const { return hash_; }
  std::string_view key() const { return key_; }
  Deadline due() const { return due_; }
  void set_due(Deadline due) { due_ = due; }
  int content() const { return content_; }
  void set_content(int content) { content_ = content; }

  friend void retain(CountedNode* node) {
    node->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void release(CountedNode* node) {
    if (node->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete node;
  }
  friend bool unique(const CountedNode* node) {
    return node->references_.load(std::memory_order_acquire) == 1;
  }

 private:
  std::atomic<std::uint32_t> references_{1};
  std::uint64_t hash_;
  std::string key_;
  int content_;
  Deadline due_;
};

// What the operations of this thread did since reset().
struct WorkMeter {
  static inline thread_local std::size_t nodes_touched = 0;
  static inline thread_local std::size_t entries_written = 0;
  static inline thread_local std::size_t largest_bytes = 0;

  static void reset() { nodes_touched = entries_written = largest_bytes = 0; }
  static void nodes(std::size_t count) { nodes_touched += count; }
  static void entries(std::size_t count) { entries_written += count; }
  static void bytes(std::size_t count) { largest_bytes = std::max(largest_bytes, count); }
};

using NodeTable = Table<CountedNode>;
using MeteredTable = Table<CountedNode, WorkMeter>;
using NodeRef = Ref<CountedNode>;

// SplitMix64 (Steele, Lea, Flood 2014).
inline std::uint64_t mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

inline NodeRef made_node(std::uint64_t hash, int key, int content = 0, Deadline deadline = {}) {
  return NodeRef::adopt(new CountedNode(hash, std::to_string(key), content, deadline));
}

inline NodeRef clone_node(const CountedNode& node) {
  return NodeRef::adopt(
      new CountedNode(node.hash(), std::string(node.key()), node.content(), node.due()));
}

}  // namespace redouble::value
