// MEMORY: what keys cost here. The figures are this server's own; nobody's tests should compare
// them with another's.
#include <fmt/format.h>

#include <type_traits>

#include "command/call.hpp"
#include "command/handlers_server.hpp"
#include "command/memory_figures.hpp"

namespace redouble::command::server_group {

namespace {

// What a key costs in its table beside its entry: eight bytes, and its share of what is empty, of
// segments' first lines and of pages (10.0 at a million keys, 10.4 at the worst size:
// bench_tables).
constexpr std::size_t table_share = 10;

// Deadlines stand with their keys, and slots are not kept.
void write_database(resp::ReplyWriter& reply, const store::Keys& keys) {
  reply.map(3);
  reply.bulk("overhead.hashtable.main");
  reply.integer(static_cast<std::int64_t>(keys.table_bytes()));
  reply.bulk("overhead.hashtable.expires");
  reply.integer(0);
  reply.bulk("overhead.hashtable.slot-to-keys");
  reply.integer(0);
}

}  // namespace

void memory_usage(Call& call) {
  for (std::size_t index = 3; index < call.size(); index += 2) {
    if (!call.is_word(index, "SAMPLES") || index + 1 == call.size()) return call.syntax_error();
    const auto samples = call.integer(index + 1);
    if (!samples) return;
    if (*samples < 0) return call.syntax_error();
  }
  const store::Entry* entry = call.keys.find(call.key(), store::Look::quiet);
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
  const MemoryFigures figures = memory_figures(call);
  std::size_t pairs = 0;
  const auto figure = [&](std::string_view name, auto value) {
    ++pairs;
    call.reply.bulk(name);
    if constexpr (std::is_floating_point_v<decltype(value)>) {
      call.reply.real(value);
    } else {
      call.reply.integer(static_cast<std::int64_t>(value));
    }
  };
  const auto place = call.reply.begin();
  figure("peak.allocated", figures.peak);
  figure("total.allocated", figures.used);
  figure("startup.allocated", figures.startup);
  figure("replication.backlog", 0);
  figure("clients.slaves", 0);
  figure("clients.normal", figures.clients);
  figure("cluster.links", 0);
  figure("aof.buffer", 0);
  figure("lua.caches", 0);
  figure("functions.caches", 0);
  for (int number = 0; number < call.instance.keyspace().database_count(); ++number) {
    const store::Keys keys = call.locks.database(number);
    if (keys.size() == 0) continue;
    ++pairs;
    call.reply.bulk(fmt::format("db.{}", number));
    write_database(call.reply, keys);
  }
  figure("overhead.total", figures.overhead);
  figure("keys.count", figures.keys);
  figure("keys.bytes-per-key", figures.bytes_per_key());
  figure("dataset.bytes", figures.dataset);
  figure("dataset.percentage", figures.dataset_percent());
  figure("peak.percentage", figures.peak_percent());
  figure("allocator.allocated", figures.used);
  figure("allocator.active", figures.resident);
  figure("allocator.resident", figures.resident);
  figure("allocator-fragmentation.ratio", figures.fragmentation());
  figure("allocator-fragmentation.bytes", figures.fragmentation_bytes());
  figure("allocator-rss.ratio", 1.0);
  figure("allocator-rss.bytes", 0);
  figure("rss-overhead.ratio", 1.0);
  figure("rss-overhead.bytes", 0);
  figure("fragmentation", figures.fragmentation());
  figure("fragmentation.bytes", figures.fragmentation_bytes());
  call.reply.end_map(place, pairs);
}

}  // namespace redouble::command::server_group
