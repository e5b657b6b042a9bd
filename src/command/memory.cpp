// MEMORY: what keys cost here. The figures are this server's own; nobody's tests should compare
// them with another's.
#include <fmt/format.h>

#include "command/call.hpp"
#include "command/handlers_server.hpp"

namespace redouble::command::server_group {

namespace {

// What a key costs in its table beside its entry: eight bytes, and its share of what is empty, of
// segments' first lines and of pages (10.0 at a million keys, 10.4 at the worst size:
// bench_tables).
constexpr std::size_t table_share = 10;

}  // namespace

void memory_usage(Call& call) {
  for (std::size_t index = 3; index < call.size(); index += 2) {
    if (!call.is_word(index, "SAMPLES") || index + 1 == call.size()) return call.syntax_error();
    const auto samples = call.integer(index + 1);
    if (!samples) return;
    if (*samples < 0) return call.syntax_error();
  }
  const store::Entry* entry = call.keys.find(call.key(), store::Look::untouched);
  if (entry == nullptr) return call.reply.null();
  call.reply.integer(static_cast<std::int64_t>(entry->bytes() + table_share));
}

void memory_doctor(Call& call) {
  call.reply.verbatim(
      "txt",
      "redouble has no complaints: it allocates entries as they come and frees them "
      "as they go. MEMORY STATS shows what they take.\n");
}

void memory_malloc_stats(Call& call) {
  call.reply.verbatim("txt", call.instance.host().allocator_report());
}

void memory_purge(Call& call) {
  call.instance.host().purge_allocator();
  call.reply.ok();
}

void memory_stats(Call& call) {
  const store::Totals totals = call.instance.keyspace().totals(call.locks);
  std::size_t keys = 0;
  for (int number = 0; number < call.instance.keyspace().database_count(); ++number) {
    keys += call.locks.database(number).size();
  }
  constexpr std::size_t startup = instance::Instance::startup_bytes;
  const std::size_t used = call.instance.used_memory();
  const auto figure = [&](std::string_view name, std::size_t value) {
    call.reply.bulk(name);
    call.reply.integer(static_cast<std::int64_t>(value));
  };
  call.reply.map(7);
  figure("total.allocated", used);
  figure("startup.allocated", startup);
  figure("overhead.total", startup + totals.table_bytes);
  figure("dataset.bytes", totals.entry_bytes);
  figure("keys.count", keys);
  figure("keys.bytes-per-key", keys == 0 ? 0 : (used - startup) / keys);
  figure("process.resident", call.instance.host().resident_bytes());
}

}  // namespace redouble::command::server_group
