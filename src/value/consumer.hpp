// Consumer: one reader of a consumer group: its name, when it was seen, and the IDs of the entries
// that were delivered to it and that it has not acknowledged.
//
// - When and how often an entry was delivered stands in the group's own list, once
//   (value/consumer_group.hpp).
// - The name is a counted text, so that it lies unmoved in all copies: the group's entries point
//   there.
// - Copies: O(1); the first change afterwards copies a leaf of IDs (1 KiB) and the nodes above.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes; times in Unix milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "value/slot_tree.hpp"
#include "value/stream_id.hpp"
#include "value/text_node.hpp"

namespace redouble::value {

class Consumer {
 public:
  using Name = TextNode<1>;
  struct PendingId {
    StreamId id;
    StreamId key() const { return id; }
  };
  using PendingIds = SlotTree<PendingId>;
  static constexpr std::int64_t never_ms = -1;

  Consumer(std::string_view name, std::int64_t now_ms)
      : name_(Name::make(0, name)), seen_ms_(now_ms) {}

  std::string_view name() const { return name_->key(); }
  const Name* name_node() const { return name_.get(); }
  std::size_t bytes() const { return name_->bytes() + pending_.bytes(); }

  // When it last tried to read or to claim something, and when it last got something.
  std::int64_t seen_ms() const { return seen_ms_; }
  std::int64_t active_ms() const { return active_ms_; }
  void set_seen(std::int64_t now_ms) { seen_ms_ = now_ms; }
  void set_active(std::int64_t now_ms) { active_ms_ = now_ms; }

  const PendingIds& pending() const { return pending_; }
  PendingIds::Cursor pending_from(StreamId id) const {
    return pending_.lower_bound([id](const StreamId& other) { return other < id; });
  }
  // REQUIRES: it is not there; it is there.
  void add(StreamId id) { pending_.insert(pending_from(id), {id}); }
  void remove(StreamId id) { pending_.erase(pending_from(id)); }

  template <class Function>
  void for_each_block(Function&& function) const {
    function(static_cast<const void*>(name_.get()), name_->bytes());
    pending_.for_each_block(function);
  }
  void check() const { pending_.check(); }

 private:
  Ref<Name> name_;
  std::int64_t seen_ms_;
  std::int64_t active_ms_ = never_ms;
  PendingIds pending_;
};

}  // namespace redouble::value
