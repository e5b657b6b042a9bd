// The commands about the deadlines of fields: the HEXPIRE and HTTL families, HPERSIST.
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "command/handlers_hash.hpp"
#include "command/hash_access.hpp"

namespace redouble::command::hash_group {
namespace {

using store::EventKind;
using store::Look;

constexpr std::int64_t no_field = -2;
constexpr std::int64_t no_deadline = -1;
constexpr std::int64_t condition_not_met = 0;
constexpr std::int64_t applied = 1;
constexpr std::int64_t deleted = 2;

enum class Condition : std::uint8_t { none, if_none, if_any, if_later, if_earlier };

Condition condition_at(const Call& call, std::size_t index) {
  if (call.is_word(index, "NX")) return Condition::if_none;
  if (call.is_word(index, "XX")) return Condition::if_any;
  if (call.is_word(index, "GT")) return Condition::if_later;
  if (call.is_word(index, "LT")) return Condition::if_earlier;
  return Condition::none;
}

// A field without a deadline lives for ever: every deadline is earlier.
bool holds(Condition condition, std::int64_t present_ms, std::int64_t wanted_ms) {
  switch (condition) {
    case Condition::none:
      return true;
    case Condition::if_none:
      return present_ms == FieldDeadlines::never;
    case Condition::if_any:
      return present_ms != FieldDeadlines::never;
    case Condition::if_later:
      return wanted_ms > present_ms;
    case Condition::if_earlier:
      return wanted_ms < present_ms;
  }
  return true;
}

void reply_for_each(Call& call, FieldNames fields, std::int64_t reply) {
  call.reply.array(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) call.reply.integer(reply);
}

void expire_fields(Call& call, Unit unit, From from) {
  const HashObject* found = find_value<HashObject>(call, call.key(), Look::write);
  if (call.failed) return;
  const auto at_ms = field_deadline(call, 2, unit, from);
  if (!at_ms) return;
  const Condition condition = condition_at(call, 3);
  const auto fields = named_fields(call, condition == Condition::none ? 3 : 4,
                                   "ERR Parameter `numFields` should be greater than 0");
  if (!fields) return;
  if (found == nullptr) return reply_for_each(call, *fields, no_field);
  Hash& hash = own_value<HashObject>(call, call.key()).hash();
  const bool come = has_come(call, *at_ms);
  std::vector<std::string_view> changed;
  call.reply.array(fields->size());
  for (const std::string_view field : *fields) {
    if (!hash.contains(field)) {
      call.reply.integer(no_field);
    } else if (!holds(condition, hash.deadline_ms(field), *at_ms)) {
      call.reply.integer(condition_not_met);
    } else {
      set_or_erase(call, hash, field, *at_ms);
      changed.push_back(field);
      call.reply.integer(come ? deleted : applied);
    }
  }
  if (changed.empty()) return;
  call.keys.changed(call.key(), {EventKind::hash, event_of_deadline(come)});
  record_deadline(call, *at_ms, changed);
}

void reply_deadlines(Call& call, Unit unit, From from) {
  const HashObject* found = find_value<HashObject>(call, call.key(), Look::read);
  if (call.failed) return;
  const auto fields = named_fields(call, 2, not_positive);
  if (!fields) return;
  if (found == nullptr) return reply_for_each(call, *fields, no_field);
  const Hash& hash = found->hash();
  const std::int64_t base_ms = from == From::now ? call.now_ms() : 0;
  call.reply.array(fields->size());
  for (const std::string_view field : *fields) {
    const std::int64_t at_ms = hash.deadline_ms(field);
    if (!hash.contains(field)) {
      call.reply.integer(no_field);
    } else if (at_ms == FieldDeadlines::never) {
      call.reply.integer(no_deadline);
    } else if (unit == Unit::seconds) {
      call.reply.integer((at_ms - base_ms + 999) / 1000);
    } else {
      call.reply.integer(at_ms - base_ms);
    }
  }
}

}  // namespace

void hexpire(Call& call) { expire_fields(call, Unit::seconds, From::now); }
void hexpireat(Call& call) { expire_fields(call, Unit::seconds, From::epoch); }
void hpexpire(Call& call) { expire_fields(call, Unit::milliseconds, From::now); }
void hpexpireat(Call& call) { expire_fields(call, Unit::milliseconds, From::epoch); }

void httl(Call& call) { reply_deadlines(call, Unit::seconds, From::now); }
void hpttl(Call& call) { reply_deadlines(call, Unit::milliseconds, From::now); }
void hexpiretime(Call& call) { reply_deadlines(call, Unit::seconds, From::epoch); }
void hpexpiretime(Call& call) { reply_deadlines(call, Unit::milliseconds, From::epoch); }

void hpersist(Call& call) {
  const HashObject* found = find_value<HashObject>(call, call.key(), Look::write);
  if (call.failed) return;
  const auto fields = named_fields(call, 2, not_positive);
  if (!fields) return;
  if (found == nullptr) return reply_for_each(call, *fields, no_field);
  Hash& hash = own_value<HashObject>(call, call.key()).hash();
  bool changed = false;
  call.reply.array(fields->size());
  for (const std::string_view field : *fields) {
    if (!hash.contains(field)) {
      call.reply.integer(no_field);
    } else if (!hash.drop_deadline(field)) {
      call.reply.integer(no_deadline);
    } else {
      changed = true;
      call.reply.integer(applied);
    }
  }
  if (changed) call.keys.changed(call.key(), {EventKind::hash, "hpersist"});
}

}  // namespace redouble::command::hash_group
