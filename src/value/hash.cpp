#include "value/hash.hpp"

#include <array>
#include <iterator>
#include <utility>

#include "runtime/mutant.hpp"

namespace redouble::value {

std::size_t Hash::size() const {
  if (const auto* packed = std::get_if<Packed>(&form_)) return packed->size() / 2;
  if (const auto* pieces = std::get_if<CopyOnWrite<Pieces>>(&form_)) return (*pieces)->size();
  if (const auto* big = std::get_if<CopyOnWrite<Big>>(&form_)) return (*big)->table.size();
  return dated().fields.size();
}

Encoding Hash::encoding() const {
  if (const auto* big = std::get_if<CopyOnWrite<Big>>(&form_)) return (*big)->reported;
  if (!keeps_deadlines()) return Encoding::listpack;
  const Encoding plain = dated().fields.encoding();
  return plain == Encoding::listpack ? Encoding::listpackex : plain;
}

std::size_t Hash::bytes() const {
  if (const auto* packed = std::get_if<Packed>(&form_)) return packed->bytes();
  if (const auto* pieces = std::get_if<CopyOnWrite<Pieces>>(&form_)) {
    return CopyOnWrite<Pieces>::box_bytes + (*pieces)->bytes();
  }
  if (const auto* big = std::get_if<CopyOnWrite<Big>>(&form_)) {
    return CopyOnWrite<Big>::box_bytes + (*big)->table.bytes() + (*big)->node_bytes;
  }
  return CopyOnWrite<Dated>::box_bytes + dated().fields.bytes() + dated().deadlines.bytes();
}

std::optional<Hash::Text> Hash::get(std::string_view field) const {
  if (const auto* packed = std::get_if<Packed>(&form_)) {
    const auto found = packed->find(field, 2);
    if (found == packed->end()) return std::nullopt;
    return *std::next(found);
  }
  if (const auto* pieces = std::get_if<CopyOnWrite<Pieces>>(&form_)) {
    Pieces::Place place{};
    if (!(*pieces)->find(Text::of(field), place)) return std::nullopt;
    return *std::next(place.at);
  }
  if (keeps_deadlines()) return dated().fields.get(field);
  const Big& big = *std::get<CopyOnWrite<Big>>(form_);
  const Node* node = big.table.find(hash_text(big.seed, field), field);
  if (node == nullptr) return std::nullopt;
  return Text{false, 0, node->value()};
}

bool Hash::set(std::string_view field, std::string_view value, const Limits& limits) {
  if (keeps_deadlines() && !mutant("hset-keeps-field-deadline")) {
    own_dated().deadlines.erase(field);
  }
  return set_keeping_deadline(field, value, limits);
}

bool Hash::set_keeping_deadline(std::string_view field, std::string_view value,
                                const Limits& limits) {
  if (keeps_deadlines()) return own_dated().fields.set(field, value, limits);
  if (encoding() == Encoding::listpack &&
      (is_too_long(field, limits) || is_too_long(value, limits))) {
    become_table(Encoding::hashtable, limits.seed);
  }
  auto* big = std::get_if<CopyOnWrite<Big>>(&form_);
  const bool added = big == nullptr ? set_packed(field, value) : big->own().set(field, value);
  keep_to(limits);
  return added;
}

void Hash::append(std::string_view field, std::string_view value, const Limits& limits) {
  if (keeps_deadlines()) return own_dated().fields.append(field, value, limits);
  if (encoding() == Encoding::listpack &&
      (is_too_long(field, limits) || is_too_long(value, limits))) {
    become_table(Encoding::hashtable, limits.seed);
  }
  if (auto* big = std::get_if<CopyOnWrite<Big>>(&form_)) {
    big->own().set(field, value);
  } else {
    append_packed(field, value);
  }
  keep_to(limits);
}

void Hash::keep_to(const Limits& limits) {
  if (encoding() != Encoding::listpack) return;
  const std::size_t most = limits.listpack_entries;
  if (size() > most && !mutant("hash-listpack-one-too-many")) {
    become_table(Encoding::hashtable, limits.seed);
  } else if (const auto* pieces = std::get_if<CopyOnWrite<Pieces>>(&form_)) {
    if ((*pieces)->is_full()) become_table(Encoding::listpack, limits.seed);
  }
}

void Hash::append_packed(std::string_view field, std::string_view value) {
  if (auto* pieces = std::get_if<CopyOnWrite<Pieces>>(&form_)) {
    pieces->own().append(Text::of(field), Text::of(value));
    return;
  }
  auto& packed = std::get<Packed>(form_);
  packed.append(field);
  packed.append(value);
  if (packed.encoded_bytes() > Pieces::piece_bytes) {
    form_ = CopyOnWrite<Pieces>(Pieces(std::move(packed)));
  }
}

bool Hash::set_packed(std::string_view field, std::string_view value) {
  if (auto* packed = std::get_if<Packed>(&form_)) {
    const auto found = packed->find(field, 2);
    if (found == packed->end()) {
      append_packed(field, value);
      return true;
    }
    packed->replace(std::next(found), value);
    if (packed->encoded_bytes() > Pieces::piece_bytes) {
      form_ = CopyOnWrite<Pieces>(Pieces(std::move(*packed)));
    }
    return false;
  }
  Pieces& pieces = std::get<CopyOnWrite<Pieces>>(form_).own();
  Pieces::Place place{};
  if (!pieces.find(Text::of(field), place)) {
    append_packed(field, value);
    return true;
  }
  pieces.set_second(place, Text::of(value));
  return false;
}

bool Hash::erase(std::string_view field) {
  if (auto* packed = std::get_if<Packed>(&form_)) {
    const auto found = packed->find(field, 2);
    if (found == packed->end()) return false;
    packed->erase(found, std::next(found, 2));
    return true;
  }
  if (!contains(field)) return false;  // Nothing to copy.
  if (auto* pieces = std::get_if<CopyOnWrite<Pieces>>(&form_)) {
    Pieces& own = pieces->own();
    Pieces::Place place{};
    own.find(Text::of(field), place);
    own.erase(place);
    return true;
  }
  if (keeps_deadlines()) {
    Dated& own = own_dated();
    own.deadlines.erase(field);
    return own.fields.erase(field);
  }
  return std::get<CopyOnWrite<Big>>(form_).own().erase(field);
}

Hash::Pair Hash::random(std::uint64_t bits) const {
  REDOUBLE_ASSERT(!empty());
  if (const auto* big = std::get_if<CopyOnWrite<Big>>(&form_)) {
    return pair_of(*(*big)->table.random(bits));
  }
  if (keeps_deadlines()) return dated().fields.random(bits);
  const std::size_t index = (bits >> 32) * size() >> 32;
  if (const auto* packed = std::get_if<Packed>(&form_)) return pair_at(packed->at(index * 2));
  return pair_at(std::get<CopyOnWrite<Pieces>>(form_)->at(index));
}

void Hash::become_table(Encoding reported, std::uint64_t seed) {
  if (auto* big = std::get_if<CopyOnWrite<Big>>(&form_)) {
    big->own().reported = reported;
    return;
  }
  Big big{.seed = seed, .reported = reported};
  for_each([&](const Pair& pair) {
    Digits field;
    Digits value;
    big.set(pair.field.view(field), pair.value.view(value));
  });
  form_ = CopyOnWrite<Big>(std::move(big));
}

std::int64_t Hash::deadline_ms(std::string_view field) const {
  return keeps_deadlines() ? dated().deadlines.of(field) : FieldDeadlines::never;
}

std::int64_t Hash::earliest_deadline_ms() const {
  return keeps_deadlines() ? dated().deadlines.earliest_ms() : FieldDeadlines::never;
}

void Hash::set_deadline(std::string_view field, std::int64_t at_ms, const Limits& limits) {
  REDOUBLE_ASSERT(contains(field));
  if (!keeps_deadlines()) {
    Dated dated{.fields = std::move(*this), .deadlines = FieldDeadlines(limits.seed)};
    form_ = CopyOnWrite<Dated>(std::move(dated));
  }
  own_dated().deadlines.set(field, at_ms);
}

bool Hash::drop_deadline(std::string_view field) {
  if (deadline_ms(field) == FieldDeadlines::never) return false;  // Nothing to copy.
  return own_dated().deadlines.erase(field);
}

std::vector<std::string> Hash::take_first_due(std::size_t most) {
  std::vector<std::string> taken;
  const std::int64_t first_ms = earliest_deadline_ms();
  while (first_ms != FieldDeadlines::never && taken.size() < most &&
         earliest_deadline_ms() == first_ms) {
    taken.emplace_back(dated().deadlines.earliest());
    erase(taken.back());
  }
  return taken;
}

bool Hash::Big::set(std::string_view field, std::string_view value) {
  const std::uint64_t hash = hash_text(seed, field);
  const Node* found = table.find(hash, field);
  if (found != nullptr && found->value().size() == value.size()) {
    // In place, unless a copy sees the node too.
    const auto clone = [](const Node& node) {
      return Node::make(node.hash(), node.key(), node.value());
    };
    table.writable(hash, field, clone)->assign_value(value);
    return false;
  }
  auto node = Node::make(hash, field, value);
  node_bytes += node->bytes();
  if (found == nullptr) {
    table.insert(std::move(node));
    return true;
  }
  node_bytes -= found->bytes();
  table.replace(std::move(node));
  return false;
}

bool Hash::Big::erase(std::string_view field) {
  const auto node = table.erase(hash_text(seed, field), field);
  if (!node) return false;
  node_bytes -= node->bytes();
  return true;
}

void HashObject::for_each_part(PartVisitor& visitor) const {
  hash_.for_each([&](const Hash::Pair& pair) {
    Digits field;
    Digits value;
    const std::array parts = {pair.field.view(field), pair.value.view(value)};
    visitor.any_order(parts, hash_.deadline_ms(parts.front()));
  });
}

}  // namespace redouble::value
