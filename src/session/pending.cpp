#include "session/pending.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/assert.hpp"

namespace redouble::session {
namespace {

// A client's own buffer is given back when it is larger than this, and than needed.
constexpr std::size_t kept_buffer = 32 * 1024;
// While a request is not whole there is always room for this much more.
constexpr std::size_t least_room = 16 * 1024;
// A block begins with room for this much, where the bulk is so large.
constexpr std::size_t smallest_block = 32 * 1024;

}  // namespace

void Pending::reserve(std::size_t wanted) {
  if (wanted <= capacity_) return;
  std::unique_ptr<char[]> larger(new char[wanted]);
  if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
  bytes_ = std::move(larger);
  capacity_ = wanted;
}

std::span<char> Pending::room() {
  if (lacking_ != 0) return room_in_block();
  const std::size_t announced = parser_.missing();
  const std::size_t room = std::clamp(announced, least_room, std::max(least_room, size_));
  // By a part of what is there, however little is announced: many small arguments are not copied
  // for each of them.
  if (capacity_ - size_ < room / 2) reserve(size_ + std::max(room, size_ / 2));
  return {bytes_.get() + size_, capacity_ - size_};
}

std::span<char> Pending::room_in_block() {
  resp::BlockRef& block = blocks_.back().block;
  const std::size_t here = block->size();
  const std::size_t room = std::min(lacking_, std::max(here, smallest_block));
  // A room that is nearly used up would be filled by many small receives.
  if (block->capacity() - here < (room + 1) / 2) block.reserve(here + room);
  return {block.mutable_bytes() + here, std::min(lacking_, block->capacity() - here)};
}

void Pending::received(std::size_t size) {
  if (lacking_ == 0) {
    size_ += size;
    REDOUBLE_ASSERT(size_ <= capacity_);
    return;
  }
  REDOUBLE_ASSERT(size <= lacking_);
  resp::BlockRef& block = blocks_.back().block;
  block.set_size(block->size() + size);
  lacking_ -= size;
  if (lacking_ != 0) return;
  block.finish(block->size() - 2);
  parser_.attach_bulk(block->view());
}

void Pending::keep(std::string_view rest) {
  REDOUBLE_ASSERT(lacking_ == 0);
  if (parser_.missing() != 0 && parser_.bulk_size() >= own_block) {
    const auto bulk = parser_.detach_bulk();
    begin_block(bulk, rest.substr(rest.size() - bulk.there));
    rest.remove_suffix(bulk.there);
  }
  if (rest.data() == bytes_.get()) {
    size_ = rest.size();  // nothing was consumed
    return;
  }
  if (rest.size() > capacity_ || (capacity_ > kept_buffer && rest.size() < kept_buffer)) {
    const std::unique_ptr<char[]> old = std::exchange(bytes_, nullptr);
    size_ = capacity_ = 0;
    reserve(rest.size());
    std::memcpy(bytes_.get(), rest.data(), rest.size());
  } else {
    std::memmove(bytes_.get(), rest.data(), rest.size());
  }
  size_ = rest.size();
}

void Pending::begin_block(resp::RequestParser::Detached bulk, std::string_view there) {
  lacking_ = bulk.size + 2 - there.size();
  const std::size_t room = std::min(lacking_, std::max(there.size(), smallest_block));
  resp::BlockRef block = resp::BlockRef::with_capacity(there.size() + room);
  std::memcpy(block.mutable_bytes(), there.data(), there.size());
  block.set_size(there.size());
  blocks_.push_back({bulk.argument, std::move(block)});
}

std::size_t Pending::unparsed() const {
  return size_ - parser_.consumed() + (lacking_ == 0 ? 0 : blocks_.back().block->size());
}

std::size_t Pending::size() const {
  std::size_t sum = size_;
  for (const resp::BlockArgument& arg : blocks_) sum += arg.block->size();
  return sum;
}

std::size_t Pending::capacity() const {
  std::size_t sum = capacity_;
  for (const resp::BlockArgument& arg : blocks_) sum += arg.block->capacity();
  return sum;
}

}  // namespace redouble::session
