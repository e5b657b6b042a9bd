// What the commands on lists share: the list under a key, its limits, its ends and elements.
//
// Thread safety: as a Call's.
#pragma once

#include <optional>

#include "command/call.hpp"
#include "command/typed.hpp"
#include "value/list.hpp"

namespace redouble::command::list_group {

using value::List;
using End = List::End;

inline List::Limits limits_of(const Call& call) {
  const instance::Settings& settings = call.settings();
  return {.small_is_listpack = call.speaks(instance::CompatVersion::v7_2),
          .max_listpack_size = settings.list_max_listpack_size};
}

constexpr store::Event push_event(End end) {
  return {store::EventKind::list, end == End::front ? "lpush" : "rpush"};
}
constexpr store::Event pop_event(End end) {
  return {store::EventKind::list, end == End::front ? "lpop" : "rpop"};
}

inline void reply_element(Call& call, const List::Element& element) {
  if (element.is_integer) {
    call.reply.bulk_integer(element.integer);
  } else {
    call.reply.bulk(element.bytes);
  }
}

// Removes the indexes [from, to). What is large is freed after the locks: a copy costs nothing, and
// holds it until then.
inline void erase_range(Call& call, List& list, std::size_t from, std::size_t to) {
  const std::size_t about = list.empty() ? 0 : list.bytes() / list.size() * (to - from);
  if (about > store::Reclaimer::large_bytes) call.locks.discard(list.copy());
  list.erase_range(from, to);
}

// args[index] as LEFT or RIGHT; else the error is written.
std::optional<End> end_word(Call& call, std::size_t index);

// Replies and removes the elements [0, count) from that end, as many as there are.
void reply_and_pop(Call& call, const store::Hashed& key, End from, std::size_t count);

}  // namespace redouble::command::list_group
