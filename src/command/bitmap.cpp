// The commands on single bits and runs of them: SETBIT, GETBIT, BITCOUNT, BITPOS, BITOP.
#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "command/bit_range.hpp"
#include "command/handlers_bitmap.hpp"
#include "runtime/mutant.hpp"

namespace redouble::command::bitmap_group {
namespace {

using store::EventKind;
using store::Look;

// The byte with only the bits of the range kept, where it lies at either end.
unsigned char masked(std::string_view bytes, std::int64_t byte, const BitRange& range) {
  auto kept =
      static_cast<unsigned>(static_cast<unsigned char>(bytes[static_cast<std::size_t>(byte)]));
  if (byte == range.first / 8) kept &= 0xffu >> (range.first % 8);
  if (byte == range.last / 8 && !mutant("bitcount-last-byte-whole")) {
    kept &= 0xffu << (7 - range.last % 8);
  }
  return static_cast<unsigned char>(kept);
}

std::uint64_t word_at(std::string_view bytes, std::int64_t byte) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + byte, sizeof word);
  return word;
}

// The bytes that a range touches; `range` then counts from the first of them.
std::string_view bytes_of(const value::StringRef& string, BitRange& range,
                          value::StringRef::Room& room) {
  const std::int64_t begin = range.first / 8;
  const std::int64_t end = range.last / 8 + 1;
  range = {range.first - begin * 8, range.last - begin * 8};
  return string.part(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin), room);
}

// REQUIRES: the range is not empty and within the string.
std::int64_t count_bits(const value::StringRef& string, BitRange range) {
  value::StringRef::Room room;
  const std::string_view bytes = bytes_of(string, range, room);
  std::int64_t count = 0;
  std::int64_t byte = range.first / 8;
  const std::int64_t last = range.last / 8;
  count += std::popcount(masked(bytes, byte, range));
  if (byte == last) return count;
  for (++byte; byte + 8 <= last; byte += 8) count += std::popcount(word_at(bytes, byte));
  for (; byte <= last; ++byte) count += std::popcount(masked(bytes, byte, range));
  return count;
}

// The first bit of the range that is `wanted`, or -1. REQUIRES: as for count_bits().
std::int64_t find_bit(const value::StringRef& string, BitRange range, bool wanted) {
  value::StringRef::Room room;
  const std::int64_t skipped = range.first / 8 * 8;
  const std::string_view bytes = bytes_of(string, range, room);
  const unsigned char flip = wanted ? 0 : 0xff;
  const std::uint64_t none = wanted ? 0 : ~std::uint64_t{0};
  const std::int64_t last = range.last / 8;
  for (std::int64_t byte = 0; byte <= last; ++byte) {
    while (byte + 8 <= last && word_at(bytes, byte) == none) byte += 8;
    const unsigned char whole =
        static_cast<unsigned char>(bytes[static_cast<std::size_t>(byte)]) ^ flip;
    if (whole == 0) continue;
    const char one = static_cast<char>(whole);
    const BitRange within{std::max<std::int64_t>(range.first - byte * 8, 0),
                          std::min<std::int64_t>(range.last - byte * 8, 7)};
    const unsigned char kept = masked({&one, 1}, 0, within);
    if (kept != 0) return skipped + byte * 8 + std::countl_zero(kept);
  }
  return -1;
}

// BYTE or BIT at args[index], if there is one; nothing: a syntax error.
std::optional<bool> in_bits(Call& call, std::size_t index) {
  if (call.size() <= index || call.is_word(index, "BYTE")) return false;
  if (call.is_word(index, "BIT")) return true;
  call.syntax_error();
  return std::nullopt;
}

enum class BitOperation : std::uint8_t { conjunction, disjunction, exclusive, negation };

std::optional<BitOperation> bit_operation_of(const Call& call) {
  if (call.is_word(1, "AND")) return BitOperation::conjunction;
  if (call.is_word(1, "OR")) return BitOperation::disjunction;
  if (call.is_word(1, "XOR")) return BitOperation::exclusive;
  if (call.is_word(1, "NOT")) return BitOperation::negation;
  return std::nullopt;
}

// A shorter source counts as filled up with zero bytes.
void combine(std::string& result, std::string_view source, BitOperation operation) {
  switch (operation) {
    case BitOperation::conjunction:
      for (std::size_t i = 0; i < source.size(); ++i) result[i] &= source[i];
      std::fill(result.begin() + static_cast<std::ptrdiff_t>(source.size()), result.end(), '\0');
      break;
    case BitOperation::disjunction:
      for (std::size_t i = 0; i < source.size(); ++i) result[i] |= source[i];
      break;
    case BitOperation::exclusive:
      for (std::size_t i = 0; i < source.size(); ++i) result[i] ^= source[i];
      break;
    case BitOperation::negation:
      break;
  }
}

}  // namespace

void setbit(Call& call) {
  const auto offset = bit_offset(call, 2);
  if (!offset) return;
  const auto bit = resp::parse_integer(call.arg(3));
  if (!bit || *bit < 0 || *bit > 1) {
    call.error("ERR bit is not an integer or out of range");
    return;
  }
  const auto old = find_bits(call, call.key(), Look::write);
  if (!old) return;
  const std::size_t needed = (*offset >> 3) + 1;
  const bool grows = needed > old->size();
  const bool was_set = bit_at(*old, *offset);
  if (grows || was_set != (*bit == 1)) {
    constexpr store::Event event{EventKind::string, "setbit"};
    const std::size_t size = std::max(needed, old->size());
    call.keys.change_string(call.key(), size, event, [&](store::Entry& string) {
      const auto mask = static_cast<char>(0x80 >> (*offset & 7));
      char& byte = string.writable(*offset >> 3)[0];
      byte = static_cast<char>(*bit == 1 ? byte | mask : byte & ~mask);
    });
  } else {
    call.make_raw(call.key());
  }
  call.reply.integer(was_set ? 1 : 0);
}

void getbit(Call& call) {
  const auto offset = bit_offset(call, 2);
  if (!offset) return;
  const auto string = find_bits(call, call.key(), Look::read);
  if (!string) return;
  call.reply.integer(bit_at(*string, *offset) ? 1 : 0);
}

void bitcount(Call& call) {
  const store::Entry* entry = call.string_entry(call.key());
  if (call.failed) return;
  if (entry == nullptr) {
    call.reply.integer(0);
    return;
  }
  const value::StringRef string = entry->string();
  BitRange range{0, static_cast<std::int64_t>(string.size() * 8) - 1};
  if (call.size() == 4 || call.size() == 5) {
    const auto start = call.integer(2);
    if (!start) return;
    const auto end = call.integer(3);
    if (!end) return;
    // The real server looks at the unit only then.
    if (*start < 0 && *end < 0 && *start > *end) {
      call.reply.integer(0);
      return;
    }
    const auto bits = in_bits(call, 4);
    if (!bits) return;
    range = bit_range(*start, *end, *bits, string.size());
  } else if (call.size() != 2) {
    call.syntax_error();
    return;
  }
  call.reply.integer(range.first > range.last ? 0 : count_bits(string, range));
}

void bitpos(Call& call) {
  const auto bit = call.integer(2);
  if (!bit) return;
  if (*bit != 0 && *bit != 1) {
    call.error("ERR The bit argument must be 1 or 0.");
    return;
  }
  const store::Entry* entry = call.string_entry(call.key());
  if (call.failed) return;
  if (entry == nullptr) {
    call.reply.integer(*bit == 1 ? -1 : 0);
    return;
  }
  const value::StringRef string = entry->string();
  BitRange range{0, static_cast<std::int64_t>(string.size() * 8) - 1};
  const bool end_given = call.size() >= 5;
  if (call.size() > 6) {
    call.syntax_error();
    return;
  }
  if (call.size() > 3) {
    const auto start = call.integer(3);
    if (!start) return;
    const auto bits = in_bits(call, 5);
    if (!bits) return;
    std::optional<std::int64_t> end = static_cast<std::int64_t>(string.size()) - 1;
    if (end_given) end = call.integer(4);
    if (!end) return;
    range = bit_range(*start, *end, *bits, string.size());
  }
  std::int64_t found = range.first > range.last ? -1 : find_bit(string, range, *bit == 1);
  // Without an end the string counts as followed by zeros.
  const bool looks_beyond = *bit == 0 && !end_given && range.first <= range.last;
  if (found < 0 && looks_beyond) found = static_cast<std::int64_t>(string.size() * 8);
  call.reply.integer(found);
}

void bitop(Call& call) {
  const auto operation = bit_operation_of(call);
  if (!operation) {
    call.syntax_error();
    return;
  }
  const auto sources = call.found_keys.subspan(1);
  if (*operation == BitOperation::negation && sources.size() != 1) {
    call.error("ERR BITOP NOT must be called with a single source key.");
    return;
  }
  std::vector<value::StringRef::Room> rooms(sources.size());
  std::vector<std::string_view> strings;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto string = find_bits(call, sources[i], Look::read);
    if (!string) return;
    strings.push_back(string->view(rooms[i]));
    longest = std::max(longest, string->size());
  }
  if (longest == 0) {
    call.keys.erase(call.key(), {EventKind::generic, "del"});
    call.reply.integer(0);
    return;
  }
  std::string result(strings[0]);
  result.resize(longest);
  for (std::size_t i = 1; i < strings.size(); ++i) combine(result, strings[i], *operation);
  if (*operation == BitOperation::negation) {
    for (char& byte : result) byte = static_cast<char>(~byte);
  }
  call.keys.put(store::Entry::make(call.key(), result, value::Encoding::raw, {}),
                {EventKind::string, "set"});
  call.reply.integer(static_cast<std::int64_t>(longest));
}

}  // namespace redouble::command::bitmap_group
