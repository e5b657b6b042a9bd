// XINFO: what there is to know of a stream, its consumer groups and their consumers.
#include <algorithm>
#include <optional>
#include <string>

#include "command/handlers_stream.hpp"
#include "command/stream_group.hpp"
#include "value/radix_nodes.hpp"

namespace redouble::command::stream_group {
namespace {

using store::Look;

void integer_field(Call& call, std::string_view name, std::int64_t value) {
  call.reply.bulk(name);
  call.reply.integer(value);
}
void id_field(Call& call, std::string_view name, StreamId id) {
  call.reply.bulk(name);
  call.reply.bulk(text_of(id));
}

// nullptr: the error is written.
const Stream* find_stream(Call& call) {
  const Stream* stream = find_value<Stream>(call, call.key(), Look::read);
  if (stream == nullptr && !call.failed) call.no_such_key();
  return stream;
}

// How many entries the group has still to get; nothing where nobody knows.
std::optional<std::int64_t> lag_of(const Stream& stream, const ConsumerGroup& group) {
  const std::uint64_t added = stream.entries_added();
  if (added == 0) return 0;
  auto read = std::optional(static_cast<std::uint64_t>(group.entries_read()));
  if (group.entries_read() == ConsumerGroup::unknown ||
      stream.has_deletions_from(group.last_id())) {
    read = stream.entries_added_until(group.last_id());
  }
  if (!read) return std::nullopt;
  return static_cast<std::int64_t>(added - *read);
}

void progress_fields(Call& call, const Stream& stream, const ConsumerGroup& group) {
  id_field(call, "last-delivered-id", group.last_id());
  call.reply.bulk("entries-read");
  if (group.entries_read() == ConsumerGroup::unknown) {
    call.reply.null();
  } else {
    call.reply.integer(group.entries_read());
  }
  call.reply.bulk("lag");
  const auto lag = lag_of(stream, group);
  lag ? call.reply.integer(*lag) : call.reply.null();
}

void common_fields(Call& call, const Stream& stream) {
  value::RadixNodes radix;
  stream.for_each_leaf([&](const value::StreamNode& node) { radix.add(node.key()); });
  integer_field(call, "length", static_cast<std::int64_t>(stream.size()));
  integer_field(call, "radix-tree-keys", static_cast<std::int64_t>(stream.node_count()));
  integer_field(call, "radix-tree-nodes", static_cast<std::int64_t>(radix.count()));
  id_field(call, "last-generated-id", stream.last_id());
  id_field(call, "max-deleted-entry-id", stream.max_deleted_id());
  integer_field(call, "entries-added", static_cast<std::int64_t>(stream.entries_added()));
  id_field(call, "recorded-first-entry-id", stream.first_id());
}

void edge_field(Call& call, std::string_view name, const Stream::Cursor& at) {
  call.reply.bulk(name);
  at.valid() ? reply_entry(call, *at) : call.reply.null();
}

// As an array, at most `count` of them (0: all).
template <class Cursor, class Write>
void reply_list(Call& call, Cursor at, std::uint64_t count, Write&& write) {
  const auto place = call.reply.begin();
  std::uint64_t given = 0;
  for (; at.valid() && (count == 0 || given < count); at.next()) {
    write(at.slot());
    ++given;
  }
  call.reply.end_array(place, given);
}

void reply_delivery(Call& call, const PendingEntry& entry) {
  call.reply.integer(entry.delivery.at_ms);
  call.reply.integer(entry.delivery.count);
}

void reply_consumer(Call& call, const ConsumerGroup& group, const Consumer& consumer,
                    std::uint64_t count) {
  const bool tells_active = notes_vain_tries(call);
  call.reply.map(tells_active ? 5 : 4);
  call.reply.bulk("name");
  call.reply.bulk(consumer.name());
  integer_field(call, "seen-time", consumer.seen_ms());
  if (tells_active) integer_field(call, "active-time", consumer.active_ms());
  integer_field(call, "pel-count", static_cast<std::int64_t>(consumer.pending().size()));
  call.reply.bulk("pending");
  reply_list(call, consumer.pending().first(), count, [&](const Consumer::PendingId& one) {
    call.reply.array(3);
    call.reply.bulk(text_of(one.id));
    reply_delivery(call, *group.find(one.id));
  });
}

void reply_group(Call& call, const Stream& stream, const ConsumerGroup& group,
                 std::uint64_t count) {
  call.reply.map(7);
  call.reply.bulk("name");
  call.reply.bulk(group.name());
  progress_fields(call, stream, group);
  integer_field(call, "pel-count", static_cast<std::int64_t>(group.pending().size()));
  call.reply.bulk("pending");
  reply_list(call, group.pending().first(), count, [&](const PendingEntry& entry) {
    call.reply.array(4);
    call.reply.bulk(text_of(entry.id));
    call.reply.bulk(entry.consumer_name());
    reply_delivery(call, entry);
  });
  call.reply.bulk("consumers");
  call.reply.array(group.consumers().size());
  group.consumers().for_each(
      [&](const Consumer& consumer) { reply_consumer(call, group, consumer, count); });
}

void reply_full(Call& call, const Stream& stream, std::uint64_t count) {
  call.reply.map(9);
  common_fields(call, stream);
  call.reply.bulk("entries");
  reply_range(call, stream, StreamId::lowest(), StreamId::highest(), count);
  call.reply.bulk("groups");
  call.reply.array(stream.groups().size());
  stream.groups().for_each(
      [&](const ConsumerGroup& group) { reply_group(call, stream, group, count); });
}

}  // namespace

void xinfo_stream(Call& call) {
  constexpr std::int64_t usual_count = 10;
  const Stream* stream = find_stream(call);
  if (stream == nullptr) return;
  if (call.size() > 3) {
    const bool counted = call.size() == 6 && call.is_word(4, "COUNT");
    if (!call.is_word(3, "FULL") || (call.size() != 4 && !counted)) {
      return refuse_subcommand(call, "XINFO");
    }
    const auto count = counted ? call.integer(5) : std::optional(usual_count);
    if (!count) return;
    return reply_full(call, *stream, static_cast<std::uint64_t>(*count < 0 ? usual_count : *count));
  }
  call.reply.map(10);
  common_fields(call, *stream);
  integer_field(call, "groups", static_cast<std::int64_t>(stream->groups().size()));
  edge_field(call, "first-entry", stream->at_least(StreamId::lowest()));
  edge_field(call, "last-entry", stream->at_most(StreamId::highest()));
}

void xinfo_groups(Call& call) {
  const Stream* stream = find_stream(call);
  if (stream == nullptr) return;
  call.reply.array(stream->groups().size());
  stream->groups().for_each([&](const ConsumerGroup& group) {
    call.reply.map(6);
    call.reply.bulk("name");
    call.reply.bulk(group.name());
    integer_field(call, "consumers", static_cast<std::int64_t>(group.consumers().size()));
    integer_field(call, "pending", static_cast<std::int64_t>(group.pending().size()));
    progress_fields(call, *stream, group);
  });
}

void xinfo_consumers(Call& call) {
  const Stream* stream = find_stream(call);
  if (stream == nullptr) return;
  const ConsumerGroup* group = stream->groups().find(call.arg(3));
  if (group == nullptr) return no_such_group(call);
  const bool tells_active = notes_vain_tries(call);
  const auto since = [&](std::int64_t at_ms) {
    return std::max<std::int64_t>(call.now_ms() - at_ms, 0);
  };
  call.reply.array(group->consumers().size());
  group->consumers().for_each([&](const Consumer& consumer) {
    call.reply.map(tells_active ? 4 : 3);
    call.reply.bulk("name");
    call.reply.bulk(consumer.name());
    integer_field(call, "pending", static_cast<std::int64_t>(consumer.pending().size()));
    integer_field(call, "idle", since(consumer.seen_ms()));
    if (!tells_active) return;
    const bool was_active = consumer.active_ms() != Consumer::never_ms;
    integer_field(call, "inactive", was_active ? since(consumer.active_ms()) : Consumer::never_ms);
  });
}

}  // namespace redouble::command::stream_group
