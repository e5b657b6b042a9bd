// PackedPieces: a longer sequence of records, each of `width` elements, in several Packed, of which
// a change after a copy copies one; for hashes and sets that are listpacks of more than 4 KiB.
//
// - Order: as the records were appended. Searches cost O(n), as in a listpack.
// - A piece holds at most piece_bytes, except where one record alone is longer; pieces are full but
//   for the last, as long as records are only appended. There are at most most_pieces pieces
//   (is_full()): then it is time for another structure.
// - Thread safety and views: as Packed. Units: bytes.
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "runtime/assert.hpp"
#include "value/packed.hpp"

namespace redouble::value {

template <unsigned width>
class PackedPieces {
 public:
  static constexpr std::size_t piece_bytes = Packed::page_bytes;
  static constexpr std::size_t most_pieces = 256;

  struct Place {
    std::size_t piece;
    Packed::Iterator at;  // the record's first element
  };

  explicit PackedPieces(Packed all) : elements_(all.size()), bytes_(all.bytes()) {
    pieces_.push_back(std::move(all));
    divide(0, piece_bytes);
  }

  std::size_t size() const { return elements_ / width; }
  bool is_full() const { return pieces_.size() >= most_pieces; }
  std::size_t bytes() const { return bytes_ + pieces_.capacity() * sizeof(Packed); }

  // False where no record begins with `key`.
  bool find(const Packed::Element& key, Place& place) const {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Packed::Iterator found = pieces_[i].find(key, pieces_[i].begin(), width);
      if (found == pieces_[i].end()) continue;
      place = {i, found};
      return true;
    }
    return false;
  }
  Packed::Iterator at(std::size_t index) const {
    REDOUBLE_ASSERT(index < size());
    std::size_t element = index * width;
    std::size_t piece = 0;
    while (element >= pieces_[piece].size()) element -= pieces_[piece++].size();
    return pieces_[piece].at(element);
  }
  // `function(Packed::Iterator)` for each record.
  template <class Function>
  void for_each(Function&& function) const {
    for (const Packed& piece : pieces_) {
      for (auto at = piece.begin(); at != piece.end(); std::advance(at, width)) function(at);
    }
  }

  template <class... Elements>
  void append(const Elements&... elements) {
    static_assert(sizeof...(elements) == width);
    const std::size_t added = (Packed::bytes_with(elements) + ...);
    if (pieces_.empty() || pieces_.back().encoded_bytes() + added > piece_bytes) {
      pieces_.emplace_back();
    }
    elements_ += width;
    change(pieces_.size() - 1, [&](Packed& piece) { (piece.append(elements), ...); });
  }
  // Another value for a record's second element.
  void set_second(const Place& place, const Packed::Element& value) {
    change(place.piece, [&](Packed& piece) { piece.replace(std::next(place.at), value); });
    divide(place.piece, pieces_[place.piece].encoded_bytes() / 2);
  }
  void erase(const Place& place) {
    elements_ -= width;
    change(place.piece, [&](Packed& piece) { piece.erase(place.at, std::next(place.at, width)); });
    const std::size_t left = place.piece == 0 ? 0 : place.piece - 1;
    if (pieces_[place.piece].empty()) {
      pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(place.piece));
    } else if (left + 1 < pieces_.size() &&
               pieces_[left].encoded_bytes() + pieces_[left + 1].encoded_bytes() <=
                   piece_bytes / 2) {
      bytes_ -= pieces_[left + 1].bytes();
      change(left, [&](Packed& piece) { piece.append_all(pieces_[left + 1]); });
      pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(left) + 1);
    }
  }

 private:
  template <class Change>
  void change(std::size_t index, Change&& change) {
    bytes_ -= pieces_[index].bytes();
    change(pieces_[index]);
    bytes_ += pieces_[index].bytes();
  }
  // Makes pieces of the right size of one that has become too long, each of `wanted` bytes, a
  // record less or more, but for the last.
  void divide(std::size_t index, std::size_t wanted) {
    while (pieces_[index].encoded_bytes() > piece_bytes && pieces_[index].size() > width) {
      const Packed& whole = pieces_[index];
      auto middle = whole.begin();
      for (std::size_t left = 0; left < wanted;) {
        auto next = middle;
        for (unsigned i = 0; i < width; ++i, ++next) left += Packed::bytes_with(*next);
        if (next == whole.end() || (left > piece_bytes && middle != whole.begin())) break;
        middle = next;
      }
      Packed right;
      change(index, [&](Packed& piece) { right = piece.split(middle); });
      bytes_ += right.bytes();
      pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(++index), std::move(right));
    }
  }

  std::vector<Packed> pieces_;
  std::size_t elements_;
  std::size_t bytes_;
};

}  // namespace redouble::value
