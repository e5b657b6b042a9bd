// FieldDeadlines: the deadlines of a hash's fields, by field and in order; of those that have one.
//
// - A Table of the fields' names with their deadlines, which keeps those in order. Asking for one
//   is O(1), the rest O(log n). Copies are O(1); the first change afterwards copies what leads to
//   it, at most 4 KiB a part. Fields with the same deadline are due in the order in which it was
//   given to them.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: Unix milliseconds; bytes. Errors: out of memory ends the program.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include "value/deadline_index.hpp"
#include "value/node.hpp"
#include "value/table.hpp"

namespace redouble::value {

class FieldDeadlines {
 public:
  static constexpr std::int64_t never = Deadline::never;

  // The seed is that of the hash of the fields' names.
  explicit FieldDeadlines(std::uint64_t seed) : seed_(seed) {}

  std::size_t size() const { return table_.size(); }
  // Heap of its interior.
  std::size_t bytes() const { return table_.bytes() + node_bytes_; }

  // `never` where the field has none.
  std::int64_t of(std::string_view field) const;
  // REQUIRES: at_ms is not `never`.
  void set(std::string_view field, std::int64_t at_ms);
  // False where the field has none.
  bool erase(std::string_view field);

  // `never` where no field has a deadline.
  std::int64_t earliest_ms() const { return table_.deadlines().when().at_ms; }
  // The field that is due first; valid until the next change. REQUIRES: size() > 0.
  std::string_view earliest() const { return table_.deadlines().earliest()->key(); }

 private:
  // A field's name, behind this.
  class Node {
   public:
    static Ref<Node> make(std::uint64_t hash, std::string_view field, Deadline due);
    std::uint64_t hash() const { return hash_; }
    std::string_view key() const { return {reinterpret_cast<const char*>(this + 1), size_}; }
    Deadline due() const { return due_; }
    void set_due(Deadline due) { due_ = due; }
    std::size_t bytes() const { return sizeof *this + size_; }

    friend void retain(Node* node) { node->references_.fetch_add(1, std::memory_order_relaxed); }
    friend void release(Node* node) {
      if (node->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
      node->~Node();
      ::operator delete(node);
    }
    friend bool unique(const Node* node) {
      return node->references_.load(std::memory_order_acquire) == 1;
    }

   private:
    Node(std::uint64_t hash, std::uint32_t size, Deadline due)
        : size_(size), hash_(hash), due_(due) {}

    std::atomic<std::uint32_t> references_{1};
    std::uint32_t size_;
    std::uint64_t hash_;
    Deadline due_;
  };

  Table<Node> table_;
  std::size_t node_bytes_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t seed_;
};

}  // namespace redouble::value
