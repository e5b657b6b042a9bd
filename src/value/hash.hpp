// Hash: the value of a hash key: fields with their values, some of them with deadlines.
//
// - Forms: one Packed while it is short, several of up to 4 KiB (PackedPieces), a Table. The first
//   two are what Redis calls a listpack, in the order in which fields were added, with searches of
//   O(n); it becomes a table, for good, at the first change that exceeds a limit of the caller's.
//   A listpack longer than PackedPieces takes (1 MiB, only with limits that are set very high) is
//   kept in a table too; it is still reported as a listpack, but its order is the table's.
// - Deadlines: the first that a field gets turns any form, for good, into one that keeps them
//   beside it (FieldDeadlines); a hash without has nothing of that. A Hash knows no clock: it gives
//   fields that are due until somebody takes them out.
// - Copies: O(1). The first change afterwards copies one piece of at most 4 KiB and what leads to
//   it: a directory of at most 2 KiB, a table's pages.
// - Views that are given are valid until the next change; the caller's own texts must not be such.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes. Source: the encodings and limits of the Redis documentation, "Memory
//   optimization"; where they are applied, as redis-server 7.0.15 does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "value/copy_on_write.hpp"
#include "value/field_deadlines.hpp"
#include "value/object.hpp"
#include "value/packed.hpp"
#include "value/packed_pieces.hpp"
#include "value/table.hpp"
#include "value/text_node.hpp"

namespace redouble::value {

class Hash {
 public:
  struct Limits {
    std::size_t listpack_entries = 512;  // hash-max-listpack-entries: fields
    std::size_t listpack_value = 64;     // hash-max-listpack-value: bytes of a field or a value
    std::uint64_t seed = 0;              // of the table's hash
  };
  // A text as it is kept: view() renders an integer.
  using Text = Packed::Element;
  struct Pair {
    Text field;
    Text value;
  };

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  Encoding encoding() const;
  // Heap of its interior; 0 for an empty hash.
  std::size_t bytes() const;

  std::optional<Text> get(std::string_view field) const;
  bool contains(std::string_view field) const { return get(field).has_value(); }
  // True where the field is new. Its deadline ends, or stays.
  bool set(std::string_view field, std::string_view value, const Limits& limits);
  bool set_keeping_deadline(std::string_view field, std::string_view value, const Limits& limits);
  // The same without a search in a listpack. REQUIRES: the field is not there.
  void append(std::string_view field, std::string_view value, const Limits& limits);
  // False where there was no such field.
  bool erase(std::string_view field);

  // True once a field has got a deadline.
  bool keeps_deadlines() const { return std::holds_alternative<CopyOnWrite<Dated>>(form_); }
  // Unix milliseconds; FieldDeadlines::never where there is none.
  std::int64_t deadline_ms(std::string_view field) const;
  std::int64_t earliest_deadline_ms() const;
  // REQUIRES: contains(field).
  void set_deadline(std::string_view field, std::int64_t at_ms, const Limits& limits);
  // False where the field has no deadline.
  bool drop_deadline(std::string_view field);
  // Erases the fields that are due first, all at the same time, at most `most`; gives their names.
  std::vector<std::string> take_first_due(std::size_t most);

  // `function(const Pair&)`.
  template <class Function>
  void for_each(Function&& function) const;
  // As Table::scan; a listpack is given whole.
  template <class Function>
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Function&& function) const;
  // A field chosen by `bits` (64 random ones), evenly. REQUIRES: not empty().
  Pair random(std::uint64_t bits) const;

 private:
  using Node = TextNode<2>;
  using Pieces = PackedPieces<2>;
  // A table with what it does not count itself.
  struct Big {
    Table<Node> table = {};
    std::size_t node_bytes = 0;
    std::uint64_t seed = 0;
    Encoding reported = Encoding::hashtable;

    bool set(std::string_view field, std::string_view value);
    bool erase(std::string_view field);
  };
  struct Dated;

  static Pair pair_at(Packed::Iterator at) { return {*at, *std::next(at)}; }
  static Pair pair_of(const Node& node) {
    return {{false, 0, node.key()}, {false, 0, node.value()}};
  }
  static bool is_too_long(std::string_view text, const Limits& limits) {
    return text.size() > limits.listpack_value;
  }
  bool set_packed(std::string_view field, std::string_view value);
  void append_packed(std::string_view field, std::string_view value);
  void keep_to(const Limits& limits);
  void become_table(Encoding reported, std::uint64_t seed);
  // Of a hash that keeps deadlines.
  const Dated& dated() const { return *std::get<CopyOnWrite<Dated>>(form_); }
  Dated& own_dated() { return std::get<CopyOnWrite<Dated>>(form_).own(); }

  std::variant<Packed, CopyOnWrite<Pieces>, CopyOnWrite<Big>, CopyOnWrite<Dated>> form_;
};

// Fields of one of the other forms, and the deadlines that some of them have.
struct Hash::Dated {
  Hash fields;
  FieldDeadlines deadlines;
};

template <class Function>
void Hash::for_each(Function&& function) const {
  const auto give = [&](Packed::Iterator at) { function(pair_at(at)); };
  if (const auto* packed = std::get_if<Packed>(&form_)) {
    for (auto at = packed->begin(); at != packed->end(); std::advance(at, 2)) give(at);
  } else if (const auto* pieces = std::get_if<CopyOnWrite<Pieces>>(&form_)) {
    (*pieces)->for_each(give);
  } else if (const auto* big = std::get_if<CopyOnWrite<Big>>(&form_)) {
    (*big)->table.for_each([&](const Node& node) { function(pair_of(node)); });
  } else {
    dated().fields.for_each(function);
  }
}

template <class Function>
std::uint64_t Hash::scan(std::uint64_t cursor, std::size_t count, Function&& function) const {
  if (const auto* big = std::get_if<CopyOnWrite<Big>>(&form_)) {
    return (*big)->table.scan(cursor, count, [&](const Node& node) { function(pair_of(node)); });
  }
  if (keeps_deadlines()) return dated().fields.scan(cursor, count, function);
  for_each(function);
  return 0;
}

// A Hash as the store holds it.
class HashObject final : public Object {
 public:
  static constexpr Type its_type = Type::hash;

  HashObject() = default;
  explicit HashObject(Hash hash) : hash_(std::move(hash)) {}
  Hash& hash() { return hash_; }
  const Hash& hash() const { return hash_; }

  Type type() const override { return its_type; }
  Encoding encoding() const override { return hash_.encoding(); }
  std::size_t bytes() const override { return sizeof *this + hash_.bytes(); }
  bool empty() const override { return hash_.empty(); }
  ObjectRef copy() const override { return make_object<HashObject>(hash_); }
  void for_each_part(PartVisitor& visitor) const override;
  std::optional<std::int64_t> parts_due_ms() const override {
    if (!hash_.keeps_deadlines()) return std::nullopt;
    return hash_.earliest_deadline_ms();
  }
  std::vector<std::string> take_due_parts(std::size_t most) override {
    return hash_.take_first_due(most);
  }

 private:
  Hash hash_;
};

}  // namespace redouble::value
