// StreamId: the ID of an entry of a stream: two unsigned halves, which sort as they stand.
//
// Units: the first half is Unix milliseconds where the server made it. Thread safety: a value.
// Source: "Redis streams" of the Redis documentation.
#pragma once

#include <compare>
#include <cstdint>

namespace redouble::value {

struct StreamId {
  std::uint64_t ms = 0;
  std::uint64_t seq = 0;

  static constexpr StreamId lowest() { return {}; }
  static constexpr StreamId highest() { return {UINT64_MAX, UINT64_MAX}; }
  // The next one and the one before. REQUIRES: there is one.
  StreamId next() const { return seq == UINT64_MAX ? StreamId{ms + 1, 0} : StreamId{ms, seq + 1}; }
  StreamId previous() const {
    return seq == 0 ? StreamId{ms - 1, UINT64_MAX} : StreamId{ms, seq - 1};
  }
  friend constexpr auto operator<=>(const StreamId&, const StreamId&) = default;
};

}  // namespace redouble::value
