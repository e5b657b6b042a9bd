#include "command/wait.hpp"

#include <cmath>
#include <utility>

#include "command/call.hpp"
#include "store/stripe.hpp"

namespace redouble::command {
namespace {

std::optional<std::int64_t> deadline_in(Call& call, std::int64_t timeout_ms) {
  if (timeout_ms < 0) {
    call.error("ERR timeout is negative");
    return std::nullopt;
  }
  std::int64_t deadline_ms;
  if (timeout_ms == 0 || __builtin_add_overflow(call.now_ms(), timeout_ms, &deadline_ms)) {
    return store::never_ms;
  }
  return deadline_ms;
}

}  // namespace

std::optional<std::int64_t> deadline_of_seconds(Call& call, std::size_t index) {
  constexpr long double most = 0x1p63L;
  const auto seconds = resp::parse_long_double(call.arg(index));
  if (!seconds) {
    call.error("ERR timeout is not a float or out of range");
    return std::nullopt;
  }
  const long double milliseconds = std::ceil(*seconds * 1000);
  if (milliseconds < most && milliseconds >= -most) {
    return deadline_in(call, static_cast<std::int64_t>(milliseconds));
  }
  if (call.speaks(instance::CompatVersion::v7_2)) {
    call.error("ERR timeout is out of range");
    return std::nullopt;
  }
  return deadline_in(call, -1);  // as in Redis 7.0, where it wraps round
}

std::optional<std::int64_t> deadline_of_milliseconds(Call& call, std::size_t index) {
  const auto milliseconds = resp::parse_integer(call.arg(index));
  if (milliseconds) return deadline_in(call, *milliseconds);
  call.error("ERR timeout is not an integer or out of range");
  return std::nullopt;
}

void wait_or_give_up(Call& call, Wait wait) {
  if (call.may_wait) {
    call.wait = std::move(wait);
  } else if (wait.timeout_integer) {
    call.reply.integer(*wait.timeout_integer);
  } else {
    call.reply.null_array();
  }
}

void wait_for_type(Call& call, std::int64_t deadline_ms, value::Type type, std::size_t keys) {
  wait_or_give_up(call, {.deadline_ms = deadline_ms,
                         .keys = keys,
                         .is_ready = [type](std::size_t, const store::Entry* entry) {
                           return entry != nullptr && entry->type() == type;
                         }});
}

}  // namespace redouble::command
