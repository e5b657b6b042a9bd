#include "command/stream_deliver.hpp"

#include "command/stream_group.hpp"
#include "runtime/mutant.hpp"

namespace redouble::command::stream_group {
namespace {

// The group goes on to an entry that it has not got yet.
void advance(const Stream& stream, ConsumerGroup& group, StreamId id) {
  if (id <= group.last_id()) return;
  if (group.entries_read() != ConsumerGroup::unknown && !stream.has_deletions_from(id)) {
    group.set_entries_read(next_count(group.entries_read()));
  } else if (stream.entries_added() > 0) {
    const auto read = stream.entries_added_until(id);
    group.set_entries_read(read ? static_cast<std::int64_t>(*read) : ConsumerGroup::unknown);
  }
  group.set_last_id(id);
}

// Runs `serve(ConsumerGroup&, GroupRecord&)`, which says whether the consumer got something, with
// the consumer there; announces what happened.
template <class Serve>
void change_as(Call& call, const store::Hashed& key, const Reader& reader, Serve&& serve) {
  Stream& stream = own_value<Stream>(call, key);
  GroupRecord record(call, key, reader.group, reader.consumer);
  bool created = false;
  stream.groups().change(reader.group, [&](ConsumerGroup& group) {
    created = group.add_consumer(reader.consumer, call.now_ms());
    if (created) record.made_consumer();
    const bool got_something = serve(stream, group, record);
    group.note_consumer(reader.consumer, call.now_ms(), got_something);
  });
  record.finish();
  call.keys.changed(key, group_event(created ? consumer_created : ""));
}

}  // namespace

bool has_new_entries(const Stream& stream, const ConsumerGroup& group) {
  const auto last = stream.at_most(StreamId::highest());
  return last.valid() && last->id() > group.last_id();
}

void deliver_new(Call& call, const store::Hashed& key, const Reader& reader) {
  change_as(call, key, reader,
            [&](const Stream& stream, ConsumerGroup& group, GroupRecord& record) {
              const StreamDelivery delivery{.at_ms = call.now_ms(), .count = 1};
              const auto place = call.reply.begin();
              std::size_t given = 0;
              for (auto at = stream.at_least(group.last_id().next()); at.valid(); at.next()) {
                reply_entry(call, *at);
                if (!call.ready || !mutant("served-group-stays")) advance(stream, group, at->id());
                if (!reader.noack) {
                  group.assign(at->id(), reader.consumer, delivery);
                  record.assigned(at->id(), delivery);
                }
                if (++given == reader.count) break;
              }
              call.reply.end_array(place, given);
              record.moved(group);
              return !reader.noack;
            });
}

void deliver_again(Call& call, const store::Hashed& key, const Reader& reader, StreamId after) {
  change_as(call, key, reader,
            [&](const Stream& stream, ConsumerGroup& group, GroupRecord& record) {
              // A copy stays as it is while the group changes.
              const Consumer::PendingIds ids = group.consumer(reader.consumer)->pending();
              auto at = ids.lower_bound([after](const StreamId& id) { return id <= after; });
              const auto place = call.reply.begin();
              std::size_t given = 0;
              for (; at.valid() && (reader.count == 0 || given < reader.count); at.next()) {
                const StreamId id = at->id;
                ++given;
                const auto entry = stream.at_least(id);
                if (!entry.valid() || entry->id() != id) {
                  call.reply.array(2);
                  call.reply.bulk(text_of(id));
                  call.reply.null_array();
                  continue;
                }
                reply_entry(call, *entry);
                const StreamDelivery delivery{.at_ms = call.now_ms(),
                                              .count = next_count(group.find(id)->delivery.count)};
                group.assign(id, reader.consumer, delivery);
                record.assigned(id, delivery);
              }
              call.reply.end_array(place, given);
              return false;
            });
}

void note_vain_try(Call& call, const store::Hashed& key, const Reader& reader) {
  change_as(call, key, reader, [](const Stream&, ConsumerGroup&, GroupRecord&) { return false; });
}

}  // namespace redouble::command::stream_group
