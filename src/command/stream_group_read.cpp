// XREADGROUP: reading as a consumer of a group.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command/handlers_stream.hpp"
#include "command/stream_deliver.hpp"
#include "command/stream_group.hpp"
#include "command/stream_query.hpp"
#include "command/wait.hpp"

namespace redouble::command::stream_group {
namespace {

constexpr std::string_view in_xreadgroup = " in XREADGROUP with GROUP option";

// A group or a consumer may be named like the keyword in front of the keys, and where it stands
// behind other options the row's specs take it for that. Then the wrong keys are locked.
bool locks_its_keys(const Call& call, const Query& query) {
  if (call.found_keys.size() != query.streams) return false;
  return call.key().key.data() == call.arg(query.keys_at).data();
}

// The ID to read behind; nothing for '>', what is new to the group.
using After = std::optional<StreamId>;

// False: the error is written.
bool parse_id_behind(Call& call, std::size_t at, After& after) {
  if (call.arg(at) == "$") {
    call.error(
        "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history "
        "of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ "
        "ID would just return an empty result set.");
    return false;
  }
  if (call.arg(at) == ">") return true;
  after = id_at(call, at);
  if (after == StreamId::highest()) after.reset();
  return !call.failed;
}

// One for each stream. False: the error is written.
bool parse_ids(Call& call, const Query& query, std::vector<After>& after) {
  for (std::size_t index = 0; index < query.streams; ++index) {
    if (!find_group(call, call.key(index), query.group_at, in_xreadgroup)) {
      return false;
    }
    if (!parse_id_behind(call, query.id_at(index), after.emplace_back())) return false;
  }
  return true;
}

const Stream* stream_in(const store::Entry* entry) {
  if (entry == nullptr || entry->type() != Stream::its_type) return nullptr;
  return &static_cast<const Stream&>(entry->object());
}

// Also where the stream or the group is gone: then there is an error to be told.
void wait_for_news(Call& call, const Query& query, const Reader& reader) {
  wait_or_give_up(call, {.deadline_ms = *query.deadline_ms,
                         .keys = query.streams,
                         .is_ready =
                             [name = std::string(reader.group), told = tells_of_nothing(call)](
                                 std::size_t, const store::Entry* entry) {
                               const Stream* stream = stream_in(entry);
                               if (stream == nullptr) return true;
                               const ConsumerGroup* group = stream->groups().find(name);
                               if (group == nullptr) return true;
                               if (told) return stream->last_id() > group->last_id();
                               return has_new_entries(*stream, *group);
                             },
                         .waits_for = instance::WaitsFor::group});
}

void reply_stream(Call& call, const store::Hashed& key, const Reader& reader, const After& after) {
  if (call.reply.protocol() == 2) call.reply.array(2);
  call.reply.bulk(key.key);
  after ? deliver_again(call, key, reader, *after) : deliver_new(call, key, reader);
}

// Whether the group is still there at the end of a wait; else the error is written. From 7.2 on it
// is that of a group which was never there.
bool is_still_there(Call& call, const store::Hashed& key, const Query& query,
                    const Reader& reader) {
  if (call.speaks(instance::CompatVersion::v7_2)) {
    return bool{find_group(call, key, query.group_at, in_xreadgroup)};
  }
  const Stream* stream = stream_in(call.keys.find(key));
  if (stream == nullptr) {
    call.error("UNBLOCKED the stream key no longer exists");
    return false;
  }
  if (stream->groups().find(reader.group) != nullptr) return true;
  call.error("NOGROUP the consumer group this client was blocked on no longer exists");
  return false;
}

// The end of a wait for one of the streams.
void read_ready(Call& call, const Query& query, const Reader& reader) {
  const store::Hashed& key = call.key(*call.ready);
  if (!is_still_there(call, key, query, reader)) return;
  call.reply.protocol() == 2 ? call.reply.array(1) : call.reply.map(1);
  reply_stream(call, key, reader, {});
}

}  // namespace

void xreadgroup(Call& call) {
  const auto query = parse_query(call, Reads::in_group);
  if (!query) return;
  if (!locks_its_keys(call, *query)) {
    return call.error("ERR a group or consumer named STREAMS must stand in front of other options");
  }
  const Reader reader{.group = call.arg(query->group_at),
                      .consumer = call.arg(query->group_at + 1),
                      .count = query->count,
                      .noack = query->noack};
  if (call.ready) return read_ready(call, *query, reader);
  std::vector<After> after;
  if (!parse_ids(call, *query, after)) return;
  const auto place = call.reply.begin();
  std::size_t served = 0;
  for (std::size_t index = 0; index < query->streams; ++index) {
    const store::Hashed& key = call.key(index);
    // The real server counts a second look.
    const Stream& stream = *find_value<Stream>(call, key, store::Look::untouched);
    if (after[index] || has_new_entries(stream, *stream.groups().find(reader.group))) {
      ++served;
      reply_stream(call, key, reader, after[index]);
    } else if (notes_vain_tries(call)) {
      note_vain_try(call, key, reader);
    }
  }
  if (served == 0) {
    if (!query->deadline_ms) return call.reply.null_array();
    return wait_for_news(call, *query, reader);
  }
  if (call.reply.protocol() == 2) {
    call.reply.end_array(place, served);
  } else {
    call.reply.end_map(place, served);
  }
}

}  // namespace redouble::command::stream_group
