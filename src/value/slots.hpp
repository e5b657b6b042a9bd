// Slots: elements of one size side by side in a counted block; the leaf of a SlotTree.
//
// - A slot is a small copyable value, of which only the bytes count when it is moved about (a Ref
//   in it is fine). It gives key(), in whose order the slots are kept by who inserts them.
// - Copies: O(1), they share the block; the first change afterwards copies it, at most `most_bytes`
//   bytes. A block grows and shrinks with what it holds.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes() is the block's size. Errors: out of memory ends the program.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::value {

template <class Slot, std::size_t most_bytes>
class Slots {
  struct alignas(8) Block {
    std::atomic<std::uint32_t> references{1};
    std::uint16_t count = 0;
    std::uint16_t capacity;

    explicit Block(std::size_t room) : capacity(static_cast<std::uint16_t>(room)) {}
    Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
    const Slot* slots() const { return reinterpret_cast<const Slot*>(this + 1); }
    bool shared() const { return references.load(std::memory_order_acquire) != 1; }
  };

 public:
  using Key = decltype(std::declval<const Slot&>().key());
  static constexpr std::size_t most = (most_bytes - sizeof(Block)) / sizeof(Slot);
  static_assert(most >= 4 && most < 65536);

  Slots() = default;
  explicit Slots(Slot slot) : block_(make(1)) { put(0, std::move(slot)); }
  Slots(const Slots& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Slots(Slots&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Slots& operator=(Slots other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Slots() { drop(block_); }

  std::size_t size() const { return block_ == nullptr ? 0 : block_->count; }
  std::size_t bytes() const { return block_ == nullptr ? 0 : bytes_of(block_->capacity); }
  const void* block() const { return block_; }
  bool full() const { return size() == most; }
  const Slot& at(std::size_t index) const { return block_->slots()[index]; }
  Key key() const { return at(0).key(); }

  // The number of slots from the begin on that are `before(slot)`.
  template <class Before>
  std::size_t count_before(Before&& before) const {
    const Slot* begin = block_->slots();
    return static_cast<std::size_t>(std::partition_point(begin, begin + size(), before) - begin);
  }

  // REQUIRES: not full().
  void insert(std::size_t index, Slot slot) {
    own(size() + 1);
    put(index, std::move(slot));
  }
  void replace(std::size_t index, Slot slot) {
    own(size());
    block_->slots()[index] = std::move(slot);
  }
  // `function(Slot&)`, which leaves the slot's place in the order as it is.
  template <class Function>
  void change(std::size_t index, Function&& function) {
    own(size());
    function(block_->slots()[index]);
  }
  void erase(std::size_t from, std::size_t to) {
    const std::size_t left = size() - (to - from);
    if (left == 0) {
      drop(std::exchange(block_, nullptr));
      return;
    }
    own(size());
    Slot* slots = block_->slots();
    std::destroy(slots + from, slots + to);
    move(slots + from, slots + to, size() - to);
    block_->count = static_cast<std::uint16_t>(left);
    if (left < block_->capacity / 3u) resize(left + left / 2);
  }
  // Takes the slots from `index` on out. REQUIRES: 0 < index < size().
  [[nodiscard]] Slots split(std::size_t index) {
    own(size());
    Slots right;
    const std::size_t moved = size() - index;
    right.block_ = make(room_for(moved + 1));
    move(right.block_->slots(), block_->slots() + index, moved);
    right.block_->count = static_cast<std::uint16_t>(moved);
    block_->count = static_cast<std::uint16_t>(index);
    return right;
  }
  // REQUIRES: there is room for them.
  void append_all(const Slots& other) {
    own(size() + other.size());
    std::uninitialized_copy_n(other.block_->slots(), other.size(), block_->slots() + size());
    block_->count = static_cast<std::uint16_t>(size() + other.size());
  }

 private:
  static std::size_t bytes_of(std::size_t capacity) {
    return sizeof(Block) + capacity * sizeof(Slot);
  }
  static std::size_t room_for(std::size_t count) {
    return std::min(most, std::max<std::size_t>(count + count / 4, 2));
  }
  static Block* make(std::size_t capacity) {
    return new (::operator new(bytes_of(capacity))) Block(capacity);
  }
  static void move(Slot* to, const Slot* from, std::size_t count) {
    std::memmove(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(Slot));
  }
  static void drop(Block* block) {
    if (block == nullptr) return;
    if (block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    std::destroy_n(block->slots(), block->count);
    ::operator delete(block);
  }
  void resize(std::size_t capacity) {
    Block* made = make(std::max<std::size_t>(capacity, block_->count));
    move(made->slots(), block_->slots(), block_->count);
    made->count = block_->count;
    ::operator delete(std::exchange(block_, made));
  }
  // Makes the block our own, with room for `count` slots.
  void own(std::size_t count) {
    REDOUBLE_ASSERT(count <= most);
    if (block_ == nullptr) {
      block_ = make(count);
    } else if (block_->shared() && !mutant("slots-write-to-shared-block")) {
      Block* made = make(std::max<std::size_t>(room_for(count), block_->capacity));
      std::uninitialized_copy_n(block_->slots(), block_->count, made->slots());
      made->count = block_->count;
      drop(std::exchange(block_, made));
    } else if (count > block_->capacity) {
      resize(room_for(count));
    }
  }
  void put(std::size_t index, Slot slot) {
    Slot* place = block_->slots() + index;
    move(place + 1, place, block_->count - index);
    new (place) Slot(std::move(slot));
    ++block_->count;
  }

  Block* block_ = nullptr;
};

}  // namespace redouble::value
