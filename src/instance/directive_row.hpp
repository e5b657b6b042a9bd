// Row: how the table of directives writes its rows, so that each says only what is particular.
// Only the table includes this.
// Thread safety: constant expressions.
#pragma once

#include <limits>
#include <type_traits>

#include "instance/directive.hpp"

namespace redouble::instance {

inline constexpr std::int64_t int_max = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t int32_min = std::numeric_limits<std::int32_t>::min();
inline constexpr std::int64_t uint32_max = std::numeric_limits<std::uint32_t>::max();

template <auto field>
void put(Settings& settings, const Value& value) {
  auto& target = settings.*field;
  using Target = std::remove_reference_t<decltype(target)>;
  if constexpr (std::is_same_v<Target, std::string>) {
    target = value.text;
  } else {
    target = static_cast<Target>(value.number);
  }
}

struct Row : Directive {
  constexpr Row older_name(std::string_view other) { return alias = other, *this; }
  constexpr Row clamped(std::int64_t from, std::int64_t to) {
    return least = from, most = to, *this;
  }
  constexpr Row many_words() { return takes_many_words = true, *this; }
  constexpr Row bare_is_yes() { return bare_means_yes = true, *this; }
  constexpr Row binary() { return holds_binary = true, *this; }
  constexpr Row at_start() { return change = Change::at_start, *this; }
  constexpr Row guarded() { return change = Change::guarded, *this; }
  constexpr Row fixed_here(std::string_view why) { return fixed = why, *this; }
  constexpr Row no_effect(std::string_view why) {
    return meaning = Meaning::no_effect, reason = why, *this;
  }
  constexpr Row refused(std::string_view why) {
    return meaning = Meaning::refused, reason = why, *this;
  }
  constexpr Row calm(std::string_view text) {
    return calm_value = text, has_calm_value = true, *this;
  }
  constexpr Row from(CompatVersion version) { return since = version, *this; }
  constexpr Row moving_listeners() { return moves_listeners = true, *this; }
  constexpr Row of_one_start() { return rewritten = false, *this; }
  constexpr Row stored_by(FieldStore function) { return store = function, *this; }
  template <auto field>
  constexpr Row kept_in() {
    return store = &put<field>, *this;
  }
};

constexpr Row boolean(std::string_view name, std::string_view initial) {
  return {{.name = name, .kind = Kind::boolean, .initial = initial}};
}
constexpr Row integer(std::string_view name, std::string_view initial, std::int64_t low,
                      std::int64_t high) {
  return {{.name = name, .kind = Kind::integer, .initial = initial, .low = low, .high = high}};
}
constexpr Row octal(std::string_view name, std::string_view initial, std::int64_t low,
                    std::int64_t high) {
  return {{.name = name, .kind = Kind::octal, .initial = initial, .low = low, .high = high}};
}
constexpr Row memory(std::string_view name, std::string_view initial, std::int64_t low,
                     std::int64_t high) {
  return {{.name = name, .kind = Kind::memory, .initial = initial, .low = low, .high = high}};
}
constexpr Row memory_or_percent(std::string_view name, std::string_view initial) {
  return {{.name = name, .kind = Kind::memory_percent, .initial = initial}};
}
constexpr Row word(std::string_view name, std::string_view initial, std::string_view words) {
  return {{.name = name, .kind = Kind::word, .initial = initial, .words = words}};
}
constexpr Row text(std::string_view name, std::string_view initial) {
  return {{.name = name, .kind = Kind::text, .initial = initial}};
}
constexpr Row special(std::string_view name, std::string_view initial, SpecialParser parser) {
  return {{.name = name, .kind = Kind::special, .initial = initial, .special = parser}};
}

}  // namespace redouble::instance
