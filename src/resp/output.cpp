#include "resp/output.hpp"

#include <algorithm>
#include <utility>

#include "runtime/mutant.hpp"

namespace redouble::resp {
namespace {

constexpr std::size_t smallest_capacity = 1024;
// A moved-away rest up to this size is copied, so that the thread keeps its buffer.
constexpr std::size_t copied_rest = 64 * 1024;

}  // namespace

Output::Output(Output&& other) noexcept { *this = std::move(other); }

Output& Output::operator=(Output&& other) noexcept {
  if (this == &other) return *this;
  buffer_ = std::move(other.buffer_);
  capacity_ = std::exchange(other.capacity_, 0);
  begin_ = std::exchange(other.begin_, 0);
  end_ = std::exchange(other.end_, 0);
  size_ = std::exchange(other.size_, 0);
  blocks_ = std::move(other.blocks_);
  other.blocks_.clear();
  first_block_ = std::exchange(other.first_block_, 0);
  ++epoch_;
  ++other.epoch_;
  return *this;
}

void Output::append(const BlockRef& block, std::size_t offset, std::size_t size) {
  REDOUBLE_ASSERT(offset <= block->size() && size <= block->size() - offset);
  if (size <= zero_copy_limit) {
    append(block->view().substr(offset, size));
    return;
  }
  blocks_.push_back({end_, block, offset, size});
  size_ += size;
}

void Output::grow(std::size_t size) {
  const std::size_t capacity = std::max({smallest_capacity, capacity_ * 2, end_ + size});
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > 0) std::memcpy(larger.get(), buffer_.get(), end_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

void Output::clear() {
  if (capacity_ > kept_capacity) {
    buffer_.reset();
    capacity_ = 0;
  }
  begin_ = end_ = size_ = first_block_ = 0;
  blocks_.clear();
  ++epoch_;
}

std::size_t Output::gather(std::span<iovec> parts) const {
  std::size_t count = 0;
  std::size_t position = begin_;
  const auto add = [&](char* bytes, std::size_t size) {
    if (size > 0) parts[count++] = {bytes, size};
  };
  for (std::size_t i = first_block_; i < blocks_.size() && count < parts.size(); ++i) {
    const Part& part = blocks_[i];
    add(buffer_.get() + position, part.before - position);
    position = part.before;
    if (count == parts.size()) return count;
    // sendmsg() only reads, its type just does not say so.
    add(const_cast<char*>(part.block->view().data()) + part.offset, part.size);
  }
  if (count < parts.size()) add(buffer_.get() + position, end_ - position);
  return count;
}

void Output::consume(std::size_t count) {
  REDOUBLE_ASSERT(count <= size_);
  if (count == size_) {
    clear();
    return;
  }
  size_ -= count;
  ++epoch_;
  while (count > 0) {
    const bool block_ahead = first_block_ < blocks_.size();
    const std::size_t until = block_ahead ? blocks_[first_block_].before : end_;
    const std::size_t copied = std::min(count, until - begin_);
    begin_ += copied;
    count -= copied;
    if (count == 0) break;
    Part& part = blocks_[first_block_];
    const std::size_t taken = std::min(count, part.size);
    part.offset += taken;
    part.size -= taken;
    count -= taken;
    if (part.size == 0) {
      part.block = BlockRef();
      ++first_block_;
    }
  }
  compact();
}

// Drops what is sent once it is more than what is not: each byte is moved at most once on average.
void Output::compact() {
  if (begin_ > 4096 && begin_ > end_ - begin_) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    for (std::size_t i = first_block_; i < blocks_.size(); ++i) blocks_[i].before -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (first_block_ > blocks_.size() / 2) {
    blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(first_block_));
    first_block_ = 0;
  }
}

Output Output::detach() {
  Output rest;
  const std::size_t copied = end_ - begin_;
  if (copied > copied_rest) {
    rest = std::move(*this);
  } else {
    rest.append(std::string_view(buffer_.get() + begin_, copied));
    for (std::size_t i = first_block_; i < blocks_.size(); ++i) {
      rest.blocks_.push_back(std::move(blocks_[i]));
      rest.blocks_.back().before -= begin_;
    }
    rest.size_ = size_;
  }
  clear();
  return rest;
}

void Output::truncate(const Mark& mark) {
  REDOUBLE_ASSERT(mark.epoch == epoch_ && mark.end <= end_ && mark.blocks <= blocks_.size());
  end_ = mark.end;
  blocks_.resize(mark.blocks);
  size_ = mark.size;
}

void Output::insert(const Mark& mark, std::string_view bytes) {
  REDOUBLE_ASSERT(mark.epoch == epoch_ && mark.end <= end_ && mark.blocks <= blocks_.size());
  prepare(bytes.size());
  char* const place = buffer_.get() + mark.end;
  std::memmove(place + bytes.size(), place, end_ - mark.end);
  std::memcpy(place, bytes.data(), bytes.size());
  commit(bytes.size());
  for (std::size_t i = mark.blocks; i < blocks_.size(); ++i) {
    if (!mutant("output_insert_blocks")) blocks_[i].before += bytes.size();
  }
}

std::string Output::to_string() const {
  std::string bytes;
  bytes.reserve(size_);
  std::size_t position = begin_;
  for (std::size_t i = first_block_; i < blocks_.size(); ++i) {
    const Part& part = blocks_[i];
    bytes.append(buffer_.get() + position, part.before - position);
    position = part.before;
    bytes.append(part.block->view().substr(part.offset, part.size));
  }
  if (end_ > position) bytes.append(buffer_.get() + position, end_ - position);
  return bytes;
}

std::size_t Output::memory() const {
  std::size_t bytes = capacity_ + blocks_.capacity() * sizeof(Part);
  for (std::size_t i = first_block_; i < blocks_.size(); ++i) bytes += blocks_[i].size;
  return bytes;
}

}  // namespace redouble::resp
