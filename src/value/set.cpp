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
  if (const auto* packed = std::get_if<Packed>(&form_)) return packed->size();
  if (const auto* pieces = std::get_if<SharedPieces>(&form_)) return (*pieces)->size();
  return std::get<SharedBig>(form_)->table.size();
}

Encoding Set::encoding() const {
  if (const auto* big = std::get_if<SharedBig>(&form_)) return (*big)->reported;
  const bool integers =
      std::holds_alternative<IntBlock>(form_) || std::holds_alternative<SharedInts>(form_);
  return integers ? Encoding::intset : Encoding::listpack;
}

std::size_t Set::bytes() const {
  if (const auto* block = std::get_if<IntBlock>(&form_)) return block->bytes();
  if (const auto* integers = std::get_if<SharedInts>(&form_)) {
    return SharedInts::box_bytes + (*integers)->bytes();
  }
  if (const auto* packed = std::get_if<Packed>(&form_)) return packed->bytes();
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
  if (const auto* packed = std::get_if<Packed>(&form_)) {
    return packed->find(member, packed->begin()) != packed->end();
  }
  if (const auto* pieces = std::get_if<SharedPieces>(&form_)) {
    Pieces::Place place{};
    return (*pieces)->find(member, place);
  }
  Digits digits;
  const std::string_view text = member.view(digits);
  const Big& big = *std::get<SharedBig>(form_);
  return big.table.find(hash_text(big.seed, text), text) != nullptr;
}

// Whether the set may be a listpack once it holds this member too.
bool Set::fits_listpack(const Text& member, const Limits& limits) const {
  if (size() >= limits.listpack_entries || member.size() > limits.listpack_value) return false;
  if (encoding() != Encoding::intset || limits.listpack_value >= 20) return true;
  bool fits = true;
  for_each([&](const Text& integer) { fits = fits && integer.size() <= limits.listpack_value; });
  return fits;
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
      become_table(Encoding::hashtable, limits.seed);
    }
  } else if (before == Encoding::listpack && !fits_listpack(member, limits)) {
    become_table(Encoding::hashtable, limits.seed);
  }
  put(member);
  if (encoding() == Encoding::intset && size() > limits.intset_entries &&
      !mutant("set-intset-one-too-many")) {
    become_table(Encoding::hashtable, limits.seed);
  } else if (const auto* integers = std::get_if<SharedInts>(&form_)) {
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
  } else if (auto* packed = std::get_if<Packed>(&form_)) {
    packed->append(member);
    if (packed->encoded_bytes() > Pieces::piece_bytes) {
      form_ = SharedPieces(Pieces(std::move(*packed)));
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
  if (auto* packed = std::get_if<Packed>(&form_)) {
    packed->erase(packed->find(member, packed->begin()));
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
  if (const auto* packed = std::get_if<Packed>(&form_)) return *packed->at(index);
  return *std::get<SharedPieces>(form_)->at(index);
}

void Set::become_listpack() {
  Packed packed;
  for_each([&](const Text& member) { packed.append(usual(member)); });
  if (packed.encoded_bytes() > Pieces::piece_bytes) {
    form_ = SharedPieces(Pieces(std::move(packed)));
  } else {
    form_ = std::move(packed);
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
