#include "value/lzf.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace redouble::value {
namespace {

using Byte = unsigned char;

constexpr std::size_t most_plain = 32;  // bytes in one run
constexpr std::size_t most_distance = 8192;
constexpr std::size_t longest_match = 264;
constexpr std::size_t shortest_match = 3;
constexpr unsigned long_mark = 7;

}  // namespace

// What is written; it refuses what exceeds the limit. A run of plain bytes is opened with its first
// byte's place reserved, as the search that we follow counts that place when it gives up.
struct LzfCompressor::Output {
  std::string& to;
  std::size_t most;
  std::size_t plain = 0;  // in the open run
  bool full = false;

  Output(std::string& text, std::size_t limit) : to(text), most(limit) { to.assign(1, '\0'); }

  void add_plain(Byte byte) {
    if (to.size() >= most) {
      full = true;
      return;
    }
    to += static_cast<char>(byte);
    if (++plain == most_plain) {
      close_run();
      to += '\0';
    }
  }
  void add_match(std::size_t distance, std::size_t length) {
    constexpr std::size_t room = 4;  // two or three bytes, and the next run's first
    if (to.size() - (plain == 0 ? 1 : 0) + room >= most) {
      full = true;
      return;
    }
    close_run();
    const std::size_t code = length - 2;
    const std::size_t back = distance - 1;
    to += static_cast<char>(back >> 8 | std::min<std::size_t>(code, long_mark) << 5);
    if (code >= long_mark) to += static_cast<char>(code - long_mark);
    to += static_cast<char>(back);
    to += '\0';
  }
  void close_run() {
    if (plain == 0) {
      to.pop_back();
    } else {
      to[to.size() - plain - 1] = static_cast<char>(plain - 1);
    }
    plain = 0;
  }
};

void LzfCompressor::Free::operator()(std::uint32_t* table) const { std::free(table); }

std::uint32_t LzfCompressor::exchange(const unsigned char* begin, std::uint32_t at) {
  const std::uint32_t three = std::uint32_t{begin[at]} << 16 | std::uint32_t{begin[at + 1]} << 8 |
                              std::uint32_t{begin[at + 2]};
  constexpr std::uint32_t mask = (1u << table_bits) - 1;
  const std::uint32_t slot = ((three >> (24 - table_bits)) - three * 5) & mask;
  if (short_mask_ != 0) {
    constexpr std::uint32_t place_mask = 0xffff;
    std::uint32_t& entry = find_short(slot);
    const std::uint32_t before = entry & place_mask;
    entry = slot << 16 | (at + 1);
    return before > 1 ? before - 1 : none;
  }
  const std::uint32_t before = std::exchange(table_[slot], base_ + at);
  return before > base_ ? before - base_ : none;
}

// Where the place with this number stands, or would.
std::uint32_t& LzfCompressor::find_short(std::uint32_t slot) {
  std::size_t at = slot & short_mask_;
  while (short_table_[at] != 0 && short_table_[at] >> 16 != slot) at = (at + 1) & short_mask_;
  return short_table_[at];
}

void LzfCompressor::prepare(std::size_t text_bytes) {
  if (text_bytes <= short_text) {
    const std::size_t places = std::bit_ceil(2 * text_bytes);
    short_mask_ = places - 1;
    std::fill_n(short_table_.begin(), places, 0);
    return;
  }
  short_mask_ = 0;
  if (table_ != nullptr && base_ <= UINT32_MAX - (std::uint32_t{1} << 31)) return;
  // Its pages come zero and untouched.
  table_.reset(static_cast<std::uint32_t*>(
      std::calloc(std::size_t{1} << table_bits, sizeof(std::uint32_t))));
  if (table_ == nullptr) throw std::bad_alloc();
  base_ = 0;
}

bool LzfCompressor::compress(std::string_view text, std::size_t most, std::string& to) {
  if (text.empty() || most == 0) return false;
  prepare(text.size());
  const auto* begin = reinterpret_cast<const Byte*>(text.data());
  const auto size = static_cast<std::uint32_t>(text.size());
  const std::uint32_t last = size < 2 ? 0 : size - 2;  // from here on no three bytes are left
  Output output(to, most);
  std::uint32_t at = 0;
  while (at < last && !output.full) {
    const std::uint32_t found = exchange(begin, at);
    // (The first byte of the text is never found: a place of 0 means none.)
    if (found == none || at - found > most_distance ||
        std::memcmp(begin + found, begin + at, shortest_match) != 0) {
      output.add_plain(begin[at++]);
      continue;
    }
    // As the search that we follow: with 18 bytes left or less a match leaves the last two alone;
    // with more, 19 may be taken though that is beyond the limit of the remaining less two.
    const std::size_t limit = std::min<std::size_t>(size - at - 2, longest_match);
    const auto same = [&](std::size_t index) { return begin[found + index] == begin[at + index]; };
    std::size_t length = shortest_match;
    if (limit > 16) {
      while (length < 19 && same(length)) ++length;
    }
    if (limit <= 16 || length == 19) {
      while (length < limit && same(length)) ++length;
    }
    output.add_match(at - found, length);
    at += static_cast<std::uint32_t>(length);
    if (at >= last) break;
    exchange(begin, at - 2);
    exchange(begin, at - 1);
  }
  if (!output.full && output.to.size() + 3 > most) output.full = true;
  while (at < size && !output.full) output.add_plain(begin[at++]);
  output.close_run();
  if (short_mask_ == 0) base_ += size;
  return !output.full && to.size() <= most;
}

bool lzf_decompress(std::string_view compressed, std::size_t size, std::string& to) {
  to.clear();
  if (size > lzf_longest(compressed.size())) return false;
  to.resize(size);
  char* const begin = to.data();
  std::size_t written = 0;
  std::size_t at = 0;
  while (at < compressed.size()) {
    const auto first = static_cast<Byte>(compressed[at++]);
    if (first < most_plain) {
      const std::size_t run = first + std::size_t{1};
      if (run > compressed.size() - at || run > size - written) return false;
      std::memcpy(begin + written, compressed.data() + at, run);
      at += run;
      written += run;
      continue;
    }
    std::size_t length = first >> 5;
    if (length == long_mark) {
      if (at == compressed.size()) return false;
      length += static_cast<Byte>(compressed[at++]);
    }
    length += 2;
    if (at == compressed.size()) return false;
    const std::size_t back =
        (std::size_t{first & 31u} << 8 | static_cast<Byte>(compressed[at++])) + 1;
    if (back > written || length > size - written) return false;
    for (std::size_t i = 0; i < length; ++i) begin[written + i] = begin[written + i - back];
    written += length;
  }
  return written == size;
}

}  // namespace redouble::value
