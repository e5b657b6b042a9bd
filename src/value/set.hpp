// Set: the value of a set key: members, each once.
//
// - Forms: sorted integers (IntBlock, IntPieces), which is Redis's intset; a listpack (Packed,
//   PackedPieces), which only a limit above 0 allows: 7.0 has none, 7.2 has; a hashtable, which is
//   kept like a listpack while its members are few and short, and then in a Table. It leaves a form
//   for good at the first change that exceeds a limit, the caller's or `Few`'s. An intset or a
//   listpack longer than the pieces take (128,000 integers, 1 MiB) is kept in a table too; it is
//   still reported as what it was, but its order is the table's.
// - Few against Table, bytes of RSS of a set of n members such as "member:1:12345", with its key:
//   1 member 111 against 348, 4: 159, 506; 16: 383, 1229; 32: 692, 2300. A search of 16 takes 170
//   instructions more than in a table, half of what redis-server takes.
// - Copies: O(1). The first change afterwards copies one piece of at most 4 KiB and what leads to
//   it: a directory of at most 2 KiB, a table's pages.
// - Views that are given are valid until the next change; the caller's own texts must not be such.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes. Source: the encodings and limits of the Redis documentation, "Memory
//   optimization"; where they are applied, as redis-server 7.0.15 does, and the documentation of
//   7.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "value/copy_on_write.hpp"
#include "value/int_block.hpp"
#include "value/object.hpp"
#include "value/packed.hpp"
#include "value/packed_pieces.hpp"
#include "value/table.hpp"
#include "value/text_node.hpp"

namespace redouble::value {

class Set {
 public:
  struct Limits {
    std::size_t intset_entries = 512;  // set-max-intset-entries
    std::size_t listpack_entries = 0;  // set-max-listpack-entries; 0 where there are no listpacks
    std::size_t listpack_value = 64;   // set-max-listpack-value: bytes of a member
    std::uint64_t seed = 0;            // of the table's hash
  };
  // A text as it is kept: view() renders an integer.
  using Text = Packed::Element;

  // An empty set that is a listpack; any other begins as an intset.
  static Set listpack();

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  Encoding encoding() const;
  // Heap of its interior; 0 for an empty intset.
  std::size_t bytes() const;

  bool contains(std::string_view member) const { return holds(Text::of(member)); }
  bool contains(const Text& member) const { return holds(usual(member)); }
  // True where the member is new.
  bool add(std::string_view member, const Limits& limits) {
    return add_new(Text::of(member), limits);
  }
  bool add(const Text& member, const Limits& limits) { return add_new(usual(member), limits); }
  // The same without a search in a listpack. REQUIRES: the member is not there.
  void append(const Text& member, const Limits& limits) { add_absent(usual(member), limits); }
  // False where there was no such member.
  bool erase(std::string_view member) { return take_out(Text::of(member)); }
  bool erase(const Text& member) { return take_out(usual(member)); }

  // `function(const Text&)`; an intset ascending, a listpack as its members were added.
  template <class Function>
  void for_each(Function&& function) const;
  // As Table::scan; what is no table is given whole.
  template <class Function>
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Function&& function) const;
  // A member chosen by `bits` (64 random ones), evenly. REQUIRES: not empty().
  Text random(std::uint64_t bits) const;
  // Of an intset: the bytes that each of its integers takes, as a former member may have needed.
  unsigned integer_width() const;

 private:
  using Node = TextNode<1>;
  using Pieces = PackedPieces<1>;
  // A table with what it does not count itself.
  struct Big {
    Table<Node> table = {};
    std::size_t node_bytes = 0;
    std::uint64_t seed = 0;
    Encoding reported = Encoding::hashtable;

    bool add(std::string_view member);
  };
  // A hashtable of few members, of which a search looks at each.
  struct Few {
    static constexpr std::size_t most_members = 32;
    static constexpr std::size_t longest_member = 64;

    Packed packed;
  };
  using SharedInts = CopyOnWrite<IntPieces>;
  using SharedPieces = CopyOnWrite<Pieces>;
  using SharedBig = CopyOnWrite<Big>;

  static Text text_of(const Node& node) { return {false, 0, node.key()}; }
  // A table gives integers as bytes.
  static Text usual(const Text& text) { return text.is_integer ? text : Text::of(text.bytes); }
  bool holds(const Text& member) const;
  bool add_new(const Text& member, const Limits& limits);
  void add_absent(const Text& member, const Limits& limits);
  bool take_out(const Text& member);
  // Of a listpack in one piece or of few members; else nullptr.
  const Packed* packed() const;
  Packed* packed() { return const_cast<Packed*>(std::as_const(*this).packed()); }
  // Whether every member and this one are at most so long.
  bool all_within(std::size_t longest, const Text& member) const;
  // Whether the set may be of that kind once it holds this member too.
  bool fits_listpack(const Text& member, const Limits& limits) const;
  bool fits_few(const Text& member) const;
  void put(const Text& member);
  Packed all_packed() const;
  void become_listpack();
  // For what it will be with one more member.
  void become_hashtable(const Text& member, std::uint64_t seed);
  void become_table(Encoding reported, std::uint64_t seed);

  std::variant<IntBlock, SharedInts, Packed, SharedPieces, Few, SharedBig> form_;
};

template <class Function>
void Set::for_each(Function&& function) const {
  const auto give_integer = [&](std::int64_t number) { function(Text::of(number)); };
  if (const auto* block = std::get_if<IntBlock>(&form_)) {
    for (std::size_t i = 0; i < block->size(); ++i) give_integer(block->at(i));
  } else if (const auto* integers = std::get_if<SharedInts>(&form_)) {
    (*integers)->for_each(give_integer);
  } else if (const Packed* few = packed()) {
    for (const Text member : *few) function(member);
  } else if (const auto* pieces = std::get_if<SharedPieces>(&form_)) {
    (*pieces)->for_each([&](Packed::Iterator at) { function(*at); });
  } else {
    std::get<SharedBig>(form_)->table.for_each([&](const Node& node) { function(text_of(node)); });
  }
}

template <class Function>
std::uint64_t Set::scan(std::uint64_t cursor, std::size_t count, Function&& function) const {
  if (const auto* big = std::get_if<SharedBig>(&form_)) {
    return (*big)->table.scan(cursor, count, [&](const Node& node) { function(text_of(node)); });
  }
  for_each(function);
  return 0;
}

// A Set as the store holds it.
class SetObject final : public Object {
 public:
  static constexpr Type its_type = Type::set;

  SetObject() = default;
  explicit SetObject(Set set) : set_(std::move(set)) {}
  Set& set() { return set_; }
  const Set& set() const { return set_; }

  Type type() const override { return its_type; }
  Encoding encoding() const override { return set_.encoding(); }
  std::size_t bytes() const override { return sizeof *this + set_.bytes(); }
  bool empty() const override { return set_.empty(); }
  ObjectRef copy() const override { return make_object<SetObject>(set_); }
  void for_each_part(PartVisitor& visitor) const override;

 private:
  Set set_;
};

}  // namespace redouble::value
