// What the commands on streams share: IDs as they are written, trims, replies of entries.
//
// Thread safety: as a Call's. Source: what is an ID and what an error, as redis-server 7.0.15.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "command/call.hpp"
#include "command/typed.hpp"
#include "value/stream.hpp"

namespace redouble::command::stream_group {

using value::Stream;
using value::StreamId;

inline Stream::Limits limits_of(const Call& call) {
  const instance::Settings& settings = call.settings();
  return {.node_bytes = settings.stream_node_max_bytes,
          .node_entries = settings.stream_node_max_entries};
}

// "ms-seq"; a missing second half is `missing_seq`. Nothing where it is no ID.
std::optional<StreamId> parse_id(std::string_view text, std::uint64_t missing_seq);
// args[index] as an ID; else the error is written.
std::optional<StreamId> id_at(Call& call, std::size_t index, std::uint64_t missing_seq = 0);
// The same, where "-" is the lowest and "+" the highest one.
std::optional<StreamId> id_or_end_at(Call& call, std::size_t index);
void invalid_id(Call& call);
std::string text_of(StreamId id);

// One end of a range: an ID, "-", "+", or an ID behind '(' that is not in the range.
enum class RangeEnd : bool { start, end };
std::optional<StreamId> range_end_at(Call& call, std::size_t index, RangeEnd end);

void reply_entry(Call& call, const Stream::Entry& entry);
// The entries between two IDs, at most `count` (0: all), as an array.
void reply_range(Call& call, const Stream& stream, StreamId first, StreamId last,
                 std::uint64_t count, bool reverse = false);

// Options of XADD and XTRIM that stand in front of XADD's ID.
struct AddOptions {
  Stream::Trim trim;
  bool make_stream = true;
  std::optional<StreamId> id;  // nothing: '*'
  bool sequence_given = true;  // false: "ms-*"
  std::size_t id_at = 0;       // where the ID stands; call.size() where there is none
};
// Nothing: the error is written.
std::optional<AddOptions> parse_add_options(Call& call, bool adds);

}  // namespace redouble::command::stream_group
