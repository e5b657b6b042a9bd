// The commands that change hashes.
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "command/expiration.hpp"
#include "command/handlers_hash.hpp"
#include "command/hash_access.hpp"
#include "resp/number.hpp"

namespace redouble::command::hash_group {
namespace {

using store::EventKind;
using store::Look;

constexpr store::Event set_event{EventKind::hash, "hset"};

// Sets the pairs behind the key; gives how many fields are new, or nothing: the error is written.
std::optional<std::int64_t> set_pairs(Call& call) {
  if (call.size() % 2 != 0) {
    call.wrong_arity();
    return std::nullopt;
  }
  std::int64_t added = 0;
  const Hash::Limits limits = hash_limits(call);
  const bool done =
      change_or_make<HashObject>(call, call.key(), set_event, [&](HashObject& object) {
        for (std::size_t index = 2; index < call.size(); index += 2) {
          if (object.hash().set(call.arg(index), call.arg(index + 1), limits)) ++added;
        }
        return true;
      });
  if (!done) return std::nullopt;
  return added;
}

// The value of the field args[2]; nothing where there is none, or an error.
std::optional<Hash::Text> old_value(Call& call) {
  const HashObject* object = find_value<HashObject>(call, call.key(), Look::write);
  return object == nullptr ? std::nullopt : object->hash().get(call.arg(2));
}

// Floating point may differ elsewhere. HSET ends the field's deadline; in the very millisecond of a
// deadline the field still lives, but to set that would end it, so there the request stands as it
// is.
void record_sum(Call& call, std::string_view sum) {
  if (!call.recording()) return;
  const auto* object = find_value<HashObject>(call, call.key(), Look::quiet);
  const std::int64_t at_ms = object->hash().deadline_ms(call.arg(2));
  if (has_come(call, at_ms)) return;
  call.step.record_as({"HSET", call.key().key, call.arg(2), sum});
  if (at_ms != FieldDeadlines::never) record_deadline(call, at_ms, {call.arg(2)});
}

void set_sum(Call& call, std::string_view sum, std::string_view event) {
  change_or_make<HashObject>(call, call.key(), {EventKind::hash, event}, [&](HashObject& object) {
    object.hash().set_keeping_deadline(call.arg(2), sum, hash_limits(call));
    return true;
  });
}

}  // namespace

void hset(Call& call) {
  if (const auto added = set_pairs(call)) call.reply.integer(*added);
}

void hmset(Call& call) {
  if (set_pairs(call)) call.reply.ok();
}

void hsetnx(Call& call) {
  bool added = false;
  const bool done =
      change_or_make<HashObject>(call, call.key(), set_event, [&](HashObject& object) {
        if (object.hash().contains(call.arg(2))) return false;
        added = object.hash().set(call.arg(2), call.arg(3), hash_limits(call));
        return true;
      });
  if (done) call.reply.integer(added ? 1 : 0);
}

void hdel(Call& call) {
  const HashObject* found = find_value<HashObject>(call, call.key(), Look::write);
  if (call.failed) return;
  std::int64_t removed = 0;
  if (found != nullptr) {
    Hash& hash = own_value<HashObject>(call, call.key()).hash();
    for (std::size_t index = 2; index < call.size(); ++index) {
      if (hash.erase(call.arg(index))) ++removed;
    }
    if (removed > 0) call.keys.changed(call.key(), {EventKind::hash, "hdel"});
  }
  call.reply.integer(removed);
}

void hincrby(Call& call) {
  const auto increment = call.integer(3);
  if (!increment) return;
  const auto text = old_value(call);
  if (call.failed) return;
  // A table gives integers as bytes.
  const std::optional<std::int64_t> old =
      !text || text->is_integer ? text.value_or(Hash::Text::of(std::int64_t{0})).integer
                                : resp::parse_integer(text->bytes);
  if (!old) {
    call.error("ERR hash value is not an integer");
    return;
  }
  std::int64_t sum = 0;
  if (__builtin_add_overflow(*old, *increment, &sum)) {
    call.error("ERR increment or decrement would overflow");
    return;
  }
  std::array<char, resp::number_buffer_size> digits;
  set_sum(call, resp::format_integer(digits, sum), "hincrby");
  call.reply.integer(sum);
}

void hincrbyfloat(Call& call) {
  const auto increment = resp::parse_long_double(call.arg(3));
  if (!increment) {
    call.not_a_float();
    return;
  }
  if (std::isinf(*increment)) {
    call.error("ERR value is NaN or Infinity");
    return;
  }
  const auto text = old_value(call);
  if (call.failed) return;
  value::Digits digits;
  const auto old = text ? resp::parse_long_double(text->view(digits)) : 0.0L;
  if (!old) {
    call.error("ERR hash value is not a float");
    return;
  }
  const long double sum = *old + *increment;
  if (std::isnan(sum) || std::isinf(sum)) {
    call.error("ERR increment would produce NaN or Infinity");
    return;
  }
  const std::string shown = resp::format_long_double(sum);
  set_sum(call, shown, "hincrbyfloat");
  call.reply.bulk(shown);
  record_sum(call, shown);
}

}  // namespace redouble::command::hash_group
