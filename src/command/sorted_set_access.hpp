// What the commands on sorted sets share: limits, ranges of scores and texts, replies of members
// with their scores.
//
// Thread safety: as a Call's. Source: what is a bound and what an error, as redis-server 7.0.15.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "command/call.hpp"
#include "command/typed.hpp"
#include "store/reclaimer.hpp"
#include "value/sorted_set.hpp"

namespace redouble::command::sorted_set_group {

using value::SortedSet;

inline SortedSet::Limits limits_of(const Call& call) {
  const instance::Settings& settings = call.settings();
  return {.listpack_entries = static_cast<std::size_t>(settings.zset_max_listpack_entries),
          .listpack_value = static_cast<std::size_t>(settings.zset_max_listpack_value),
          .seed = call.instance.seed()};
}

// Removes the ranks [from, to). A large set that goes whole is freed after the locks: a copy costs
// nothing, and holds it until then.
inline void erase_ranks(Call& call, SortedSet& set, std::size_t from, std::size_t to) {
  const bool whole = from == 0 && to == set.size();
  if (whole && store::Reclaimer::is_large(set)) call.locks.discard(set.copy());
  set.erase_ranks(from, to);
}

// A range of scores; each end is in it unless it is open.
struct ScoreRange {
  double min = 0;
  double max = 0;
  bool min_open = false;
  bool max_open = false;

  // Nothing, and the error written, where an argument is no bound.
  static std::optional<ScoreRange> parse(Call& call, std::size_t min_at, std::size_t max_at);
  // The ranks of the members in it.
  IndexRange ranks(const SortedSet& set) const;
};

// A range of texts: from the lowest or a text, to a text or the highest.
class TextRange {
 public:
  static std::optional<TextRange> parse(Call& call, std::size_t min_at, std::size_t max_at);
  // The ranks of the members in it. Redis says nothing of sets whose scores differ; there nothing
  // is in it unless the first and the last member allow it, and a listpack is walked as it walks
  // it, from the end that the command begins at.
  IndexRange ranks(const SortedSet& set, bool from_end = false) const;

 private:
  struct Bound {
    enum class Kind : std::uint8_t { lowest, text, highest } kind = Kind::text;
    bool open = false;
    std::string_view text = {};
  };
  static std::optional<Bound> parse_bound(std::string_view text);
  bool reaches_min(std::string_view member) const;
  bool within_max(std::string_view member) const;
  bool is_empty() const;
  IndexRange walk(const SortedSet& set, bool from_end) const;

  Bound min_;
  Bound max_;
};

// Replies members, alone or with scores: in protocol 2 one after the other, in protocol 3 as pairs.
class MemberReply {
 public:
  MemberReply(Call& call, bool with_scores)
      : call_(call), with_scores_(with_scores), pairs_(with_scores && call.reply.protocol() > 2) {}
  void begin(std::size_t count) { call_.reply.array(with_scores_ && !pairs_ ? 2 * count : count); }
  void member(const SortedSet::Text& member, double score) {
    if (pairs_) call_.reply.array(2);
    text(call_, member);
    if (with_scores_) call_.reply.real(score);
  }
  static void text(Call& call, const SortedSet::Text& text) {
    if (text.is_integer) {
      call.reply.bulk_integer(text.integer);
    } else {
      call.reply.bulk(text.bytes);
    }
  }

 private:
  Call& call_;
  bool with_scores_;
  bool pairs_;
};

// What ZADD and GEOADD are told about members that are there, or not.
struct AddOptions {
  bool if_new = false;         // NX
  bool if_existing = false;    // XX
  bool if_greater = false;     // GT
  bool if_less = false;        // LT
  bool count_changed = false;  // CH
  bool increment = false;      // INCR
  std::size_t first = 2;       // where the first score, or coordinate, stands
};

// The end of ZADD and GEOADD: adds the members with these scores and replies. The first member
// stands at args[first_member], each further one `step` behind.
void add_members(Call& call, const AddOptions& options, std::span<const double> scores,
                 std::size_t first_member, std::size_t step);

// The end of a command that stores: puts the result under the key, or removes the key where the
// result is empty, and replies how many members there are.
void store_result(Call& call, const store::Hashed& key, value::ObjectRef result,
                  std::string_view event);

}  // namespace redouble::command::sorted_set_group
