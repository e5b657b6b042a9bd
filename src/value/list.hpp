// List: the value of a list key: byte strings in an order (PackedSequence), and its encoding.
//
// - Encoding: quicklist. From Redis 7.2 on a list within list-max-listpack-size shows as listpack,
//   and one that shrinks goes back at half of that; who changes a list gives the Limits for it.
// - Work, copies, views, cursors, thread safety and errors are those of PackedSequence.
// - Units: bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "value/object.hpp"
#include "value/packed_sequence.hpp"

namespace redouble::value {

class List final : public Object {
 public:
  static constexpr Type its_type = Type::list;
  using Element = PackedSequence::Element;
  using End = PackedSequence::End;
  using Cursor = PackedSequence::Cursor;
  struct Limits {
    bool small_is_listpack = false;       // as from Redis 7.2 on
    std::int64_t max_listpack_size = -2;  // list-max-listpack-size
  };

  List() = default;
  explicit List(const Limits& limits) {
    set_encoding(limits.small_is_listpack ? Encoding::listpack : Encoding::quicklist);
  }

  Type type() const override { return its_type; }
  Encoding encoding() const override {
    return lent_bits() == 0 ? Encoding::quicklist : Encoding::listpack;
  }
  std::size_t bytes() const override { return sizeof(List) + elements_.bytes(); }
  bool empty() const override { return elements_.empty(); }
  ObjectRef copy() const override { return ObjectRef::adopt(new List(*this)); }
  void for_each_part(PartVisitor& visitor) const override;

  std::size_t size() const { return elements_.size(); }
  // In how many pieces it is kept, and the bytes of its elements in them.
  std::size_t pieces() const { return elements_.pieces(); }
  std::size_t encoded_bytes() const { return elements_.encoded_bytes(); }
  // Not valid where index >= size().
  Cursor at(std::size_t index) const { return elements_.at(index); }
  Cursor end_at(End end) const { return elements_.end_at(end); }

  void push(End end, std::string_view text) { elements_.push(end, Element::of(text)); }
  // Puts `text` in front of the element with this index; size() is the end.
  void insert(std::size_t index, std::string_view text) {
    elements_.insert(index, Element::of(text));
  }
  void set(std::size_t index, std::string_view text) { elements_.set(index, Element::of(text)); }
  void erase(std::size_t index) { elements_.erase(index); }
  void pop(End end) { erase(end == End::front ? 0 : size() - 1); }
  // Those of the indexes [from, to).
  void erase_range(std::size_t from, std::size_t to) { elements_.erase_range(from, to); }

  // To be called after one or more changes that added, or only removed.
  void grown(const Limits& limits);
  void shrunk(const Limits& limits);

  // `function(const Element&)`.
  template <class Function>
  void for_each(Function&& function) const {
    elements_.for_each(function);
  }
  template <class Function>
  void for_each_block(Function&& function) const {
    elements_.for_each_block(function);
  }
  void check() const { elements_.check(); }

 private:
  List(const List& other) : elements_(other.elements_) { set_encoding(other.encoding()); }
  void set_encoding(Encoding encoding) { set_lent_bits(encoding == Encoding::listpack ? 1 : 0); }
  bool within(const Limits& limits, unsigned share) const;

  PackedSequence elements_;
};

}  // namespace redouble::value
