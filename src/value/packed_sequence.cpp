#include "value/packed_sequence.hpp"

#include <algorithm>
#include <utility>

#include "runtime/assert.hpp"

namespace redouble::value {
bool PackedSequence::Leaf::fits(const Element& element) const {
  return packed.encoded_bytes() + Packed::bytes_with(element) <= Packed::page_bytes;
}

PackedSequence::Leaf PackedSequence::leaf_of(const Element& element) {
  Leaf leaf;
  leaf.packed.append(element);
  return leaf;
}

PackedSequence::PackedSequence(Packed elements) : encoded_bytes_(elements.encoded_bytes()) {
  REDOUBLE_ASSERT(encoded_bytes_ <= Packed::page_bytes);
  if (!elements.empty()) leaves_.push_back(Leaf{std::move(elements)});
}

void PackedSequence::Cursor::next() {
  ++index_;
  if (++place_ != leaf_.leaf().packed.end()) return;
  if (leaf_.next()) place_ = leaf_.leaf().packed.begin();
}

void PackedSequence::Cursor::previous() {
  --index_;
  if (place_ == leaf_.leaf().packed.begin()) {
    if (!leaf_.previous()) return;
    place_ = leaf_.leaf().packed.end();
  }
  --place_;
}

PackedSequence::Cursor PackedSequence::at(std::size_t index) const {
  Cursor found;
  if (index >= size()) return found;
  found.leaf_ = leaves_.find(index);
  found.place_ = found.leaf_.leaf().packed.at(index - found.leaf_.before());
  found.index_ = index;
  return found;
}

void PackedSequence::push(End end, const Element& element) {
  encoded_bytes_ += Packed::bytes_with(element);
  const bool at_front = end == End::front;
  Leaves::Cursor place = at_front ? leaves_.first() : leaves_.last();
  if (!place.valid() || !place.leaf().fits(element)) {
    Leaf leaf = leaf_of(element);
    // One that follows a full one will most likely be filled in the same way.
    const std::size_t expected = place.valid() ? place.leaf().packed.encoded_bytes() : 0;
    if (expected <= Packed::page_bytes && expected > leaf.packed.encoded_bytes()) {
      leaf.packed.reserve(expected);
    }
    leaves_.insert(place, at_front ? Leaves::Side::before : Leaves::Side::after, std::move(leaf));
    return;
  }
  leaves_.change(place, [&](Leaf& leaf) {
    leaf.packed.insert(at_front ? leaf.packed.begin() : leaf.packed.end(), element);
  });
}

void PackedSequence::insert(std::size_t index, const Element& element) {
  if (index == 0 || index == size()) {
    push(index == 0 ? End::front : End::back, element);
    return;
  }
  encoded_bytes_ += Packed::bytes_with(element);
  Leaves::Cursor place = leaves_.find(index);
  const std::size_t offset = index - place.before();
  if (!place.leaf().fits(element)) {
    split_and_insert(place, offset, element);
    return;
  }
  leaves_.change(place, [&](Leaf& leaf) { leaf.packed.insert(leaf.packed.at(offset), element); });
}

// The leaf is full: the element comes between its two parts, in that which has room.
void PackedSequence::split_and_insert(Leaves::Cursor& place, std::size_t offset,
                                      const Element& element) {
  if (offset == 0) {
    Leaves::Cursor previous = place;
    if (previous.previous() && previous.leaf().fits(element)) {
      leaves_.change(previous, [&](Leaf& leaf) { leaf.packed.append(element); });
    } else {
      leaves_.insert(place, Leaves::Side::before, leaf_of(element));
    }
    return;
  }
  Leaf right;
  bool placed = false;
  leaves_.change(place, [&](Leaf& leaf) {
    right.packed = leaf.packed.split(leaf.packed.at(offset));
    placed = leaf.fits(element);
    if (placed) leaf.packed.append(element);
  });
  if (!placed && right.fits(element)) {
    right.packed.insert(right.packed.begin(), element);
    placed = true;
  }
  leaves_.insert(place, Leaves::Side::after, std::move(right));
  if (placed) return;
  leaves_.insert(leaves_.find(place.before()), Leaves::Side::after, leaf_of(element));
}

void PackedSequence::set(std::size_t index, const Element& element) {
  Leaves::Cursor place = leaves_.find(index);
  const std::size_t offset = index - place.before();
  const std::size_t old = Packed::bytes_with(*place.leaf().packed.at(offset));
  const std::size_t added = Packed::bytes_with(element);
  const std::size_t used = place.leaf().packed.encoded_bytes() - old + added;
  if (used > Packed::page_bytes && place.leaf().size() > 1) {
    erase(index);
    insert(index, element);
    return;
  }
  encoded_bytes_ += added - old;
  leaves_.change(place, [&](Leaf& leaf) { leaf.packed.replace(leaf.packed.at(offset), element); });
}

void PackedSequence::erase(std::size_t index) {
  Leaves::Cursor place = leaves_.find(index);
  leaves_.change(place, [&](Leaf& leaf) {
    const auto at = leaf.packed.at(index - place.before());
    encoded_bytes_ -= Packed::bytes_with(*at);
    leaf.packed.erase(at);
  });
  if (place.valid()) merge(place);
}

bool PackedSequence::erase_from_leaf(std::size_t index) {
  Leaves::Cursor place = leaves_.find(index);
  const std::size_t within = index - place.before();
  if (place.leaf().packed.size() == 1) return false;
  leaves_.change(place, [&](Leaf& leaf) {
    const auto element = leaf.packed.at(within);
    encoded_bytes_ -= Packed::bytes_with(*element);
    leaf.packed.erase(element);
  });
  return true;
}

void PackedSequence::erase_range(std::size_t from, std::size_t to) {
  if (from >= to) return;
  if (to - from == 1 && erase_from_leaf(from)) {
    if (from > 0 && from < size()) merge(leaves_.find(from - 1));
    return;
  }
  for (Leaves::Cursor at = leaves_.find(from); at.valid() && at.before() < to; at.next()) {
    const Packed& packed = at.leaf().packed;
    const std::size_t end = at.before() + packed.size();
    if (from <= at.before() && end <= to) {
      encoded_bytes_ -= packed.encoded_bytes();
      continue;
    }
    auto element = packed.at(std::max(from, at.before()) - at.before());
    for (std::size_t i = std::max(from, at.before()); i < std::min(to, end); ++i, ++element) {
      encoded_bytes_ -= Packed::bytes_with(*element);
    }
  }
  leaves_.erase_ranks(from, to, [](Leaf& leaf, std::size_t first, std::size_t last) {
    const auto end = last == leaf.size() ? leaf.packed.end() : leaf.packed.at(last);
    leaf.packed.erase(leaf.packed.at(first), end);
  });
  if (from > 0 && from < size()) merge(leaves_.find(from - 1));
}

// Makes the leaf and a neighbour one, where both together fit into half of one.
void PackedSequence::merge(Leaves::Cursor place) {
  const auto used = [](const Leaf& leaf) { return leaf.packed.encoded_bytes(); };
  if (used(place.leaf()) > Packed::page_bytes / 2) return;
  const auto fit = [&](const Leaf& one, const Leaf& other) {
    return used(one) + used(other) <= Packed::page_bytes / 2;
  };
  Leaves::Cursor left = place;
  Leaves::Cursor right = place;
  if (!right.next() || !fit(left.leaf(), right.leaf())) {
    right = place;
    if (!left.previous() || !fit(left.leaf(), right.leaf())) return;
  }
  const Leaf moved = right.leaf();
  leaves_.change(left, [&](Leaf& leaf) { leaf.packed.append_all(moved.packed); });
  left.next();
  leaves_.erase(left);
}

void PackedSequence::check() const {
  leaves_.check();
  std::size_t used = 0;
  leaves_.for_each_leaf([&](const Leaf& leaf) {
    used += leaf.packed.encoded_bytes();
    REDOUBLE_ASSERT(leaf.size() == 1 || leaf.packed.encoded_bytes() <= Packed::page_bytes);
  });
  REDOUBLE_ASSERT(used == encoded_bytes_);
}

}  // namespace redouble::value
