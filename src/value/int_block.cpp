#include "value/int_block.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "value/slab.hpp"

namespace redouble::value {

struct IntBlock::Block {
  std::atomic<std::uint32_t> references{1};
  std::uint16_t count = 0;
  std::uint16_t capacity : 12;  // in integers
  std::uint16_t width : 4;

  Block(std::size_t room, unsigned bytes_each) : capacity(room & 0xfff), width(bytes_each & 0xf) {}
  char* data() { return reinterpret_cast<char*>(this + 1); }
  bool shared() const { return references.load(std::memory_order_acquire) != 1; }
  std::size_t bytes() const { return sizeof(Block) + std::size_t{capacity} * width; }

  std::int64_t get(std::size_t index) {
    const char* from = data() + index * width;
    const auto load = [from]<class Integer>(Integer value) {
      std::memcpy(&value, from, sizeof value);
      return std::int64_t{value};
    };
    if (width == 2) return load(std::int16_t{});
    return width == 4 ? load(std::int32_t{}) : load(std::int64_t{});
  }
  void set(std::size_t index, std::int64_t value) {
    char* to = data() + index * width;
    const auto store = [to](auto narrow) { std::memcpy(to, &narrow, sizeof narrow); };
    if (width == 2) {
      store(static_cast<std::int16_t>(value));
    } else if (width == 4) {
      store(static_cast<std::int32_t>(value));
    } else {
      store(value);
    }
  }
  static void drop(Block* block) {
    if (block == nullptr) return;
    if (block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::size_t bytes = block->bytes();
    block->~Block();
    free_block(block, bytes);
  }
  // Small blocks are exact but for the allocator's steps; large ones have room to grow.
  static Block* make(std::size_t count, unsigned width) {
    const std::size_t wanted = count * width < 64 ? count : count + count / 8;
    const std::size_t bytes = block_size(sizeof(Block) + wanted * width);
    const std::size_t room = std::min<std::size_t>((bytes - sizeof(Block)) / width, most);
    return new (allocate_block(sizeof(Block) + room * width)) Block(room, width);
  }
};

unsigned IntBlock::width_of(std::int64_t value) {
  if (value == static_cast<std::int16_t>(value)) return least_width;
  return value == static_cast<std::int32_t>(value) ? 4 : 8;
}

IntBlock::IntBlock(const IntBlock& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
}
IntBlock::~IntBlock() { Block::drop(block_); }

std::size_t IntBlock::size() const { return block_ == nullptr ? 0 : block_->count; }
unsigned IntBlock::width() const { return block_ == nullptr ? least_width : block_->width; }
std::size_t IntBlock::bytes() const { return block_ == nullptr ? 0 : block_->bytes(); }
std::int64_t IntBlock::at(std::size_t index) const { return block_->get(index); }

std::size_t IntBlock::lower_bound(std::int64_t value) const {
  std::size_t from = 0;
  std::size_t to = size();
  while (from < to) {
    const std::size_t middle = (from + to) / 2;
    if (at(middle) < value) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

void IntBlock::prepare(std::size_t count, unsigned width) {
  if (block_ != nullptr) {
    width = std::max<unsigned>(width, block_->width);
    const bool fits =
        width == block_->width && count <= block_->capacity && block_->capacity <= 2 * count + 16;
    if (fits && (!block_->shared() || mutant("int-block-writes-to-shared-block"))) return;
  }
  Block* made = Block::make(count, width);
  if (block_ != nullptr) {
    const std::size_t kept = std::min<std::size_t>(block_->count, made->capacity);
    made->count = static_cast<std::uint16_t>(kept);
    if (made->width == block_->width) {
      std::memcpy(made->data(), block_->data(), kept * width);
    } else {
      for (std::size_t i = 0; i < kept; ++i) made->set(i, block_->get(i));
    }
  }
  Block::drop(std::exchange(block_, made));
}

bool IntBlock::insert(std::int64_t value) {
  const std::size_t index = lower_bound(value);
  if (index < size() && at(index) == value) return false;
  REDOUBLE_ASSERT(!is_full());
  prepare(size() + 1, width_of(value));
  char* place = block_->data() + index * block_->width;
  std::memmove(place + block_->width, place, (block_->count - index) * block_->width);
  ++block_->count;
  block_->set(index, value);
  return true;
}

bool IntBlock::erase(std::int64_t value) {
  const std::size_t index = lower_bound(value);
  if (index == size() || at(index) != value) return false;
  if (size() == 1) {
    Block::drop(std::exchange(block_, nullptr));
    return true;
  }
  prepare(size(), 2);
  char* place = block_->data() + index * block_->width;
  std::memmove(place, place + block_->width, (block_->count - index - 1) * block_->width);
  --block_->count;
  return true;
}

IntBlock IntBlock::split() {
  const std::size_t half = size() / 2;
  IntBlock right;
  right.prepare(size() - half, block_->width);
  for (std::size_t i = half; i < size(); ++i) right.block_->set(i - half, at(i));
  right.block_->count = static_cast<std::uint16_t>(size() - half);
  prepare(half, 2);
  block_->count = static_cast<std::uint16_t>(half);
  return right;
}

void IntBlock::append_all(const IntBlock& other) {
  const std::size_t before = size();
  prepare(before + other.size(), other.block_->width);
  for (std::size_t i = 0; i < other.size(); ++i) block_->set(before + i, other.at(i));
  block_->count = static_cast<std::uint16_t>(before + other.size());
}

std::size_t IntPieces::piece_for(std::int64_t value) const {
  const auto above = std::ranges::upper_bound(
      pieces_, value, {}, [](const IntBlock& piece) { return piece.size() ? piece.at(0) : 0; });
  return above == pieces_.begin() ? 0 : static_cast<std::size_t>(above - pieces_.begin()) - 1;
}

unsigned IntPieces::width() const {
  unsigned width = IntBlock::least_width;
  for (const IntBlock& piece : pieces_) width = std::max(width, piece.width());
  return width;
}

std::int64_t IntPieces::at(std::size_t index) const {
  REDOUBLE_ASSERT(index < size_);
  std::size_t piece = 0;
  while (index >= pieces_[piece].size()) index -= pieces_[piece++].size();
  return pieces_[piece].at(index);
}

bool IntPieces::insert(std::int64_t value) {
  std::size_t index = piece_for(value);
  if (pieces_[index].contains(value)) return false;
  bytes_ -= pieces_[index].bytes();
  if (pieces_[index].is_full()) {
    // Integers that ascend fill a piece before the next one begins.
    const bool behind = value > pieces_[index].at(pieces_[index].size() - 1);
    IntBlock right = behind ? IntBlock{} : pieces_[index].split();
    const bool goes_right = behind || value >= right.at(0);
    (goes_right ? right : pieces_[index]).insert(value);
    bytes_ += right.bytes();
    pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(right));
  } else {
    pieces_[index].insert(value);
  }
  bytes_ += pieces_[index].bytes();
  ++size_;
  return true;
}

bool IntPieces::erase(std::int64_t value) {
  const std::size_t index = piece_for(value);
  if (!pieces_[index].contains(value)) return false;
  bytes_ -= pieces_[index].bytes();
  pieces_[index].erase(value);
  bytes_ += pieces_[index].bytes();
  --size_;
  const auto at = [this](std::size_t piece) {
    return pieces_.begin() + static_cast<std::ptrdiff_t>(piece);
  };
  const std::size_t left = index == 0 ? 0 : index - 1;
  if (pieces_[index].size() == 0) {
    if (pieces_.size() > 1) pieces_.erase(at(index));
  } else if (left + 1 < pieces_.size() &&
             pieces_[left].size() + pieces_[left + 1].size() <= IntBlock::most / 2) {
    bytes_ -= pieces_[left].bytes() + pieces_[left + 1].bytes();
    pieces_[left].append_all(pieces_[left + 1]);
    bytes_ += pieces_[left].bytes();
    pieces_.erase(at(left + 1));
  }
  return true;
}

}  // namespace redouble::value
