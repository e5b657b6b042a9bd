// The commands that work at the ends of lists: pushes, pops and moves.
#include <algorithm>
#include <string>

#include "command/handlers_list.hpp"
#include "command/list_access.hpp"

namespace redouble::command::list_group {
namespace {

using store::Look;

enum class Missing : bool { made, left };

void push(Call& call, End end, Missing missing) {
  const List* found = find_value<List>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr && missing == Missing::left) return call.reply.integer(0);
  const List::Limits limits = limits_of(call);
  Target<List> list(call, call.key(), found != nullptr, limits);
  for (std::size_t index = 2; index < call.size(); ++index) list->push(end, call.arg(index));
  list->grown(limits);
  call.reply.integer(static_cast<std::int64_t>(list->size()));
  list.finish(push_event(end));
}

void pop(Call& call, End end) {
  if (call.size() > 3) return call.wrong_arity();
  const bool counted = call.size() == 3;
  std::optional<std::int64_t> count = 1;
  if (counted) count = positive_integer(call, 2);
  if (!count) return;
  const List* list = find_value<List>(call, call.key(), Look::write);
  if (call.failed) return;
  if (list == nullptr) return counted ? call.reply.null_array() : call.reply.null();
  if (*count == 0) return call.reply.array(0);
  const std::size_t most = std::min(static_cast<std::size_t>(*count), list->size());
  if (counted) call.reply.array(most);
  reply_and_pop(call, call.key(), end, most);
}

// The keys may be one key; what is moved stands at the new end before it has left the old one.
void move(Call& call, End from, End to) {
  const store::Hashed& source = call.key(0);
  const store::Hashed& destination = call.key(1);
  const List* list = find_value<List>(call, source, Look::write);
  if (call.failed) return;
  if (list == nullptr) return call.reply.null();
  const List* other = find_value<List>(call, destination, Look::write);
  if (call.failed) return;
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
}

}  // namespace

std::optional<End> end_word(Call& call, std::size_t index) {
  if (call.is_word(index, "LEFT")) return End::front;
  if (call.is_word(index, "RIGHT")) return End::back;
  call.syntax_error();
  return std::nullopt;
}

void reply_and_pop(Call& call, const store::Hashed& key, End from, std::size_t count) {
  List& list = own_value<List>(call, key);
  count = std::min(count, list.size());
  List::Cursor at = list.end_at(from);
  for (std::size_t left = count; left > 0; --left) {
    reply_element(call, *at);
    if (from == End::front) {
      at.next();
    } else {
      at.previous();
    }
  }
  const std::size_t first = from == End::front ? 0 : list.size() - count;
  list.erase_range(first, first + count);
  list.shrunk(limits_of(call));
  call.keys.changed(key, pop_event(from));
}

void lpush(Call& call) { push(call, End::front, Missing::made); }
void rpush(Call& call) { push(call, End::back, Missing::made); }
void lpushx(Call& call) { push(call, End::front, Missing::left); }
void rpushx(Call& call) { push(call, End::back, Missing::left); }
void lpop(Call& call) { pop(call, End::front); }
void rpop(Call& call) { pop(call, End::back); }
void rpoplpush(Call& call) { move(call, End::back, End::front); }

void lmove(Call& call) {
  const auto from = end_word(call, 3);
  if (!from) return;
  const auto to = end_word(call, 4);
  if (to) move(call, *from, *to);
}

void lmpop(Call& call) {
  const auto keys = integer_between(call, 1, 1, "ERR numkeys should be greater than 0");
  if (!keys) return;
  if (*keys > static_cast<std::int64_t>(call.size()) - 3) return call.syntax_error();
  const std::size_t where = static_cast<std::size_t>(*keys) + 2;
  const auto from = end_word(call, where);
  if (!from) return;
  std::optional<std::int64_t> count = 1;
  if (call.size() > where + 1) {
    if (call.size() != where + 3 || !call.is_word(where + 1, "COUNT")) {
      // A COUNT that is no number is told before what comes behind it.
      const bool value = call.is_word(where + 1, "COUNT") && call.size() > where + 2;
      if (!value || integer_between(call, where + 2, 1, "ERR count should be greater than 0")) {
        call.syntax_error();
      }
      return;
    }
    count = integer_between(call, where + 2, 1, "ERR count should be greater than 0");
    if (!count) return;
  }
  for (const store::Hashed& key : call.found_keys) {
    const List* list = find_value<List>(call, key, Look::write);
    if (call.failed) return;
    if (list == nullptr) continue;
    const std::size_t most = std::min(static_cast<std::size_t>(*count), list->size());
    call.reply.array(2);
    call.reply.bulk(key.key);
    call.reply.array(most);
    return reply_and_pop(call, key, *from, most);
  }
  call.reply.null_array();
}

}  // namespace redouble::command::list_group
