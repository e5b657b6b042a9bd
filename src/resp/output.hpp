// Output: the bytes that are to be sent, as a list of chunks.
//
// Small pieces are copied to the end of one growing buffer; a Block above `zero_copy_limit` is kept
// by reference and sent from where it is. Sending: gather() gives the chunks from the first unsent
// byte on, consume() drops what the kernel took. A thread has one Output for all its connections:
// what a slow client does not take at once is moved away by detach(), and the thread's buffer is
// free again.
//
// Invariants: the chunks, read in order, are the bytes in the order of their appending. clear(),
// detach() and a consume() of everything keep the buffer up to `kept_capacity`.
// Thread safety: one thread at a time (the blocks in it may be shared between threads).
// Units: bytes. Errors: std::bad_alloc.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resp/block.hpp"
#include "runtime/assert.hpp"

namespace redouble::resp {

class Output {
 public:
  // A part of a block up to this size is copied; above it, the block is referenced.
  static constexpr std::size_t zero_copy_limit = 16 * 1024;
  // A buffer up to this capacity outlives clear().
  static constexpr std::size_t kept_capacity = 256 * 1024;

  Output() = default;
  Output(Output&& other) noexcept;
  Output& operator=(Output&& other) noexcept;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() = default;

  // Appends bytes that may not alias this output's own.
  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(prepare(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }
  void append(const BlockRef& block) { append(block, 0, block->size()); }
  // REQUIRES: offset + size <= block->size().
  void append(const BlockRef& block, std::size_t offset, std::size_t size);

  // Room for `size` more bytes at the end of the buffer, to be written in place; commit() appends
  // the first `used` of them. Nothing else may be called in between.
  char* prepare(std::size_t size) {
    if (capacity_ - end_ < size) [[unlikely]]
      grow(size);
    return buffer_.get() + end_;
  }
  void commit(std::size_t used) {
    end_ += used;
    size_ += used;
  }

  // Unsent bytes.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void clear();

  // Fills `parts` with the first unsent chunks, in order, none of them empty; returns how many were
  // filled. The addresses are good until the next change of this output.
  std::size_t gather(std::span<iovec> parts) const;
  // Drops the first `count` unsent bytes. REQUIRES: count <= size().
  void consume(std::size_t count);
  // Moves everything unsent to an output of its own; this one is empty afterwards.
  Output detach();

  // A position to come back to. It stays good while bytes are only appended (and inserted or
  // truncated behind it): not after consume(), clear() or detach().
  struct Mark {
    std::size_t end = 0;
    std::size_t blocks = 0;
    std::size_t size = 0;
    std::size_t epoch = 0;
  };
  Mark mark() const { return {end_, blocks_.size(), size_, epoch_}; }
  // Drops what was appended since `mark`.
  void truncate(const Mark& mark);
  // Puts bytes in at `mark`, before what was appended since (which is moved).
  void insert(const Mark& mark, std::string_view bytes);

  // All unsent bytes in one piece: for tests, Lua and other callers in the same process.
  std::string to_string() const;
  // What this output holds of memory, the referenced blocks' unsent bytes included.
  std::size_t memory() const;

 private:
  struct Part {
    std::size_t before;  // the block comes after the buffer's byte at before - 1
    BlockRef block;
    std::size_t offset;
    std::size_t size;
  };

  void grow(std::size_t size);
  void compact();

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // first unsent byte of the buffer
  std::size_t end_ = 0;
  std::size_t size_ = 0;
  std::size_t epoch_ = 0;
  std::vector<Part> blocks_;
  std::size_t first_block_ = 0;  // blocks before it are sent
};

}  // namespace redouble::resp
