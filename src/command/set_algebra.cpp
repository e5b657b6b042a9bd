// Intersections, unions and differences of sets.
//
// Members come in the order, and results get the encoding, that follow from how the real server
// goes about it: an intersection walks the smallest set, a union adds one set after the other, a
// difference takes the cheaper of two ways.
#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "command/handlers_set.hpp"
#include "command/objects.hpp"
#include "command/set_limits.hpp"
#include "value/set.hpp"

namespace redouble::command::set_group {
namespace {

using store::EventKind;
using store::Hashed;
using value::Set;
using value::SetObject;

// Copies, so that storing over a source is safe; nothing: an error was written. A key that does not
// exist is an empty set.
std::optional<std::vector<Set>> find_sets(Call& call, std::span<const Hashed> keys,
                                          store::Look look) {
  std::vector<Set> sets;
  sets.reserve(keys.size());
  for (const Hashed& key : keys) {
    const SetObject* object = find_value<SetObject>(call, key, look);
    if (call.failed) return std::nullopt;
    sets.push_back(object == nullptr ? Set{} : object->set());
  }
  return sets;
}

// By size, the first of equal ones first. (std::stable_sort asks for memory in a deprecated way.)
template <class Before>
void sort_by_size(std::span<const Set*> sets, Before&& before) {
  for (std::size_t i = 1; i < sets.size(); ++i) {
    for (std::size_t k = i; k > 0 && before(sets[k]->size(), sets[k - 1]->size()); --k) {
      std::swap(sets[k], sets[k - 1]);
    }
  }
}

std::vector<const Set*> pointers_to(const std::vector<Set>& sets) {
  std::vector<const Set*> pointers;
  for (const Set& set : sets) pointers.push_back(&set);
  return pointers;
}

// `function(member)` for what all sets have, until it says false.
template <class Function>
void intersect(const std::vector<Set>& given, Function&& function) {
  std::vector<const Set*> sets = pointers_to(given);
  sort_by_size(sets, std::less<>());
  bool goes_on = true;
  sets[0]->for_each([&](const Set::Text& member) {
    if (!goes_on) return;
    const auto has_member = [&](const Set* set) { return set->contains(member); };
    if (std::all_of(sets.begin() + 1, sets.end(), has_member)) goes_on = function(member);
  });
}

Set intersection(const std::vector<Set>& sets, const Set::Limits& limits) {
  Set result;
  intersect(sets, [&](const Set::Text& member) {
    result.add(member, limits);
    return true;
  });
  return result;
}

Set unite(const std::vector<Set>& sets, const Set::Limits& limits) {
  Set result;
  for (const Set& set : sets) {
    set.for_each([&](const Set::Text& member) { result.add(member, limits); });
  }
  return result;
}

Set subtract(const std::vector<Set>& given, const Set::Limits& limits) {
  Set result;
  std::size_t by_asking = 0;
  std::size_t by_removing = 0;
  for (const Set& set : given) {
    if (set.empty()) continue;
    by_asking += given[0].size();
    by_removing += set.size();
  }
  if (by_asking / 2 <= by_removing) {
    std::vector<const Set*> sets = pointers_to(given);
    const auto others = std::span(sets).subspan(1);
    sort_by_size(others, std::greater<>());
    given[0].for_each([&](const Set::Text& member) {
      const auto has_member = [&](const Set* set) { return set->contains(member); };
      if (std::ranges::none_of(others, has_member)) result.add(member, limits);
    });
    return result;
  }
  given[0].for_each([&](const Set::Text& member) { result.add(member, limits); });
  for (std::size_t i = 1; i < given.size() && !result.empty(); ++i) {
    given[i].for_each([&](const Set::Text& member) { result.erase(member); });
  }
  return result;
}

void reply_set(Call& call, const Set& set) {
  call.reply.set(set.size());
  set.for_each([&](const Set::Text& member) { bulk_text(call, member); });
}

void store_set(Call& call, Set set, std::string_view event) {
  const auto size = static_cast<std::int64_t>(set.size());
  if (size == 0) {
    call.keys.erase(call.key(), {EventKind::generic, "del"});
  } else {
    call.keys.put_object(call.key(), value::make_object<SetObject>(std::move(set)), {},
                         {EventKind::set, event});
  }
  call.reply.integer(size);
}

using Combine = Set (*)(const std::vector<Set>&, const Set::Limits&);

void read_combined(Call& call, Combine combine) {
  const auto sets = find_sets(call, call.found_keys, store::Look::read);
  if (sets) reply_set(call, combine(*sets, set_limits(call)));
}

void store_combined(Call& call, Combine combine, std::string_view event) {
  const auto sets = find_sets(call, call.found_keys.subspan(1), store::Look::read);
  if (sets) store_set(call, combine(*sets, set_limits(call)), event);
}

}  // namespace

void sinter(Call& call) {
  const auto sets = find_sets(call, call.found_keys, store::Look::read);
  if (!sets) return;
  // The members stand as the smallest set has them, not as a set of their own would.
  const auto place = call.reply.begin();
  std::size_t given = 0;
  intersect(*sets, [&](const Set::Text& member) {
    bulk_text(call, member);
    ++given;
    return true;
  });
  call.reply.end_set(place, given);
}

void sunion(Call& call) { read_combined(call, unite); }

void sdiff(Call& call) { read_combined(call, subtract); }

void sinterstore(Call& call) { store_combined(call, intersection, "sinterstore"); }

void sunionstore(Call& call) { store_combined(call, unite, "sunionstore"); }

void sdiffstore(Call& call) { store_combined(call, subtract, "sdiffstore"); }

void sintercard(Call& call) {
  const auto keys = resp::parse_integer(call.arg(1));
  if (!keys || *keys < 1) {
    call.error("ERR numkeys should be greater than 0");
    return;
  }
  if (*keys > static_cast<std::int64_t>(call.size()) - 2) {
    call.error("ERR Number of keys can't be greater than number of args");
    return;
  }
  std::int64_t limit = 0;
  for (std::size_t index = 2 + static_cast<std::size_t>(*keys); index < call.size(); index += 2) {
    if (!call.is_word(index, "LIMIT") || index + 1 == call.size()) {
      call.syntax_error();
      return;
    }
    const auto number = resp::parse_integer(call.arg(index + 1));
    if (!number || *number < 0) {
      call.error("ERR LIMIT can't be negative");
      return;
    }
    limit = *number;
  }
  const auto sets = find_sets(call, call.found_keys, store::Look::read);
  if (!sets) return;
  std::int64_t count = 0;
  intersect(*sets, [&](const Set::Text&) { return ++count != limit; });
  call.reply.integer(count);
}

}  // namespace redouble::command::set_group
