// The commands about deadlines: the EXPIRE family, PERSIST, the TTL family.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "command/call.hpp"
#include "command/expiration.hpp"
#include "command/handlers_generic.hpp"
#include "resp/number.hpp"

namespace redouble::command::generic_group {
namespace {

using store::EventKind;
using store::Look;

struct Conditions {
  bool if_none = false;     // NX
  bool if_any = false;      // XX
  bool if_later = false;    // GT
  bool if_earlier = false;  // LT

  // A key without a deadline lives for ever: every deadline is earlier.
  bool hold(store::Deadline present, std::int64_t wanted_ms) const {
    // The last millisecond of all means never: it is kept as the one before.
    const std::int64_t at_ms = std::min(wanted_ms, store::Deadline::never - 1);
    if (if_none && present.is_set()) return false;
    if (if_any && !present.is_set()) return false;
    if (if_later && (!present.is_set() || at_ms <= present.at_ms)) return false;
    return !(if_earlier && present.is_set() && at_ms >= present.at_ms);
  }
};

// Nothing: the error is written.
std::optional<Conditions> parse_conditions(Call& call) {
  Conditions conditions;
  for (std::size_t index = 3; index < call.size(); ++index) {
    if (call.is_word(index, "NX")) {
      conditions.if_none = true;
    } else if (call.is_word(index, "XX")) {
      conditions.if_any = true;
    } else if (call.is_word(index, "GT")) {
      conditions.if_later = true;
    } else if (call.is_word(index, "LT")) {
      conditions.if_earlier = true;
    } else {
      call.error("ERR Unsupported option " + call.quoted(index));
      return std::nullopt;
    }
  }
  if (conditions.if_none && (conditions.if_any || conditions.if_later || conditions.if_earlier)) {
    call.error("ERR NX and XX, GT or LT options at the same time are not compatible");
    return std::nullopt;
  }
  if (conditions.if_later && conditions.if_earlier) {
    call.error("ERR GT and LT options at the same time are not compatible");
    return std::nullopt;
  }
  return conditions;
}

void expire_key(Call& call, Unit unit, From from) {
  const auto conditions = parse_conditions(call);
  if (!conditions) return;
  const auto at_ms = any_deadline(call, 2, unit, from);
  if (!at_ms) return;
  const store::Entry* entry = call.keys.find(call.key(), Look::write);
  if (entry == nullptr || !conditions->hold(entry->deadline(), *at_ms)) {
    call.reply.integer(0);
    return;
  }
  if (has_come(call, *at_ms)) {
    call.keys.erase(call.key(), {EventKind::generic, "del"});
    if (call.recording()) call.step.record_as({"DEL", call.key().key});
  } else {
    call.keys.set_deadline(call.key(), *at_ms, {EventKind::generic, "expire"});
    if (call.recording()) {
      std::array<char, resp::number_buffer_size> digits;
      call.step.record_as({"PEXPIREAT", call.key().key, resp::format_integer(digits, *at_ms)});
    }
  }
  call.reply.integer(1);
}

// Milliseconds in the unit asked for, rounded to the nearest; never negative, so the last one of
// all rounds without wrapping.
std::int64_t in_unit(std::int64_t ms, Unit unit) {
  if (unit == Unit::milliseconds) return ms;
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(ms) + 500) / 1000);
}

void reply_deadline(Call& call, Unit unit, From from) {
  constexpr std::int64_t no_key = -2;
  constexpr std::int64_t no_deadline = -1;
  const store::Entry* entry = call.keys.find(call.key(), Look::untouched);
  if (entry == nullptr) {
    call.reply.integer(no_key);
  } else if (!entry->deadline().is_set()) {
    call.reply.integer(no_deadline);
  } else {
    const std::int64_t base = from == From::now ? call.now_ms() : 0;
    call.reply.integer(in_unit(entry->deadline().at_ms - base, unit));
  }
}

}  // namespace

void expire(Call& call) { expire_key(call, Unit::seconds, From::now); }
void expireat(Call& call) { expire_key(call, Unit::seconds, From::epoch); }
void pexpire(Call& call) { expire_key(call, Unit::milliseconds, From::now); }
void pexpireat(Call& call) { expire_key(call, Unit::milliseconds, From::epoch); }

void ttl(Call& call) { reply_deadline(call, Unit::seconds, From::now); }
void pttl(Call& call) { reply_deadline(call, Unit::milliseconds, From::now); }
void expiretime(Call& call) { reply_deadline(call, Unit::seconds, From::epoch); }
void pexpiretime(Call& call) { reply_deadline(call, Unit::milliseconds, From::epoch); }

void persist(Call& call) {
  const store::Entry* entry = call.keys.find(call.key(), Look::write);
  const bool has_deadline = entry != nullptr && entry->deadline().is_set();
  if (has_deadline) {
    call.keys.set_deadline(call.key(), std::nullopt, {EventKind::generic, "persist"});
  }
  call.reply.integer(has_deadline ? 1 : 0);
}

}  // namespace redouble::command::generic_group
