#include "command/keys.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "resp/number.hpp"
#include "runtime/mutant.hpp"

namespace redouble::command {
namespace {

bool same_word(std::string_view text, std::string_view upper) {
  if (text.size() != upper.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c) != upper[i]) return false;
  }
  return true;
}

// Reads a count as leniently as the real server does here: blanks and a sign before, anything
// behind, and of a large one the lowest 32 bits. The handlers read strictly; a request that they
// refuse may well lock too much.
std::int64_t count_in(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && (text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r'))) ++i;
  const bool negative = i < text.size() && text[i] == '-';
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  std::int64_t value = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, text[i] - '0', &value)) {
      return negative ? 0 : -1;  // the last and the first of 64 bits, cut off as below
    }
  }
  return static_cast<std::int32_t>(negative ? -value : value);
}

// Where the search of a spec begins; nullopt where its keyword does not stand in the request.
std::optional<std::int64_t> begin_search(const KeySpec& spec,
                                         std::span<const std::string_view> args) {
  const auto count = static_cast<std::int64_t>(args.size());
  if (spec.keyword.empty()) return spec.index;
  const int direction = spec.index >= 0 ? 1 : -1;
  std::int64_t place = spec.index >= 0 ? spec.index : count + spec.index;
  // Nothing can follow a keyword in the last place.
  for (; place >= 1 && place < count - 1; place += direction) {
    if (same_word(args[static_cast<std::size_t>(place)], spec.keyword)) return place + 1;
  }
  return std::nullopt;
}

// A count that is no strict number, or none that so many arguments can have.
bool is_loose(const KeySpec& spec, std::span<const std::string_view> args) {
  if (spec.flags == 0 || spec.find != KeySpec::Find::keynum) return false;
  const auto begin = begin_search(spec, args);
  if (!begin || *begin + spec.keynum >= static_cast<std::int64_t>(args.size())) return false;
  const auto count = resp::parse_integer(args[static_cast<std::size_t>(*begin + spec.keynum)]);
  if (!count || *count < 0) return true;
  // As the real server cuts it off, to 32 bits.
  const auto keys = static_cast<std::int32_t>(*count);
  return keys < 0 || (keys == 0 && *count != 0) || std::size_t(keys) > args.size();
}

KeysFound find_by_spec(const Row& row, const KeySpec& spec, std::span<const std::string_view> args,
                       KeyList& list) {
  const auto count = static_cast<std::int64_t>(args.size());
  const auto begin = begin_search(spec, args);
  if (!begin) return KeysFound::ok;
  std::int64_t first = *begin;
  std::int64_t last = 0;
  if (spec.find == KeySpec::Find::range) {
    if (spec.last >= 0) {
      last = first + spec.last;
    } else if (spec.limit == 0) {
      last = count + spec.last;
    } else {
      last = first + (count - first) / spec.limit + spec.last;
    }
  } else {
    const std::int64_t at = first + spec.keynum;
    if (at >= count) return KeysFound::invalid;
    const std::int64_t keys = count_in(args[static_cast<std::size_t>(at)]);
    if (keys == 0 && (row.flags & no_mandatory_keys) != 0) return KeysFound::ok;
    if (keys < 1 || keys > count) return KeysFound::invalid;
    first += spec.first;
    last = first + (keys - 1) * spec.step;
  }
  if (first >= count || last < first || last >= count) return KeysFound::invalid;
  if (mutant("keys_last_left_out")) --last;
  const bool variable = (spec.flags & key_variable_flags) != 0 && row.key_flags != nullptr;
  const std::uint16_t flags = variable ? row.key_flags(args) : spec.flags;
  for (std::int64_t place = first; place <= last; place += spec.step) {
    list.add({static_cast<std::uint32_t>(place), flags});
  }
  return KeysFound::ok;
}

}  // namespace

void KeyList::add_more(KeyPosition key) {
  if (size_ == inline_capacity) more_.assign(first_.begin(), first_.end());
  more_.push_back(key);
  ++size_;
}

KeysFound detail::find_keys_slow(const Row& row, std::span<const std::string_view> args,
                                 KeyList& list) {
  std::array<KeySpec, std::tuple_size_v<decltype(Row::keys)>> specs = row.keys;
  // As the real server: a loose count is still read, but what is found by it has no flags, and a
  // destination comes last.
  if (std::ranges::any_of(specs, [&](const KeySpec& spec) { return is_loose(spec, args); })) {
    const auto end = std::ranges::find(specs, 0, &KeySpec::flags);
    std::reverse(specs.begin(), end);
    list.strip_flags();
  }
  for (const KeySpec& spec : specs) {
    if (spec.flags == 0) break;
    if ((spec.flags & key_not_key) != 0 || spec.find == KeySpec::Find::unknown) continue;
    if (find_by_spec(row, spec, args, list) == KeysFound::invalid) return KeysFound::invalid;
  }
  if (row.more_keys != nullptr && has_unknown_keys(row)) row.more_keys(args, list);
  return KeysFound::ok;
}

void sort_target(std::span<const std::string_view> args, KeyList& list) {
  std::uint32_t target = 0;
  for (std::size_t index = 2; index < args.size(); ++index) {
    if (same_word(args[index], "LIMIT")) {
      index += 2;
    } else if (same_word(args[index], "GET") || same_word(args[index], "BY")) {
      index += 1;
    } else if (same_word(args[index], "STORE") && index + 1 < args.size()) {
      target = static_cast<std::uint32_t>(index + 1);
    }
  }
  if (target != 0) list.add({target, key_ow | key_update});
}

void georadius_target(std::span<const std::string_view> args, KeyList& list) {
  std::uint32_t target = 0;
  for (std::size_t index = 5; index + 1 < args.size(); ++index) {
    if (same_word(args[index], "STORE") || same_word(args[index], "STOREDIST")) {
      target = static_cast<std::uint32_t>(++index);
    }
  }
  if (target != 0) list.add({target, key_ow | key_update});
}

std::uint16_t bitfield_key_flags(std::span<const std::string_view> args) {
  for (std::size_t index = 2; index < args.size();) {
    const std::size_t behind = args.size() - index - 1;
    if (same_word(args[index], "GET") && behind >= 2) {
      index += 3;
    } else if (same_word(args[index], "OVERFLOW") && behind >= 1) {
      index += 2;
    } else {
      return key_rw | key_access | key_update;
    }
  }
  return key_ro | key_access;
}

std::uint16_t set_key_flags(std::span<const std::string_view> args) {
  for (std::size_t i = 3; i < args.size(); ++i) {
    if (same_word(args[i], "GET")) return key_rw | key_access | key_update;
  }
  return key_ow | key_update;
}

KeyRange key_range(const Row& row) {
  KeyRange range;
  for (const KeySpec& spec : row.keys) {
    if (spec.flags == 0) break;
    if (!spec.keyword.empty() || spec.find != KeySpec::Find::range || spec.limit != 0) continue;
    const int last = spec.last < 0 ? spec.last : spec.index + spec.last;
    if (range.first == 0) {
      range = {spec.index, last, spec.step};
    } else if (range.step == 1 && spec.step == 1 && range.last >= 0 &&
               spec.index == range.last + 1) {
      range.last = last;  // keys that follow each other are one range (COPY, BITOP)
    }
  }
  return range;
}

}  // namespace redouble::command
