// The commands that set whole strings: SET and its relatives, GETSET, GETDEL, GETEX, MSET, MSETNX.
#include <array>
#include <optional>

#include "command/call.hpp"
#include "command/expiration.hpp"
#include "command/handlers_string.hpp"
#include "resp/number.hpp"
#include "runtime/mutant.hpp"

namespace redouble::command::string_group {
namespace {

using store::EventKind;
using store::Lifetime;
using store::Look;

constexpr store::Event set_event{EventKind::string, "set"};
constexpr store::Event expire_too{EventKind::generic, "expire", false};
constexpr store::Event expire_event{EventKind::generic, "expire"};

// The value under the first key as the reply, null where there is none. False: an error instead.
bool reply_value(Call& call) {
  const store::Entry* entry = call.string_entry(call.key());
  if (call.failed) return false;
  if (entry == nullptr) {
    call.reply.null();
  } else {
    call.bulk_string(entry->string());
  }
  return true;
}

// `value_at`: the place of the new value among the arguments.
void store_until(Call& call, std::size_t value_at, std::int64_t at_ms) {
  call.set_string(call.key(), value_at, Lifetime::until(at_ms), set_event);
  call.keys.announce_also(call.key(), expire_too);
  if (call.recording() && !mutant("record-relative-lifetime")) {
    std::array<char, resp::number_buffer_size> digits;
    call.step.record_as(
        {"SET", call.key().key, call.arg(value_at), "PXAT", resp::format_integer(digits, at_ms)});
  }
}

struct SetOptions {
  bool if_missing = false;   // NX
  bool if_existing = false;  // XX
  bool get = false;
  Expiration expiration;
};

// Everything behind the value; false: a syntax error.
bool parse(const Call& call, SetOptions& options) {
  using Kind = Expiration::Kind;
  for (std::size_t index = 3; index < call.size(); ++index) {
    if (call.is_word(index, "NX") && !options.if_existing) {
      options.if_missing = true;
    } else if (call.is_word(index, "XX") && !options.if_missing) {
      options.if_existing = true;
    } else if (call.is_word(index, "GET")) {
      options.get = true;
    } else if (call.is_word(index, "KEEPTTL") && options.expiration.kind != Kind::at) {
      options.expiration.kind = Kind::keep;
    } else if (!options.expiration.take_time(call, index)) {
      return false;
    }
  }
  return true;
}

void set_for(Call& call, Unit unit) {
  const auto at_ms = positive_deadline(call, 2, unit, From::now);
  if (!at_ms) return;
  store_until(call, 3, *at_ms);
  call.reply.ok();
}

void set_pairs(Call& call) {
  for (std::size_t index = 0; index < call.found_keys.size(); ++index) {
    call.set_string(call.key(index), 2 * index + 2, {}, set_event);
  }
}

}  // namespace

void set(Call& call) {
  if (call.size() == 3) {
    call.set_string(call.key(), 2, {}, set_event);
    call.reply.ok();
    return;
  }
  SetOptions options;
  if (!parse(call, options)) {
    call.syntax_error();
    return;
  }
  const Expiration& expiration = options.expiration;
  std::optional<std::int64_t> at_ms;
  if (expiration.kind == Expiration::Kind::at) {
    at_ms = positive_deadline(call, expiration.value_at, expiration.unit, expiration.from);
    if (!at_ms) return;
  }
  if (options.get && !reply_value(call)) return;
  if (options.if_missing || options.if_existing) {
    const bool exists = call.keys.find(call.key(), Look::write) != nullptr;
    if (exists ? options.if_missing : options.if_existing) {
      if (!options.get) call.reply.null();
      return;
    }
  }
  if (at_ms) {
    store_until(call, 2, *at_ms);
  } else {
    const bool keeps = expiration.kind == Expiration::Kind::keep;
    call.set_string(call.key(), 2, keeps ? Lifetime::kept() : Lifetime{}, set_event);
  }
  if (!options.get) call.reply.ok();
}

void setex(Call& call) { set_for(call, Unit::seconds); }

void psetex(Call& call) { set_for(call, Unit::milliseconds); }

void setnx(Call& call) {
  const bool exists = call.keys.find(call.key(), Look::write) != nullptr;
  if (!exists) call.set_string(call.key(), 2, {}, set_event);
  call.reply.integer(exists ? 0 : 1);
}

void getset(Call& call) {
  if (!reply_value(call)) return;
  call.set_string(call.key(), 2, {}, set_event);
}

void getdel(Call& call) {
  if (!reply_value(call)) return;
  if (call.keys.erase(call.key(), {EventKind::generic, "del"}) && call.recording()) {
    call.step.record_as({"DEL", call.key().key});
  }
}

void getex(Call& call) {
  using Kind = Expiration::Kind;
  Expiration expiration;
  for (std::size_t index = 2; index < call.size(); ++index) {
    if (call.is_word(index, "PERSIST") && expiration.kind != Kind::at) {
      expiration.kind = Kind::persist;
    } else if (!expiration.take_time(call, index)) {
      call.syntax_error();
      return;
    }
  }
  const store::Entry* entry = call.string_entry(call.key());
  if (call.failed) return;
  if (entry == nullptr) {
    call.reply.null();
    return;
  }
  std::optional<std::int64_t> at_ms;
  if (expiration.kind == Kind::at) {
    at_ms = positive_deadline(call, expiration.value_at, expiration.unit, expiration.from);
    if (!at_ms) return;
  }
  call.bulk_string(entry->string());
  const std::string_view key = call.key().key;
  if (at_ms && expiration.from == From::epoch && has_come(call, *at_ms)) {
    call.keys.erase(call.key(), {EventKind::generic, "del"});
    if (call.recording()) call.step.record_as({"DEL", key});
  } else if (at_ms) {
    call.keys.set_deadline(call.key(), *at_ms, expire_event);
    if (call.recording()) {
      std::array<char, resp::number_buffer_size> digits;
      call.step.record_as({"PEXPIREAT", key, resp::format_integer(digits, *at_ms)});
    }
  } else if (expiration.kind == Kind::persist && entry->deadline().is_set()) {
    call.keys.set_deadline(call.key(), std::nullopt, {EventKind::generic, "persist"});
    if (call.recording()) call.step.record_as({"PERSIST", key});
  }
}

void mset(Call& call) {
  if (call.size() % 2 == 0) {
    call.wrong_arity();
    return;
  }
  set_pairs(call);
  call.reply.ok();
}

void msetnx(Call& call) {
  if (call.size() % 2 == 0) {
    call.wrong_arity();
    return;
  }
  for (const store::Hashed& key : call.found_keys) {
    if (call.keys.find(key, Look::write) != nullptr) {
      call.reply.integer(0);
      return;
    }
  }
  set_pairs(call);
  call.reply.integer(1);
}

}  // namespace redouble::command::string_group
