#include "value/rdb_writer.hpp"

#include <bit>
#include <limits>

#include "resp/number.hpp"

namespace redouble::value::rdb {

void Writer::low_first(std::uint64_t number, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) byte(static_cast<std::uint8_t>(number >> (8 * i)));
}

void Writer::high_first(std::uint64_t number, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) byte(static_cast<std::uint8_t>(number >> (8 * i)));
}

void Writer::length(std::uint64_t length) {
  if (length < 64) {
    byte(static_cast<std::uint8_t>(length));
  } else if (length < 16384) {
    byte(static_cast<std::uint8_t>(length_14 | length >> 8));
    byte(static_cast<std::uint8_t>(length));
  } else if (length <= std::numeric_limits<std::uint32_t>::max()) {
    byte(length_32);
    high_first(length, 4);
  } else {
    byte(length_64);
    high_first(length, 8);
  }
}

void Writer::fixed_64(std::uint64_t number) { low_first(number, 8); }
void Writer::real(double number) { fixed_64(std::bit_cast<std::uint64_t>(number)); }

bool Writer::small_integer(std::string_view text) {
  constexpr std::size_t longest = 11;  // "-2147483648"
  if (text.size() > longest) return false;
  const auto parsed = resp::parse_integer(text);
  if (!parsed) return false;
  const std::int64_t number = *parsed;
  const auto bits = static_cast<std::uint64_t>(number);
  if (number == static_cast<std::int8_t>(number)) {
    byte(special_text | text_of_8_bits);
    low_first(bits, 1);
  } else if (number == static_cast<std::int16_t>(number)) {
    byte(special_text | text_of_16_bits);
    low_first(bits, 2);
  } else if (number == static_cast<std::int32_t>(number)) {
    byte(special_text | text_of_32_bits);
    low_first(bits, 4);
  } else {
    return false;
  }
  return true;
}

bool Writer::compressed(std::string_view text) {
  constexpr std::size_t longest_plain = 20;
  constexpr std::size_t saved = 4;
  constexpr std::size_t longest = std::numeric_limits<std::int32_t>::max();
  if (!options_.compresses || text.size() <= longest_plain || text.size() > longest) return false;
  if (!compressor_.compress(text, text.size() - saved, packed_)) return false;
  byte(special_text | compressed_text);
  length(packed_.size());
  length(text.size());
  raw(packed_);
  return true;
}

void Writer::text(std::string_view text) {
  if (small_integer(text) || compressed(text)) return;
  length(text.size());
  raw(text);
}

void Writer::text(const Packed::Element& element) {
  Digits digits;
  text(element.view(digits));
}

}  // namespace redouble::value::rdb
