// Query: what XREAD and XREADGROUP are asked for, but for the IDs.
//
// Thread safety: as a Call's. Source: which errors come first, as redis-server 7.0.15.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "command/call.hpp"

namespace redouble::command::stream_group {

struct Query {
  std::uint64_t count = 0;                       // of entries of each stream; 0: all
  std::optional<std::int64_t> deadline_ms = {};  // of BLOCK
  std::size_t keys_at = 0;                       // the IDs stand behind the keys, as many
  std::size_t streams = 0;
  std::size_t group_at = 0;  // the consumer stands behind; 0: no GROUP
  bool noack = false;

  std::size_t id_at(std::size_t index) const { return keys_at + streams + index; }
};

enum class Reads : bool { alone, in_group };
// Nothing: the error is written.
std::optional<Query> parse_query(Call& call, Reads reads);

// Before 7.2 who waits is told of an entry that XADD has added and trimmed away at once, with an
// empty array.
inline bool tells_of_nothing(const Call& call) {
  return !call.speaks(instance::CompatVersion::v7_2);
}

}  // namespace redouble::command::stream_group
