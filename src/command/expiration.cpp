#include "command/expiration.hpp"

#include <limits>
#include <string>

namespace redouble::command {
namespace {

constexpr std::int64_t last_millisecond = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t ms_per_second = 1000;

std::optional<std::int64_t> refuse(Call& call) {
  invalid_expire_time(call);
  return std::nullopt;
}

}  // namespace

void invalid_expire_time(Call& call) {
  std::string text = "ERR invalid expire time in '";
  text += call.name;
  text += "' command";
  call.error(text);
}

bool Expiration::take_time(const Call& call, std::size_t& index) {
  Expiration taken{.kind = Kind::at, .value_at = index + 1};
  if (call.is_word(index, "EX")) {
    taken.unit = Unit::seconds;
  } else if (call.is_word(index, "PX")) {
    taken.unit = Unit::milliseconds;
  } else if (call.is_word(index, "EXAT")) {
    taken.from = From::epoch;
  } else if (call.is_word(index, "PXAT")) {
    taken.unit = Unit::milliseconds;
    taken.from = From::epoch;
  } else {
    return false;
  }
  // The same word again is taken, the later value counts.
  const bool fits =
      kind == Kind::none || (kind == Kind::at && unit == taken.unit && from == taken.from);
  if (!fits || index + 1 >= call.size()) return false;
  *this = taken;
  ++index;
  return true;
}

std::optional<std::int64_t> positive_deadline(Call& call, std::size_t index, Unit unit, From from) {
  const auto given = call.integer(index);
  if (!given) return std::nullopt;
  std::int64_t at = *given;
  if (at <= 0) return refuse(call);
  if (unit == Unit::seconds) {
    if (at > last_millisecond / ms_per_second) return refuse(call);
    at *= ms_per_second;
  }
  if (from == From::now) {
    if (at > last_millisecond - call.now_ms()) return refuse(call);
    at += call.now_ms();
  }
  return at;
}

std::optional<std::int64_t> any_deadline(Call& call, std::size_t index, Unit unit, From from) {
  const auto given = call.integer(index);
  if (!given) return std::nullopt;
  std::int64_t at = *given;
  if (unit == Unit::seconds) {
    if (at > last_millisecond / ms_per_second || at < least / ms_per_second) return refuse(call);
    at *= ms_per_second;
  }
  const std::int64_t base = from == From::now ? call.now_ms() : 0;
  if (at > last_millisecond - base) return refuse(call);
  return at + base;
}

}  // namespace redouble::command
