// The commands that count: INCR, DECR, INCRBY, DECRBY and INCRBYFLOAT.
#include <cmath>
#include <limits>
#include <string>

#include "command/call.hpp"
#include "command/handlers_string.hpp"
#include "resp/number.hpp"

namespace redouble::command::string_group {
namespace {

using store::EventKind;
using store::Look;
using store::Sum;

void add(Call& call, std::int64_t increment) {
  const Sum sum = call.keys.add(call.key(), increment, {EventKind::string, "incrby"});
  switch (sum.status) {
    case Sum::Status::done:
      call.reply.integer(sum.value);
      return;
    case Sum::Status::wrong_type:
      call.wrong_type();
      return;
    case Sum::Status::not_an_integer:
      call.not_an_integer();
      return;
    case Sum::Status::overflow:
      call.error("ERR increment or decrement would overflow");
      return;
  }
}

}  // namespace

void incr(Call& call) { add(call, 1); }

void decr(Call& call) { add(call, -1); }

void incrby(Call& call) {
  if (const auto increment = call.integer(2)) add(call, *increment);
}

void decrby(Call& call) {
  const auto decrement = call.integer(2);
  if (!decrement) return;
  if (*decrement == std::numeric_limits<std::int64_t>::min()) {
    call.error("ERR decrement would overflow");
    return;
  }
  add(call, -*decrement);
}

void incrbyfloat(Call& call) {
  const store::Entry* entry = call.string_entry(call.key(), Look::write);
  if (call.failed) return;
  value::StringRef::Room room;
  const auto old = entry == nullptr ? 0.0L : resp::parse_long_double(entry->string().view(room));
  const auto increment = resp::parse_long_double(call.arg(2));
  if (!old || !increment) {
    call.not_a_float();
    return;
  }
  const long double sum = *old + *increment;
  if (std::isnan(sum) || std::isinf(sum)) {
    call.error("ERR increment would produce NaN or Infinity");
    return;
  }
  const std::string text = resp::format_long_double(sum);
  call.keys.set_text(call.key(), text, {EventKind::string, "incrbyfloat"});
  call.reply.bulk(text);
  if (call.recording()) call.step.record_as({"SET", call.key().key, text, "KEEPTTL"});
}

}  // namespace redouble::command::string_group
