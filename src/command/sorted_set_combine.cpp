// ZUNION, ZINTER, ZDIFF, what they store, and ZINTERCARD.
//
// Sums of floating point numbers depend on their order, so the sources are taken in the order in
// which redis-server takes them: by size, but for differences.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "command/handlers_sorted_set.hpp"
#include "command/sorted_set_access.hpp"
#include "value/set.hpp"

namespace redouble::command::sorted_set_group {
namespace {

using store::Look;

enum class Combine : std::uint8_t { unite, intersect, subtract };
enum class Aggregate : std::uint8_t { sum, min, max };

// A sorted set, or a set, whose members all have the score 1; or nothing.
struct Source {
  const SortedSet* sorted = nullptr;
  const value::Set* plain = nullptr;
  double weight = 1;
  std::size_t place = 0;  // among the keys

  std::size_t size() const {
    return sorted != nullptr ? sorted->size() : plain != nullptr ? plain->size() : 0;
  }
  std::optional<double> score(std::string_view member) const {
    if (sorted != nullptr) return sorted->score(member);
    if (plain != nullptr && plain->contains(member)) return 1;
    return std::nullopt;
  }
  // `function(std::string_view member, double score)`, until it says false.
  template <class Function>
  void for_each(Function&& function) const {
    value::Digits digits;
    bool going = true;
    if (sorted != nullptr) {
      for (auto at = sorted->at(0); going && at.valid(); at.next()) {
        going = function(at.member().view(digits), at.score());
      }
    } else if (plain != nullptr) {
      plain->for_each([&](const value::Set::Text& member) {
        if (going) going = function(member.view(digits), 1.0);
      });
    }
  }
};

struct CombineQuery {
  Combine combine;
  bool stores = false;
  bool counts = false;  // ZINTERCARD
  std::vector<Source> sources = {};
  Aggregate aggregate = Aggregate::sum;
  bool with_scores = false;
  std::uint64_t limit = 0;  // 0: none
};

double plain_number(double value) { return std::isnan(value) ? 0 : value; }

double aggregated(Aggregate how, double one, double other) {
  switch (how) {
    case Aggregate::sum:
      return plain_number(one + other);
    case Aggregate::min:
      return other < one ? other : one;
    case Aggregate::max:
      return other > one ? other : one;
  }
  return one;
}

// False: the error is written.
bool find_sources(Call& call, CombineQuery& query, std::size_t count) {
  for (std::size_t index = 0; index < count; ++index) {
    Source source{.place = index};
    const store::Hashed& key = call.key(index + (query.stores ? 1 : 0));
    if (const store::Entry* entry = call.keys.find(key, Look::read)) {
      if (entry->type() == value::Type::zset) {
        source.sorted = &static_cast<const SortedSet&>(entry->object());
      } else if (entry->type() == value::Type::set) {
        source.plain = &static_cast<const value::SetObject&>(entry->object()).set();
      } else {
        call.wrong_type();
        return false;
      }
    }
    query.sources.push_back(source);
  }
  return true;
}

// False: the error is written.
bool parse_weights(Call& call, CombineQuery& query, std::size_t first) {
  for (std::size_t index = 0; index < query.sources.size(); ++index) {
    const auto weight = resp::parse_double(call.arg(first + index));
    if (!weight) {
      call.error("ERR weight value is not a float");
      return false;
    }
    query.sources[index].weight = *weight;
  }
  return true;
}

bool parse_aggregate(Call& call, CombineQuery& query, std::size_t index) {
  if (call.is_word(index, "SUM")) {
    query.aggregate = Aggregate::sum;
  } else if (call.is_word(index, "MIN")) {
    query.aggregate = Aggregate::min;
  } else if (call.is_word(index, "MAX")) {
    query.aggregate = Aggregate::max;
  } else {
    call.syntax_error();
    return false;
  }
  return true;
}

// Everything behind the keys. False: the error is written.
bool parse_options(Call& call, CombineQuery& query, std::size_t index) {
  const bool weighs = query.combine != Combine::subtract && !query.counts;
  while (index < call.size()) {
    const std::size_t rest = call.size() - index - 1;
    if (weighs && rest >= query.sources.size() && call.is_word(index, "WEIGHTS")) {
      if (!parse_weights(call, query, index + 1)) return false;
      index += 1 + query.sources.size();
    } else if (weighs && rest >= 1 && call.is_word(index, "AGGREGATE")) {
      if (!parse_aggregate(call, query, index + 1)) return false;
      index += 2;
    } else if (!query.stores && !query.counts && call.is_word(index, "WITHSCORES")) {
      query.with_scores = true;
      index += 1;
    } else if (query.counts && rest >= 1 && call.is_word(index, "LIMIT")) {
      const auto limit = integer_between(call, index + 1, 0, "ERR LIMIT can't be negative");
      if (!limit) return false;
      query.limit = static_cast<std::uint64_t>(*limit);
      index += 2;
    } else {
      call.syntax_error();
      return false;
    }
  }
  return true;
}

// False: the error is written.
bool parse_combine(Call& call, CombineQuery& query) {
  const std::size_t count_at = query.stores ? 2 : 1;
  const auto count = call.integer(count_at);
  if (!count) return false;
  if (*count < 1) {
    call.error("ERR at least 1 input key is needed for '" + std::string(call.name) + "' command");
    return false;
  }
  if (*count > static_cast<std::int64_t>(call.size() - count_at - 1)) {
    call.syntax_error();
    return false;
  }
  const auto sources = static_cast<std::size_t>(*count);
  return find_sources(call, query, sources) && parse_options(call, query, count_at + 1 + sources);
}

// `give(member, score)`, until it says false.
template <class Give>
void intersect(const CombineQuery& query, Give&& give) {
  const Source& first = query.sources.front();
  first.for_each([&](std::string_view member, double score) {
    double result = plain_number(first.weight * score);
    for (std::size_t index = 1; index < query.sources.size(); ++index) {
      const auto other = query.sources[index].score(member);
      if (!other) return true;
      result = aggregated(query.aggregate, result, *other * query.sources[index].weight);
    }
    return give(member, result);
  });
}

void combine(Call& call, CombineQuery query) {
  if (!parse_combine(call, query)) return;
  if (query.combine != Combine::subtract) {
    std::ranges::sort(query.sources, {},
                      [](const Source& source) { return std::pair(source.size(), source.place); });
  }
  if (query.counts) {
    std::uint64_t members = 0;
    intersect(query, [&](std::string_view, double) { return ++members != query.limit; });
    return call.reply.integer(static_cast<std::int64_t>(members));
  }
  // In the second form, whatever its size; what is stored gets the form of its size in the end.
  const SortedSet::Limits no_listpack{.listpack_entries = 0, .seed = call.instance.seed()};
  SortedSet result;
  const auto put = [&](std::string_view member, double score) {
    result.set(member, score, no_listpack);
    return true;
  };
  if (query.combine == Combine::intersect) {
    intersect(query, put);
  } else if (query.combine == Combine::unite) {
    for (const Source& source : query.sources) {
      source.for_each([&](std::string_view member, double score) {
        score = plain_number(source.weight * score);
        const auto other = result.score(member);
        return put(member, other ? aggregated(query.aggregate, *other, score) : score);
      });
    }
  } else {
    query.sources.front().for_each([&](std::string_view member, double score) {
      const auto has = [&](const Source& source) { return source.score(member).has_value(); };
      const bool elsewhere = std::any_of(query.sources.begin() + 1, query.sources.end(), has);
      return elsewhere || put(member, score);
    });
  }
  if (!query.stores) {
    MemberReply reply(call, query.with_scores);
    reply.begin(result.size());
    for (auto at = result.at(0); at.valid(); at.next()) reply.member(at.member(), at.score());
    return;
  }
  value::ObjectRef stored = value::make_object<SortedSet>();
  SortedSet::Limits limits = limits_of(call);
  value::Digits digits;
  bool fits = result.size() <= limits.listpack_entries;
  for (auto at = result.at(0); fits && at.valid(); at.next()) {
    fits = at.member().size() <= limits.listpack_value;
  }
  if (!fits) limits.listpack_entries = 0;
  for (auto at = result.at(0); at.valid(); at.next()) {
    static_cast<SortedSet&>(*stored).set(at.member().view(digits), at.score(), limits);
  }
  store_result(call, call.key(0), std::move(stored),
               query.combine == Combine::unite       ? "zunionstore"
               : query.combine == Combine::intersect ? "zinterstore"
                                                     : "zdiffstore");
}

}  // namespace

void zunion(Call& call) { combine(call, {.combine = Combine::unite}); }
void zinter(Call& call) { combine(call, {.combine = Combine::intersect}); }
void zdiff(Call& call) { combine(call, {.combine = Combine::subtract}); }
void zunionstore(Call& call) { combine(call, {.combine = Combine::unite, .stores = true}); }
void zinterstore(Call& call) { combine(call, {.combine = Combine::intersect, .stores = true}); }
void zdiffstore(Call& call) { combine(call, {.combine = Combine::subtract, .stores = true}); }
void zintercard(Call& call) { combine(call, {.combine = Combine::intersect, .counts = true}); }

}  // namespace redouble::command::sorted_set_group
