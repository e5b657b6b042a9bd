// ConsumerGroup: readers of a stream who share its entries: how far they have come, which entries
// were delivered and are not acknowledged, and to whom.
//
// - A pending entry stands in the group's list with its consumer, time and count, and its ID in
//   the list of that consumer; both change together, here alone.
// - Invariants: the consumer of each pending entry is one of the group's; the group's list and all
//   of its consumers' together hold the same IDs.
// - Work: O(log n) for each member that finds or changes one entry; erase_consumer() so much for
//   each entry that goes with it.
// - Copies: O(1). The first change of a pending entry afterwards copies two leaves of 1 KiB and the
//   nodes above, in the group's list and in the consumer's, and the consumer.
// - Cursors, and what find() and consumer() give, end with any change of the group.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes; times in Unix milliseconds. Source: "Redis streams" of the Redis documentation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "value/by_name.hpp"
#include "value/consumer.hpp"
#include "value/slot_tree.hpp"
#include "value/stream_id.hpp"
#include "value/text_node.hpp"

namespace redouble::value {

// When an entry was delivered last, and how often it was.
struct StreamDelivery {
  std::int64_t at_ms = 0;
  std::int64_t count = 1;
  friend bool operator==(const StreamDelivery&, const StreamDelivery&) = default;
};

struct PendingEntry {
  StreamId id;
  StreamDelivery delivery;
  const Consumer::Name* consumer;

  StreamId key() const { return id; }
  std::string_view consumer_name() const { return consumer->key(); }
};

class ConsumerGroup {
 public:
  using Pending = SlotTree<PendingEntry>;
  using Consumers = ByName<Consumer>;
  // Of entries_read(): nobody knows.
  static constexpr std::int64_t unknown = -1;

  ConsumerGroup(std::string_view name, StreamId last_id, std::int64_t entries_read)
      : name_(Consumer::Name::make(0, name)), last_id_(last_id), entries_read_(entries_read) {}

  std::string_view name() const { return name_->key(); }
  std::size_t bytes() const { return name_->bytes() + pending_.bytes() + consumers_.bytes(); }

  // The highest ID that was delivered, and how many entries the stream had got until then.
  StreamId last_id() const { return last_id_; }
  std::int64_t entries_read() const { return entries_read_; }
  void set_last_id(StreamId id) { last_id_ = id; }
  void set_entries_read(std::int64_t count) { entries_read_ = count; }

  const Pending& pending() const { return pending_; }
  // The first one with this ID or a higher one.
  Pending::Cursor pending_from(StreamId id) const {
    return pending_.lower_bound([id](const StreamId& other) { return other < id; });
  }
  // nullptr where it is not pending.
  const PendingEntry* find(StreamId id) const;

  const Consumers& consumers() const { return consumers_; }
  const Consumer* consumer(std::string_view name) const { return consumers_.find(name); }
  // False where there is one of this name already.
  bool add_consumer(std::string_view name, std::int64_t now_ms) {
    return consumers_.insert(Consumer(name, now_ms));
  }
  // With its pending entries; gives how many those were. REQUIRES: there is one of this name.
  std::size_t erase_consumer(std::string_view name);
  // It has tried to get something, and perhaps got it. REQUIRES: there is one of this name.
  void note_consumer(std::string_view name, std::int64_t now_ms, bool got_something);

  // Makes the entry pending with this consumer, whoever had it. REQUIRES: there is such a consumer.
  void assign(StreamId id, std::string_view consumer, StreamDelivery delivery);
  // False where it was not pending.
  bool acknowledge(StreamId id);

  template <class Function>
  void for_each_block(Function&& function) const {
    function(static_cast<const void*>(name_.get()), name_->bytes());
    pending_.for_each_block(function);
    consumers_.for_each_block(function);
  }
  // Asserts the invariants, in O(size). For tests.
  void check() const;

 private:
  Ref<Consumer::Name> name_;
  StreamId last_id_;
  std::int64_t entries_read_;
  Pending pending_;
  Consumers consumers_;
};

}  // namespace redouble::value
