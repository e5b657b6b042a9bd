// SORT and SORT_RO: the elements of a list, a set or a sorted set in an order, or what keys that
// follow from them hold.
#include <algorithm>
#include <compare>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command/handlers_generic.hpp"
#include "command/list_access.hpp"
#include "command/objects.hpp"
#include "command/range_sort.hpp"
#include "command/sort_pattern.hpp"
#include "value/set.hpp"
#include "value/sorted_set.hpp"

namespace redouble::command::generic_group {
namespace {

using store::EventKind;
using store::Look;
using Text = value::Packed::Element;

struct Query {
  bool descending = false;
  bool as_text = false;     // ALPHA
  bool as_it_lies = false;  // BY without a place for the element
  std::optional<SortPattern> by = {};
  std::vector<SortPattern> gets = {};
  std::int64_t start = 0;
  std::int64_t count = -1;   // negative: all
  std::size_t store_at = 0;  // the argument that names the key to store to; 0: none

  bool stores() const { return store_at != 0; }
};

// An element with what it is compared by.
struct Item {
  std::string_view text = {};
  double weight = 0;
  // With BY and ALPHA; nothing where there is no such value.
  std::optional<std::string_view> by = {};
};

// Texts as views; integers, which are kept as such, get their digits here, and strings in pieces
// their room.
class Texts {
 public:
  std::string_view view(const Text& text) {
    if (!text.is_integer) return text.bytes;
    return text.view(digits_.emplace_back());
  }
  SortPattern::Rooms& rooms() { return rooms_; }

 private:
  SortPattern::Rooms rooms_;
  std::deque<value::Digits> digits_;
};

// False: the error is written.
bool parse(Call& call, Query& query, bool may_store) {
  for (std::size_t index = 2; index < call.size(); ++index) {
    const std::size_t behind = call.size() - index - 1;
    if (call.is_word(index, "ASC")) {
      query.descending = false;
    } else if (call.is_word(index, "DESC")) {
      query.descending = true;
    } else if (call.is_word(index, "ALPHA")) {
      query.as_text = true;
    } else if (behind >= 2 && call.is_word(index, "LIMIT")) {
      const auto start = call.integer(index + 1);
      const auto count = start ? call.integer(index + 2) : std::nullopt;
      if (!count) return false;
      query.start = *start;
      query.count = *count;
      index += 2;
    } else if (may_store && behind >= 1 && call.is_word(index, "STORE")) {
      query.store_at = ++index;
    } else if (behind >= 1 && call.is_word(index, "BY")) {
      query.by.emplace(call.arg(++index));
      query.as_it_lies = query.as_it_lies || !query.by->takes_element();
    } else if (behind >= 1 && call.is_word(index, "GET")) {
      query.gets.emplace_back(call.arg(++index));
    } else {
      call.syntax_error();
      return false;
    }
  }
  return true;
}

// The real server makes a sorted set that it sorts a skiplist.
void leave_listpack(Call& call, const store::Hashed& key, const store::Entry& entry) {
  if (entry.encoding() != value::Encoding::listpack) return;
  const std::uint32_t access = entry.access();
  value::ObjectRef copy = entry.object().copy();
  static_cast<value::SortedSet&>(*copy).leave_listpack(table_seed(call));
  call.keys.restore(store::Entry::make(key, std::move(copy), entry.deadline()));
  call.keys.find(key, Look::quiet)->set_access(access);
}

// The object under the key; nullptr: there is none, or the error is written.
const value::Object* find_source(Call& call) {
  const store::Hashed& key = call.key();
  const store::Entry* entry = call.keys.find(key);
  if (entry == nullptr) return nullptr;
  switch (entry->type()) {
    case value::Type::zset:
      leave_listpack(call, key, *entry);
      return &call.keys.find(key, Look::quiet)->object();
    case value::Type::list:
    case value::Type::set:
      return &entry->object();
    default:
      call.wrong_type();
      return nullptr;
  }
}

std::size_t size_of(const value::Object& source) {
  switch (source.type()) {
    case value::Type::list:
      return static_cast<const value::List&>(source).size();
    case value::Type::zset:
      return static_cast<const value::SortedSet&>(source).size();
    default:
      return static_cast<const value::SetObject&>(source).set().size();
  }
}

// Which of `size` elements LIMIT leaves.
IndexRange chosen(const Query& query, std::size_t size) {
  const auto all = static_cast<std::int64_t>(size);
  const std::int64_t first = std::clamp<std::int64_t>(query.start, 0, all);
  const std::int64_t count = std::min(query.count, all - first);
  const std::int64_t last = query.count < 0 ? all : first + count;
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(last)};
}

// Calls `take(text)` for so many elements from a cursor on.
template <class Cursor, class TextAt, class Take>
void walk(Cursor at, std::size_t count, bool forward, TextAt&& text_at, Take&& take) {
  for (; count > 0; --count) {
    take(text_at(at));
    forward ? at.next() : at.previous();
  }
}

// The elements of a range in the order in which they lie, backwards with DESC. Of a set, whose
// order is nobody's, DESC does not change it.
template <class Take>
void for_each_as_it_lies(const value::Object& source, const IndexRange& range, bool descending,
                         Take&& take) {
  const auto place = [&](std::size_t size) {
    return descending ? size - 1 - range.first : range.first;
  };
  if (range.empty()) return;
  if (source.type() == value::Type::list) {
    const auto& list = static_cast<const value::List&>(source);
    const auto text_at = [](const auto& at) { return *at; };
    walk(list.at(place(list.size())), range.size(), !descending, text_at, take);
  } else if (source.type() == value::Type::zset) {
    const auto& set = static_cast<const value::SortedSet&>(source);
    const auto text_at = [](const auto& at) { return at.member(); };
    walk(set.at(place(set.size())), range.size(), !descending, text_at, take);
  } else {
    std::size_t index = 0;
    static_cast<const value::SetObject&>(source).set().for_each([&](const Text& member) {
      if (index >= range.first && index < range.last) take(member);
      ++index;
    });
  }
}

// What the items are compared by. False: one that should be a number is none.
bool weigh(Call& call, const Query& query, std::vector<Item>& items, Texts& texts) {
  bool all_fit = true;
  for (Item& item : items) {
    std::optional<std::string_view> by = item.text;
    if (query.by) {
      const auto value = query.by->look_up(call, item.text, texts.rooms());
      by = value ? std::optional(texts.view(*value)) : std::nullopt;
    }
    if (query.as_text) {
      item.by = by;
    } else if (by) {
      const auto weight = resp::parse_weight(*by);
      item.weight = weight.value_or(0);
      all_fit = all_fit && weight.has_value();
    }
  }
  return all_fit;
}

int sign(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

// Texts to be shown are compared as strcoll does in the C locale, up to their first NUL.
int compare_texts(const Query& query, std::string_view left, std::string_view right) {
  if (!query.stores()) {
    left = left.substr(0, left.find('\0'));
    right = right.substr(0, right.find('\0'));
  }
  return sign(left <=> right);
}

int compare(const Query& query, const Item& left, const Item& right) {
  if (query.as_text) {
    // No value comes before any value.
    if (!left.by || !right.by) return int{left.by.has_value()} - int{right.by.has_value()};
    return compare_texts(query, *left.by, *right.by);
  }
  if (left.weight != right.weight) return left.weight < right.weight ? -1 : 1;
  return sign(left.text <=> right.text);
}

void sort(const Query& query, std::vector<Item>& items, IndexRange range) {
  // The real server sorts a part alone only where values are looked up.
  if (!query.by && !range.empty()) range = {0, items.size()};
  sort_range(std::span(items), range.first, range.last, [&](const Item& left, const Item& right) {
    const int order = compare(query, left, right);
    return query.descending ? -order : order;
  });
}

// `give` gets each text of the result, or nothing in the place of one that is not there.
template <class Give>
void for_each_result(Call& call, const Query& query, std::span<const Item> items, Give&& give) {
  for (const Item& item : items) {
    if (query.gets.empty()) give(std::optional(Text{false, 0, item.text}));
    for (const SortPattern& pattern : query.gets) {
      SortPattern::Rooms rooms;
      give(pattern.look_up(call, item.text, rooms));
    }
  }
}

void store_result(Call& call, const Query& query, std::span<const Item> items) {
  const store::Hashed target = call.hashed(call.arg(query.store_at));
  const value::List::Limits limits = list_group::limits_of(call);
  value::ObjectRef made = value::make_object<value::List>(limits);
  auto& list = static_cast<value::List&>(*made);
  std::vector<std::string> record;
  if (call.recording()) record = {"RPUSH", std::string(target.key)};
  value::Digits digits;
  for_each_result(call, query, items, [&](const std::optional<Text>& text) {
    const std::string_view pushed = text ? text->view(digits) : std::string_view();
    list.push(value::List::End::back, pushed);
    if (call.recording()) record.emplace_back(pushed);
  });
  list.grown(limits);
  const std::size_t size = list.size();
  call.reply.integer(static_cast<std::int64_t>(size));
  if (size > 0) {
    call.keys.put_object(target, std::move(made), {}, {EventKind::list, "sortstore"});
  } else if (!call.keys.erase(target, {EventKind::generic, "del"})) {
    return;
  }
  // Sorted again, what compares equal might come in another order.
  if (!call.recording() || mutant("sort-is-sorted-again")) return;
  call.step.record_as({"DEL", target.key});
  if (size > 0) call.step.record_as(std::vector<std::string_view>(record.begin(), record.end()));
}

void reply(Call& call, const Query& query, std::span<const Item> items) {
  call.reply.array(items.size() * std::max<std::size_t>(1, query.gets.size()));
  for_each_result(call, query, items, [&](const std::optional<Text>& text) {
    text ? bulk_text(call, *text) : call.reply.null();
  });
}

void sort(Call& call, bool may_store) {
  Query query;
  if (!parse(call, query, may_store)) return;
  const value::Object* source = find_source(call);
  if (call.failed) return;
  const bool is_set = source != nullptr && source->type() == value::Type::set;
  // What is kept is not to depend on the order of a table.
  if (query.as_it_lies && query.stores() && is_set) {
    query.as_it_lies = false;
    query.as_text = true;
    query.by.reset();
  }
  const std::size_t size = source == nullptr ? 0 : size_of(*source);
  IndexRange range = chosen(query, size);
  Texts texts;
  std::vector<Item> items;
  if (source != nullptr) {
    const IndexRange loaded = query.as_it_lies ? range : IndexRange{0, size};
    const bool backwards = query.as_it_lies && query.descending;
    for_each_as_it_lies(*source, loaded, backwards,
                        [&](const Text& text) { items.push_back({.text = texts.view(text)}); });
  }
  if (query.as_it_lies) {
    range = {0, items.size()};
  } else {
    if (!weigh(call, query, items, texts)) {
      return call.error("ERR One or more scores can't be converted into double");
    }
    sort(query, items, range);
  }
  const auto results = std::span<const Item>(items).subspan(range.first, range.size());
  if (query.stores()) {
    store_result(call, query, results);
  } else {
    reply(call, query, results);
  }
}

}  // namespace

void sort(Call& call) { sort(call, true); }
void sort_ro(Call& call) { sort(call, false); }

}  // namespace redouble::command::generic_group
