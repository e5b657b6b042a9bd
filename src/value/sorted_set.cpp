#include "value/sorted_set.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
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

SortedSet::SortedSet(const SortedSet& other) {
  set_form(other.form());
  switch (form()) {
    case Form::packed:
      new (&packed_) Packed(other.packed_);
      break;
    case Form::sequence:
      new (&sequence_) Sequence(other.sequence_);
      break;
    case Form::large:
      new (&big_) SharedBig(other.big_);
      break;
  }
}

void SortedSet::drop_form() {
  switch (form()) {
    case Form::packed:
      packed_.~Packed();
      break;
    case Form::sequence:
      sequence_.~Sequence();
      break;
    case Form::large:
      big_.~SharedBig();
      break;
  }
}

void SortedSet::become(Sequence sequence) {
  drop_form();
  new (&sequence_) Sequence(std::move(sequence));
  set_form(Form::sequence);
}

void SortedSet::become(SharedBig big) {
  drop_form();
  new (&big_) SharedBig(std::move(big));
  set_form(Form::large);
}

std::size_t SortedSet::size() const {
  if (form() == Form::packed) return packed_.size() / 2;
  return form() == Form::large ? big_->table.size() : sequence_->size() / 2;
}

SortedSet::Text SortedSet::Cursor::packed_member() const {
  return form_ == Form::packed ? *packed_ : *member_;
}

double SortedSet::Cursor::packed_score() const {
  if (form_ == Form::packed) return PackedScore::of(*std::next(packed_));
  PackedSequence::Cursor behind = member_;
  behind.next();
  return PackedScore::of(*behind);
}

std::size_t SortedSet::Cursor::rank() const {
  if (form_ == Form::packed) return rank_;
  return form_ == Form::large ? slot_.rank() : member_.index() / 2;
}

void SortedSet::Cursor::packed_step(bool forward) {
  if (form_ == Form::packed) {
    // Before the first member the rank is beyond all.
    if (forward || rank_ > 0) std::advance(packed_, forward ? 2 : -2);
    rank_ += forward ? 1 : std::size_t{0} - 1;
    return;
  }
  for (int half = 0; half < 2 && member_.valid(); ++half) {
    forward ? member_.next() : member_.previous();
  }
}

SortedSet::Cursor SortedSet::first_packed() const {
  Cursor found;
  found.form_ = form();
  if (form() == Form::packed) {
    found.count_ = size();
    found.packed_ = packed_.begin();
  } else {
    found.member_ = sequence_->at(0);
  }
  return found;
}

SortedSet::Cursor SortedSet::at(std::size_t rank) const {
  Cursor found;
  found.form_ = form();
  if (const Big* in = big()) {
    if (rank < size()) found.slot_ = in->order.at(rank);
  } else if (form() == Form::sequence) {
    found.member_ = sequence_->at(2 * rank);
  } else {
    found.count_ = size();
    found.rank_ = rank;
    if (rank < found.count_) found.packed_ = packed_.at(2 * rank);
  }
  return found;
}

std::size_t SortedSet::bytes() const {
  const Big* in = big();
  if (form() == Form::packed) return sizeof *this + packed_.bytes();
  if (in == nullptr) return sizeof *this + Sequence::box_bytes + sequence_->bytes();
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

// The place of a member of a listpack; not valid where there is none.
SortedSet::Cursor SortedSet::find_packed(std::string_view member) const {
  const auto wanted = Text::of(member);
  Cursor at = first_packed();
  if (form() == Form::packed) {
    at.packed_ = packed_.find(wanted, packed_.begin(), 2);
    at.rank_ = static_cast<std::size_t>(std::distance(packed_.begin(), at.packed_)) / 2;
    return at;
  }
  while (at.member_.valid() && *at.member_ != wanted) at.next();
  return at;
}

std::optional<double> SortedSet::score(std::string_view member) const {
  if (const Big* in = big()) {
    const ScoreNode* node = in->table.find(hash_text(in->seed, member), member);
    return node == nullptr ? std::nullopt : std::optional(node->score());
  }
  if (form() == Form::packed) {
    const Packed::Iterator found = packed_.find(member, 2);
    if (found == packed_.end()) return std::nullopt;
    return PackedScore::of(*std::next(found));
  }
  const Cursor at = find_packed(member);
  return at.valid() ? std::optional(at.score()) : std::nullopt;
}

std::optional<std::size_t> SortedSet::rank(std::string_view member) const {
  if (const Big* in = big()) {
    const ScoreNode* node = in->table.find(hash_text(in->seed, member), member);
    if (node == nullptr) return std::nullopt;
    return place_of(*in, node->score(), member).rank();
  }
  const Cursor at = find_packed(member);
  return at.valid() ? std::optional(at.rank()) : std::nullopt;
}

bool SortedSet::set(std::string_view member, double score, const Limits& limits) {
  REDOUBLE_ASSERT(!std::isnan(score));
  if (Big* in = big()) return set_in(*in, member, score);
  const Cursor at = find_packed(member);
  const bool is_new = !at.valid();
  if (is_new && (size() + 1 > limits.listpack_entries || member.size() > limits.listpack_value)) {
    become_big(limits.seed);
    return set_in(*big(), member, score);
  }
  if (!is_new) erase_packed(at.rank(), at.rank() + 1);
  const Cursor place = lower_bound([&](double other_score, std::string_view other) {
    return comes_before(other_score, other, score, member);
  });
  add_packed(place.valid() ? place.rank() : size(), member, score);
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
  add_packed(size(), member, score);
}

// Adds a member to a listpack, with this rank.
void SortedSet::add_packed(std::size_t rank, std::string_view member, double score) {
  const auto text = Text::of(member);
  const PackedScore packed_score(score);
  const Packed::Element& number = packed_score.element();
  if (form() == Form::packed) {
    const std::size_t added = Packed::bytes_with(text) + Packed::bytes_with(number);
    if (packed_.encoded_bytes() + added <= Packed::page_bytes) {
      packed_.insert(rank == size() ? packed_.end() : packed_.at(2 * rank), text, number);
      return;
    }
    become(Sequence(PackedSequence(std::move(packed_))));
  }
  PackedSequence& sequence = sequence_.own();
  sequence.insert(2 * rank, text);
  sequence.insert(2 * rank + 1, number);
}

// Those of the ranks [from, to) of a listpack.
void SortedSet::erase_packed(std::size_t from, std::size_t to) {
  if (from >= to) return;
  if (form() == Form::sequence) {
    sequence_.own().erase_range(2 * from, 2 * to);
    return;
  }
  packed_.erase(packed_.at(2 * from), to == size() ? packed_.end() : packed_.at(2 * to));
}

void SortedSet::become_big(std::uint64_t seed) {
  Big made;
  made.seed = seed;
  Digits digits;
  for (Cursor at = this->at(0); at.valid(); at.next()) {
    set_in(made, at.member().view(digits), at.score());
  }
  become(SharedBig(std::move(made)));
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
    const Cursor at = find_packed(member);
    if (!at.valid()) return false;
    const std::size_t rank = at.rank();
    erase_packed(rank, rank + 1);
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
  if (form() == Form::large && from == 0 && to == size()) {
    // Not one by one: who holds a copy frees what was in it, when he likes.
    Big nothing;
    nothing.seed = std::as_const(*this).big()->seed;
    become(SharedBig(std::move(nothing)));
    return;
  }
  Big* in = big();
  if (in == nullptr) {
    erase_packed(from, to);
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
  if (form() == Form::packed) {
    REDOUBLE_ASSERT(packed_.encoded_bytes() <= Packed::page_bytes);
    REDOUBLE_ASSERT(packed_.size() % 2 == 0);
  } else if (form() == Form::sequence) {
    sequence_->check();
    REDOUBLE_ASSERT(sequence_->size() % 2 == 0);
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
