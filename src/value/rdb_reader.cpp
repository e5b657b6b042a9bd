#include "value/rdb_reader.hpp"

#include <array>
#include <bit>
#include <limits>

#include "resp/number.hpp"
#include "value/lzf.hpp"

namespace redouble::value::rdb {

std::string_view Reader::raw(std::size_t size) {
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint8_t Reader::byte() {
  const std::string_view taken = raw(1);
  return taken.empty() ? 0 : static_cast<std::uint8_t>(taken.front());
}

std::uint64_t Reader::low_first(unsigned bytes) {
  std::uint64_t number = 0;
  unsigned shift = 0;
  for (const char one : raw(bytes)) {
    number |= std::uint64_t{static_cast<std::uint8_t>(one)} << shift;
    shift += 8;
  }
  return number;
}

std::uint64_t Reader::high_first(unsigned bytes) {
  std::uint64_t number = 0;
  for (const char one : raw(bytes)) number = number << 8 | static_cast<std::uint8_t>(one);
  return number;
}

std::uint64_t Reader::length_from(std::uint8_t first) {
  constexpr std::uint64_t low_bits = 0x3f;
  if (first < length_14) return first;
  if (first < length_32) return (first & low_bits) << 8 | byte();
  if (first == length_32) return high_first(4);
  if (first == length_64) return high_first(8);
  fail();
  return 0;
}

std::uint64_t Reader::length() { return length_from(byte()); }
std::uint64_t Reader::fixed_64() { return low_first(8); }
double Reader::real() { return std::bit_cast<double>(fixed_64()); }

double Reader::digits() {
  constexpr std::uint8_t infinity = 254;
  constexpr std::uint8_t minus_infinity = 255;
  constexpr std::uint8_t not_a_number = 253;
  const std::uint8_t size = byte();
  if (size == infinity) return std::numeric_limits<double>::infinity();
  if (size == minus_infinity) return -std::numeric_limits<double>::infinity();
  const auto score = size == not_a_number ? std::nullopt : resp::parse_double(raw(size));
  if (!score) fail();
  return score.value_or(0);
}

std::string_view Reader::integer_text(std::uint64_t bits, unsigned bytes, std::string& room) {
  const unsigned unused = 64 - 8 * bytes;
  const std::int64_t number = static_cast<std::int64_t>(bits << unused) >> unused;
  std::array<char, resp::number_buffer_size> digits;
  room = resp::format_integer(digits, number);
  return room;
}

std::string_view Reader::compressed(std::string& room) {
  const std::uint64_t packed_size = length();
  const std::uint64_t size = length();
  const std::string_view packed = raw(packed_size);
  if (failed_ || size > longest_text_ || !lzf_decompress(packed, size, room)) {
    fail();
    return {};
  }
  return room;
}

std::string_view Reader::text(std::string& room) {
  const std::uint8_t first = byte();
  if ((first & special_mask) != special_text) {
    const std::uint64_t size = length_from(first);
    if (size > longest_text_) fail();
    return failed_ ? std::string_view{} : raw(size);
  }
  switch (first & ~special_mask) {
    case text_of_8_bits:
      return integer_text(low_first(1), 1, room);
    case text_of_16_bits:
      return integer_text(low_first(2), 2, room);
    case text_of_32_bits:
      return integer_text(low_first(4), 4, room);
    case compressed_text:
      return compressed(room);
    default:
      fail();
      return {};
  }
}

}  // namespace redouble::value::rdb
