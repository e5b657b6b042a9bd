// The commands that add members to sorted sets and remove them.
#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <cmath>
#include <optional>

#include "command/handlers_sorted_set.hpp"
#include "command/sorted_set_access.hpp"

namespace redouble::command::sorted_set_group {
namespace {

using store::EventKind;
using store::Look;

AddOptions parse(const Call& call, bool increment) {
  AddOptions options;
  options.increment = increment;
  for (; options.first < call.size(); ++options.first) {
    if (call.is_word(options.first, "NX")) {
      options.if_new = true;
    } else if (call.is_word(options.first, "XX")) {
      options.if_existing = true;
    } else if (call.is_word(options.first, "GT")) {
      options.if_greater = true;
    } else if (call.is_word(options.first, "LT")) {
      options.if_less = true;
    } else if (call.is_word(options.first, "CH")) {
      options.count_changed = true;
    } else if (call.is_word(options.first, "INCR")) {
      options.increment = true;
    } else {
      break;
    }
  }
  return options;
}

// False: the error is written.
bool judge(Call& call, const AddOptions& options) {
  const std::size_t rest = call.size() - options.first;
  if (rest == 0 || rest % 2 != 0) {
    call.syntax_error();
  } else if (options.if_new && options.if_existing) {
    call.error("ERR XX and NX options at the same time are not compatible");
  } else if ((options.if_greater && (options.if_new || options.if_less)) ||
             (options.if_less && options.if_new)) {
    call.error("ERR GT, LT, and/or NX options at the same time are not compatible");
  } else if (options.increment && rest > 2) {
    call.error("ERR INCR option supports a single increment-element pair");
  } else {
    return true;
  }
  return false;
}

// What became of one member.
struct Added {
  enum class Outcome : std::uint8_t { nothing, same, changed, added, not_a_number };
  Outcome outcome = Outcome::nothing;
  double score = 0;
};

Added add_one(SortedSet& set, std::string_view member, double score, const AddOptions& options,
              const SortedSet::Limits& limits) {
  using Outcome = Added::Outcome;
  const auto old = set.score(member);
  if (!old) {
    if (options.if_existing) return {};
    set.set(member, score, limits);
    return {Outcome::added, score};
  }
  if (options.if_new) return {};
  if (options.increment) score += *old;
  if (std::isnan(score)) return {.outcome = Outcome::not_a_number};
  if ((options.if_less && score >= *old) || (options.if_greater && score <= *old)) return {};
  if (score == *old) return {Outcome::same, score};
  set.set(member, score, limits);
  return {Outcome::changed, score};
}

void add(Call& call, bool increment) {
  const AddOptions options = parse(call, increment);
  if (!judge(call, options)) return;
  boost::container::small_vector<double, 8> scores;
  for (std::size_t index = options.first; index < call.size(); index += 2) {
    const auto score = resp::parse_double(call.arg(index));
    if (!score) return call.not_a_float();
    scores.push_back(*score);
  }
  add_members(call, options, scores, options.first + 1, 2);
}

// Removes the members of these ranks and replies how many they are.
void remove_ranks(Call& call, const IndexRange& ranks, std::string_view event) {
  call.reply.integer(static_cast<std::int64_t>(ranks.size()));
  if (ranks.empty()) return;
  erase_ranks(call, own_value<SortedSet>(call, call.key()), ranks.first, ranks.last);
  call.keys.changed(call.key(), {EventKind::zset, event});
}

// The set to remove from; where there is none, the reply is written.
const SortedSet* set_to_shorten(Call& call) {
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::write);
  if (!call.failed && set == nullptr) call.reply.integer(0);
  return set;
}

}  // namespace

void add_members(Call& call, const AddOptions& options, std::span<const double> scores,
                 std::size_t first_member, std::size_t step) {
  using Outcome = Added::Outcome;
  const SortedSet* found = find_value<SortedSet>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr && options.if_existing) {
    return options.increment ? call.reply.null() : call.reply.integer(0);
  }
  const SortedSet::Limits limits = limits_of(call);
  Target<SortedSet> set(call, call.key(), found != nullptr);
  std::int64_t added = 0;
  std::int64_t changed = 0;
  Added last;
  for (std::size_t index = 0; index < scores.size(); ++index) {
    last = add_one(*set, call.arg(first_member + index * step), scores[index], options, limits);
    if (last.outcome == Outcome::added) ++added;
    if (last.outcome == Outcome::changed) ++changed;
  }
  if (last.outcome == Outcome::not_a_number) {
    return call.error("ERR resulting score is not a number (NaN)");
  }
  if (!options.increment) {
    call.reply.integer(options.count_changed ? added + changed : added);
  } else if (last.outcome == Outcome::nothing) {
    call.reply.null();
  } else {
    call.reply.real(last.score);
  }
  if (added + changed > 0) set.finish({EventKind::zset, options.increment ? "zincr" : "zadd"});
}

void zadd(Call& call) { add(call, false); }
void zincrby(Call& call) { add(call, true); }

void zrem(Call& call) {
  const SortedSet* found = set_to_shorten(call);
  if (found == nullptr) return;
  SortedSet* set = nullptr;
  std::int64_t removed = 0;
  for (std::size_t index = 2; index < call.size(); ++index) {
    if (set == nullptr) {
      if (!found->score(call.arg(index))) continue;
      set = &own_value<SortedSet>(call, call.key());
    }
    if (set->erase(call.arg(index))) ++removed;
  }
  call.reply.integer(removed);
  if (removed > 0) call.keys.changed(call.key(), {EventKind::zset, "zrem"});
}

void zremrangebyrank(Call& call) {
  const auto start = call.integer(2);
  if (!start) return;
  const auto stop = call.integer(3);
  if (!stop) return;
  if (const SortedSet* set = set_to_shorten(call)) {
    remove_ranks(call, IndexRange::of(*start, *stop, set->size()), "zremrangebyrank");
  }
}

void zremrangebyscore(Call& call) {
  const auto range = ScoreRange::parse(call, 2, 3);
  if (!range) return;
  if (const SortedSet* set = set_to_shorten(call)) {
    remove_ranks(call, range->ranks(*set), "zremrangebyscore");
  }
}

void zremrangebylex(Call& call) {
  const auto range = TextRange::parse(call, 2, 3);
  if (!range) return;
  if (const SortedSet* set = set_to_shorten(call)) {
    remove_ranks(call, range->ranks(*set), "zremrangebylex");
  }
}

}  // namespace redouble::command::sorted_set_group
