#include "value/packed.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "resp/number.hpp"
#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::value {

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
    return new (::operator new(sizeof(Block) + room)) Block(static_cast<std::uint32_t>(room));
  }
};

namespace {

using Element = Packed::Element;
using Byte = unsigned char;

// The first byte of an element tells its kind (the numbers are the specification's).
constexpr Byte short_string = 0x80;   // 10......: 6 bits of length
constexpr Byte integer_13 = 0xc0;     // 110.....: 13 bits, with the next byte
constexpr Byte medium_string = 0xe0;  // 1110....: 12 bits of length, with the next byte
constexpr Byte long_string = 0xf0;    // 4 bytes of length, as all that follows the lowest first
constexpr Byte integer_16 = 0xf1;
constexpr Byte integer_24 = 0xf2;
constexpr Byte integer_32 = 0xf3;
constexpr Byte integer_64 = 0xf4;

template <unsigned Width>
std::uint64_t load(const Byte* from) {
  std::uint64_t word = 0;
  for (unsigned i = 0; i < Width; ++i) word |= std::uint64_t{from[i]} << (8 * i);
  return word;
}
template <unsigned Width>
std::int64_t load_signed(const Byte* from) {
  constexpr unsigned unused = 64 - 8 * Width;
  return static_cast<std::int64_t>(load<Width>(from) << unused) >> unused;
}
void store(Byte* to, unsigned width, std::uint64_t word) {
  for (unsigned i = 0; i < width; ++i) to[i] = static_cast<Byte>(word >> (8 * i));
}

bool fits(std::int64_t value, unsigned bits) {
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  return value >= -limit && value < limit;
}

// The bytes in front of a string, and of an integer all but its length behind.
std::size_t head_size(std::size_t length) { return length < 64 ? 1 : length < 4096 ? 2 : 5; }
std::size_t integer_size(std::int64_t value) {
  if (value >= 0 && value < 128) return 1;
  if (fits(value, 13)) return 2;
  if (fits(value, 16)) return 3;
  if (fits(value, 24)) return 4;
  return fits(value, 32) ? 5 : 9;
}
std::size_t body_size(const Element& element) {
  if (element.is_integer) return integer_size(element.integer);
  return head_size(element.bytes.size()) + element.bytes.size();
}

// The length behind: 7 bits a byte, the highest first, all but the first marked. At two and three
// bytes the largest value goes to the next size, as real listpacks have it.
std::size_t tail_size(std::size_t body) {
  if (body <= 127) return 1;
  if (body < 16383) return 2;
  if (body < 2097151) return 3;
  return body < 268435455 ? 4 : 5;
}
void write_tail(Byte* to, std::size_t body) {
  const std::size_t size = tail_size(body);
  for (std::size_t i = size; i-- > 0; body >>= 7) {
    to[i] = static_cast<Byte>((body & 127) | (i == 0 ? 0 : 128));
  }
}
// Of the element that ends in front of `end`: all its bytes.
std::size_t whole_size_before(const Byte* end) {
  std::size_t body = 0;
  unsigned shift = 0;
  const Byte* at = end;
  do {
    --at;
    body |= std::size_t{*at & 127u} << shift;
    shift += 7;
  } while ((*at & 128) != 0);
  return body + static_cast<std::size_t>(end - at);
}

Byte* write_integer(Byte* to, std::int64_t value) {
  const auto word = static_cast<std::uint64_t>(value);
  const std::size_t size = integer_size(value);
  switch (size) {
    case 1:
      *to = static_cast<Byte>(value);
      break;
    case 2:
      to[0] = static_cast<Byte>(integer_13 | ((word >> 8) & 31));
      to[1] = static_cast<Byte>(word);
      break;
    default:
      *to = size == 3 ? integer_16 : size == 4 ? integer_24 : size == 5 ? integer_32 : integer_64;
      store(to + 1, static_cast<unsigned>(size - 1), word);
  }
  return to + size;
}
Byte* write_string(Byte* to, std::string_view bytes) {
  const std::size_t length = bytes.size();
  const std::size_t head = head_size(length);
  if (head == 1) {
    to[0] = static_cast<Byte>(short_string | length);
  } else if (head == 2) {
    to[0] = static_cast<Byte>(medium_string | (length >> 8));
    to[1] = static_cast<Byte>(length);
  } else {
    to[0] = long_string;
    store(to + 1, 4, length);
  }
  if (length > 0) std::memcpy(to + head, bytes.data(), length);
  return to + head + length;
}

// An element as it stands at `from`, and the bytes of its body.
struct Decoded {
  Element element;
  std::size_t body;
};
Decoded read(const Byte* from) {
  const auto string = [from](std::size_t head, std::size_t length) {
    const auto* bytes = reinterpret_cast<const char*>(from + head);
    return Decoded{{false, 0, {bytes, length}}, head + length};
  };
  const Byte kind = *from;
  if (kind < short_string) return {Element::of(std::int64_t{kind}), 1};
  if (kind < integer_13) return string(1, kind & 63u);
  if (kind < medium_string) {
    const std::uint64_t word = std::uint64_t{kind & 31u} << 8 | from[1];
    return {Element::of(static_cast<std::int64_t>(word << 51) >> 51), 2};
  }
  if (kind < long_string) return string(2, std::size_t{kind & 15u} << 8 | from[1]);
  switch (kind) {
    case long_string:
      return string(5, load<4>(from + 1));
    case integer_16:
      return {Element::of(load_signed<2>(from + 1)), 3};
    case integer_24:
      return {Element::of(load_signed<3>(from + 1)), 4};
    case integer_32:
      return {Element::of(load_signed<4>(from + 1)), 5};
    default:
      REDOUBLE_ASSERT(kind == integer_64);
      return {Element::of(load_signed<8>(from + 1)), 9};
  }
}
std::size_t whole_size_at(const Byte* from) {
  const std::size_t body = read(from).body;
  return body + tail_size(body);
}

// Little blocks are exact but for the allocator's steps of 16; large ones have room to grow.
std::size_t room_for(std::size_t header, std::size_t bytes) {
  const std::size_t wanted = header + bytes + (bytes < 64 ? 0 : bytes / 8);
  return std::min<std::size_t>(((wanted + 23) & ~std::size_t{15}) - 8 - header, UINT32_MAX);
}

}  // namespace

Element Element::of(std::string_view text) {
  if (text.size() <= 20) {
    if (const auto number = resp::parse_integer(text)) return of(*number);
  }
  return {false, 0, text};
}

std::string_view Element::view(Digits& buffer) const {
  if (!is_integer) return bytes;
  return StringRef{.form = StringRef::Form::integer, .integer = integer}.view(buffer);
}

std::size_t Element::size() const {
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
  block->~Block();
  ::operator delete(block);
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
  const Byte* const start = data();
  const Byte* const stop = start + used();
  unsigned skip = 0;
  for (const Byte* at = start + from.offset_; at < stop;) {
    const Decoded here = read(at);
    if (skip == 0) {
      if (here.element == wanted) return {this, static_cast<std::uint32_t>(at - start)};
      skip = step;
    }
    --skip;
    at += here.body + tail_size(here.body);
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
  if (own && new_used <= block_->capacity && block_->capacity <= 2 * new_used + 32) {
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

Packed::Iterator Packed::splice(Iterator first, Iterator last, const Element* added) {
  const std::size_t body = added == nullptr ? 0 : body_size(*added);
  const std::size_t whole = added == nullptr ? 0 : body + tail_size(body);
  const std::int64_t elements = (added == nullptr ? 0 : 1) - (first == last ? 0 : 1);
  Byte* gap = open(first.offset_, last.offset_ - first.offset_, whole, elements);
  if (added != nullptr) {
    gap = added->is_integer ? write_integer(gap, added->integer) : write_string(gap, added->bytes);
    write_tail(gap, body);
  }
  return {this, first.offset_};
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
