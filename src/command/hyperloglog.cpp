// The commands on HyperLogLogs.
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include "command/handlers_hyperloglog.hpp"
#include "command/objects.hpp"
#include "value/hyperloglog.hpp"

namespace redouble::command::hyperloglog_group {
namespace {

using store::EventKind;
using store::Look;
using value::HyperLogLog;

constexpr store::Event add_event{EventKind::string, "pfadd"};
// A change of the string that the real server notifies nobody of.
constexpr store::Event quiet_event{EventKind::string, ""};
// And one that not even those hear of who cache the key.
constexpr store::Event silent_event{.kind = EventKind::string, .name = "", .heard = false};

void corrupt(Call& call) { call.error("INVALIDOBJ Corrupted HLL object detected"); }

// The string under a key, which is a HyperLogLog; empty where there is no key. Nothing: the error
// is written. The view is valid as long as the entry and the room are.
std::optional<std::string_view> find_bytes(Call& call, const store::Hashed& key, Look look,
                                           value::StringRef::Room& room) {
  const store::Entry* entry = call.string_entry(key, look);
  if (call.failed) return std::nullopt;
  if (entry == nullptr) return std::string_view();
  const value::StringRef string = entry->string();
  const std::string_view bytes = string.view(room);
  if (string.form == value::StringRef::Form::integer || !HyperLogLog::is_valid(bytes)) {
    call.error("WRONGTYPE Key is not a valid HyperLogLog string value.");
    return std::nullopt;
  }
  return bytes;
}

void write(Call& call, const store::Hashed& key, const std::string& bytes, store::Event event) {
  call.keys.change_string(key, bytes.size(), event,
                          [&](store::Entry& string) { string.write(0, bytes); });
}

std::size_t sparse_limit(const Call& call) {
  return static_cast<std::size_t>(call.settings().hll_sparse_max_bytes);
}

// Whether adding all the elements would change a dense one: then there is nothing to copy.
bool raises_any(Call& call, std::string_view dense) {
  for (std::size_t index = 2; index < call.size(); ++index) {
    const HyperLogLog::Rank rank = HyperLogLog::rank_of(call.arg(index));
    if (HyperLogLog::dense_at(dense, rank.index) < rank.count) return true;
  }
  return false;
}

// The registers of several keys, each at its largest; nullptr: the error is written.
std::unique_ptr<HyperLogLog::Registers> merge(Call& call, Look look, bool& any_dense) {
  auto registers = std::make_unique<HyperLogLog::Registers>();
  for (const store::Hashed& key : call.found_keys) {
    value::StringRef::Room room;
    const auto bytes = find_bytes(call, key, look, room);
    if (!bytes) return nullptr;
    if (bytes->empty()) continue;
    any_dense = any_dense || HyperLogLog::is_dense(*bytes);
    if (!HyperLogLog(*bytes).merge_into(*registers)) {
      corrupt(call);
      return nullptr;
    }
  }
  return registers;
}

void count_one(Call& call) {
  value::StringRef::Room room;
  const auto bytes = find_bytes(call, call.key(), Look::read, room);
  if (!bytes) return;
  if (bytes->empty()) {
    call.reply.integer(0);
    return;
  }
  HyperLogLog log(*bytes);
  auto count = log.cached_count();
  if (!count) {
    count = log.count();
    if (!count) {
      corrupt(call);
      return;
    }
    log.set_cached_count(*count);
    write(call, call.key(), log.bytes(), quiet_event);
  } else {
    call.make_raw(call.key());
  }
  call.reply.integer(static_cast<std::int64_t>(*count));
}

}  // namespace

void pfadd(Call& call) {
  value::StringRef::Room room;
  const auto bytes = find_bytes(call, call.key(), Look::write, room);
  if (!bytes) return;
  const bool is_new = bytes->empty();
  if (!is_new && HyperLogLog::is_dense(*bytes) && !raises_any(call, *bytes)) {
    call.reply.integer(0);
    return;
  }
  HyperLogLog log = is_new ? HyperLogLog() : HyperLogLog(*bytes);
  bool changed = is_new;
  for (std::size_t index = 2; index < call.size(); ++index) {
    const HyperLogLog::Change change = log.add(call.arg(index), sparse_limit(call));
    if (change == HyperLogLog::Change::corrupt) {
      // What came before stays, though nobody hears of it.
      if (changed) write(call, call.key(), log.bytes(), silent_event);
      corrupt(call);
      return;
    }
    changed = changed || change == HyperLogLog::Change::changed;
  }
  if (changed) {
    log.forget_count();
    write(call, call.key(), log.bytes(), add_event);
  } else {
    call.make_raw(call.key());
  }
  call.reply.integer(changed ? 1 : 0);
}

void pfcount(Call& call) {
  if (call.size() == 2) {
    count_one(call);
    return;
  }
  bool any_dense = false;
  const auto registers = merge(call, Look::read, any_dense);
  if (registers) call.reply.integer(static_cast<std::int64_t>(HyperLogLog::count(*registers)));
}

void pfmerge(Call& call) {
  bool any_dense = false;
  const auto registers = merge(call, Look::read, any_dense);
  if (!registers) return;
  value::StringRef::Room room;
  const auto bytes = find_bytes(call, call.key(), Look::quiet, room);
  HyperLogLog log = bytes->empty() ? HyperLogLog() : HyperLogLog(*bytes);
  if (any_dense) log.become_dense();
  for (std::uint32_t index = 0; index < registers->size(); ++index) {
    if ((*registers)[index] != 0) log.raise({index, (*registers)[index]}, sparse_limit(call));
  }
  log.forget_count();
  write(call, call.key(), log.bytes(), add_event);
  call.reply.ok();
}

void pfdebug(Call& call) {
  value::StringRef::Room room;
  const auto bytes = find_bytes(call, call.key(), Look::write, room);
  if (!bytes) return;
  if (bytes->empty()) {
    call.error("ERR The specified key does not exist");
    return;
  }
  HyperLogLog log(*bytes);
  call.make_raw(call.key());
  const bool was_dense = log.is_dense();
  const bool shows_registers = call.is_word(1, "GETREG");
  if (shows_registers || call.is_word(1, "TODENSE")) {
    if (!log.become_dense()) {
      corrupt(call);
      return;
    }
    if (!was_dense) write(call, call.key(), log.bytes(), silent_event);
    if (!shows_registers) {
      call.reply.integer(was_dense ? 0 : 1);
      return;
    }
    HyperLogLog::Registers registers{};
    log.merge_into(registers);
    call.reply.array(registers.size());
    for (const std::uint8_t value : registers) call.reply.integer(value);
  } else if (call.is_word(1, "DECODE")) {
    if (was_dense) {
      call.error("ERR HLL encoding is not sparse");
    } else {
      call.reply.bulk(log.describe_runs());
    }
  } else if (call.is_word(1, "ENCODING")) {
    call.reply.simple(was_dense ? "dense" : "sparse");
  } else {
    call.error("ERR Unknown PFDEBUG subcommand '" + call.quoted(1) + "'");
  }
}

// Counts up to ten thousand elements; the first two thousand also sparsely, where an element costs
// as much as all before it. Both counts must be the same, and the estimate within five standard
// errors of the truth.
void pfselftest(Call& call) {
  constexpr double standard_error = 1.04 / 128;
  constexpr std::int64_t elements = 10'000;
  constexpr std::int64_t sparse_elements = 2'000;
  HyperLogLog sparse;
  HyperLogLog dense;
  dense.become_dense();
  std::array<char, resp::number_buffer_size> digits;
  for (std::int64_t number = 1; number <= elements; ++number) {
    const std::string_view element = resp::format_integer(digits, number);
    const bool both = number <= sparse_elements;
    if (both) sparse.add(element, 12'000);
    dense.add(element, 0);
    const bool counts =
        (number & (number - 1)) == 0 || number == sparse_elements || number == elements;
    if (!counts) continue;
    const double truth = static_cast<double>(number);
    const auto estimate = dense.count();
    const double off = std::abs(static_cast<double>(*estimate) - truth);
    if ((both && sparse.count() != estimate) || off > std::ceil(truth * standard_error * 5)) {
      call.error("TESTFAILED Too high error at " + std::to_string(number) + " elements");
      return;
    }
  }
  call.reply.ok();
}

}  // namespace redouble::command::hyperloglog_group
