// Block: a counted run of bytes that is sent from where it is.
//
// A large string value, and the reply that carries it, share one block: the store holds a
// reference, an unsent reply holds another. Bytes may be changed only by the one holder of a block
// that is not shared (unique()); a shared block is immutable, who wants to change it copies it.
// Thread safety: references may be taken and dropped from any thread; the bytes are safe to read
// from any thread while no unique holder changes them. The memory is malloc's, so that a large
// block grows without being copied, where the operating system moves its pages. Units: sizes are in
// bytes. Errors: std::bad_alloc.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace redouble::resp {

class Block {
 public:
  std::string_view view() const { return {bytes(), size_}; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }

 private:
  friend class BlockRef;
  explicit Block(std::size_t capacity) : capacity_(capacity) {}
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

  mutable std::atomic<std::size_t> references_{1};
  std::size_t size_ = 0;
  std::size_t capacity_;
};

class BlockRef {
 public:
  BlockRef() = default;
  BlockRef(const BlockRef& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  BlockRef(BlockRef&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  BlockRef& operator=(BlockRef other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~BlockRef() {
    if (block_ != nullptr && block_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      block_->~Block();
      std::free(block_);
    }
  }

  // An empty block with room for `capacity` bytes.
  static BlockRef with_capacity(std::size_t capacity) {
    void* memory = std::malloc(sizeof(Block) + capacity);
    if (memory == nullptr) throw std::bad_alloc();
    BlockRef made;
    made.block_ = new (memory) Block(capacity);
    return made;
  }
  static BlockRef of(std::string_view bytes) {
    BlockRef made = with_capacity(bytes.size());
    if (!bytes.empty()) std::memcpy(made.block_->bytes(), bytes.data(), bytes.size());
    made.block_->size_ = bytes.size();
    return made;
  }

  explicit operator bool() const { return block_ != nullptr; }
  const Block* operator->() const { return block_; }
  const Block& operator*() const { return *block_; }
  bool unique() const { return block_->references_.load(std::memory_order_acquire) == 1; }

  // Gives up the reference without dropping it, and takes such a reference back: for owners that
  // keep the pointer in a packed layout.
  Block* release() { return std::exchange(block_, nullptr); }
  static BlockRef adopt(Block* block) {
    BlockRef made;
    made.block_ = block;
    return made;
  }
  // A further reference to a block that somebody else holds. Counting is not a change of the block.
  static BlockRef share(const Block* block) {
    block->references_.fetch_add(1, std::memory_order_relaxed);
    return adopt(const_cast<Block*>(block));
  }

  // REQUIRES of what follows: unique(). The bytes, to be changed in place; set_size() and resize()
  // need size <= capacity(), and resize() fills what it adds with zero bytes.
  char* mutable_bytes() { return block_->bytes(); }
  void set_size(std::size_t size) { block_->size_ = size; }
  // Makes room for `capacity` bytes, keeping those that are there. REQUIRES: not smaller than now.
  void reserve(std::size_t capacity) {
    void* memory = std::realloc(static_cast<void*>(block_), sizeof(Block) + capacity);
    if (memory == nullptr) throw std::bad_alloc();
    block_ = static_cast<Block*>(memory);
    block_->capacity_ = capacity;
  }
  // The block has this size from now on, and no room beyond it that anybody counts.
  void finish(std::size_t size) { block_->size_ = block_->capacity_ = size; }
  void resize(std::size_t size) {
    if (size > block_->size_) std::memset(block_->bytes() + block_->size_, 0, size - block_->size_);
    block_->size_ = size;
  }

 private:
  Block* block_ = nullptr;
};

// An argument of a request that stands whole in a block of its own.
struct BlockArgument {
  std::size_t index;
  BlockRef block;
};

}  // namespace redouble::resp
