// DeadlineIndex: nodes ordered by when they are due; a persistent B+ tree of small chunks.
//
// - An entry is a Deadline (time, then sequence: no two are equal) and a node. set(), remove(),
//   earliest() and pop() cost O(log n). Copying an index is O(1); the first change afterwards
//   copies the chunks on its way, at most three a level, each at most 4 KiB. Without entries it
//   holds no memory.
// - Invariants: a node in the index is not owned by it: whoever holds an index or a copy of it
//   keeps its nodes alive (a Table does). remove() and repoint() assert that the entry is there,
//   so that a node whose deadline was changed behind the index's back is found at once.
// - Thread safety: none; but a copy may be used and dropped on another thread than the original.
// - Units: milliseconds of Unix time; bytes. Errors: out of memory ends the program.
#pragma once

#include <algorithm>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "runtime/assert.hpp"

namespace redouble::value {

struct Deadline {
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  std::int64_t at_ms = never;
  std::uint64_t sequence = 0;

  bool is_set() const { return at_ms != never; }
  friend auto operator<=>(const Deadline&, const Deadline&) = default;
};

template <class Node>
class DeadlineIndex {
 public:
  DeadlineIndex() = default;
  DeadlineIndex(const DeadlineIndex& other) noexcept
      : root_(other.root_), size_(other.size_), bytes_(other.bytes_) {
    if (root_ != nullptr) root_->share();
  }
  DeadlineIndex(DeadlineIndex&& other) noexcept
      : root_(std::exchange(other.root_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        bytes_(std::exchange(other.bytes_, 0)) {}
  DeadlineIndex& operator=(DeadlineIndex other) noexcept {
    std::swap(root_, other.root_);
    std::swap(size_, other.size_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~DeadlineIndex() {
    if (root_ != nullptr) drop(root_);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t bytes() const { return bytes_; }

  // The node that is due first, null where none is; when() is its deadline (never, where none is).
  Node* earliest() const {
    const Entry* first = first_entry();
    return first == nullptr ? nullptr : static_cast<Node*>(first->target);
  }
  Deadline when() const {
    const Entry* first = first_entry();
    return first == nullptr ? Deadline{} : first->at;
  }
  bool contains(Deadline at, const Node* node) const {
    const Chunk* chunk = root_;
    if (chunk == nullptr) return false;
    while (chunk->height > 0) chunk = chunk->child(chunk->child_for(at));
    const std::uint32_t i = chunk->lower_bound(at);
    return i < chunk->count && chunk->entries()[i].at == at && chunk->entries()[i].target == node;
  }

  // REQUIRES: no entry with this deadline is there.
  void set(Deadline at, Node* node) {
    if (root_ == nullptr) root_ = make(0, 1);
    if (Chunk* right = insert(root_, at, node); right != nullptr) {
      Chunk* top = make(root_->height + 1, 2);
      top->entries()[0] = {root_->entries()[0].at, root_};
      top->entries()[1] = {right->entries()[0].at, right};
      top->count = 2;
      root_ = top;
    }
    ++size_;
  }
  // REQUIRES: the entry is there.
  void remove(Deadline at, const Node* node) {
    REDOUBLE_ASSERT(root_ != nullptr);
    remove_from(root_, at, node);
    while (root_->height > 0 && root_->count == 1) {
      Chunk* child = root_->child(0);
      free_shell(std::exchange(root_, child));
    }
    if (root_->count == 0) free_shell(std::exchange(root_, nullptr));
    --size_;
  }
  // REQUIRES: the entry is there. It names another node from now on.
  void repoint(Deadline at, const Node* from, Node* to) {
    REDOUBLE_ASSERT(root_ != nullptr);
    root_ = own(root_);
    Chunk* chunk = root_;
    while (chunk->height > 0) {
      Entry& entry = chunk->entries()[chunk->child_for(at)];
      chunk = own(static_cast<Chunk*>(entry.target));
      entry.target = chunk;
    }
    chunk->exact(at, from).target = to;
  }
  // Takes the earliest out; null where none is.
  Node* pop() {
    const Entry* first = first_entry();
    if (first == nullptr) return nullptr;
    auto* node = static_cast<Node*>(first->target);
    remove(first->at, node);
    return node;
  }

  // In order; `function(Deadline, Node&)`.
  template <class Function>
  void for_each(Function&& function) const {
    for_each_while([&](Deadline at, Node& node) {
      function(at, node);
      return true;
    });
  }
  // The same until it says false.
  template <class Function>
  void for_each_while(Function&& function) const {
    if (root_ != nullptr) each(root_, function);
  }

 private:
  // In a leaf `target` is the node. Above, it is a chunk, and `at` is not later than anything in it
  // and later than everything in the chunk before it.
  struct Entry {
    Deadline at;
    void* target;
  };

  struct Chunk {
    std::atomic<std::uint32_t> references{1};
    std::uint16_t count = 0;
    std::uint8_t capacity_class = 0;
    std::uint8_t height = 0;

    Entry* entries() { return reinterpret_cast<Entry*>(this + 1); }
    const Entry* entries() const { return reinterpret_cast<const Entry*>(this + 1); }
    Chunk* child(std::uint32_t i) const { return static_cast<Chunk*>(entries()[i].target); }
    std::uint32_t capacity() const { return capacity_of(capacity_class); }
    void share() { references.fetch_add(1, std::memory_order_relaxed); }

    std::uint32_t lower_bound(Deadline at) const {
      const Entry* found = std::lower_bound(entries(), entries() + count, at,
                                            [](const Entry& e, Deadline d) { return e.at < d; });
      return static_cast<std::uint32_t>(found - entries());
    }
    // The last child that does not begin later; the first, where all do.
    std::uint32_t child_for(Deadline at) const {
      const std::uint32_t i = lower_bound(at);
      if (i < count && entries()[i].at == at) return i;
      return i == 0 ? 0 : i - 1;
    }
    Entry& exact(Deadline at, const Node* node) {
      const std::uint32_t i = lower_bound(at);
      REDOUBLE_ASSERT(i < count && entries()[i].at == at && entries()[i].target == node);
      return entries()[i];
    }
    void put(std::uint32_t i, Entry entry) {
      std::memmove(entries() + i + 1, entries() + i, (count - i) * sizeof(Entry));
      entries()[i] = entry;
      ++count;
    }
    void cut(std::uint32_t i) {
      --count;
      std::memmove(entries() + i, entries() + i + 1, (count - i) * sizeof(Entry));
    }
  };

  // Chunks are 128 bytes, and double up to 4 KiB.
  static constexpr std::uint8_t last_class = 5;
  static constexpr std::size_t bytes_of(std::uint8_t capacity_class) {
    return std::size_t{128} << capacity_class;
  }
  static constexpr std::uint32_t capacity_of(std::uint8_t capacity_class) {
    return static_cast<std::uint32_t>((bytes_of(capacity_class) - sizeof(Chunk)) / sizeof(Entry));
  }
  static constexpr std::uint8_t class_for(std::uint32_t count) {
    std::uint8_t found = 0;
    while (capacity_of(found) < count) ++found;
    return found;
  }

  Chunk* make(unsigned height, std::uint32_t count) noexcept {
    const std::uint8_t chosen = class_for(count);
    auto* made = new (::operator new(bytes_of(chosen))) Chunk;
    made->height = static_cast<std::uint8_t>(height);
    made->capacity_class = chosen;
    bytes_ += bytes_of(chosen);
    return made;
  }
  void free_shell(Chunk* chunk) {
    bytes_ -= bytes_of(chunk->capacity_class);
    ::operator delete(chunk);
  }
  static void drop(Chunk* chunk) {
    if (chunk->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (chunk->height > 0) {
      for (std::uint32_t i = 0; i < chunk->count; ++i) drop(chunk->child(i));
    }
    ::operator delete(chunk);
  }
  // The chunk, or a copy of it where a copy of the index shares it.
  [[nodiscard]] Chunk* own(Chunk* chunk) {
    if (chunk->references.load(std::memory_order_acquire) == 1) return chunk;
    const std::size_t before = bytes_;
    Chunk* copied = resized_copy(*chunk, chunk->capacity());
    bytes_ = before;  // the shared one is not ours any more
    if (copied->height > 0) {
      for (std::uint32_t i = 0; i < copied->count; ++i) copied->child(i)->share();
    }
    drop(chunk);
    return copied;
  }
  Chunk* resized_copy(const Chunk& chunk, std::uint32_t capacity) {
    Chunk* made = make(chunk.height, capacity);
    made->count = chunk.count;
    std::memcpy(made->entries(), chunk.entries(), chunk.count * sizeof(Entry));
    return made;
  }
  void resize(Chunk*& slot, std::uint32_t capacity) {
    Chunk* made = resized_copy(*slot, capacity);
    free_shell(std::exchange(slot, made));
  }

  // Both put an entry below (or into) the chunk and return what had to be split off to the right.
  Chunk* insert(Chunk*& slot, Deadline at, Node* node) {
    Chunk* chunk = slot = own(slot);
    if (chunk->height == 0) {
      const std::uint32_t i = chunk->lower_bound(at);
      REDOUBLE_ASSERT(i == chunk->count || chunk->entries()[i].at != at);
      return place(slot, i, {at, node});
    }
    const std::uint32_t i = chunk->child_for(at);
    Entry& entry = chunk->entries()[i];
    entry.at = std::min(entry.at, at);
    Chunk* child = chunk->child(i);
    Chunk* right = insert(child, at, node);
    entry.target = child;
    return right == nullptr ? nullptr : place(slot, i + 1, {right->entries()[0].at, right});
  }
  Chunk* place(Chunk*& slot, std::uint32_t i, Entry entry) {
    if (slot->count == slot->capacity() && slot->capacity_class < last_class) {
      resize(slot, slot->capacity() + 1);
    }
    Chunk* chunk = slot;
    if (chunk->count < chunk->capacity()) {
      chunk->put(i, entry);
      return nullptr;
    }
    // Deadlines mostly come in ascending order: then the left one stays full.
    const std::uint32_t kept = i == chunk->count ? i : chunk->count / 2u;
    const std::uint32_t moved = chunk->count - kept;
    Chunk* right = make(chunk->height, moved + 1);
    std::memcpy(right->entries(), chunk->entries() + kept, moved * sizeof(Entry));
    right->count = static_cast<std::uint16_t>(moved);
    chunk->count = static_cast<std::uint16_t>(kept);
    if (i < kept) {
      chunk->put(i, entry);
    } else {
      right->put(i - kept, entry);
    }
    return right;
  }

  void remove_from(Chunk*& slot, Deadline at, const Node* node) {
    Chunk* chunk = slot = own(slot);
    if (chunk->height == 0) {
      chunk->cut(static_cast<std::uint32_t>(&chunk->exact(at, node) - chunk->entries()));
    } else {
      const std::uint32_t i = chunk->child_for(at);
      Chunk* child = chunk->child(i);
      remove_from(child, at, node);
      chunk->entries()[i].target = child;
      if (child->count == 0) {
        free_shell(child);
        chunk->cut(i);
      } else {
        if (i + 1u < chunk->count) merge(*chunk, i);
        if (i > 0) merge(*chunk, i - 1);
      }
    }
    const std::uint32_t capacity = chunk->capacity();
    if (chunk->capacity_class > 0 && chunk->count < capacity / 4) resize(slot, chunk->count * 2u);
  }
  // Makes one of the children i and i + 1 where both together leave half a chunk free.
  void merge(Chunk& parent, std::uint32_t i) {
    const std::uint32_t left_count = parent.child(i)->count;
    const std::uint32_t right_count = parent.child(i + 1)->count;
    if (left_count + right_count > capacity_of(last_class) / 2) return;
    Chunk* left = own(parent.child(i));
    Chunk* right = own(parent.child(i + 1));
    Chunk* merged = make(left->height, left_count + right_count);
    std::memcpy(merged->entries(), left->entries(), left_count * sizeof(Entry));
    std::memcpy(merged->entries() + left_count, right->entries(), right_count * sizeof(Entry));
    merged->count = static_cast<std::uint16_t>(left_count + right_count);
    free_shell(left);
    free_shell(right);
    parent.entries()[i].target = merged;
    parent.cut(i + 1);
  }

  const Entry* first_entry() const {
    const Chunk* chunk = root_;
    if (chunk == nullptr) return nullptr;
    while (chunk->height > 0) chunk = chunk->child(0);
    return &chunk->entries()[0];
  }
  // False: enough was seen.
  template <class Function>
  static bool each(const Chunk* chunk, Function& function) {
    for (std::uint32_t i = 0; i < chunk->count; ++i) {
      const Entry& entry = chunk->entries()[i];
      if (chunk->height > 0) {
        if (!each(chunk->child(i), function)) return false;
      } else if (!function(entry.at, *static_cast<Node*>(entry.target))) {
        return false;
      }
    }
    return true;
  }

  Chunk* root_ = nullptr;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace redouble::value
