// StreamNode: some entries of a stream that follow each other, packed; the leaf of a stream's Tree.
//
// - Layout, as in Redis's own nodes, because what `XTRIM ~` keeps follows from it: one Packed with
//   the fields of the first entry (their number, themselves, a 0), then the entries: flags, the
//   differences of the ID's halves to the node's ID, the number of fields and fields with values
//   (or, where the fields are those of the first entry, the values alone), and how many elements
//   that was. A removed entry stays, marked, until its node has no other.
// - The number of entries that are there and that are removed stand beside the Packed; size() is
//   the former, bytes_as_listpack() counts both as the listpack has them.
// - Copies: O(1). The first change afterwards copies the Packed: its node's 4 KiB, unless
//   stream-node-max-bytes is raised, or one entry is longer; an entry never shares its node when
//   both together are longer.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes. Source: "Redis streams" of the Redis documentation; sizes as observed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "value/listpack.hpp"
#include "value/packed.hpp"
#include "value/stream_id.hpp"

namespace redouble::value {

class StreamNode {
 public:
  using Key = StreamId;
  using Text = Packed::Element;

  // An entry as it lies in its node. Valid until the node changes.
  class Entry {
   public:
    StreamId id() const { return id_; }
    bool removed() const { return removed_; }
    std::size_t field_count() const { return fields_; }
    // `function(const Text& field, const Text& value)`.
    template <class Function>
    void for_each_field(Function&& function) const {
      Packed::Iterator field = same_fields_ ? first_field_ : content_;
      Packed::Iterator value = content_;
      for (std::size_t left = fields_; left > 0; --left) {
        if (!same_fields_) value = std::next(field);
        function(*field, *value);
        field = same_fields_ ? std::next(field) : std::next(value);
        if (same_fields_) ++value;
      }
    }

   private:
    friend class StreamNode;
    StreamId id_;
    bool removed_ = false;
    bool same_fields_ = false;
    std::size_t fields_ = 0;
    Packed::Iterator flags_;
    Packed::Iterator content_;      // the first field, or the first value
    Packed::Iterator first_field_;  // of the node
    Packed::Iterator end_;
  };

  StreamNode() = default;
  // A node of one entry.
  StreamNode(StreamId id, std::span<const std::string_view> fields_and_values);
  StreamNode(const StreamNode& other) noexcept;
  StreamNode(StreamNode&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  StreamNode& operator=(StreamNode other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~StreamNode() { drop(block_); }

  std::size_t size() const;
  std::size_t removed() const;
  std::size_t bytes() const;
  std::size_t bytes_as_listpack() const;
  // The ID of the entry that was the first when the node was made.
  StreamId key() const;
  const void* block() const { return block_; }

  // The entries in order, removed ones too; false behind the last, before the first.
  bool first(Entry& entry) const;
  bool last(Entry& entry) const;
  bool next(Entry& entry) const;
  bool previous(Entry& entry) const;

  // Its listpack, as the RDB format has it.
  void write_to(ListpackWriter& listpack) const;
  // A node of what a listpack holds that nobody vouches for; nothing where that is no node. The
  // order of the entries is not looked at.
  static std::optional<StreamNode> read_from(ListpackReader listpack, StreamId key);

  // Room for what a full one holds, within bounds. REQUIRES: this node is not shared.
  void expect_as_many_bytes_as(const StreamNode& full);
  // REQUIRES: the ID is higher than all here.
  void append(StreamId id, std::span<const std::string_view> fields_and_values);
  // REQUIRES: an entry of this node, not removed. Other entries are not valid any more.
  void remove(const Entry& entry);

 private:
  struct Block;

  Entry read(Packed::Iterator at) const;
  Packed::Iterator first_entry() const;
  void own();
  static void write(Block& block, StreamId id, std::span<const std::string_view> fields_and_values);
  static bool count_entries(Block& block);
  static bool has_first_fields(const Block& block, std::span<const std::string_view> texts);
  static void drop(Block* block);

  Block* block_ = nullptr;
};

}  // namespace redouble::value
