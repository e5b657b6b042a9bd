// KeyList and find_keys: which arguments of a request are keys, and what they are used for.
//
// The session locks what find_keys finds; COMMAND GETKEYS and the ACL ask it too. The first eight
// keys need no allocation, and a list kept for the next request none at all.
// A request that the specs do not fit (a count that is no number, or more keys than arguments)
// gives KeysFound::invalid and the keys found until then: the handler refuses such a request before
// it touches a key. Any arguments are safe.
// Thread safety: find_keys is pure; a KeyList belongs to one thread.
// Sources: the key specifications page of the Redis documentation; edge cases as redis-server
// 7.0.15 answers COMMAND GETKEYS.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "command/row.hpp"

namespace redouble::command {

struct KeyPosition {
  std::uint32_t position = 0;  // the index in the request's arguments
  std::uint16_t flags = 0;     // KeyFlag
  bool operator==(const KeyPosition&) const = default;
};

class KeyList {
 public:
  static constexpr std::size_t inline_capacity = 8;

  void clear() {
    size_ = 0;
    kept_flags_ = ~std::uint16_t{0};
  }
  // Until the next clear() keys are added without their flags.
  void strip_flags() { kept_flags_ = 0; }
  void add(KeyPosition key) {
    key.flags &= kept_flags_;
    if (size_ < inline_capacity) {
      first_[size_++] = key;
    } else {
      add_more(key);
    }
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const KeyPosition> positions() const {
    return {size_ <= inline_capacity ? first_.data() : more_.data(), size_};
  }
  auto begin() const { return positions().begin(); }
  auto end() const { return positions().end(); }

 private:
  void add_more(KeyPosition key);

  std::size_t size_ = 0;
  std::uint16_t kept_flags_ = ~std::uint16_t{0};
  std::array<KeyPosition, inline_capacity> first_;
  std::vector<KeyPosition> more_;  // all of them, once they are too many for `first_`
};

enum class KeysFound : std::uint8_t { ok, invalid };

// Whether the row's specs say themselves that they do not find all keys.
inline bool has_unknown_keys(const Row& row) {
  for (const KeySpec& spec : row.keys) {
    if (spec.flags != 0 && spec.find == KeySpec::Find::unknown) return true;
  }
  return false;
}

namespace detail {
KeysFound find_keys_slow(const Row& row, std::span<const std::string_view> args, KeyList& list);
}

// One key at a fixed place: nearly every command.
inline bool has_one_key(const Row& row) {
  const KeySpec& spec = row.keys[0];
  return spec.flags != 0 && row.keys[1].flags == 0 && spec.find == KeySpec::Find::range &&
         spec.last == 0 && spec.index > 0 && spec.limit == 0 && spec.keyword.empty() &&
         (spec.flags & key_not_key) == 0;
}

// Fills `list` with the keys of `args` (the whole request, names included) in the order of the
// row's specs. Places that are no keys (key_not_key) are left out.
inline KeysFound find_keys(const Row& row, std::span<const std::string_view> args, KeyList& list) {
  list.clear();
  const KeySpec& spec = row.keys[0];
  if (spec.flags == 0) return KeysFound::ok;
  if (has_one_key(row)) {
    const auto position = static_cast<std::uint32_t>(spec.index);
    if (position >= args.size()) return KeysFound::invalid;
    list.add({position, row.key_flags == nullptr ? spec.flags : row.key_flags(args)});
    return KeysFound::ok;
  }
  return detail::find_keys_slow(row, args, list);
}

// The same, and what else a step must lock for the request.
inline KeysFound find_keys_to_lock(const Row& row, std::span<const std::string_view> args,
                                   KeyList& list) {
  const KeysFound found = find_keys(row, args, list);
  if (row.more_keys != nullptr && !has_unknown_keys(row)) row.more_keys(args, list);
  return found;
}

// Row::more_keys of SORT and of GEORADIUS and its like: the key behind the last STORE (STOREDIST),
// which the real server stores to.
void sort_target(std::span<const std::string_view> args, KeyList& list);
void georadius_target(std::span<const std::string_view> args, KeyList& list);
// Row::key_flags of BITFIELD: it only reads where nothing but GET stands among its operations.
std::uint16_t bitfield_key_flags(std::span<const std::string_view> args);
// Row::key_flags of SET: it reads only where GET stands among its options.
std::uint16_t set_key_flags(std::span<const std::string_view> args);

// The key range that COMMAND INFO gives beside the specs, for clients from before them: 0, 0, 0
// where there is none.
struct KeyRange {
  int first = 0;
  int last = 0;
  int step = 0;
  bool operator==(const KeyRange&) const = default;
};
KeyRange key_range(const Row& row);

}  // namespace redouble::command
