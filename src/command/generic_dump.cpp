// DUMP and RESTORE: a value as bytes, and back.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "command/call.hpp"
#include "command/dump_settings.hpp"
#include "command/expiration.hpp"
#include "command/handlers_generic.hpp"
#include "resp/number.hpp"
#include "value/dump.hpp"

namespace redouble::command::generic_group {
namespace {

using store::EventKind;
using store::Look;
namespace rdb = value::rdb;

constexpr store::Event restore_event{EventKind::generic, "restore"};

struct RestoreOptions {
  bool replace = false;
  bool absolute = false;
  std::optional<std::int64_t> idle_s;
  std::optional<std::int64_t> frequency;
};

// False: the error is written.
bool parse(Call& call, RestoreOptions& options) {
  constexpr std::int64_t most_uses = store::AccessClock::most_count;
  for (std::size_t index = 4; index < call.size(); ++index) {
    const bool has_value = index + 1 < call.size();
    if (call.is_word(index, "REPLACE")) {
      options.replace = true;
    } else if (call.is_word(index, "ABSTTL")) {
      options.absolute = true;
    } else if (call.is_word(index, "IDLETIME") && has_value && !options.frequency) {
      options.idle_s = call.integer(++index);
      if (!options.idle_s) return false;
      if (*options.idle_s < 0) {
        call.error("ERR Invalid IDLETIME value, must be >= 0");
        return false;
      }
    } else if (call.is_word(index, "FREQ") && has_value && !options.idle_s) {
      options.frequency = call.integer(++index);
      if (!options.frequency) return false;
      if (*options.frequency < 0 || *options.frequency > most_uses) {
        call.error("ERR Invalid FREQ value, must be >= 0 and <= 255");
        return false;
      }
    } else {
      call.syntax_error();
      return false;
    }
  }
  return true;
}

// The deadline in Unix milliseconds; 0: none. Nothing: the error is written.
std::optional<std::int64_t> deadline(Call& call, const RestoreOptions& options) {
  const auto ttl = call.integer(2);
  if (!ttl) return std::nullopt;
  if (*ttl < 0) {
    call.error("ERR Invalid TTL value, must be >= 0");
    return std::nullopt;
  }
  if (*ttl == 0 || options.absolute) return *ttl;
  // Beyond the last millisecond it wraps round, and has come.
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(*ttl) +
                                   static_cast<std::uint64_t>(call.now_ms()));
}

// The value in the dump as an entry for the key. Nothing: the error is written.
store::EntryPtr read_entry(Call& call, std::int64_t at_ms) {
  const bool matters = call.instance.checks_dumps.load(std::memory_order_relaxed);
  const auto bytes =
      value::open_dump(call.arg(3), dump_version(call),
                       matters ? value::Checksum::matters : value::Checksum::ignored);
  if (!bytes) {
    call.error("ERR DUMP payload version or checksum are wrong");
    return {};
  }
  rdb::Reader reader(*bytes, longest_dump_text(call));
  std::string room;
  auto value = rdb::read_value(reader, dump_limits(call), room);
  if (!value) {
    call.error("ERR Bad data format");
    return {};
  }
  const store::Deadline until = at_ms == 0 ? store::Deadline{} : call.keys.deadline_at(at_ms);
  if (value->type == value::Type::string) return store::Entry::make(call.key(), value->text, until);
  return store::Entry::make(call.key(), std::move(value->object), until);
}

void record(Call& call, const RestoreOptions& options, std::int64_t at_ms) {
  if (!call.recording() || options.absolute || at_ms == 0) return;
  std::array<char, resp::number_buffer_size> digits;
  std::vector<std::string_view> command(call.args.begin(), call.args.end());
  command[2] = resp::format_integer(digits, at_ms);
  command.push_back("ABSTTL");
  call.step.record_as(command);
}

}  // namespace

void dump(Call& call) {
  const store::Entry* entry = call.keys.find(call.key());
  if (entry == nullptr) {
    call.reply.null();
    return;
  }
  const rdb::Writer::Options options = dump_options(call);
  std::string bytes;
  rdb::Writer writer(bytes, options);
  if (entry->type() == value::Type::string) {
    writer.kind(rdb::Kind::string);
  } else {
    writer.kind(rdb::kind_of(entry->object(), options));
  }
  write_entry(writer, *entry);
  value::seal_dump(bytes, options.version);
  call.reply.bulk(bytes);
}

void restore(Call& call) {
  RestoreOptions options;
  if (!parse(call, options)) return;
  if (!options.replace && call.keys.find(call.key(), Look::write) != nullptr) {
    call.error("BUSYKEY Target key name already exists.");
    return;
  }
  const auto at_ms = deadline(call, options);
  if (!at_ms) return;
  store::EntryPtr entry = read_entry(call, *at_ms);
  if (!entry) return;
  if (*at_ms != 0 && has_come(call, *at_ms)) {
    call.keys.erase(call.key(), {EventKind::generic, "del"});
    if (call.recording()) call.step.record_as({"DEL", call.key().key});
    call.reply.ok();
    return;
  }
  call.keys.put(std::move(entry), restore_event);
  const store::AccessClock& clock = call.instance.keyspace().access_clock();
  if (const store::Entry* made = call.keys.find(call.key(), Look::quiet)) {
    if (options.idle_s) clock.set_idle_s(*made, call.now_ms(), *options.idle_s);
    if (options.frequency) {
      clock.set_frequency(*made, call.now_ms(), static_cast<std::uint32_t>(*options.frequency));
    }
  }
  record(call, options, *at_ms);
  call.reply.ok();
}

}  // namespace redouble::command::generic_group
