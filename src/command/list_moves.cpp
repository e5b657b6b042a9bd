// The commands that move an element from list to list, and those that wait for one to be there.
#include <string>

#include "command/handlers_list.hpp"
#include "command/list_access.hpp"
#include "command/wait.hpp"

namespace redouble::command::list_group {
namespace {

using store::Look;

// The keys may be one key; what is moved stands at the new end before it has left the old one.
// False, and nothing done, where there is nothing to move.
bool move(Call& call, End from, End to) {
  const store::Hashed& source = call.key(0);
  const store::Hashed& destination = call.key(1);
  const List* list = find_value<List>(call, source, Look::write);
  if (call.failed) return true;
  if (list == nullptr) return false;
  const List* other = find_value<List>(call, destination, Look::write);
  if (call.failed) return true;
  value::Digits digits;
  const std::string moved((*list->end_at(from)).view(digits));
  const List::Limits limits = limits_of(call);
  List& shrinking = own_value<List>(call, source);
  shrinking.pop(from);
  shrinking.shrunk(limits);
  Target<List> target(call, destination, other != nullptr, limits);
  target->push(to, moved);
  target->grown(limits);
  target.finish(push_event(to));
  call.reply.bulk(moved);
  call.keys.changed(source, pop_event(from));
  const auto word = [](End end) { return end == End::front ? "LEFT" : "RIGHT"; };
  if (call.recording()) {
    call.step.record_as({"LMOVE", source.key, destination.key, word(from), word(to)});
  }
  return true;
}

void move_now(Call& call, End from, End to) {
  if (!move(call, from, to)) call.reply.null();
}

void move_or_wait(Call& call, End from, End to, std::size_t timeout_at) {
  const auto deadline_ms = deadline_of_seconds(call, timeout_at);
  if (!deadline_ms || move(call, from, to)) return;
  constexpr std::size_t awaited = 1;  // the source
  wait_for_type(call, *deadline_ms, value::Type::list, awaited);
}

// The first key that holds a list, of those that the call is about now; nullptr where there is
// none, or where the error is written.
const store::Hashed* first_list(Call& call) {
  for (std::size_t index = 0; index < call.found_keys.size(); ++index) {
    if (call.ready && *call.ready != index) continue;
    const List* list = find_value<List>(call, call.key(index), Look::write);
    if (call.failed) return nullptr;
    if (list != nullptr) return &call.key(index);
  }
  return nullptr;
}

void record_pop(Call& call, const store::Hashed& key, End from, std::int64_t count) {
  if (!call.recording()) return;
  call.step.record_as({from == End::front ? "LPOP" : "RPOP", key.key, std::to_string(count)});
}

void pop_or_wait(Call& call, End from) {
  const auto deadline_ms = deadline_of_seconds(call, call.size() - 1);
  if (!deadline_ms) return;
  const store::Hashed* key = first_list(call);
  if (call.failed) return;
  if (key == nullptr) {
    return wait_for_type(call, *deadline_ms, value::Type::list, call.found_keys.size());
  }
  call.reply.array(2);
  call.reply.bulk(key->key);
  reply_and_pop(call, *key, from, 1);
  record_pop(call, *key, from, 1);
}

// The arguments of LMPOP, which stand behind a timeout in BLMPOP.
struct MultiplePop {
  End from;
  std::int64_t count = 1;
};

// Nothing: the error is written. `at`: where the number of keys stands.
std::optional<MultiplePop> parse_multiple_pop(Call& call, std::size_t at) {
  const auto keys = integer_between(call, at, 1, "ERR numkeys should be greater than 0");
  if (!keys) return std::nullopt;
  const auto behind = static_cast<std::int64_t>(call.size() - at) - 2;
  if (*keys > behind) {
    call.syntax_error();
    return std::nullopt;
  }
  const std::size_t where = at + static_cast<std::size_t>(*keys) + 1;
  const auto from = end_word(call, where);
  if (!from) return std::nullopt;
  MultiplePop pop{.from = *from};
  if (call.size() == where + 1) return pop;
  std::optional<std::int64_t> count;
  if (call.is_word(where + 1, "COUNT") && call.size() > where + 2) {
    // A COUNT that is no number is told before what comes behind it.
    count = integer_between(call, where + 2, 1, "ERR count should be greater than 0");
    if (!count) return std::nullopt;
  }
  if (!count || call.size() != where + 3) {
    call.syntax_error();
    return std::nullopt;
  }
  pop.count = *count;
  return pop;
}

// False where no key holds a list.
bool pop_multiple(Call& call, const MultiplePop& pop) {
  const store::Hashed* key = first_list(call);
  if (call.failed) return true;
  if (key == nullptr) return false;
  const std::size_t size = find_value<List>(call, *key, Look::quiet)->size();
  const std::size_t most = std::min(static_cast<std::size_t>(pop.count), size);
  call.reply.array(2);
  call.reply.bulk(key->key);
  call.reply.array(most);
  reply_and_pop(call, *key, pop.from, most);
  record_pop(call, *key, pop.from, static_cast<std::int64_t>(most));
  return true;
}

}  // namespace

void rpoplpush(Call& call) { move_now(call, End::back, End::front); }

void lmove(Call& call) {
  const auto from = end_word(call, 3);
  if (!from) return;
  const auto to = end_word(call, 4);
  if (to) move_now(call, *from, *to);
}

void brpoplpush(Call& call) { move_or_wait(call, End::back, End::front, 3); }

void blmove(Call& call) {
  const auto from = end_word(call, 3);
  if (!from) return;
  const auto to = end_word(call, 4);
  if (to) move_or_wait(call, *from, *to, 5);
}

void blpop(Call& call) { pop_or_wait(call, End::front); }
void brpop(Call& call) { pop_or_wait(call, End::back); }

void lmpop(Call& call) {
  const auto pop = parse_multiple_pop(call, 1);
  if (pop && !pop_multiple(call, *pop)) call.reply.null_array();
}

void blmpop(Call& call) {
  const auto pop = parse_multiple_pop(call, 2);
  if (!pop) return;
  const auto deadline_ms = deadline_of_seconds(call, 1);
  if (!deadline_ms || pop_multiple(call, *pop)) return;
  wait_for_type(call, *deadline_ms, value::Type::list, call.found_keys.size());
}

}  // namespace redouble::command::list_group
