// The values that WaitingModel knows: lists, sorted sets and streams, by key.
//
// Each in the plainest form that the standard library has: what judges the server shares no code
// with it. A key whose list or sorted set is empty is not there; a stream may be empty.
// Thread safety: values. Scores are integers.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace redouble::check::waiting {

struct StreamId {
  std::uint64_t milliseconds = 0;
  std::uint64_t sequence = 0;
  auto operator<=>(const StreamId&) const = default;
};

std::string to_text(StreamId id);
// `5-2`, or `5` for `5-0`. Errors: std::invalid_argument.
StreamId read_id(std::string_view text);

using List = std::deque<std::string>;
using SortedSet = std::map<std::string, long long>;  // scores by member

struct Stream {
  using Fields = std::vector<std::string>;
  struct Group {
    StreamId last;
    std::map<StreamId, std::string> pending;  // consumers
    bool operator==(const Group&) const = default;
  };
  std::map<StreamId, Fields> entries;
  StreamId last;
  std::map<std::string, Group> groups;
  bool operator==(const Stream&) const = default;
};

using Value = std::variant<List, SortedSet, Stream>;
using Values = std::map<std::string, Value>;

// nullptr where there is none of that type.
template <typename T>
T* find(Values& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : std::get_if<T>(&found->second);
}

// Is there something else?
template <typename T>
bool has_other(Values& values, const std::string& key) {
  return values.contains(key) && find<T>(values, key) == nullptr;
}

// The one that is there, or a new one. REQUIRES: has_other<T>() is false.
template <typename T>
T& own(Values& values, const std::string& key) {
  return std::get<T>(values.try_emplace(key, T()).first->second);
}

std::string wrong_type_reply();

// REQUIRES of these two: the key holds such a value. They give what they took.
std::string pop(Values& values, const std::string& key, bool front);
struct Scored {
  std::string member;
  long long score;
};
Scored pop_scored(Values& values, const std::string& key, bool lowest);

// The members, the lowest first; those of one score by their bytes.
std::vector<Scored> in_order(const SortedSet& set);

// An entry, or all of them, as XREAD and XRANGE reply.
std::string entry_reply(StreamId id, const Stream::Fields& fields);
std::string entries_reply(const Stream& stream);

std::string describe(const Values& values);

}  // namespace redouble::check::waiting
