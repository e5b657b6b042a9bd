// How an element lies in a Packed, which is how it lies in a listpack: its kind and, of a string,
// its length; its bytes (together: the body); the length of the body (the tail), to be walked
// backwards.
//
// Nothing here looks where the memory ends: who has bytes of a stranger checks them first
// (value/listpack.hpp). Pure functions. Units: bytes.
// Source: the public specification "Listpack", S. Sanfilippo 2017.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "runtime/assert.hpp"
#include "value/packed.hpp"

namespace redouble::value::packed_encoding {

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
inline void store(Byte* to, unsigned width, std::uint64_t word) {
  for (unsigned i = 0; i < width; ++i) to[i] = static_cast<Byte>(word >> (8 * i));
}

inline bool fits(std::int64_t value, unsigned bits) {
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  return value >= -limit && value < limit;
}

// The bytes in front of a string, and of an integer all but its length behind.
inline std::size_t head_size(std::size_t length) { return length < 64 ? 1 : length < 4096 ? 2 : 5; }
inline std::size_t integer_size(std::int64_t value) {
  if (value >= 0 && value < 128) return 1;
  if (fits(value, 13)) return 2;
  if (fits(value, 16)) return 3;
  if (fits(value, 24)) return 4;
  return fits(value, 32) ? 5 : 9;
}
inline std::size_t body_size(const Element& element) {
  if (element.is_integer) return integer_size(element.integer);
  return head_size(element.bytes.size()) + element.bytes.size();
}

// The length behind: 7 bits a byte, the highest first, all but the first marked. At two and three
// bytes the largest value goes to the next size, as real listpacks have it.
inline std::size_t tail_size(std::size_t body) {
  if (body <= 127) return 1;
  if (body < 16383) return 2;
  if (body < 2097151) return 3;
  return body < 268435455 ? 4 : 5;
}
constexpr std::size_t longest_tail = 5;
inline void write_tail(Byte* to, std::size_t body) {
  const std::size_t size = tail_size(body);
  for (std::size_t i = size; i-- > 0; body >>= 7) {
    to[i] = static_cast<Byte>((body & 127) | (i == 0 ? 0 : 128));
  }
}
// Of the element that ends in front of `end`: all its bytes.
inline std::size_t whole_size_before(const Byte* end) {
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

inline Byte* write_integer(Byte* to, std::int64_t value) {
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
inline Byte* write_string(Byte* to, std::string_view bytes) {
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

// Gives the place behind.
inline Byte* write_body(Byte* to, const Element& element) {
  return element.is_integer ? write_integer(to, element.integer) : write_string(to, element.bytes);
}

// An element as it stands at `from`, and the bytes of its body.
struct Decoded {
  Element element;
  std::size_t body;
};
inline Decoded read(const Byte* from) {
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
inline std::size_t whole_size_at(const Byte* from) {
  if ((*from & 0xc0) == short_string) return 1u + (*from & 63u) + 1u;
  const std::size_t body = read(from).body;
  return body + tail_size(body);
}

}  // namespace redouble::value::packed_encoding
