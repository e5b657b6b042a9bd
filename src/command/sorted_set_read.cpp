// The commands that look at sorted sets: scores, ranks, counts, members by chance, a walk.
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "command/handlers_sorted_set.hpp"
#include "command/objects.hpp"
#include "command/sorted_set_access.hpp"
#include "resp/number.hpp"

namespace redouble::command::sorted_set_group {
namespace {

using store::Look;

void reply_rank(Call& call, bool from_highest) {
  const bool with_score = call.size() > 3;
  if (call.size() > 4) return call.wrong_arity();
  if (with_score && !call.is_word(3, "WITHSCORE")) return call.syntax_error();
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::read);
  if (call.failed) return;
  const auto rank = set == nullptr ? std::nullopt : set->rank(call.arg(2));
  if (!rank) return with_score ? call.reply.null_array() : call.reply.null();
  const std::size_t shown = from_highest ? set->size() - 1 - *rank : *rank;
  if (with_score) call.reply.array(2);
  call.reply.integer(static_cast<std::int64_t>(shown));
  if (with_score) call.reply.real(*set->score(call.arg(2)));
}

template <class Range>
void count_in(Call& call) {
  const auto range = Range::parse(call, 2, 3);
  if (!range) return;
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::read);
  if (call.failed) return;
  call.reply.integer(set == nullptr ? 0 : static_cast<std::int64_t>(range->ranks(*set).size()));
}

// `count` different ranks below `size`, in random order: the first steps of Fisher and Yates's
// shuffle, of which only the places that were touched are kept.
class Draw {
 public:
  Draw(store::Random& random, std::size_t size) : random_(random), size_(size) {}
  std::size_t next() {
    const std::size_t place = drawn_ + random_.below(size_ - drawn_);
    const std::size_t result = at(place);
    moved_[place] = at(drawn_);
    ++drawn_;
    return result;
  }

 private:
  std::size_t at(std::size_t place) const {
    const auto found = moved_.find(place);
    return found == moved_.end() ? place : found->second;
  }

  store::Random& random_;
  std::size_t size_;
  std::size_t drawn_ = 0;
  std::unordered_map<std::size_t, std::size_t> moved_;
};

void reply_random(Call& call, const SortedSet& set, std::int64_t count, bool with_scores) {
  store::Random& random = call.locks.stripe_of(call.key().hash).random;
  MemberReply reply(call, with_scores);
  const auto give = [&](std::size_t rank) {
    const auto at = set.at(rank);
    reply.member(at.member(), at.score());
  };
  if (count < 0) {
    const auto times = 0 - static_cast<std::uint64_t>(count);
    reply.begin(times);
    for (std::uint64_t left = times; left > 0; --left) give(random.below(set.size()));
    return;
  }
  if (static_cast<std::uint64_t>(count) >= set.size()) {
    reply.begin(set.size());
    for (auto at = set.at(0); at.valid(); at.next()) reply.member(at.member(), at.score());
    return;
  }
  reply.begin(static_cast<std::size_t>(count));
  Draw draw(random, set.size());
  for (std::int64_t left = count; left > 0; --left) give(draw.next());
}

// A listpack of Redis holds whole scores as integers, and ZSCAN shows them as they are held.
void reply_scanned_score(Call& call, double score, bool packed) {
  constexpr double limit = 0x1p62;
  if (packed && score >= -limit && score <= limit && score == std::floor(score)) {
    call.reply.bulk_integer(static_cast<std::int64_t>(score));
  } else {
    std::array<char, resp::number_buffer_size> digits;
    call.reply.bulk(resp::format_double(digits, score));
  }
}

}  // namespace

void zcard(Call& call) {
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::read);
  if (call.failed) return;
  call.reply.integer(set == nullptr ? 0 : static_cast<std::int64_t>(set->size()));
}

void zscore(Call& call) {
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::read);
  if (call.failed) return;
  const auto score = set == nullptr ? std::nullopt : set->score(call.arg(2));
  score ? call.reply.real(*score) : call.reply.null();
}

void zmscore(Call& call) {
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::read);
  if (call.failed) return;
  call.reply.array(call.size() - 2);
  for (std::size_t index = 2; index < call.size(); ++index) {
    const auto score = set == nullptr ? std::nullopt : set->score(call.arg(index));
    score ? call.reply.real(*score) : call.reply.null();
  }
}

void zrank(Call& call) { reply_rank(call, false); }
void zrevrank(Call& call) { reply_rank(call, true); }
void zcount(Call& call) { count_in<ScoreRange>(call); }
void zlexcount(Call& call) { count_in<TextRange>(call); }

void zrandmember(Call& call) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const bool counted = call.size() > 2;
  std::optional<std::int64_t> count;
  bool with_scores = false;
  if (counted) {
    count = call.integer(2);
    if (!count) return;
    if (*count < -most) {
      return call.error(
          "ERR value is out of range, value must between -9223372036854775807 and "
          "9223372036854775807");
    }
    with_scores = call.size() == 4 && call.is_word(3, "WITHSCORES");
    if (call.size() > 4 || (call.size() == 4 && !with_scores)) return call.syntax_error();
    if (with_scores && (*count < -most / 2 || *count > most / 2)) {
      return call.error("ERR value is out of range");
    }
  }
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::read);
  if (call.failed) return;
  if (!counted) {
    if (set == nullptr) return call.reply.null();
    store::Random& random = call.locks.stripe_of(call.key().hash).random;
    return MemberReply::text(call, set->at(random.below(set->size())).member());
  }
  if (set == nullptr || *count == 0) return call.reply.array(0);
  reply_random(call, *set, *count, with_scores);
}

void zscan(Call& call) {
  const auto cursor = scan_cursor(call, 2);
  if (!cursor) return;
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::read);
  if (call.failed) return;
  ScanOptions options;
  if (set != nullptr && !options.parse(call, 3, {})) return;
  constexpr std::uint64_t cursors = std::uint64_t{1} << 40;
  const auto place = call.reply.begin();
  std::size_t given = 0;
  std::uint64_t next = 0;
  if (set != nullptr) {
    const bool packed = set->encoding() == value::Encoding::listpack;
    value::Digits digits;
    next = set->scan(*cursor % cursors, options.count,
                     [&](const SortedSet::Text& member, double score) {
                       if (!options.admits(member.view(digits))) return;
                       MemberReply::text(call, member);
                       reply_scanned_score(call, score, packed);
                       given += 2;
                     });
  }
  end_scan(call, place, next, given);
}

}  // namespace redouble::command::sorted_set_group
