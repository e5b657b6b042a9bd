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
  erase_range(call, list, first, first + count);
  list.shrunk(limits_of(call));
  call.keys.changed(key, pop_event(from));
}

void lpush(Call& call) { push(call, End::front, Missing::made); }
void rpush(Call& call) { push(call, End::back, Missing::made); }
void lpushx(Call& call) { push(call, End::front, Missing::left); }
void rpushx(Call& call) { push(call, End::back, Missing::left); }
void lpop(Call& call) { pop(call, End::front); }
void rpop(Call& call) { pop(call, End::back); }

}  // namespace redouble::command::list_group
