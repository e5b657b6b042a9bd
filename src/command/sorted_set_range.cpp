// ZRANGE, ZRANGESTORE, and the older commands that each do a part of what ZRANGE does.
#include <algorithm>
#include <optional>
#include <utility>

#include "command/handlers_sorted_set.hpp"
#include "command/sorted_set_access.hpp"

namespace redouble::command::sorted_set_group {
namespace {

using store::Look;

enum class By : std::uint8_t { open, rank, score, text };
enum class Order : std::uint8_t { open, forward, reverse };

// What a command's name decides already, and then what its options add.
struct RangeQuery {
  By by = By::open;
  Order order = Order::open;
  bool stores = false;
  bool with_scores = false;
  std::int64_t offset = 0;
  std::int64_t limit = -1;
  std::size_t key_at = 1;  // the argument with the source's key

  bool reverse() const { return order == Order::reverse; }
};

// False: the error is written.
bool parse_range(Call& call, RangeQuery& query) {
  for (std::size_t index = query.key_at + 3; index < call.size(); ++index) {
    if (!query.stores && call.is_word(index, "WITHSCORES")) {
      query.with_scores = true;
    } else if (call.is_word(index, "LIMIT") && index + 2 < call.size()) {
      const auto offset = call.integer(index + 1);
      if (!offset) return false;
      const auto limit = call.integer(index + 2);
      if (!limit) return false;
      query.offset = *offset;
      query.limit = *limit;
      index += 2;
    } else if (query.order == Order::open && call.is_word(index, "REV")) {
      query.order = Order::reverse;
    } else if (query.by == By::open && call.is_word(index, "BYLEX")) {
      query.by = By::text;
    } else if (query.by == By::open && call.is_word(index, "BYSCORE")) {
      query.by = By::score;
    } else {
      call.syntax_error();
      return false;
    }
  }
  if (query.by == By::open) query.by = By::rank;
  if (query.limit != -1 && query.by == By::rank) {
    call.error(
        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    return false;
  }
  if (query.with_scores && query.by == By::text) {
    call.error("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
    return false;
  }
  return true;
}

// What lies between: the two ends as they were given, before there is a set.
struct Ends {
  std::optional<ScoreRange> scores;
  std::optional<TextRange> texts;
  std::int64_t start = 0;
  std::int64_t stop = 0;
};

// Nothing: the error is written.
std::optional<Ends> parse_ends(Call& call, const RangeQuery& query) {
  std::size_t min_at = query.key_at + 1;
  std::size_t max_at = query.key_at + 2;
  Ends ends;
  if (query.by == By::rank) {
    const auto start = call.integer(min_at);
    if (!start) return std::nullopt;
    const auto stop = call.integer(max_at);
    if (!stop) return std::nullopt;
    ends.start = *start;
    ends.stop = *stop;
    return ends;
  }
  if (query.reverse()) std::swap(min_at, max_at);
  if (query.by == By::score) {
    ends.scores = ScoreRange::parse(call, min_at, max_at);
    if (!ends.scores) return std::nullopt;
  } else {
    ends.texts = TextRange::parse(call, min_at, max_at);
    if (!ends.texts) return std::nullopt;
  }
  return ends;
}

// The ranks of the members that the query gives.
IndexRange ranks_of(const SortedSet& set, const RangeQuery& query, const Ends& ends) {
  IndexRange ranks;
  if (query.by == By::rank) {
    ranks = IndexRange::of(ends.start, ends.stop, set.size());
    if (query.reverse() && !ranks.empty()) {
      ranks = {set.size() - ranks.last, set.size() - ranks.first};
    }
    return ranks;
  }
  ranks = ends.scores ? ends.scores->ranks(set) : ends.texts->ranks(set, query.reverse());
  if (ranks.empty() || query.offset < 0) return {};
  const std::size_t skipped = std::min(static_cast<std::size_t>(query.offset), ranks.size());
  const std::size_t most = query.limit < 0 ? ranks.size() : static_cast<std::size_t>(query.limit);
  const std::size_t given = std::min(most, ranks.size() - skipped);
  if (query.reverse()) {
    const std::size_t end = ranks.last - skipped;
    return {end - given, end};
  }
  return {ranks.first + skipped, ranks.first + skipped + given};
}

template <class Give>
void for_ranks(const SortedSet& set, const IndexRange& ranks, bool reverse, Give&& give) {
  if (ranks.empty()) return;
  auto at = set.at(reverse ? ranks.last - 1 : ranks.first);
  for (std::size_t left = ranks.size(); left > 0; --left) {
    give(at);
    reverse ? at.previous() : at.next();
  }
}

void range(Call& call, RangeQuery query) {
  if (!parse_range(call, query)) return;
  const auto ends = parse_ends(call, query);
  if (!ends) return;
  const store::Hashed& source = call.key(query.stores ? 1 : 0);
  const SortedSet* set = find_value<SortedSet>(call, source, Look::read);
  if (call.failed) return;
  const IndexRange ranks = set == nullptr ? IndexRange{} : ranks_of(*set, query, *ends);
  if (!query.stores) {
    MemberReply reply(call, query.with_scores);
    reply.begin(ranks.size());
    if (set == nullptr) return;
    for_ranks(*set, ranks, query.reverse(),
              [&](const SortedSet::Cursor& at) { reply.member(at.member(), at.score()); });
    return;
  }
  value::ObjectRef made = value::make_object<SortedSet>();
  auto& result = static_cast<SortedSet&>(*made);
  SortedSet::Limits limits = limits_of(call);
  // Where the number of members is known at first, redis-server begins with the form for it.
  if (query.by == By::rank && ranks.size() > limits.listpack_entries) limits.listpack_entries = 0;
  value::Digits digits;
  if (set != nullptr) {
    for_ranks(*set, ranks, query.reverse(), [&](const SortedSet::Cursor& at) {
      result.set(at.member().view(digits), at.score(), limits);
    });
  }
  store_result(call, call.key(0), std::move(made), "zrangestore");
}

}  // namespace

void zrange(Call& call) { range(call, {}); }
void zrangestore(Call& call) { range(call, {.stores = true, .key_at = 2}); }
void zrevrange(Call& call) { range(call, {.by = By::rank, .order = Order::reverse}); }
void zrangebyscore(Call& call) { range(call, {.by = By::score, .order = Order::forward}); }
void zrevrangebyscore(Call& call) { range(call, {.by = By::score, .order = Order::reverse}); }
void zrangebylex(Call& call) { range(call, {.by = By::text, .order = Order::forward}); }
void zrevrangebylex(Call& call) { range(call, {.by = By::text, .order = Order::reverse}); }

}  // namespace redouble::command::sorted_set_group
