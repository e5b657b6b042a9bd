#include "value/sorted_set.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "resp/number.hpp"
#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "value/text_node.hpp"

namespace redouble::value {
namespace {

// A score beside a packed member: a whole number as an integer, any other as its eight bytes. A
// negative zero becomes a plain one, as in Redis's listpacks.
class PackedScore {
 public:
  explicit PackedScore(double score) {
    constexpr double limit = 0x1p53;
    if (score > -limit && score < limit && score == std::floor(score)) {
      element_ = Packed::Element::of(static_cast<std::int64_t>(score));
    } else {
      std::memcpy(bytes_.data(), &score, sizeof score);
      element_.bytes = {bytes_.data(), bytes_.size()};
    }
  }
  PackedScore(const PackedScore&) = delete;
  PackedScore& operator=(const PackedScore&) = delete;
  const Packed::Element& element() const { return element_; }

  static double of(const Packed::Element& element) {
    if (element.is_integer) return static_cast<double>(element.integer);
    double score = 0;
    std::memcpy(&score, element.bytes.data(), sizeof score);
    return score;
  }

 private:
  std::array<char, sizeof(double)> bytes_;
  Packed::Element element_;
};

}  // namespace

void SortedSet::Cursor::step(bool forward) {
  if (in_order_) {
    forward ? slot_.next() : slot_.previous();
    return;
  }
  for (int half = 0; half < 2 && member_.valid(); ++half) {
    forward ? member_.next() : member_.previous();
  }
}

double SortedSet::Cursor::packed_score() const {
  PackedSequence::Cursor behind = member_;
  behind.next();
  return PackedScore::of(*behind);
}

SortedSet::Cursor SortedSet::at(std::size_t rank) const {
  Cursor found;
  if (const Big* in = big()) {
    found.in_order_ = true;
    if (rank < size()) found.slot_ = in->order.at(rank);
  } else {
    found.member_ = small().at(2 * rank);
  }
  return found;
}

std::size_t SortedSet::bytes() const {
  const Big* in = big();
  if (in == nullptr) return sizeof *this + small().bytes();
  return sizeof *this + CopyOnWrite<Big>::box_bytes + in->table.bytes() + in->order.bytes() +
         in->node_bytes;
}

void SortedSet::for_each_part(PartVisitor& visitor) const {
  Digits digits;
  std::array<char, resp::number_buffer_size> score;
  for (Cursor at = this->at(0); at.valid(); at.next()) {
    const std::string_view parts[] = {at.member().view(digits),
                                      resp::format_double(score, at.score())};
    visitor.any_order(parts, Deadline::never);
  }
}

SortedSet::ByScore::Cursor SortedSet::place_of(const Big& big, double score,
                                               std::string_view member) {
  return big.order.lower_bound([&](const Slot::Key& key) {
    return key.score != score ? key.score < score : key.node->key() < member;
  });
}

// The place of a packed member; not valid where there is none.
PackedSequence::Cursor SortedSet::find(std::string_view member) const {
  const auto wanted = Text::of(member);
  PackedSequence::Cursor at = small().at(0);
  while (at.valid() && *at != wanted) {
    at.next();
    at.next();
  }
  return at;
}

std::optional<double> SortedSet::score(std::string_view member) const {
  if (const Big* in = big()) {
    const ScoreNode* node = in->table.find(hash_text(in->seed, member), member);
    return node == nullptr ? std::nullopt : std::optional(node->score());
  }
  PackedSequence::Cursor at = find(member);
  if (!at.valid()) return std::nullopt;
  at.next();
  return PackedScore::of(*at);
}

std::optional<std::size_t> SortedSet::rank(std::string_view member) const {
  if (const Big* in = big()) {
    const ScoreNode* node = in->table.find(hash_text(in->seed, member), member);
    if (node == nullptr) return std::nullopt;
    return place_of(*in, node->score(), member).rank();
  }
  const PackedSequence::Cursor at = find(member);
  return at.valid() ? std::optional(at.index() / 2) : std::nullopt;
}

bool SortedSet::set(std::string_view member, double score, const Limits& limits) {
  REDOUBLE_ASSERT(!std::isnan(score));
  if (Big* in = big()) return set_in(*in, member, score);
  PackedSequence::Cursor at = find(member);
  const bool is_new = !at.valid();
  if (is_new && (size() + 1 > limits.listpack_entries || member.size() > limits.listpack_value)) {
    become_big(limits.seed);
    return set_in(*big(), member, score);
  }
  if (!is_new) small().erase_range(at.index(), at.index() + 2);
  add_packed(member, score);
  return is_new;
}

void SortedSet::append(std::string_view member, double score, const Limits& limits) {
  REDOUBLE_ASSERT(!std::isnan(score));
  if (!big() && (size() >= limits.listpack_entries || member.size() > limits.listpack_value)) {
    become_big(limits.seed);
  }
  if (Big* in = big()) {
    set_in(*in, member, score);
    return;
  }
  small().push(PackedSequence::End::back, Text::of(member));
  small().push(PackedSequence::End::back, PackedScore(score).element());
}

void SortedSet::add_packed(std::string_view member, double score) {
  const Cursor at = lower_bound([&](double other_score, std::string_view other) {
    return comes_before(other_score, other, score, member);
  });
  const std::size_t index = at.valid() ? at.member_.index() : small().size();
  small().insert(index, Text::of(member));
  small().insert(index + 1, PackedScore(score).element());
}

void SortedSet::become_big(std::uint64_t seed) {
  Big made;
  made.seed = seed;
  Digits digits;
  for (Cursor at = this->at(0); at.valid(); at.next()) {
    set_in(made, at.member().view(digits), at.score());
  }
  form_ = CopyOnWrite<Big>(std::move(made));
}

bool SortedSet::set_in(Big& big, std::string_view member, double score) {
  const std::uint64_t hash = hash_text(big.seed, member);
  const ScoreNode* old = big.table.find(hash, member);
  if (old == nullptr) {
    const ScoreNode& node = big.table.insert(ScoreNode::make(hash, member, score));
    big.node_bytes += node.bytes();
    big.order.insert(place_of(big, score, member), {score, &node});
    return true;
  }
  // The slot goes while its node still is what it was.
  if (!mutant("sorted-set-leaves-old-slot")) {
    big.order.erase(place_of(big, old->score(), member));
  }
  ScoreNode* node = big.table.writable(hash, member, [](const ScoreNode& shared) {
    return ScoreNode::make(shared.hash(), shared.key(), shared.score());
  });
  node->set_score(score);
  big.order.insert(place_of(big, score, member), {score, node});
  return false;
}

bool SortedSet::erase(std::string_view member) {
  Big* in = big();
  if (in == nullptr) {
    const PackedSequence::Cursor at = find(member);
    if (!at.valid()) return false;
    small().erase_range(at.index(), at.index() + 2);
    return true;
  }
  const std::uint64_t hash = hash_text(in->seed, member);
  const ScoreNode* node = in->table.find(hash, member);
  if (node == nullptr) return false;
  in->node_bytes -= node->bytes();
  in->order.erase(place_of(*in, node->score(), member));
  in->table.erase(hash, member);
  return true;
}

void SortedSet::erase_ranks(std::size_t from, std::size_t to) {
  Big* in = big();
  if (in == nullptr) {
    small().erase_range(2 * from, 2 * to);
    return;
  }
  // The copy keeps the slots that say which nodes go.
  const ByScore going = in->order;
  in->order.erase_ranks(from, to);
  ByScore::Cursor at = going.at(from);
  for (std::size_t rank = from; rank < to; ++rank, at.next()) {
    const ScoreNode& node = *at->node;
    in->node_bytes -= node.bytes();
    in->table.erase(node.hash(), node.key());
  }
}

void SortedSet::check() const {
  const Big* in = big();
  if (in == nullptr) {
    small().check();
    REDOUBLE_ASSERT(small().size() % 2 == 0);
  } else {
    in->table.check();
    in->order.check();
    REDOUBLE_ASSERT(in->table.size() == in->order.size());
    std::size_t node_bytes = 0;
    in->order.for_each([&](const Slot& slot) {
      node_bytes += slot.node->bytes();
      REDOUBLE_ASSERT(slot.node->score() == slot.score);
      REDOUBLE_ASSERT(in->table.find(slot.node->hash(), slot.node->key()) == slot.node);
    });
    REDOUBLE_ASSERT(node_bytes == in->node_bytes);
  }
  Digits digits;
  Digits other_digits;
  for (Cursor at = this->at(0); at.valid();) {
    const Cursor before = at;
    at.next();
    REDOUBLE_ASSERT(!at.valid() || comes_before(before.score(), before.member().view(digits),
                                                at.score(), at.member().view(other_digits)));
  }
}

}  // namespace redouble::value
