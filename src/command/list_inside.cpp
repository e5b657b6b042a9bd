// The commands that look at lists, and those that change them elsewhere than at their ends.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "command/handlers_list.hpp"
#include "command/list_access.hpp"
#include "runtime/mutant.hpp"

namespace redouble::command::list_group {
namespace {

using store::EventKind;
using store::Look;

// The index of an argument such as -1, counted from the begin; nothing where it is outside.
std::optional<std::size_t> place_in(const List& list, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(list.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return std::nullopt;
  return static_cast<std::size_t>(index);
}

struct PosOptions {
  std::int64_t rank = 1;
  std::optional<std::int64_t> count;
  std::int64_t most_looked_at = 0;  // 0: all
};

// False: the error is written.
bool parse(Call& call, PosOptions& options) {
  for (std::size_t index = 3; index < call.size(); index += 2) {
    const bool has_value = index + 1 < call.size();
    if (has_value && call.is_word(index, "RANK")) {
      const auto rank = call.integer(index + 1);
      if (!rank) return false;
      if (*rank == 0) {
        call.error(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second "
            "... or use negative to start from the end of the list");
        return false;
      }
      options.rank = *rank;
    } else if (has_value && call.is_word(index, "COUNT")) {
      options.count = integer_between(call, index + 1, 0, "ERR COUNT can't be negative");
      if (!options.count) return false;
    } else if (has_value && call.is_word(index, "MAXLEN")) {
      const auto most = integer_between(call, index + 1, 0, "ERR MAXLEN can't be negative");
      if (!most) return false;
      options.most_looked_at = *most;
    } else {
      call.syntax_error();
      return false;
    }
  }
  return true;
}

}  // namespace

void llen(Call& call) {
  const List* list = find_value<List>(call, call.key(), Look::read);
  if (!call.failed) {
    call.reply.integer(list == nullptr ? 0 : static_cast<std::int64_t>(list->size()));
  }
}

void lindex(Call& call) {
  const List* list = find_value<List>(call, call.key(), Look::read);
  if (call.failed) return;
  if (list == nullptr) return call.reply.null();
  const auto index = call.integer(2);
  if (!index) return;
  const auto place = place_in(*list, *index);
  if (!place) return call.reply.null();
  reply_element(call, *list->at(*place));
}

void lrange(Call& call) {
  const auto start = call.integer(2);
  if (!start) return;
  const auto stop = call.integer(3);
  if (!stop) return;
  const List* list = find_value<List>(call, call.key(), Look::read);
  if (call.failed) return;
  if (list == nullptr) return call.reply.array(0);
  const IndexRange range = IndexRange::of(*start, *stop, list->size());
  call.reply.array(range.size());
  List::Cursor at = list->at(range.first);
  for (std::size_t left = range.size(); left > 0; --left, at.next()) reply_element(call, *at);
}

void lset(Call& call) {
  const List* found = find_value<List>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr) return call.no_such_key();
  const auto index = call.integer(2);
  if (!index) return;
  const auto place = place_in(*found, *index);
  if (!place) return call.error("ERR index out of range");
  List& list = own_value<List>(call, call.key());
  list.set(*place, call.arg(3));
  list.grown(limits_of(call));
  list.shrunk(limits_of(call));
  call.keys.changed(call.key(), {EventKind::list, "lset"});
  call.reply.ok();
}

void linsert(Call& call) {
  const bool behind = call.is_word(2, "AFTER");
  if (!behind && !call.is_word(2, "BEFORE")) return call.syntax_error();
  const List* found = find_value<List>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr) return call.reply.integer(0);
  const auto pivot = List::Element::of(call.arg(3));
  List::Cursor at = found->at(0);
  while (at.valid() && *at != pivot) at.next();
  if (!at.valid()) return call.reply.integer(-1);
  List& list = own_value<List>(call, call.key());
  list.insert(at.index() + (behind ? 1 : 0), call.arg(4));
  list.grown(limits_of(call));
  call.reply.integer(static_cast<std::int64_t>(list.size()));
  call.keys.changed(call.key(), {EventKind::list, "linsert"});
}

void lrem(Call& call) {
  const auto count = call.integer(2);
  if (!count) return;
  const List* found = find_value<List>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr) return call.reply.integer(0);
  const auto wanted = List::Element::of(call.arg(3));
  const bool from_end = *count < 0;
  // The least integer has no positive one; nobody has so many elements.
  const auto most =
      static_cast<std::uint64_t>(*count == 0 ? std::numeric_limits<std::int64_t>::max()
                                 : from_end  ? -(*count + 1)
                                             : *count - 1) +
      (*count == 0 ? 0 : 1);
  // A list whose interior nobody changes, to walk while the other one loses elements.
  value::ObjectRef walked = found->copy();
  const auto& before = static_cast<const List&>(*walked);
  List* list = nullptr;
  std::uint64_t removed = 0;
  for (auto at = before.end_at(from_end ? End::back : End::front); at.valid() && removed < most;
       from_end ? at.previous() : at.next()) {
    if (*at != wanted) continue;
    if (list == nullptr) list = &own_value<List>(call, call.key());
    list->erase(at.index() - (from_end ? 0 : removed));
    ++removed;
  }
  if (list != nullptr) {
    list->shrunk(limits_of(call));
    call.keys.changed(call.key(), {EventKind::list, "lrem"});
    if (store::Reclaimer::is_large(before)) call.locks.discard(std::move(walked));
  }
  call.reply.integer(static_cast<std::int64_t>(removed));
}

void ltrim(Call& call) {
  const auto start = call.integer(2);
  if (!start) return;
  const auto stop = call.integer(3);
  if (!stop) return;
  const List* found = find_value<List>(call, call.key(), Look::write);
  if (call.failed) return;
  call.reply.ok();
  if (found == nullptr) return;
  List& list = own_value<List>(call, call.key());
  const IndexRange kept = IndexRange::of(*start, *stop, list.size());
  if (kept.empty()) {
    erase_range(call, list, 0, list.size());
  } else {
    erase_range(call, list, kept.last, list.size());
    erase_range(call, list, 0, kept.first);
  }
  list.shrunk(limits_of(call));
  call.keys.changed(call.key(), {EventKind::list, "ltrim"});
}

void lpos(Call& call) {
  PosOptions options;
  if (!parse(call, options)) return;
  const List* list = find_value<List>(call, call.key(), Look::read);
  if (call.failed) return;
  if (list == nullptr) return options.count ? call.reply.array(0) : call.reply.null();
  const auto wanted = List::Element::of(call.arg(2));
  const bool from_end = options.rank < 0;
  // The least integer, which has no positive one, counts as -1.
  const bool least = options.rank == std::numeric_limits<std::int64_t>::min();
  auto skipped = static_cast<std::uint64_t>(least      ? 0
                                            : from_end ? -options.rank - 1
                                                       : options.rank - 1);
  const std::uint64_t most = options.count.value_or(1) == 0
                                 ? std::numeric_limits<std::uint64_t>::max()
                                 : static_cast<std::uint64_t>(options.count.value_or(1));
  const auto looked_at =
      options.most_looked_at == 0
          ? list->size()
          : std::min(static_cast<std::size_t>(options.most_looked_at), list->size());
  const auto place = call.reply.begin();
  std::uint64_t given = 0;
  List::Cursor at = list->end_at(from_end ? End::back : End::front);
  for (std::size_t left = looked_at; left > 0 && given < most;
       --left, from_end ? at.previous() : at.next()) {
    if (*at != wanted) continue;
    if (skipped > 0) {
      --skipped;
      continue;
    }
    call.reply.integer(static_cast<std::int64_t>(at.index()));
    ++given;
  }
  if (options.count) return call.reply.end_array(place, given);
  if (given == 0) call.reply.null();
}

}  // namespace redouble::command::list_group
