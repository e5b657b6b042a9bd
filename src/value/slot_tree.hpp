// SlotTree: an ordered sequence of slots in a Tree: what is found by rank and by key.
//
// - A slot gives its key(); the order is that of the predicates which lower_bound() is asked with,
//   and insert() trusts its caller to keep it.
// - Work: lower_bound, at, insert, replace, change and erase cost O(log n); a cursor's rank() and
//   its steps O(1). erase_ranks drops whole leaves and nodes.
// - Cursors: any change of the tree ends them. To read through changes, walk a copy, which is O(1).
// - Copies, thread safety, units and errors are those of Tree. The first change after a copy copies
//   at most two leaves of at most `leaf_bytes` bytes, and the nodes above.
//
// Measured (2026-11, two busy shared cores, g++ -O2; a million slots of a double and a pointer in
// random order; ns each, and bytes a slot):
//    leaf  fan   insert  find+rank  by rank  next  erase  bytes
//     256   32      582        754      306  10.9   1018   26.2
//     512   64      601        706      349   6.4    869   23.1
//    1024   64      403        720      189   4.0    605   21.7
//    1024  128      569        720      204   3.8    635   21.7
//    2048   64      510        770      149   7.3    609   21.2
//    4080   64      524        733      118   7.0    601   21.1
//    std::multimap 3097       2134 (no ranks)        1657   64
// Slots that come in ascending order leave full leaves: 16.7 bytes, 79 ns. Larger leaves win
// nothing but copies that cost more, smaller ones need more memory: hence 1024 bytes and 64
// children.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "value/slots.hpp"
#include "value/tree.hpp"

namespace redouble::value {

template <class Slot, std::size_t leaf_bytes = 1024, unsigned fan_out = 64>
class SlotTree {
  using Leaf = Slots<Slot, leaf_bytes>;
  using Leaves = Tree<Leaf, fan_out>;

 public:
  using Key = typename Leaf::Key;

  class Cursor {
   public:
    // False behind the last slot and before the first one.
    bool valid() const { return leaf_.valid(); }
    const Slot& slot() const { return leaf_.leaf().at(index_); }
    const Slot* operator->() const { return &slot(); }
    // size() behind the last slot.
    std::size_t rank() const { return leaf_.before() + index_; }
    void next() {
      if (++index_ < leaf_.leaf().size()) return;
      leaf_.next();
      index_ = 0;
    }
    void previous() {
      if (index_-- > 0) return;
      if (leaf_.previous()) index_ = leaf_.leaf().size() - 1;
    }

   private:
    friend class SlotTree;
    typename Leaves::Cursor leaf_;
    std::size_t index_ = 0;
  };

  std::size_t size() const { return leaves_.size(); }
  bool empty() const { return leaves_.empty(); }
  std::size_t bytes() const { return leaves_.bytes(); }
  void clear() { leaves_.clear(); }

  // REQUIRES: rank <= size(), where the cursor is not valid.
  Cursor at(std::size_t rank) const {
    Cursor found;
    found.leaf_ = leaves_.find(rank);
    found.index_ = rank - found.leaf_.before();
    return found;
  }
  Cursor first() const { return at(0); }
  Cursor last() const {
    Cursor found;
    found.leaf_ = leaves_.last();
    if (found.valid()) found.index_ = found.leaf_.leaf().size() - 1;
    return found;
  }
  // The first slot whose key is not `before(key)`, or behind the last.
  template <class Before>
  Cursor lower_bound(Before&& before) const {
    Cursor found;
    found.leaf_ = leaves_.find_key(before);
    if (!found.valid()) return found;
    const auto slot_before = [&](const Slot& slot) { return before(slot.key()); };
    found.index_ = found.leaf_.leaf().count_before(slot_before);
    if (found.index_ == found.leaf_.leaf().size()) {
      found.leaf_.next();
      found.index_ = 0;
    }
    return found;
  }

  // In front of the cursor's slot; at the end where it is not valid.
  void insert(const Cursor& at, Slot slot) {
    if (empty()) {
      leaves_.push_back(Leaf(std::move(slot)));
      return;
    }
    typename Leaves::Cursor place = at.valid() ? at.leaf_ : leaves_.last();
    const std::size_t index = at.valid() ? at.index_ : place.leaf().size();
    if (!place.leaf().full()) {
      leaves_.change(place, [&](Leaf& leaf) { leaf.insert(index, std::move(slot)); });
    } else if (index == Leaf::most) {
      leaves_.push_back(Leaf(std::move(slot)));
    } else if (index == 0 && place.is_first()) {
      leaves_.insert(place, Leaves::Side::before, Leaf(std::move(slot)));
    } else {
      Leaf right;
      leaves_.change(place, [&](Leaf& leaf) {
        constexpr std::size_t half = Leaf::most / 2;
        right = leaf.split(half);
        if (index <= half) {
          leaf.insert(index, std::move(slot));
        } else {
          right.insert(index - half, std::move(slot));
        }
      });
      leaves_.insert(place, Leaves::Side::after, std::move(right));
    }
  }
  // REQUIRES: the cursor is valid, and the new slot belongs in the same place.
  void replace(const Cursor& at, Slot slot) {
    typename Leaves::Cursor place = at.leaf_;
    leaves_.change(place, [&](Leaf& leaf) { leaf.replace(at.index_, std::move(slot)); });
  }
  // The same in place: `function(Slot&)`.
  template <class Function>
  void change(const Cursor& at, Function&& function) {
    typename Leaves::Cursor place = at.leaf_;
    leaves_.change(place, [&](Leaf& leaf) { leaf.change(at.index_, function); });
  }
  // REQUIRES: the cursor is valid.
  void erase(const Cursor& at) {
    typename Leaves::Cursor place = at.leaf_;
    leaves_.change(place, [&](Leaf& leaf) { leaf.erase(at.index_, at.index_ + 1); });
    if (place.valid() && place.leaf().size() <= Leaf::most / 2) merge(place);
  }
  // Those of the ranks [from, to).
  void erase_ranks(std::size_t from, std::size_t to) {
    leaves_.erase_ranks(
        from, to, [](Leaf& leaf, std::size_t first, std::size_t last) { leaf.erase(first, last); });
    if (from > 0 && from < size()) merge(leaves_.find(from - 1));
  }

  // `function(const Slot&)`, in order.
  template <class Function>
  void for_each(Function&& function) const {
    leaves_.for_each_leaf([&](const Leaf& leaf) {
      for (std::size_t i = 0; i < leaf.size(); ++i) function(leaf.at(i));
    });
  }
  template <class Function>
  void for_each_block(Function&& function) const {
    leaves_.for_each_block(function);
  }
  void check() const { leaves_.check(); }

 private:
  // Makes the leaf and the next or the one before it one, where both together fit into half of one.
  void merge(typename Leaves::Cursor place) {
    const auto fit = [](const Leaf& one, const Leaf& other) {
      return one.size() + other.size() <= Leaf::most / 2;
    };
    typename Leaves::Cursor left = place;
    typename Leaves::Cursor right = place;
    if (!right.next() || !fit(left.leaf(), right.leaf())) {
      right = place;
      if (!left.previous() || !fit(left.leaf(), right.leaf())) return;
    }
    const Leaf moved = right.leaf();
    leaves_.change(left, [&](Leaf& leaf) { leaf.append_all(moved); });
    left.next();
    leaves_.erase(left);
  }

  Leaves leaves_;
};

}  // namespace redouble::value
