// The group server: what concerns a whole database, the clock, the configuration, and the end.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command/call.hpp"
#include "command/handlers_server.hpp"
#include "instance/version.hpp"

namespace redouble::command::server_group {
namespace {

// FLUSHALL [ASYNC | SYNC]: whichever it is, the keys are gone at once and freed after the locks.
bool read_flush_mode(Call& call) {
  if (call.size() == 1 ||
      (call.size() == 2 && (call.is_word(1, "ASYNC") || call.is_word(1, "SYNC")))) {
    return true;
  }
  call.syntax_error();
  return false;
}

void clear(Call& call, int database) {
  if (call.is_word(1, "ASYNC")) {
    call.instance.stats().freed_aside.fetch_add(call.locks.database(database).size(),
                                                std::memory_order_relaxed);
  }
  call.instance.keyspace().clear(call.locks, database);
}

std::optional<int> database_number(Call& call, std::size_t index, std::string_view complaint) {
  const auto number = resp::parse_integer(call.arg(index));
  if (!number || *number < std::numeric_limits<int>::min() ||
      *number > std::numeric_limits<int>::max()) {
    call.error(complaint);
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

}  // namespace

void dbsize(Call& call) { call.reply.integer(static_cast<std::int64_t>(call.keys.size())); }

void flushall(Call& call) {
  if (!read_flush_mode(call)) return;
  call.instance.note_memory();
  const store::Keyspace& keyspace = call.instance.keyspace();
  for (int database = 0; database < keyspace.database_count(); ++database) {
    clear(call, database);
  }
  call.step.whole_database_effect(instance::Step::Whole::emptied);
  call.reply.ok();
}

void flushdb(Call& call) {
  if (!read_flush_mode(call)) return;
  call.instance.note_memory();
  clear(call, call.keys.number());
  call.step.whole_database_effect(instance::Step::Whole::emptied);
  call.reply.ok();
}

void swapdb(Call& call) {
  const auto one = database_number(call, 1, "ERR invalid first DB index");
  if (!one) return;
  const auto other = database_number(call, 2, "ERR invalid second DB index");
  if (!other) return;
  store::Keyspace& keyspace = call.instance.keyspace();
  const auto exists = [&](int number) { return number >= 0 && number < keyspace.database_count(); };
  if (!exists(*one) || !exists(*other)) return call.error("ERR DB index is out of range");
  if (*one != *other) keyspace.swap(call.locks, *one, *other);
  call.step.whole_database_effect(instance::Step::Whole::swapped);
  call.reply.ok();
}

void time(Call& call) {
  constexpr std::int64_t second_us = 1'000'000;
  call.reply.array(2);
  call.reply.bulk_integer(call.locks.now_us() / second_us);
  call.reply.bulk_integer(call.locks.now_us() % second_us);
}

void config_get(Call& call) {
  const auto found = call.instance.config().get(call.args.subspan(2));
  call.reply.map(found.size());
  for (const auto& [name, value] : found) {
    call.reply.bulk(name);
    call.reply.bulk(value);
  }
}

void config_set(Call& call) {
  if (call.size() % 2 != 0) return call.syntax_error();
  std::vector<instance::Config::NameValue> pairs;
  for (std::size_t index = 2; index < call.size(); index += 2) {
    pairs.emplace_back(call.arg(index), call.arg(index + 1));
  }
  if (const auto refused = call.instance.config().set(pairs, call.instance.host()))
    return call.error(*refused);
  const std::int64_t timeout_s = call.instance.hot().timeout_s;
  call.instance.config_changed();
  if (timeout_s != call.instance.hot().timeout_s) {
    // Who sleeps does not know of its new deadline.
    call.instance.clients().for_each([](instance::Client& client) { client.mailbox.wake(); });
  }
  call.reply.ok();
}

void config_resetstat(Call& call) {
  call.instance.stats().reset();
  call.instance.keyspace().reset_counters(call.locks);
  call.reply.ok();
}

void config_rewrite(Call& call) {
  if (const auto failed = call.instance.config().rewrite()) return call.error(*failed);
  call.reply.ok();
}

// Nothing is kept on disk, so there is nothing to save first; who insists is told so.
void shutdown(Call& call) {
  bool abort = false;
  bool save = false;
  bool nosave = false;
  bool now = false;
  bool force = false;
  for (std::size_t index = 1; index < call.size(); ++index) {
    bool* const option = call.is_word(index, "ABORT")    ? &abort
                         : call.is_word(index, "SAVE")   ? &save
                         : call.is_word(index, "NOSAVE") ? &nosave
                         : call.is_word(index, "NOW")    ? &now
                         : call.is_word(index, "FORCE")  ? &force
                                                         : nullptr;
    if (option == nullptr) return call.syntax_error();
    *option = true;
  }
  if ((save && nosave) || (abort && (save || nosave || now || force))) return call.syntax_error();
  if (abort) {
    if (!call.instance.host().abort_shutdown()) {
      return call.error("ERR No shutdown in progress.");
    }
    return call.reply.ok();
  }
  if (save && !force) {
    return call.error("ERR Errors trying to SHUTDOWN: redouble keeps no data on disk to SAVE to.");
  }
  const auto mode = now ? instance::ShutdownMode::now : instance::ShutdownMode::graceful;
  if (!call.instance.host().shutdown(mode)) {
    return call.error("ERR Errors trying to SHUTDOWN: this instance has no process of its own.");
  }
  call.client.close_after_reply = true;  // without one, as the real server
}

}  // namespace redouble::command::server_group
