// The commands that look at streams.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command/handlers_stream.hpp"
#include "command/stream_access.hpp"
#include "command/stream_query.hpp"
#include "command/wait.hpp"

namespace redouble::command::stream_group {
namespace {

using store::Look;

void range(Call& call, bool reverse) {
  const auto first = range_end_at(call, reverse ? 3 : 2, RangeEnd::start);
  if (!first) return;
  const auto last = range_end_at(call, reverse ? 2 : 3, RangeEnd::end);
  if (!last) return;
  std::optional<std::int64_t> count;
  for (std::size_t index = 4; index < call.size(); index += 2) {
    if (index + 1 == call.size() || !call.is_word(index, "COUNT")) return call.syntax_error();
    count = call.integer(index + 1);
    if (!count) return;
  }
  const Stream* stream = find_value<Stream>(call, call.key(), Look::read);
  if (call.failed) return;
  if (stream == nullptr) return call.reply.array(0);
  if (count && *count <= 0) return call.reply.null_array();
  reply_range(call, *stream, *first, *last, static_cast<std::uint64_t>(count.value_or(0)), reverse);
}

// What is asked of a stream: the entries after this one. nullptr: there is no such stream yet.
using Wanted = std::vector<std::pair<const Stream*, StreamId>>;

bool has_entry_after(const Stream* stream, StreamId id) {
  return stream != nullptr && !stream->empty() && stream->at_most(StreamId::highest())->id() > id;
}

// What '+' asks for: the last entry, or the next one where there is none.
StreamId before_last(const Stream* stream) {
  if (stream == nullptr) return {};
  return stream->empty() ? stream->last_id()
                         : stream->at_most(StreamId::highest())->id().previous();
}

// An ID stands for '$' from now on.
void wait_for_entries(Call& call, const Query& query, const Wanted& wanted) {
  std::vector<StreamId> after;
  std::vector<std::string> request(call.args.begin(), call.args.end());
  for (std::size_t index = 0; index < wanted.size(); ++index) {
    after.push_back(wanted[index].second);
    request[query.id_at(index)] = text_of(after.back());
  }
  wait_or_give_up(call, {.deadline_ms = *query.deadline_ms,
                         .keys = query.streams,
                         .is_ready =
                             [after = std::move(after), told = tells_of_nothing(call)](
                                 std::size_t key, const store::Entry* entry) {
                               if (entry == nullptr || entry->type() != value::Type::stream)
                                 return false;
                               const auto& stream = static_cast<const Stream&>(entry->object());
                               if (told) return stream.last_id() > after[key];
                               return has_entry_after(&stream, after[key]);
                             },
                         .waits_for = instance::WaitsFor::stream,
                         .request = std::move(request)});
}

}  // namespace

void xlen(Call& call) {
  const Stream* stream = find_value<Stream>(call, call.key(), Look::read);
  if (call.failed) return;
  call.reply.integer(stream == nullptr ? 0 : static_cast<std::int64_t>(stream->size()));
}

void xrange(Call& call) { range(call, false); }
void xrevrange(Call& call) { range(call, true); }

void xread(Call& call) {
  const auto query = parse_query(call, Reads::alone);
  if (!query) return;
  Wanted wanted;
  for (std::size_t index = 0; index < query->streams; ++index) {
    if (call.ready && *call.ready != index) {
      wanted.emplace_back(nullptr, StreamId());
      continue;
    }
    const Stream* stream = find_value<Stream>(call, call.key(index), Look::read);
    if (call.failed) return;
    // The real server counts a second look.
    if (!call.ready) call.keys.find(call.key(index), Look::untouched);
    const std::size_t at = query->id_at(index);
    if (call.arg(at) == "$") {
      wanted.emplace_back(stream, stream == nullptr ? StreamId() : stream->last_id());
    } else if (call.arg(at) == "+" && call.speaks(instance::CompatVersion::v7_4)) {
      wanted.emplace_back(stream, before_last(stream));
    } else if (call.arg(at) == ">") {
      return call.error(
          "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> "
          "<consumer> option.");
    } else {
      const auto after = id_at(call, at);
      if (!after) return;
      wanted.emplace_back(stream, *after);
    }
  }
  const auto place = call.reply.begin();
  std::size_t served = 0;
  for (std::size_t index = 0; index < wanted.size(); ++index) {
    const auto& [stream, after] = wanted[index];
    const bool is_told = call.ready == index && tells_of_nothing(call);
    if (!is_told && !has_entry_after(stream, after)) continue;
    ++served;
    if (call.reply.protocol() == 2) call.reply.array(2);
    call.reply.bulk(call.key(index).key);
    reply_range(call, *stream, after.next(), StreamId::highest(), query->count);
  }
  if (served == 0) {
    if (!query->deadline_ms) return call.reply.null_array();
    return wait_for_entries(call, *query, wanted);
  }
  if (call.reply.protocol() == 2) {
    call.reply.end_array(place, served);
  } else {
    call.reply.end_map(place, served);
  }
}

}  // namespace redouble::command::stream_group
