// XACK and XPENDING: what was delivered and is not acknowledged.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "command/handlers_stream.hpp"
#include "command/stream_group.hpp"

namespace redouble::command::stream_group {
namespace {

// XPENDING with a range.
struct PendingQuery {
  StreamId first;
  StreamId last;
  std::uint64_t count = 0;
  std::int64_t min_idle_ms = 0;
  std::optional<std::string_view> consumer;
};

// Nothing: the error is written.
std::optional<PendingQuery> parse_pending(Call& call) {
  constexpr std::size_t least_arguments = 6;
  constexpr std::size_t most_arguments = 9;
  PendingQuery query;
  std::size_t at = 3;
  if (call.size() < least_arguments || call.size() > most_arguments) {
    return call.syntax_error(), std::nullopt;
  }
  if (call.is_word(at, "IDLE")) {
    const auto idle = call.integer(at + 1);
    if (!idle) return std::nullopt;
    query.min_idle_ms = *idle;
    at += 2;
    if (at + 2 >= call.size()) return call.syntax_error(), std::nullopt;
  }
  const auto count = call.integer(at + 2);
  if (!count) return std::nullopt;
  query.count = static_cast<std::uint64_t>(std::max<std::int64_t>(*count, 0));
  const auto first = range_end_at(call, at, RangeEnd::start);
  if (!first) return std::nullopt;
  const auto last = range_end_at(call, at + 1, RangeEnd::end);
  if (!last) return std::nullopt;
  query.first = *first;
  query.last = *last;
  if (at + 3 < call.size()) query.consumer = call.arg(at + 3);
  return query;
}

void reply_summary(Call& call, const ConsumerGroup& group) {
  const ConsumerGroup::Pending& pending = group.pending();
  call.reply.array(4);
  call.reply.integer(static_cast<std::int64_t>(pending.size()));
  if (pending.empty()) {
    call.reply.null();
    call.reply.null();
    return call.reply.null_array();
  }
  call.reply.bulk(text_of(pending.first()->id));
  call.reply.bulk(text_of(pending.last()->id));
  const auto place = call.reply.begin();
  std::size_t consumers = 0;
  group.consumers().for_each([&](const Consumer& consumer) {
    if (consumer.pending().empty()) return;
    ++consumers;
    call.reply.array(2);
    call.reply.bulk(consumer.name());
    call.reply.bulk_integer(static_cast<std::int64_t>(consumer.pending().size()));
  });
  call.reply.end_array(place, consumers);
}

// Whether it was idle for long enough; then it is told.
bool reply_pending(Call& call, const PendingQuery& query, const PendingEntry& entry) {
  const std::int64_t idle_ms = call.now_ms() - entry.delivery.at_ms;
  if (query.min_idle_ms != 0 && idle_ms < query.min_idle_ms) return false;
  call.reply.array(4);
  call.reply.bulk(text_of(entry.id));
  call.reply.bulk(entry.consumer_name());
  call.reply.integer(std::max<std::int64_t>(idle_ms, 0));
  call.reply.integer(entry.delivery.count);
  return true;
}

void reply_entries(Call& call, const PendingQuery& query, const ConsumerGroup& group) {
  const Consumer* consumer = nullptr;
  if (query.consumer) {
    consumer = group.consumer(*query.consumer);
    if (consumer == nullptr) return call.reply.array(0);
  }
  const auto place = call.reply.begin();
  std::uint64_t given = 0;
  if (consumer != nullptr) {
    for (auto at = consumer->pending_from(query.first);
         given < query.count && at.valid() && at->id <= query.last; at.next()) {
      if (reply_pending(call, query, *group.find(at->id))) ++given;
    }
  } else {
    for (auto at = group.pending_from(query.first);
         given < query.count && at.valid() && at->id <= query.last; at.next()) {
      if (reply_pending(call, query, at.slot())) ++given;
    }
  }
  call.reply.end_array(place, given);
}

}  // namespace

void xpending(Call& call) {
  if (call.size() == 3) {
    const GroupView found = find_group(call, call.key(), 2);
    if (found) reply_summary(call, *found.group);
    return;
  }
  const auto query = parse_pending(call);
  if (!query) return;
  const GroupView found = find_group(call, call.key(), 2);
  if (found) reply_entries(call, *query, *found.group);
}

void xack(Call& call) {
  const GroupView found = look_for_group(call, call.key(), 2);
  if (call.failed) return;
  if (!found) return call.reply.integer(0);
  std::vector<StreamId> ids;
  for (std::size_t index = 3; index < call.size(); ++index) {
    const auto id = id_at(call, index);
    if (!id) return;
    ids.push_back(*id);
  }
  const bool any =
      std::ranges::any_of(ids, [&](StreamId id) { return found.group->find(id) != nullptr; });
  if (!any) return call.reply.integer(0);
  std::int64_t acknowledged = 0;
  own_value<Stream>(call, call.key()).groups().change(call.arg(2), [&](ConsumerGroup& group) {
    for (const StreamId id : ids) acknowledged += group.acknowledge(id) ? 1 : 0;
  });
  call.reply.integer(acknowledged);
  call.keys.changed(call.key(), group_event(""));
}

}  // namespace redouble::command::stream_group
