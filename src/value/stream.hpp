// Stream: the value of a stream key: entries by ascending ID, in StreamNodes under a Tree, and the
// groups of consumers that read them.
//
// - It remembers the last ID ever, the highest ID that was deleted, and how many entries were ever
//   added; who sets them by hand (XSETID) keeps last_id not below an entry's.
// - Groups know nothing of entries that are removed: what was delivered stays pending.
// - Work: append O(1) in the number of entries; finding, erasing O(log n) and a walk through one
//   node (100 entries and 4 KiB by default); size and bytes O(1).
// - Copies: O(1). The first change afterwards copies one StreamNode and the tree's nodes above it;
//   of a group what value/consumer_group.hpp says.
// - Cursors and entries end with any change. To read through changes, walk a copy.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes; IDs' first half is Unix milliseconds. Source: "Redis streams" of the Redis
//   documentation; when a node is full, and what a trim takes, as redis-server 7.0.15 does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "value/by_name.hpp"
#include "value/consumer_group.hpp"
#include "value/object.hpp"
#include "value/stream_node.hpp"
#include "value/tree.hpp"

namespace redouble::value {

class Stream final : public Object {
  using Nodes = Tree<StreamNode>;

 public:
  static constexpr Type its_type = Type::stream;
  using Entry = StreamNode::Entry;
  using Groups = ByName<ConsumerGroup>;
  struct Limits {
    std::uint64_t node_bytes = 4096;  // stream-node-max-bytes; 0: 1 GiB
    std::int64_t node_entries = 100;  // stream-node-max-entries; 0: any number
  };
  // What a trim takes away: all but the newest `length` entries, or what is older than `least`.
  struct Trim {
    enum class Kind : std::uint8_t { none, length, least } kind = Kind::none;
    std::uint64_t length = 0;
    StreamId least = {};
    bool whole_nodes = false;  // no entry of a node that keeps another one
    std::uint64_t limit = 0;   // at most so many entries; 0: any number
  };

  Stream() = default;

  Type type() const override { return its_type; }
  Encoding encoding() const override { return Encoding::stream; }
  std::size_t bytes() const override { return sizeof *this + nodes_.bytes() + groups_.bytes(); }
  bool empty() const override { return nodes_.empty(); }
  ObjectRef copy() const override { return ObjectRef::adopt(new Stream(*this)); }
  void for_each_part(PartVisitor& visitor) const override;

  std::size_t size() const { return nodes_.size(); }
  std::size_t node_count() const { return node_count_; }
  StreamId last_id() const { return last_id_; }
  StreamId max_deleted_id() const { return max_deleted_id_; }
  std::uint64_t entries_added() const { return entries_added_; }
  // 0-0 where there is no entry.
  StreamId first_id() const;
  void set_last_id(StreamId id) { last_id_ = id; }
  void set_max_deleted_id(StreamId id) { max_deleted_id_ = id; }
  void set_entries_added(std::uint64_t count) { entries_added_ = count; }
  // How many entries had been added when the one with this ID was; nothing where deletions, or an
  // ID that no entry had, leave that open.
  std::optional<std::uint64_t> entries_added_until(StreamId id) const;
  // May an entry with this ID or a higher one, behind the first that is left, have been deleted?
  bool has_deletions_from(StreamId id) const;

  const Groups& groups() const { return groups_; }
  Groups& groups() { return groups_; }

  class Cursor {
   public:
    bool valid() const { return node_.valid(); }
    const Entry& operator*() const { return entry_; }
    const Entry* operator->() const { return &entry_; }
    void next();
    void previous();

   private:
    friend class Stream;
    void skip_forward(bool there);
    void skip_backward(bool there);
    Nodes::Cursor node_;
    Entry entry_;
  };
  // The first entry with this ID or a higher one; the last with this or a lower one.
  Cursor at_least(StreamId id) const;
  Cursor at_most(StreamId id) const;

  // REQUIRES: `id` is above last_id(), which it becomes; fields and values in turn, at least two.
  void append(StreamId id, std::span<const std::string_view> fields_and_values,
              const Limits& limits);
  // Adds a node behind all others. False, and nothing is done, where its entries that are not
  // removed are not in order, or do not follow those before. entries_added() and last_id() stay.
  bool push_node(StreamNode node);
  // False where there is no such entry.
  bool erase(StreamId id);
  // How many went.
  std::uint64_t trim(const Trim& trim);
  // Whether that would be many nodes.
  bool loses_many(const Trim& trim) const;

  // `function(const StreamNode&)`.
  template <class Function>
  void for_each_leaf(Function&& function) const {
    nodes_.for_each_leaf(function);
  }

  template <class Function>
  void for_each_block(Function&& function) const {
    nodes_.for_each_block(function);
    groups_.for_each_block(function);
  }
  // Asserts the invariants, in O(size). For tests.
  void check() const;

 private:
  Stream(const Stream& other)
      : nodes_(other.nodes_),
        node_count_(other.node_count_),
        last_id_(other.last_id_),
        max_deleted_id_(other.max_deleted_id_),
        entries_added_(other.entries_added_),
        groups_(other.groups_) {}
  void tell_of_groups(PartVisitor& visitor) const;
  void remove(Nodes::Cursor& at, const Entry& entry);
  bool goes_whole(const StreamNode& node, const Trim& trim) const;
  std::uint64_t trim_within(Nodes::Cursor at, const Trim& trim);

  Nodes nodes_;
  std::size_t node_count_ = 0;
  StreamId last_id_;
  StreamId max_deleted_id_;
  std::uint64_t entries_added_ = 0;
  Groups groups_;
};

}  // namespace redouble::value
