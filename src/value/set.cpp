#include "value/set.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::value {

std::size_t Set::size() const {
  if (const auto* block = std::get_if<IntBlock>(&form_)) return block->size();
  if (const auto* integers = std::get_if<SharedInts>(&form_)) return (*integers)->size();
  if (const Packed* few = packed()) return few->size();
  if (const auto* pieces = std::get_if<SharedPieces>(&form_)) return (*pieces)->size();
  return std::get<SharedBig>(form_)->table.size();
}

Encoding Set::encoding() const {
  if (const auto* big = std::get_if<SharedBig>(&form_)) return (*big)->reported;
  if (std::holds_alternative<Few>(form_)) return Encoding::hashtable;
  const bool integers =
      std::holds_alternative<IntBlock>(form_) || std::holds_alternative<SharedInts>(form_);
  return integers ? Encoding::intset : Encoding::listpack;
}

std::size_t Set::bytes() const {
  if (const auto* block = std::get_if<IntBlock>(&form_)) return block->bytes();
  if (const auto* integers = std::get_if<SharedInts>(&form_)) {
    return SharedInts::box_bytes + (*integers)->bytes();
  }
  if (const Packed* few = packed()) return few->bytes();
  if (const auto* pieces = std::get_if<SharedPieces>(&form_)) {
    return SharedPieces::box_bytes + (*pieces)->bytes();
  }
  const Big& big = *std::get<SharedBig>(form_);
  return SharedBig::box_bytes + big.table.bytes() + big.node_bytes;
}

bool Set::holds(const Text& member) const {
  if (const auto* block = std::get_if<IntBlock>(&form_)) {
    return member.is_integer && block->contains(member.integer);
  }
  if (const auto* integers = std::get_if<SharedInts>(&form_)) {
    return member.is_integer && (*integers)->contains(member.integer);
  }
  if (const Packed* few = packed()) return few->find(member, few->begin()) != few->end();
  if (const auto* pieces = std::get_if<SharedPieces>(&form_)) {
    Pieces::Place place{};
    return (*pieces)->find(member, place);
  }
  Digits digits;
  const std::string_view text = member.view(digits);
  const Big& big = *std::get<SharedBig>(form_);
  return big.table.find(hash_text(big.seed, text), text) != nullptr;
}

const Packed* Set::packed() const {
  if (const auto* listpack = std::get_if<Packed>(&form_)) return listpack;
  const auto* few = std::get_if<Few>(&form_);
  return few == nullptr ? nullptr : &few->packed;
}

bool Set::all_within(std::size_t longest, const Text& member) const {
  if (member.size() > longest) return false;
  bool within = true;
  for_each([&](const Text& other) { within = within && other.size() <= longest; });
  return within;
}

bool Set::fits_listpack(const Text& member, const Limits& limits) const {
  if (size() >= limits.listpack_entries) return false;
  // What is a listpack already was looked at.
  if (encoding() != Encoding::intset) return member.size() <= limits.listpack_value;
  return all_within(limits.listpack_value, member);
}

bool Set::fits_few(const Text& member) const {
  if (size() >= Few::most_members) return false;
  if (std::holds_alternative<Few>(form_)) return member.size() <= Few::longest_member;
  return all_within(Few::longest_member, member);
}

bool Set::add_new(const Text& member, const Limits& limits) {
  if (holds(member)) return false;
  add_absent(member, limits);
  return true;
}

void Set::add_absent(const Text& member, const Limits& limits) {
  const Encoding before = encoding();
  if (before == Encoding::intset && !member.is_integer) {
    if (fits_listpack(member, limits)) {
      become_listpack();
    } else {
      become_hashtable(member, limits.seed);
    }
  } else if (before == Encoding::listpack && !fits_listpack(member, limits)) {
    become_hashtable(member, limits.seed);
  } else if (std::holds_alternative<Few>(form_) && !fits_few(member)) {
    become_table(Encoding::hashtable, limits.seed);
  } else if (before == Encoding::intset && size() >= limits.intset_entries &&
             !mutant("set-intset-one-too-many")) {
    become_hashtable(member, limits.seed);
  }
  put(member);
  if (const auto* integers = std::get_if<SharedInts>(&form_)) {
    if ((*integers)->is_full()) become_table(Encoding::intset, limits.seed);
  } else if (const auto* pieces = std::get_if<SharedPieces>(&form_)) {
    if ((*pieces)->is_full()) become_table(Encoding::listpack, limits.seed);
  }
}

Set Set::listpack() {
  Set set;
  set.form_ = Packed();
  return set;
}

unsigned Set::integer_width() const {
  if (const auto* block = std::get_if<IntBlock>(&form_)) return block->width();
  if (const auto* integers = std::get_if<SharedInts>(&form_)) return (*integers)->width();
  unsigned width = IntBlock::least_width;
  for_each([&](const Text& member) {
    const Text integer = usual(member);
    if (integer.is_integer) width = std::max(width, IntBlock::width_of(integer.integer));
  });
  return width;
}

// Adds a member, new, of a kind that the form takes.
void Set::put(const Text& member) {
  if (auto* block = std::get_if<IntBlock>(&form_)) {
    if (!block->is_full()) {
      block->insert(member.integer);
      return;
    }
    form_ = SharedInts(IntPieces(std::move(*block)));
  }
  if (auto* integers = std::get_if<SharedInts>(&form_)) {
    integers->own().insert(member.integer);
  } else if (Packed* few = packed()) {
    few->append(member);
    if (few->encoded_bytes() > Pieces::piece_bytes && std::holds_alternative<Packed>(form_)) {
      form_ = SharedPieces(Pieces(std::move(*few)));
    }
  } else if (auto* pieces = std::get_if<SharedPieces>(&form_)) {
    pieces->own().append(member);
  } else {
    Digits digits;
    std::get<SharedBig>(form_).own().add(member.view(digits));
  }
}

bool Set::take_out(const Text& member) {
  if (!holds(member)) return false;  // Nothing to copy.
  if (auto* block = std::get_if<IntBlock>(&form_)) return block->erase(member.integer);
  if (auto* integers = std::get_if<SharedInts>(&form_)) {
    return integers->own().erase(member.integer);
  }
  if (Packed* few = packed()) {
    few->erase(few->find(member, few->begin()));
    return true;
  }
  if (auto* pieces = std::get_if<SharedPieces>(&form_)) {
    Pieces& own = pieces->own();
    Pieces::Place place{};
    own.find(member, place);
    own.erase(place);
    return true;
  }
  Big& big = std::get<SharedBig>(form_).own();
  Digits digits;
  const std::string_view text = member.view(digits);
  big.node_bytes -= big.table.erase(hash_text(big.seed, text), text)->bytes();
  return true;
}

Set::Text Set::random(std::uint64_t bits) const {
  REDOUBLE_ASSERT(!empty());
  if (const auto* big = std::get_if<SharedBig>(&form_)) return text_of(*(*big)->table.random(bits));
  const std::size_t index = (bits >> 32) * size() >> 32;
  if (const auto* block = std::get_if<IntBlock>(&form_)) return Text::of(block->at(index));
  if (const auto* integers = std::get_if<SharedInts>(&form_)) {
    return Text::of((*integers)->at(index));
  }
  if (const Packed* few = packed()) return *few->at(index);
  return *std::get<SharedPieces>(form_)->at(index);
}

Packed Set::all_packed() const {
  Packed packed;
  for_each([&](const Text& member) { packed.append(usual(member)); });
  return packed;
}

void Set::become_listpack() {
  Packed packed = all_packed();
  if (packed.encoded_bytes() > Pieces::piece_bytes) {
    form_ = SharedPieces(Pieces(std::move(packed)));
  } else {
    form_ = std::move(packed);
  }
}

void Set::become_hashtable(const Text& member, std::uint64_t seed) {
  if (fits_few(member)) {
    form_ = Few{all_packed()};
  } else {
    become_table(Encoding::hashtable, seed);
  }
}

void Set::become_table(Encoding reported, std::uint64_t seed) {
  if (auto* big = std::get_if<SharedBig>(&form_)) {
    big->own().reported = reported;
    return;
  }
  Big big{.seed = seed, .reported = reported};
  for_each([&](const Text& member) {
    Digits digits;
    big.add(member.view(digits));
  });
  form_ = SharedBig(std::move(big));
}

bool Set::Big::add(std::string_view member) {
  auto node = Node::make(hash_text(seed, member), member);
  node_bytes += node->bytes();
  table.insert(std::move(node));
  return true;
}

void SetObject::for_each_part(PartVisitor& visitor) const {
  set_.for_each([&](const Set::Text& member) {
    Digits digits;
    const std::array parts = {member.view(digits)};
    visitor.any_order(parts, Deadline::never);
  });
}

}  // namespace redouble::value
