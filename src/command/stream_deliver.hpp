// Serving one stream to one consumer of a group: what XREADGROUP does for each of its keys, also
// later, for a client that waited until an entry came.
//
// - deliver_new() writes the entries behind what the group has got so far, as an array, and makes
//   them pending with the consumer (unless `noack`); the group goes on to the last of them.
// - deliver_again() writes what is pending with the consumer behind an ID; an entry that was
//   deleted from the stream comes with a null. What is there counts as delivered once more.
// - Both make the consumer where there is none, announce and record what they did. The name of the
//   key is the caller's to write.
// Thread safety: as a Call's. Source: "XREADGROUP" of the Redis documentation; the rest as
// redis-server 7.0.15 does.
#pragma once

#include <cstdint>
#include <string_view>

#include "command/call.hpp"
#include "value/stream.hpp"

namespace redouble::command::stream_group {

struct Reader {
  std::string_view group;
  std::string_view consumer;
  std::uint64_t count = 0;  // 0: all
  bool noack = false;
};

bool has_new_entries(const value::Stream& stream, const value::ConsumerGroup& group);

// REQUIRES: the key holds a stream with such a group.
void deliver_new(Call& call, const store::Hashed& key, const Reader& reader);
void deliver_again(Call& call, const store::Hashed& key, const Reader& reader,
                   value::StreamId after);
// The consumer has tried, and there was nothing.
void note_vain_try(Call& call, const store::Hashed& key, const Reader& reader);

}  // namespace redouble::command::stream_group
