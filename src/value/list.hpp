// List: a sequence of byte strings; elements are packed into leaves of a Tree.
//
// - A leaf is a Packed of at most 4,000 bytes of elements; an element that is longer has a leaf of
//   its own, so that it is never copied because of its neighbours. A short list is one block.
// - Work: both ends O(1) in the number of elements; by index O(log n) and the walk through one
// leaf.
// - Copies: O(1). The first change after one copies at most two leaves and the nodes above them.
// - Encoding: quicklist. From Redis 7.2 on a list within list-max-listpack-size shows as listpack,
//   and one that shrinks goes back at half of that; who changes a list gives the Limits for it.
// - Elements' views are valid until the next change of the list. Cursors end with any change.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes. Errors: out of memory ends the program. REQUIRES of every index: below size().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "value/object.hpp"
#include "value/packed.hpp"
#include "value/tree.hpp"

namespace redouble::value {

class List final : public Object {
  struct Leaf {
    using Key = NoKey;
    Packed packed;

    std::size_t size() const { return packed.size(); }
    std::size_t bytes() const { return packed.bytes(); }
    Key key() const { return {}; }
    const void* block() const { return packed.encoded().data(); }
    bool fits(const Packed::Element& element) const;
  };
  using Leaves = Tree<Leaf>;

 public:
  using Element = Packed::Element;
  enum class End : std::uint8_t { front, back };
  struct Limits {
    bool small_is_listpack = false;       // as from Redis 7.2 on
    std::int64_t max_listpack_size = -2;  // list-max-listpack-size
  };

  static constexpr Type its_type = Type::list;

  List() = default;
  explicit List(const Limits& limits)
      : encoding_(limits.small_is_listpack ? Encoding::listpack : Encoding::quicklist) {}

  Type type() const override { return its_type; }
  Encoding encoding() const override { return encoding_; }
  std::size_t bytes() const override { return sizeof(List) + leaves_.bytes(); }
  bool empty() const override { return leaves_.empty(); }
  ObjectRef copy() const override { return ObjectRef::adopt(new List(*this)); }
  void for_each_part(PartVisitor& visitor) const override;

  std::size_t size() const { return leaves_.size(); }

  class Cursor {
   public:
    // False behind the last element and before the first one.
    bool valid() const { return leaf_.valid(); }
    Element operator*() const { return *place_; }
    std::size_t index() const { return index_; }
    void next();
    void previous();

   private:
    friend class List;
    Leaves::Cursor leaf_;
    Packed::Iterator place_;
    std::size_t index_ = 0;
  };
  // Not valid where index >= size().
  Cursor at(std::size_t index) const;
  Cursor end_at(End end) const { return at(end == End::front ? 0 : size() - 1); }

  void push(End end, std::string_view text);
  // Puts `text` in front of the element with this index; size() is the end.
  void insert(std::size_t index, std::string_view text);
  void set(std::size_t index, std::string_view text);
  void erase(std::size_t index);
  void pop(End end) { erase(end == End::front ? 0 : size() - 1); }
  // Those of the indexes [from, to).
  void erase_range(std::size_t from, std::size_t to);

  // To be called after one or more changes that added, or only removed.
  void grown(const Limits& limits);
  void shrunk(const Limits& limits);

  template <class Function>
  void for_each_block(Function&& function) const {
    leaves_.for_each_block(function);
  }
  // Asserts the invariants, in O(size). For tests.
  void check() const;

 private:
  List(const List& other)
      : leaves_(other.leaves_),
        listpack_bytes_(other.listpack_bytes_),
        encoding_(other.encoding_) {}

  static Leaf leaf_of(const Element& element);
  void split_and_insert(Leaves::Cursor& place, std::size_t offset, const Element& element);
  void merge(Leaves::Cursor place);
  bool within(const Limits& limits, unsigned share) const;

  Leaves leaves_;
  std::size_t listpack_bytes_ = 0;  // of all elements in one listpack, without head and end
  Encoding encoding_ = Encoding::quicklist;
};

}  // namespace redouble::value
