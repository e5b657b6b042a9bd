#include "value/consumer_group.hpp"

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::value {

const PendingEntry* ConsumerGroup::find(StreamId id) const {
  const Pending::Cursor at = pending_from(id);
  return at.valid() && at->id == id ? &at.slot() : nullptr;
}

void ConsumerGroup::assign(StreamId id, std::string_view consumer, StreamDelivery delivery) {
  const Consumer* owner = consumers_.find(consumer);
  REDOUBLE_ASSERT(owner != nullptr);
  const PendingEntry entry{.id = id, .delivery = delivery, .consumer = owner->name_node()};
  const Pending::Cursor at = pending_from(id);
  const bool was_pending = at.valid() && at->id == id;
  const Consumer::Name* before = was_pending ? at->consumer : nullptr;
  if (was_pending) {
    pending_.replace(at, entry);
  } else {
    pending_.insert(at, entry);
  }
  if (before == entry.consumer) return;
  if (before != nullptr && !mutant("claimed-entry-stays-with-its-consumer")) {
    consumers_.change(before->key(), [id](Consumer& loser) { loser.remove(id); });
  }
  consumers_.change(consumer, [id](Consumer& winner) { winner.add(id); });
}

bool ConsumerGroup::acknowledge(StreamId id) {
  const Pending::Cursor at = pending_from(id);
  if (!at.valid() || at->id != id) return false;
  const Consumer::Name* consumer = at->consumer;
  pending_.erase(at);
  consumers_.change(consumer->key(), [id](Consumer& owner) { owner.remove(id); });
  return true;
}

std::size_t ConsumerGroup::erase_consumer(std::string_view name) {
  const Consumer* going = consumers_.find(name);
  REDOUBLE_ASSERT(going != nullptr);
  const Consumer::PendingIds& ids = going->pending();
  const std::size_t count = ids.size();
  ids.for_each([this](const Consumer::PendingId& one) { pending_.erase(pending_from(one.id)); });
  consumers_.erase(name);
  return count;
}

void ConsumerGroup::note_consumer(std::string_view name, std::int64_t now_ms, bool got_something) {
  consumers_.change(name, [&](Consumer& consumer) {
    consumer.set_seen(now_ms);
    if (got_something) consumer.set_active(now_ms);
  });
}

void ConsumerGroup::check() const {
  pending_.check();
  consumers_.check();
  std::size_t owned = 0;
  consumers_.for_each([&](const Consumer& consumer) {
    consumer.pending().for_each([&](const Consumer::PendingId& one) {
      const PendingEntry* entry = find(one.id);
      REDOUBLE_ASSERT(entry != nullptr && entry->consumer == consumer.name_node());
      ++owned;
    });
  });
  REDOUBLE_ASSERT(owned == pending_.size());
  StreamId before;
  bool any = false;
  pending_.for_each([&](const PendingEntry& entry) {
    REDOUBLE_ASSERT(!any || before < entry.id);
    before = entry.id;
    any = true;
  });
}

}  // namespace redouble::value
