// IntBlock: sorted integers, each once, in one block, at the least of 2, 4 or 8 bytes that all of
// them need; and IntPieces, several of those in a row. The two forms of a set of integers.
//
// - Copies: O(1), they share the block until one of them is changed.
// - Work: a search costs O(log n), a change O(n) in the integers behind it, at most `most` of them.
// - An IntBlock takes at most `most` integers, which makes at most 4 KiB; IntPieces takes about
//   most_pieces times as many (is_full()), and a change after a copy copies one block and a
//   directory of at most 4 KiB.
// - The width never shrinks; Redis's intset does not either.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes. Errors: std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace redouble::value {

class IntBlock {
 public:
  static constexpr std::size_t most = 500;

  IntBlock() = default;
  IntBlock(const IntBlock& other) noexcept;
  IntBlock(IntBlock&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  IntBlock& operator=(IntBlock other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~IntBlock();

  std::size_t size() const;
  std::size_t bytes() const;
  bool is_full() const { return size() >= most; }
  // Bytes that each integer takes: 2, 4 or 8.
  unsigned width() const;
  static constexpr unsigned least_width = 2;
  static unsigned width_of(std::int64_t value);
  // REQUIRES: index < size().
  std::int64_t at(std::size_t index) const;
  // Where the integer is, or would be.
  std::size_t lower_bound(std::int64_t value) const;
  bool contains(std::int64_t value) const {
    const std::size_t index = lower_bound(value);
    return index < size() && at(index) == value;
  }
  // False where it was there; false where it was not. REQUIRES of insert: not is_full().
  bool insert(std::int64_t value);
  bool erase(std::int64_t value);
  // Takes the upper half out.
  [[nodiscard]] IntBlock split();
  // REQUIRES: all of the other's are larger, and there is room.
  void append_all(const IntBlock& other);

 private:
  struct Block;
  // Our own block, with room for `count` integers of `width` bytes; the old ones stand there.
  void prepare(std::size_t count, unsigned width);

  Block* block_ = nullptr;
};

class IntPieces {
 public:
  static constexpr std::size_t most_pieces = 256;

  explicit IntPieces(IntBlock first) : size_(first.size()), bytes_(first.bytes()) {
    pieces_.push_back(std::move(first));
  }

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return bytes_ + pieces_.capacity() * sizeof(IntBlock); }
  bool is_full() const { return pieces_.size() >= most_pieces; }
  // The greatest of its blocks'.
  unsigned width() const;
  bool contains(std::int64_t value) const { return pieces_[piece_for(value)].contains(value); }
  std::int64_t at(std::size_t index) const;
  bool insert(std::int64_t value);
  bool erase(std::int64_t value);
  template <class Function>
  void for_each(Function&& function) const {
    for (const IntBlock& piece : pieces_) {
      for (std::size_t i = 0; i < piece.size(); ++i) function(piece.at(i));
    }
  }

 private:
  // The last piece that begins at or below the value, or the first one.
  std::size_t piece_for(std::int64_t value) const;

  std::vector<IntBlock> pieces_;  // never empty; no piece is, but a single one
  std::size_t size_;
  std::size_t bytes_;
};

}  // namespace redouble::value
