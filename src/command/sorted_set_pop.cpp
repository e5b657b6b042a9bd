// The commands that pop from sorted sets, and those that wait for one to be there.
#include <algorithm>
#include <string>

#include "command/handlers_sorted_set.hpp"
#include "command/sorted_set_access.hpp"
#include "command/wait.hpp"

namespace redouble::command::sorted_set_group {
namespace {

using store::EventKind;
using store::Look;

enum class Pop : bool { lowest, highest };

// Replies and removes so many members, which are there; their array's header is written already.
void reply_and_pop(Call& call, const store::Hashed& key, Pop which, std::size_t count, bool pairs) {
  SortedSet& set = own_value<SortedSet>(call, key);
  const bool lowest = which == Pop::lowest;
  auto at = lowest ? set.at(0) : set.last();
  for (std::size_t left = count; left > 0; --left) {
    if (pairs) call.reply.array(2);
    MemberReply::text(call, at.member());
    call.reply.real(at.score());
    lowest ? at.next() : at.previous();
  }
  const std::size_t first = lowest ? 0 : set.size() - count;
  erase_ranks(call, set, first, first + count);
  call.keys.changed(key, {EventKind::zset, lowest ? "zpopmin" : "zpopmax"});
  if (call.recording()) {
    call.step.record_as({lowest ? "ZPOPMIN" : "ZPOPMAX", key.key, std::to_string(count)});
  }
}

void pop(Call& call, Pop which) {
  if (call.size() > 3) return call.syntax_error();
  const bool counted = call.size() == 3;
  std::optional<std::int64_t> count = 1;
  if (counted) count = positive_integer(call, 2);
  if (!count) return;
  const SortedSet* set = find_value<SortedSet>(call, call.key(), Look::write);
  if (call.failed) return;
  if (set == nullptr || *count == 0) return call.reply.array(0);
  const std::size_t most = std::min(static_cast<std::size_t>(*count), set->size());
  // One member that was not counted is no pair within an array.
  const bool pairs = counted && call.reply.protocol() > 2;
  call.reply.array(pairs ? most : 2 * most);
  reply_and_pop(call, call.key(), which, most, pairs);
}

// The first key that holds a sorted set, of those that the call is about now; nullptr where there
// is none, or where the error is written.
const store::Hashed* first_set(Call& call) {
  for (std::size_t index = 0; index < call.found_keys.size(); ++index) {
    if (call.ready && *call.ready != index) continue;
    const SortedSet* set = find_value<SortedSet>(call, call.key(index), Look::write);
    if (call.failed) return nullptr;
    if (set != nullptr) return &call.key(index);
  }
  return nullptr;
}

void pop_or_wait(Call& call, Pop which) {
  const auto deadline_ms = deadline_of_seconds(call, call.size() - 1);
  if (!deadline_ms) return;
  const store::Hashed* key = first_set(call);
  if (call.failed) return;
  if (key == nullptr) {
    return wait_for_type(call, *deadline_ms, value::Type::zset, call.found_keys.size());
  }
  call.reply.array(3);
  call.reply.bulk(key->key);
  reply_and_pop(call, *key, which, 1, false);
}

// The arguments of ZMPOP, which stand behind a timeout in BZMPOP.
struct MultiplePop {
  Pop which;
  std::int64_t count = 1;
};

// Nothing: the error is written. `at`: where the number of keys stands.
std::optional<MultiplePop> parse_multiple_pop(Call& call, std::size_t at) {
  const auto keys = integer_between(call, at, 1, "ERR numkeys should be greater than 0");
  if (!keys) return std::nullopt;
  const auto refuse = [&call]() -> std::optional<MultiplePop> {
    call.syntax_error();
    return std::nullopt;
  };
  if (*keys > static_cast<std::int64_t>(call.size() - at) - 2) return refuse();
  const std::size_t where = at + static_cast<std::size_t>(*keys) + 1;
  const bool highest = call.is_word(where, "MAX");
  if (!highest && !call.is_word(where, "MIN")) return refuse();
  MultiplePop pop{.which = highest ? Pop::highest : Pop::lowest};
  if (call.size() == where + 1) return pop;
  if (!call.is_word(where + 1, "COUNT") || call.size() == where + 2) return refuse();
  const auto count = integer_between(call, where + 2, 1, "ERR count should be greater than 0");
  if (!count) return std::nullopt;
  if (call.size() > where + 3) return refuse();
  pop.count = *count;
  return pop;
}

// False where no key holds a sorted set.
bool pop_multiple(Call& call, const MultiplePop& pop) {
  const store::Hashed* key = first_set(call);
  if (call.failed) return true;
  if (key == nullptr) return false;
  const std::size_t size = find_value<SortedSet>(call, *key, Look::quiet)->size();
  const std::size_t most = std::min(static_cast<std::size_t>(pop.count), size);
  call.reply.array(2);
  call.reply.bulk(key->key);
  call.reply.array(most);
  reply_and_pop(call, *key, pop.which, most, true);
  return true;
}

}  // namespace

void zpopmin(Call& call) { pop(call, Pop::lowest); }
void zpopmax(Call& call) { pop(call, Pop::highest); }
void bzpopmin(Call& call) { pop_or_wait(call, Pop::lowest); }
void bzpopmax(Call& call) { pop_or_wait(call, Pop::highest); }

void zmpop(Call& call) {
  const auto pop = parse_multiple_pop(call, 1);
  if (pop && !pop_multiple(call, *pop)) call.reply.null_array();
}

void bzmpop(Call& call) {
  const auto pop = parse_multiple_pop(call, 2);
  if (!pop) return;
  const auto deadline_ms = deadline_of_seconds(call, 1);
  if (!deadline_ms || pop_multiple(call, *pop)) return;
  wait_for_type(call, *deadline_ms, value::Type::zset, call.found_keys.size());
}

}  // namespace redouble::command::sorted_set_group
