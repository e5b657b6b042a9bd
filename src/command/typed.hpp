// Values of one type under keys, as the handlers of that type's group reach them; and the ranges
// that their integer arguments must keep to.
//
// Thread safety: as a Call's. T is a value::Object with a constant `its_type`.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "command/call.hpp"
#include "value/object.hpp"

namespace redouble::command {

// nullptr: there is no such key, or it holds another type; then the error is written and
// `call.failed` is true.
template <class T>
const T* find_value(Call& call, const store::Hashed& key, store::Look look = store::Look::read) {
  const store::Entry* entry = call.keys.find(key, look);
  if (entry == nullptr) return nullptr;
  if (entry->type() == T::its_type) return &static_cast<const T&>(entry->object());
  call.wrong_type();
  return nullptr;
}

// The value under a key that find_value() found, to be changed; call.keys.changed() comes next.
template <class T>
T& own_value(Call& call, const store::Hashed& key) {
  return static_cast<T&>(*call.keys.own_object(key));
}

// What a command adds to: the value under a key, or a new one, which finish() puts there.
template <class T>
class Target {
 public:
  // `exists`: what find_value() found.
  template <class... Arguments>
  Target(Call& call, const store::Hashed& key, bool exists, Arguments&&... arguments)
      : call_(call), key_(key) {
    if (exists) {
      value_ = &own_value<T>(call, key);
    } else {
      made_ = value::make_object<T>(static_cast<Arguments&&>(arguments)...);
      value_ = static_cast<T*>(made_.get());
    }
  }
  T& operator*() const { return *value_; }
  T* operator->() const { return value_; }
  void finish(store::Event event) {
    if (made_) {
      call_.keys.put_object(key_, std::move(made_), {}, event);
    } else {
      call_.keys.changed(key_, event);
    }
  }

 private:
  Call& call_;
  const store::Hashed& key_;
  value::ObjectRef made_;
  T* value_;
};

// args[index] as an integer between `low` and `high`; else the error `text` is written.
inline std::optional<std::int64_t> integer_between(
    Call& call, std::size_t index, std::int64_t low, std::string_view text,
    std::int64_t high = std::numeric_limits<std::int64_t>::max()) {
  const auto number = resp::parse_integer(call.arg(index));
  if (number && *number >= low && *number <= high) return number;
  call.error(text);
  return std::nullopt;
}
inline std::optional<std::int64_t> positive_integer(Call& call, std::size_t index) {
  return integer_between(call, index, 0, "ERR value is out of range, must be positive");
}

// A range of indexes as LRANGE and its like are given it: from the end where negative, cut to what
// is there. Empty where first >= last.
struct IndexRange {
  std::size_t first = 0;
  std::size_t last = 0;  // behind it

  bool empty() const { return first >= last; }
  std::size_t size() const { return empty() ? 0 : last - first; }
  static IndexRange of(std::int64_t start, std::int64_t stop, std::size_t size) {
    const auto end = static_cast<std::int64_t>(size);
    if (start < 0) start = start < -end ? 0 : start + end;
    if (stop < 0) stop = stop < -end ? -1 : stop + end;
    if (start > stop || start >= end) return {};
    if (stop >= end) stop = end - 1;
    return {static_cast<std::size_t>(start), static_cast<std::size_t>(stop) + 1};
  }
};

}  // namespace redouble::command
