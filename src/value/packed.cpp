#include "value/packed.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "resp/number.hpp"
#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "value/packed_encoding.hpp"
#include "value/slab.hpp"

namespace redouble::value {

static_assert(Packed::page_bytes + 4 * sizeof(std::uint32_t) == 4096);

struct Packed::Block {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t capacity;
  std::uint32_t used = 0;
  std::uint32_t count = 0;

  explicit Block(std::uint32_t room) : capacity(room) {}
  unsigned char* data() { return reinterpret_cast<unsigned char*>(this + 1); }
  bool shared() const { return references.load(std::memory_order_acquire) != 1; }

  static Block* make(std::size_t room) {
    REDOUBLE_ASSERT(room <= UINT32_MAX);
    return new (allocate_block(sizeof(Block) + room)) Block(static_cast<std::uint32_t>(room));
  }
};

namespace {

using namespace packed_encoding;

// Small blocks are exact but for the allocator's steps, and so are those beyond a page, which hold
// one large element; between them there is room to grow, but not beyond the page of those who keep
// a Packed small.
std::size_t room_for(std::size_t header, std::size_t bytes) {
  std::size_t room = bytes;
  if (bytes >= 256 && bytes <= Packed::page_bytes) {
    room = std::min(bytes + bytes / 32, Packed::page_bytes);
  }
  const std::size_t wanted = header + room;
  return std::min<std::size_t>(block_size(wanted) - header, UINT32_MAX);
}

}  // namespace

Packed::Element Packed::Element::of(std::string_view text) {
  if (text.size() <= 20) {
    if (const auto number = resp::parse_integer(text)) return of(*number);
  }
  return {false, 0, text};
}

std::string_view Packed::Element::view(Digits& buffer) const {
  if (!is_integer) return bytes;
  return write_digits(integer, buffer);
}

std::size_t Packed::Element::size() const {
  Digits digits;
  return view(digits).size();
}

Element Packed::Iterator::operator*() const { return read(packed_->data() + offset_).element; }

Packed::Iterator& Packed::Iterator::operator++() {
  offset_ += static_cast<std::uint32_t>(whole_size_at(packed_->data() + offset_));
  return *this;
}

Packed::Iterator& Packed::Iterator::operator--() {
  offset_ -= static_cast<std::uint32_t>(whole_size_before(packed_->data() + offset_));
  return *this;
}

Packed::Packed(const Packed& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
}

void Packed::drop(Block* block) {
  if (block == nullptr || block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const std::size_t bytes = sizeof(Block) + block->capacity;
  block->~Block();
  free_block(block, bytes);
}

std::size_t Packed::size() const { return block_ == nullptr ? 0 : block_->count; }
std::uint32_t Packed::used() const { return block_ == nullptr ? 0 : block_->used; }
std::size_t Packed::bytes() const {
  return block_ == nullptr ? 0 : sizeof(Block) + block_->capacity;
}
const unsigned char* Packed::data() const { return block_->data(); }

std::size_t Packed::bytes_with(const Element& element) {
  const std::size_t body = body_size(element);
  return body + tail_size(body);
}

std::string_view Packed::encoded() const {
  if (block_ == nullptr) return {};
  return {reinterpret_cast<const char*>(data()), used()};
}

Packed::Iterator Packed::at(std::size_t index) const {
  REDOUBLE_ASSERT(index < size());
  const std::size_t from_end = size() - index;
  if (index < from_end) return std::next(begin(), static_cast<std::ptrdiff_t>(index));
  return std::prev(end(), static_cast<std::ptrdiff_t>(from_end));
}

Packed::Iterator Packed::find(const Element& wanted, Iterator from, unsigned step) const {
  if (empty()) return end();
  const std::string_view text = wanted.bytes;
  // Most texts are short and no integers: those are told apart by their lengths and last bytes.
  using Last = std::uint64_t;
  const bool is_usual = text.size() >= sizeof(Last) && text.size() < 64;
  const Byte kind = static_cast<Byte>(short_string | text.size());
  Last last = 0;
  if (is_usual) std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
  const auto is_wanted = [&](const Byte* at) {
    if (!is_usual) return read(at).element == wanted;
    if (*at != kind) return false;
    Last its = 0;
    std::memcpy(&its, at + 1 + text.size() - sizeof its, sizeof its);
    return its == last && std::memcmp(at + 1, text.data(), text.size()) == 0;
  };
  const Byte* const start = data();
  const Byte* const stop = start + used();
  unsigned skip = 0;
  for (const Byte* at = start + from.offset_; at < stop; at += whole_size_at(at)) {
    if (skip == 0) {
      if (is_wanted(at)) return {this, static_cast<std::uint32_t>(at - start)};
      skip = step;
    }
    --skip;
  }
  return end();
}

unsigned char* Packed::open(std::uint32_t offset, std::uint32_t removed, std::size_t added,
                            std::int64_t elements) {
  const std::uint32_t old_used = used();
  const std::size_t new_used = std::size_t{old_used} - removed + added;
  if (new_used == 0) {
    clear();
    return nullptr;
  }
  const std::size_t behind = old_used - offset - removed;
  const bool own =
      block_ != nullptr && (!block_->shared() || mutant("packed-writes-to-shared-block"));
  // What was reserved is given back by a removal only.
  const bool too_roomy =
      removed > added && block_ != nullptr && block_->capacity > 2 * new_used + 32;
  if (own && new_used <= block_->capacity && !too_roomy) {
    Byte* const at = block_->data() + offset;
    std::memmove(at + added, at + removed, behind);
  } else {
    Block* made = Block::make(room_for(sizeof(Block), new_used));
    if (block_ != nullptr) {
      made->count = block_->count;
      std::memcpy(made->data(), data(), offset);
      std::memcpy(made->data() + offset + added, data() + offset + removed, behind);
    }
    drop(std::exchange(block_, made));
  }
  block_->used = static_cast<std::uint32_t>(new_used);
  block_->count = static_cast<std::uint32_t>(block_->count + elements);
  return block_->data() + offset;
}

void Packed::reserve(std::size_t encoded_bytes) {
  REDOUBLE_ASSERT(!empty() && encoded_bytes >= used());
  Block* made = Block::make(block_size(sizeof(Block) + encoded_bytes) - sizeof(Block));
  made->count = block_->count;
  made->used = used();
  std::memcpy(made->data(), data(), used());
  drop(std::exchange(block_, made));
}

Packed::Iterator Packed::splice(Iterator first, Iterator last, const Element* added) {
  const std::size_t body = added == nullptr ? 0 : body_size(*added);
  const std::size_t whole = added == nullptr ? 0 : body + tail_size(body);
  const std::int64_t elements = (added == nullptr ? 0 : 1) - (first == last ? 0 : 1);
  Byte* gap = open(first.offset_, last.offset_ - first.offset_, whole, elements);
  if (added != nullptr) write_tail(write_body(gap, *added), body);
  return {this, first.offset_};
}

Packed::Iterator Packed::insert(Iterator place, const Element& first, const Element& second) {
  Byte* to = open(place.offset_, 0, bytes_with(first) + bytes_with(second), 2);
  for (const Element* element : {&first, &second}) {
    Byte* const behind = write_body(to, *element);
    const auto body = static_cast<std::size_t>(behind - to);
    write_tail(behind, body);
    to = behind + tail_size(body);
  }
  return {this, place.offset_};
}

Packed::Iterator Packed::erase(Iterator first, Iterator last) {
  if (first == last) return first;
  const auto elements = std::distance(first, last);
  open(first.offset_, last.offset_ - first.offset_, 0, -elements);
  return {this, first.offset_};
}

Packed Packed::split(Iterator place) {
  Packed right;
  if (place == end()) return right;
  const std::uint32_t bytes = used() - place.offset_;
  const auto elements = std::distance(place, end());
  std::memcpy(right.open(0, 0, bytes, elements), data() + place.offset_, bytes);
  open(place.offset_, bytes, 0, -elements);
  return right;
}

void Packed::append_all(const Packed& other) {
  if (other.empty()) return;
  const Packed source = other;  // It may be this one.
  Byte* gap = open(used(), 0, source.used(), static_cast<std::int64_t>(source.size()));
  std::memcpy(gap, source.data(), source.used());
}

}  // namespace redouble::value
