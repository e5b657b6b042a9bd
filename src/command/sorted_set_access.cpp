#include "command/sorted_set_access.hpp"

#include <utility>

#include "resp/number.hpp"

namespace redouble::command::sorted_set_group {
namespace {

struct ScoreBound {
  double score;
  bool open;
};

std::optional<ScoreBound> parse_score_bound(std::string_view text) {
  const bool open = !text.empty() && text.front() == '(';
  const auto score = resp::parse_bound(text.substr(open ? 1 : 0));
  if (!score) return std::nullopt;
  return ScoreBound{*score, open};
}

}  // namespace

std::optional<ScoreRange> ScoreRange::parse(Call& call, std::size_t min_at, std::size_t max_at) {
  const auto min = parse_score_bound(call.arg(min_at));
  const auto max = parse_score_bound(call.arg(max_at));
  if (!min || !max) {
    call.error("ERR min or max is not a float");
    return std::nullopt;
  }
  return ScoreRange{min->score, max->score, min->open, max->open};
}

IndexRange ScoreRange::ranks(const SortedSet& set) const {
  if (min > max || (min == max && (min_open || max_open))) return {};
  const auto begin = set.lower_bound(
      [this](double score, std::string_view) { return min_open ? score <= min : score < min; });
  if (!begin.valid()) return {};
  const auto end = set.lower_bound(
      [this](double score, std::string_view) { return max_open ? score < max : score <= max; });
  return {begin.rank(), end.valid() ? end.rank() : set.size()};
}

std::optional<TextRange::Bound> TextRange::parse_bound(std::string_view text) {
  using Kind = Bound::Kind;
  if (text.empty()) return std::nullopt;
  // A NUL byte ends the words for the two ends.
  const bool alone = text.size() == 1 || text[1] == '\0';
  switch (text.front()) {
    case '-':
      return alone ? std::optional(Bound{.kind = Kind::lowest}) : std::nullopt;
    case '+':
      return alone ? std::optional(Bound{.kind = Kind::highest}) : std::nullopt;
    case '(':
    case '[':
      return Bound{.open = text.front() == '(', .text = text.substr(1)};
    default:
      return std::nullopt;
  }
}

std::optional<TextRange> TextRange::parse(Call& call, std::size_t min_at, std::size_t max_at) {
  const auto min = parse_bound(call.arg(min_at));
  const auto max = parse_bound(call.arg(max_at));
  if (!min || !max) {
    call.error("ERR min or max not valid string range item");
    return std::nullopt;
  }
  TextRange range;
  range.min_ = *min;
  range.max_ = *max;
  return range;
}

bool TextRange::reaches_min(std::string_view member) const {
  if (min_.kind != Bound::Kind::text) return min_.kind == Bound::Kind::lowest;
  return min_.open ? member > min_.text : member >= min_.text;
}

bool TextRange::within_max(std::string_view member) const {
  if (max_.kind != Bound::Kind::text) return max_.kind == Bound::Kind::highest;
  return max_.open ? member < max_.text : member <= max_.text;
}

bool TextRange::is_empty() const {
  if (min_.kind != Bound::Kind::text || max_.kind != Bound::Kind::text) {
    if (min_.kind == max_.kind) return min_.open || max_.open;
    return min_.kind == Bound::Kind::highest || max_.kind == Bound::Kind::lowest;
  }
  return min_.text > max_.text || (min_.text == max_.text && (min_.open || max_.open));
}

IndexRange TextRange::ranks(const SortedSet& set, bool from_end) const {
  if (set.empty() || is_empty()) return {};
  value::Digits digits;
  if (!within_max(set.at(0).member().view(digits)) ||
      !reaches_min(set.last().member().view(digits))) {
    return {};
  }
  if (set.encoding() == value::Encoding::listpack) return walk(set, from_end);
  const auto begin =
      set.lower_bound([this](double, std::string_view member) { return !reaches_min(member); });
  if (!begin.valid()) return {};
  const auto end =
      set.lower_bound([this](double, std::string_view member) { return within_max(member); });
  return {begin.rank(), end.valid() ? end.rank() : set.size()};
}

IndexRange TextRange::walk(const SortedSet& set, bool from_end) const {
  value::Digits digits;
  const auto text = [&](const SortedSet::Cursor& at) { return at.member().view(digits); };
  SortedSet::Cursor at = set.at(0);
  if (from_end) {
    at = set.last();
    while (at.valid() && !within_max(text(at))) at.previous();
    if (!at.valid()) return {};
    const std::size_t end = at.rank() + 1;
    std::size_t begin = end;
    for (; at.valid() && reaches_min(text(at)); at.previous()) --begin;
    return {begin, end};
  }
  while (at.valid() && !reaches_min(text(at))) at.next();
  if (!at.valid()) return {};
  const std::size_t begin = at.rank();
  std::size_t end = begin;
  for (; at.valid() && within_max(text(at)); at.next()) ++end;
  return {begin, end};
}

void store_result(Call& call, const store::Hashed& key, value::ObjectRef result,
                  std::string_view event) {
  const std::size_t size = static_cast<const SortedSet&>(*result).size();
  if (size > 0) {
    call.keys.put_object(key, std::move(result), {}, {store::EventKind::zset, event});
  } else {
    call.keys.erase(key, {store::EventKind::generic, "del"});
  }
  call.reply.integer(static_cast<std::int64_t>(size));
}

}  // namespace redouble::command::sorted_set_group
