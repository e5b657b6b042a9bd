// XREADGROUP: reading as a consumer of a group.
#include <optional>
#include <string_view>
#include <vector>

#include "command/handlers_stream.hpp"
#include "command/stream_deliver.hpp"
#include "command/stream_group.hpp"
#include "command/stream_query.hpp"

namespace redouble::command::stream_group {
namespace {

// A group or a consumer may be named like the keyword in front of the keys, and where it stands
// behind other options the row's specs take it for that. Then the wrong keys are locked.
bool locks_its_keys(const Call& call, const Query& query) {
  if (call.found_keys.size() != query.streams) return false;
  return call.key().key.data() == call.arg(query.keys_at).data();
}

// Behind which ID to read from each stream; nothing: what is new to the group. False: the error is
// written.
bool parse_ids(Call& call, const Query& query, std::vector<std::optional<StreamId>>& after) {
  for (std::size_t index = 0; index < query.streams; ++index) {
    if (!find_group(call, call.key(index), query.group_at, " in XREADGROUP with GROUP option")) {
      return false;
    }
    const std::size_t at = query.id_at(index);
    if (call.arg(at) == "$") {
      call.error(
          "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history "
          "of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ "
          "ID would just return an empty result set.");
      return false;
    }
    after.emplace_back();
    if (call.arg(at) == ">") continue;
    const auto id = id_at(call, at);
    if (!id) return false;
    if (*id != StreamId::highest()) after.back() = *id;
  }
  return true;
}

}  // namespace

void xreadgroup(Call& call) {
  const auto query = parse_query(call, Reads::in_group);
  if (!query) return;
  if (!locks_its_keys(call, *query)) {
    return call.error("ERR a group or consumer named STREAMS must stand in front of other options");
  }
  std::vector<std::optional<StreamId>> after;
  if (!parse_ids(call, *query, after)) return;
  const Reader reader{.group = call.arg(query->group_at),
                      .consumer = call.arg(query->group_at + 1),
                      .count = query->count,
                      .noack = query->noack};
  const auto place = call.reply.begin();
  std::size_t served = 0;
  for (std::size_t index = 0; index < query->streams; ++index) {
    const store::Hashed& key = call.key(index);
    const Stream& stream = *find_value<Stream>(call, key, store::Look::quiet);
    if (!after[index] && !has_new_entries(stream, *stream.groups().find(reader.group))) {
      if (notes_vain_tries(call)) note_vain_try(call, key, reader);
      continue;
    }
    ++served;
    if (call.reply.protocol() == 2) call.reply.array(2);
    call.reply.bulk(key.key);
    after[index] ? deliver_again(call, key, reader, *after[index]) : deliver_new(call, key, reader);
  }
  if (served == 0) return call.reply.null_array();
  if (call.reply.protocol() == 2) {
    call.reply.end_array(place, served);
  } else {
    call.reply.end_map(place, served);
  }
}

}  // namespace redouble::command::stream_group
