// Packed: a sequence of elements in one block of memory, for values that are small, and for the
// leaves of large ones. An element is a string of bytes; one that is the usual form of an integer
// is kept as the integer, which gives the same digits back.
//
// - Layout: a block that counts its references, then the elements side by side, each with its
//   length in front and, to be walked backwards, behind. The elements are encoded as in a listpack
//   (the public specification "Listpack", S. Sanfilippo 2017), so encoded() is what stands between
//   a listpack's header and its end byte.
// - Copies: O(1), they share the block; the first change afterwards copies it. Whoever promises to
//   copy little keeps a Packed small: bytes_with() tells beforehand what a change would make.
// - Work: O(n) in the bytes behind a change, in the elements passed by for a search or an index.
// - Iterators are bidirectional and hold an offset into this Packed, not into its block: a change
//   leaves those in front of it valid, and gives back one where it took place. They must not
//   outlive the Packed, nor be used after it was moved or assigned.
// - Views in an Element are valid until the next change of the Packed, and as long as it lives. The
//   bytes that are inserted must not be views of this same Packed.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes. Limits: below 2^32 bytes in all (asserted). Errors: std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include "value/string.hpp"

namespace redouble::value {

class Packed {
 public:
  // What is in a place: bytes, or an integer (then `bytes` is empty). Who makes one of text uses
  // of(): equal texts are then equal elements.
  struct Element {
    bool is_integer = false;
    std::int64_t integer = 0;
    std::string_view bytes = {};

    // How text is kept: as an integer where that gives the same digits back.
    static Element of(std::string_view text);
    static Element of(std::int64_t number) { return {true, number, {}}; }
    // The text; an integer's digits are written into `buffer`.
    std::string_view view(Digits& buffer) const;
    std::size_t size() const;
    friend bool operator==(const Element&, const Element&) = default;
  };

  class Iterator {
   public:
    using iterator_category = std::bidirectional_iterator_tag;
    using iterator_concept = std::bidirectional_iterator_tag;
    using value_type = Element;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Element;

    Iterator() = default;
    Element operator*() const;
    Iterator& operator++();
    Iterator& operator--();
    Iterator operator++(int) { return std::exchange(*this, std::next(*this)); }
    Iterator operator--(int) { return std::exchange(*this, std::prev(*this)); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class Packed;
    Iterator(const Packed* packed, std::uint32_t offset) : packed_(packed), offset_(offset) {}
    const Packed* packed_ = nullptr;
    std::uint32_t offset_ = 0;
  };

  // The encoded bytes of a Packed whose block takes 4 KiB: the most that one holds which is to be
  // copied in one piece.
  static constexpr std::size_t page_bytes = 4080;

  Packed() = default;
  Packed(const Packed& other) noexcept;
  Packed(Packed&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Packed& operator=(Packed other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Packed() { drop(block_); }

  std::size_t size() const;
  bool empty() const { return block_ == nullptr; }
  // Heap that this Packed answers for; 0 where it is empty.
  std::size_t bytes() const;
  // What encoded() has as bytes now, and what one element adds to it.
  std::size_t encoded_bytes() const { return encoded().size(); }
  static std::size_t bytes_with(const Element& element);
  static std::size_t bytes_with(std::string_view text) { return bytes_with(Element::of(text)); }
  std::string_view encoded() const;

  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, used()}; }
  // The element at an index below size(), from the nearer end.
  Iterator at(std::size_t index) const;
  Element front() const { return *begin(); }
  Element back() const { return *std::prev(end()); }
  // The first element with this text from `from` on, looking at every `step`th; end() where there
  // is none. (A hash looks at fields: step 2.)
  Iterator find(const Element& wanted, Iterator from, unsigned step = 1) const;
  Iterator find(std::string_view text, unsigned step = 1) const {
    return find(Element::of(text), begin(), step);
  }

  void append(const Element& element) { insert(end(), element); }
  void append(std::string_view text) { insert(end(), Element::of(text)); }
  void prepend(std::string_view text) { insert(begin(), Element::of(text)); }
  // In front of `place`; gives the new element's place.
  Iterator insert(Iterator place, const Element& element) { return splice(place, place, &element); }
  Iterator insert(Iterator place, std::string_view text) {
    return insert(place, Element::of(text));
  }
  // Both, in one change.
  Iterator insert(Iterator place, const Element& first, const Element& second);
  Iterator replace(Iterator place, const Element& element) {
    return splice(place, std::next(place), &element);
  }
  Iterator replace(Iterator place, std::string_view text) {
    return replace(place, Element::of(text));
  }
  // Gives the place behind what was erased.
  Iterator erase(Iterator place) { return splice(place, std::next(place), nullptr); }
  Iterator erase(Iterator first, Iterator last);
  // Takes the elements from `place` on out, into a Packed of their own.
  [[nodiscard]] Packed split(Iterator place);
  // Adds another's elements behind the last.
  void append_all(const Packed& other);
  void clear() { drop(std::exchange(block_, nullptr)); }
  // Moves into a block for this many encoded bytes, so that what is put in until then copies
  // nothing; a removal may give the room back. REQUIRES: not empty; at least encoded_bytes().
  void reserve(std::size_t encoded_bytes);

  friend bool operator==(const Packed& left, const Packed& right) {
    return left.encoded() == right.encoded();
  }

 private:
  struct Block;

  std::uint32_t used() const;
  const unsigned char* data() const;
  // Puts `added` (or nothing, for nullptr) in the place of [first, last), where that is at most one
  // element.
  Iterator splice(Iterator first, Iterator last, const Element* added);
  // Makes room: the block is then our own, with a gap of `added` bytes in the place of `removed` at
  // `offset`; the count changes by `elements`. Gives the gap; nullptr where nothing is left.
  unsigned char* open(std::uint32_t offset, std::uint32_t removed, std::size_t added,
                      std::int64_t elements);
  static void drop(Block* block);

  Block* block_ = nullptr;
};

}  // namespace redouble::value
