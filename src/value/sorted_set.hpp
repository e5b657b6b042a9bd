// SortedSet: the value of a sorted set key: members, each once, in the order of their scores, and
// of their bytes where scores are equal.
//
// - Forms: a Packed of members and scores in turn while it is short, and a PackedSequence of them
//   beyond 4 KiB: both are what Redis calls a listpack, with searches of O(n). Then a Table of
//   ScoreNodes by member beside a SlotTree by score: a skiplist in Redis's words, here the large
//   form. Each change of form is for good; the last is at the first member that exceeds a limit of
//   the caller's.
// - Work in the large form: a member's score O(1); rank, insert, change, erase, and finding a place
//   by rank, score or member O(log n); steps of a cursor O(1).
// - Copies: O(1). The first change afterwards copies one segment of the table (4 KiB), two leaves
// of
//   the tree (1 KiB each), and the pages and nodes above them; of a Packed at most 4 KiB, of a
//   PackedSequence two leaves of as much.
// - Invariants: no score is NaN. In the large form the slots of the tree are exactly the nodes of
//   the table, which alone counts references to them.
// - Cursors end with any change, and so do the views that are given; to read through changes, walk
//   a copy. The caller's own texts must not be such views.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes. Source: the limits and where they apply, as redis-server 7.0.15 does.
//
// Measured (2026-11): a million members such as "member:123456" with random scores take 83 bytes
// each, the allocator's share included (node 33, slot 22, table 13); in redis-server 7.0.15 they
// take 122. A second tree by member instead of the table would cost a slot more and O(log n) for a
// score. Ten members of 16 bytes with scores below 128 take 240 bytes: 20 each in the listpack, its
// head of 16, the object's 24.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include "value/copy_on_write.hpp"
#include "value/object.hpp"
#include "value/packed.hpp"
#include "value/packed_sequence.hpp"
#include "value/score_node.hpp"
#include "value/slot_tree.hpp"
#include "value/table.hpp"

namespace redouble::value {

class SortedSet final : public Object {
  struct Slot {
    double score;
    const ScoreNode* node;
    struct Key {
      double score;
      const ScoreNode* node;
      friend bool operator==(const Key&, const Key&) = default;
    };
    Key key() const { return {score, node}; }
  };
  using ByScore = SlotTree<Slot>;
  enum class Form : std::uint8_t { packed, sequence, large };
  struct Big {
    Table<ScoreNode> table = {};
    ByScore order = {};
    std::size_t node_bytes = 0;
    std::uint64_t seed = 0;
  };

 public:
  static constexpr Type its_type = Type::zset;
  struct Limits {
    std::size_t listpack_entries = 128;  // zset-max-listpack-entries: members
    std::size_t listpack_value = 64;     // zset-max-listpack-value: bytes of a member
    std::uint64_t seed = 0;              // of the table's hash
  };
  // What its other forms take before there is a member in them.
  static constexpr std::size_t sequence_form_bytes = CopyOnWrite<PackedSequence>::box_bytes;
  static constexpr std::size_t large_form_bytes = CopyOnWrite<Big>::box_bytes;
  // A text as it is kept: view() renders an integer.
  using Text = Packed::Element;

  SortedSet() : packed_() {}
  ~SortedSet() override { drop_form(); }

  Type type() const override { return its_type; }
  Encoding encoding() const override { return big() ? Encoding::skiplist : Encoding::listpack; }
  std::size_t bytes() const override;
  bool empty() const override { return size() == 0; }
  ObjectRef copy() const override { return ObjectRef::adopt(new SortedSet(*this)); }
  void for_each_part(PartVisitor& visitor) const override;

  std::size_t size() const;

  class Cursor {
   public:
    // False behind the last member and before the first one.
    bool valid() const;
    Text member() const {
      return form_ == Form::large ? Text{false, 0, slot_->node->key()} : packed_member();
    }
    double score() const { return form_ == Form::large ? slot_->score : packed_score(); }
    // Where the cursor is valid.
    std::size_t rank() const;
    void next() { form_ == Form::large ? slot_.next() : packed_step(true); }
    void previous() { form_ == Form::large ? slot_.previous() : packed_step(false); }

   private:
    friend class SortedSet;
    Text packed_member() const;
    double packed_score() const;
    void packed_step(bool forward);

    Form form_ = Form::packed;
    // Of a Packed: which of its `count_` members it is.
    std::size_t rank_ = 0;
    std::size_t count_ = 0;
    Packed::Iterator packed_;
    PackedSequence::Cursor member_;
    ByScore::Cursor slot_;
  };
  // Not valid where rank >= size().
  Cursor at(std::size_t rank) const;
  Cursor last() const { return at(size() - 1); }
  // The first member that is not `before(score, member)`. REQUIRES: `before` is true of a part of
  // the set that begins at its begin; a listpack asks in order, and stops at the first no.
  template <class Before>
  Cursor lower_bound(Before&& before) const;

  static bool comes_before(double score, std::string_view member, double other_score,
                           std::string_view other) {
    return score < other_score || (score == other_score && member < other);
  }

  std::optional<double> score(std::string_view member) const;
  std::optional<std::size_t> rank(std::string_view member) const;
  // Adds the member or changes its score. True where it is new. REQUIRES: not NaN.
  bool set(std::string_view member, double score, const Limits& limits);
  // Adds a member without a search in a listpack. REQUIRES: not NaN; the member is not there, and
  // comes after all that are.
  void append(std::string_view member, double score, const Limits& limits);
  // Takes on the large form, whatever the limits are.
  void leave_listpack(std::uint64_t seed) {
    if (!big()) become_big(seed);
  }
  // False where there was no such member.
  bool erase(std::string_view member);
  // Those of the ranks [from, to).
  void erase_ranks(std::size_t from, std::size_t to);

  // As Table::scan, `function(Text, double score)`; a listpack is given whole.
  template <class Function>
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Function&& function) const;

  template <class Function>
  void for_each_block(Function&& function) const;
  // Asserts the invariants, in O(size). For tests.
  void check() const;

 private:
  using Sequence = CopyOnWrite<PackedSequence>;
  using SharedBig = CopyOnWrite<Big>;

  SortedSet(const SortedSet& other);
  void drop_form();
  void become(Sequence sequence);
  void become(SharedBig big);

  Big* big() { return form() == Form::large ? &big_.own() : nullptr; }
  const Big* big() const { return form() == Form::large ? &*big_ : nullptr; }
  static ByScore::Cursor place_of(const Big& big, double score, std::string_view member);
  Cursor find_packed(std::string_view member) const;
  Cursor first_packed() const;
  void become_big(std::uint64_t seed);
  void add_packed(std::size_t rank, std::string_view member, double score);
  void erase_packed(std::size_t from, std::size_t to);
  static bool set_in(Big& big, std::string_view member, double score);

  // One pointer, and which it is in Object's lent bits: a variant would take 8 bytes more.
  Form form() const { return static_cast<Form>(lent_bits()); }
  void set_form(Form form) { set_lent_bits(static_cast<unsigned>(form)); }
  union {
    Packed packed_;
    Sequence sequence_;
    SharedBig big_;
  };
};

inline bool SortedSet::Cursor::valid() const {
  if (form_ == Form::packed) return rank_ < count_;
  return form_ == Form::large ? slot_.valid() : member_.valid();
}

template <class Before>
SortedSet::Cursor SortedSet::lower_bound(Before&& before) const {
  Cursor found;
  if (const Big* in = big()) {
    found.form_ = Form::large;
    found.slot_ = in->order.lower_bound(
        [&](const Slot::Key& key) { return before(key.score, key.node->key()); });
    return found;
  }
  found = first_packed();
  Digits digits;
  while (found.valid() && before(found.score(), found.member().view(digits))) found.next();
  return found;
}

template <class Function>
std::uint64_t SortedSet::scan(std::uint64_t cursor, std::size_t count, Function&& function) const {
  if (const Big* in = big()) {
    return in->table.scan(cursor, count, [&](const ScoreNode& node) {
      function(Text{false, 0, node.key()}, node.score());
    });
  }
  for (Cursor at = this->at(0); at.valid(); at.next()) function(at.member(), at.score());
  return 0;
}

template <class Function>
void SortedSet::for_each_block(Function&& function) const {
  if (const Big* in = big()) {
    in->order.for_each_block(function);
  } else if (form() == Form::sequence) {
    sequence_->for_each_block(function);
  } else if (!packed_.empty()) {
    function(static_cast<const void*>(packed_.encoded().data()), packed_.bytes());
  }
}

}  // namespace redouble::value
