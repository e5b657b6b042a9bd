// BitOffset and BitRange: where the bitmap commands look.
//
// Bits are counted from the highest of the first byte. Thread safety: as Call's. Errors: error
// replies; then nothing is given. Units: bits, but where it says bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "command/call.hpp"

namespace redouble::command::bitmap_group {

// A bit of a string; those behind it are 0.
inline bool bit_at(const value::StringRef& string, std::uint64_t bit) {
  value::StringRef::Room room;
  const std::string_view byte = string.part(bit >> 3, 1, room);
  return !byte.empty() && (static_cast<unsigned char>(byte[0]) >> (7 - (bit & 7)) & 1) != 0;
}

// args[index] as an offset. With a `width` above 0, "#n" stands for n times the width.
std::optional<std::uint64_t> bit_offset(Call& call, std::size_t index, unsigned width = 0);

// A range [first, last] of bits, empty where first > last.
struct BitRange {
  std::int64_t first = 0;
  std::int64_t last = -1;
};
// From two ends in bytes or bits, negative ones counted from the back, of a string of `size` bytes.
BitRange bit_range(std::int64_t start, std::int64_t end, bool in_bits, std::size_t size);

// A string under a key, empty where there is none; nothing where it is of another type. Valid as
// long as the entry is.
std::optional<value::StringRef> find_bits(Call& call, const store::Hashed& key, store::Look look);

}  // namespace redouble::command::bitmap_group
