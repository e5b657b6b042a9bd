// INFO: what the instance says of itself, in the sections and fields of the Redis documentation.
//
// A field that a lone server without a disk can only answer one way (no replicas, nothing being
// saved) is answered that way; what would have to be guessed is left out.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string>

#include "command/call.hpp"
#include "command/handlers_server.hpp"
#include "command/table.hpp"
#include "instance/version.hpp"

namespace redouble::command::server_group {
namespace {

using Out = std::back_insert_iterator<std::string>;

std::string human(std::uint64_t bytes) {
  constexpr std::array<char, 4> units = {'K', 'M', 'G', 'T'};
  if (bytes < 1024) return fmt::format("{}B", bytes);
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (value /= 1024; value >= 1024 && unit + 1 < units.size(); value /= 1024) ++unit;
  return fmt::format("{:.2f}{}", value, units[unit]);
}

std::string_view policy_text(Call& call) {
  return call.instance.config().get_one("maxmemory-policy").value_or("");
}

void server_section(Call& call, Out out) {
  const instance::Host& host = call.instance.host();
  const std::int64_t uptime_s = (call.now_ms() - call.instance.started_ms()) / 1000;
  constexpr std::int64_t day_s = 24 * 60 * 60;
  fmt::format_to(out,
                 "redis_version:{}\r\nredis_git_sha1:00000000\r\nredis_git_dirty:0\r\n"
                 "redis_build_id:redouble\r\nredis_mode:standalone\r\nos:{}\r\narch_bits:{}\r\n"
                 "monotonic_clock:the instance's own\r\nmultiplexing_api:epoll\r\n",
                 instance::version_text(call.settings().compat_version), host.system(),
                 sizeof(void*) * 8);
  fmt::format_to(out,
                 "process_id:{}\r\nprocess_supervised:no\r\nrun_id:{}\r\ntcp_port:{}\r\n"
                 "server_time_usec:{}\r\nuptime_in_seconds:{}\r\nuptime_in_days:{}\r\n",
                 host.process_id(), call.instance.run_id(), host.port(), call.locks.now_us(),
                 uptime_s, uptime_s / day_s);
  constexpr std::int64_t lru_mask = (1 << 24) - 1;
  fmt::format_to(out,
                 "hz:{0}\r\nconfigured_hz:{0}\r\nlru_clock:{1}\r\nexecutable:{2}\r\n"
                 "config_file:{3}\r\nio_threads_active:0\r\nredouble_version:0.1.0\r\n"
                 "redouble_threads:{4}\r\nredouble_clock:{5}\r\nredouble_seed:{6}\r\n",
                 call.settings().hz, (call.now_ms() / 1000) & lru_mask, host.executable(),
                 call.instance.config().file(), host.threads(),
                 call.instance.clock().frozen() ? "frozen" : "ticking", call.instance.seed());
}

void clients_section(Call& call, Out out) {
  fmt::format_to(out,
                 "connected_clients:{}\r\ncluster_connections:0\r\nmaxclients:{}\r\n"
                 "blocked_clients:{}\r\ntracking_clients:{}\r\nclients_in_timeout_table:{}\r\n",
                 call.instance.clients().size(), call.settings().maxclients,
                 call.instance.waiters().size(), call.instance.tracking().clients(),
                 call.instance.waiters().timed());
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void memory_section(Call& call, Out out) {
  const store::Totals totals = call.instance.keyspace().totals(call.locks);
  const std::uint64_t startup = instance::Instance::startup_bytes;
  const std::uint64_t used = call.instance.used_memory();
  const std::uint64_t resident = call.instance.host().resident_bytes();
  call.instance.stats().note_memory(used);
  const std::uint64_t peak = call.instance.stats().peak_memory;
  fmt::format_to(out,
                 "used_memory:{}\r\nused_memory_human:{}\r\nused_memory_rss:{}\r\n"
                 "used_memory_rss_human:{}\r\nused_memory_peak:{}\r\nused_memory_peak_human:{}\r\n"
                 "used_memory_peak_perc:{:.2f}%\r\n",
                 used, human(used), resident, human(resident), peak, human(peak),
                 percent(used, peak));
  fmt::format_to(out,
                 "used_memory_overhead:{}\r\nused_memory_startup:{}\r\nused_memory_dataset:{}\r\n"
                 "used_memory_dataset_perc:{:.2f}%\r\n"
                 "maxmemory:{}\r\nmaxmemory_human:{}\r\nmaxmemory_policy:{}\r\n",
                 startup + totals.table_bytes, startup, totals.entry_bytes,
                 percent(totals.entry_bytes, used - startup), call.settings().maxmemory,
                 human(call.settings().maxmemory), policy_text(call));
  fmt::format_to(out,
                 "mem_fragmentation_ratio:{:.2f}\r\nmem_fragmentation_bytes:{}\r\n"
                 "mem_not_counted_for_evict:0\r\nmem_replication_backlog:0\r\n"
                 "mem_total_replication_buffers:0\r\nmem_clients_slaves:0\r\n"
                 "mem_cluster_links:0\r\nmem_aof_buffer:0\r\nmem_allocator:libc\r\n"
                 "active_defrag_running:0\r\nlazyfree_pending_objects:0\r\n",
                 static_cast<double>(resident) / static_cast<double>(used),
                 static_cast<std::int64_t>(resident) - static_cast<std::int64_t>(used));
}

void persistence_section(Call& call, Out out) {
  fmt::format_to(out,
                 "loading:0\r\nasync_loading:0\r\nrdb_changes_since_last_save:{}\r\n"
                 "rdb_bgsave_in_progress:0\r\nrdb_last_save_time:{}\r\n"
                 "rdb_last_bgsave_status:ok\r\nrdb_last_bgsave_time_sec:-1\r\n"
                 "rdb_current_bgsave_time_sec:-1\r\nrdb_saves:0\r\nrdb_last_cow_size:0\r\n"
                 "rdb_last_load_keys_expired:0\r\nrdb_last_load_keys_loaded:0\r\naof_enabled:0\r\n"
                 "aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0\r\n"
                 "aof_last_rewrite_time_sec:-1\r\naof_current_rewrite_time_sec:-1\r\n"
                 "aof_last_bgrewrite_status:ok\r\naof_rewrites:0\r\n"
                 "aof_rewrites_consecutive_failures:0\r\naof_last_write_status:ok\r\n"
                 "aof_last_cow_size:0\r\nmodule_fork_in_progress:0\r\n"
                 "module_fork_last_cow_size:0\r\n",
                 call.instance.stats().changes(), call.instance.started_ms() / 1000);
}

void stats_section(Call& call, Out out) {
  const instance::Stats& stats = call.instance.stats();
  const store::Totals totals = call.instance.keyspace().totals(call.locks);
  const instance::Tracking& tracking = call.instance.tracking();
  fmt::format_to(out,
                 "total_connections_received:{}\r\ntotal_commands_processed:{}\r\n"
                 "total_net_input_bytes:{}\r\ntotal_net_output_bytes:{}\r\n"
                 "rejected_connections:{}\r\nsync_full:0\r\nsync_partial_ok:0\r\n"
                 "sync_partial_err:0\r\n",
                 stats.connections.load(), stats.commands(), stats.input_bytes(),
                 stats.output_bytes(), stats.rejected_connections.load());
  if (call.speaks(instance::CompatVersion::v7_4)) {
    fmt::format_to(out, "expired_subkeys:{}\r\n", totals.expired_parts);
  }
  fmt::format_to(out, "expired_keys:{}\r\nevicted_keys:{}\r\n", totals.expired,
                 stats.evicted_keys.load());
  fmt::format_to(out,
                 "keyspace_hits:{}\r\nkeyspace_misses:{}\r\npubsub_channels:0\r\n"
                 "pubsub_patterns:0\r\npubsubshard_channels:0\r\nlatest_fork_usec:0\r\n"
                 "total_forks:0\r\ntracking_total_keys:{}\r\ntracking_total_items:{}\r\n"
                 "tracking_total_prefixes:{}\r\nunexpected_error_replies:0\r\n"
                 "total_error_replies:{}\r\nevicted_clients:0\r\ntotal_net_repl_input_bytes:0\r\n"
                 "total_net_repl_output_bytes:0\r\nmigrate_cached_sockets:0\r\n"
                 "slave_expires_tracked_keys:0\r\nactive_defrag_hits:0\r\n"
                 "active_defrag_misses:0\r\nactive_defrag_key_hits:0\r\n"
                 "active_defrag_key_misses:0\r\ntotal_active_defrag_time:0\r\n"
                 "current_active_defrag_time:0\r\n",
                 totals.hits, totals.misses, tracking.keys(), tracking.items(),
                 tracking.prefix_count(), stats.error_replies.load());
}

void replication_section(Call& call, Out out) {
  fmt::format_to(out,
                 "role:master\r\nconnected_slaves:0\r\nmaster_failover_state:no-failover\r\n"
                 "master_replid:{}\r\nmaster_replid2:{:0>40}\r\nmaster_repl_offset:0\r\n"
                 "second_repl_offset:-1\r\nrepl_backlog_active:0\r\nrepl_backlog_size:1048576\r\n"
                 "repl_backlog_first_byte_offset:0\r\nrepl_backlog_histlen:0\r\n",
                 call.instance.run_id(), 0);
}

void cpu_section(Call& call, Out out) {
  const instance::Host::CpuSeconds cpu = call.instance.host().cpu_seconds();
  fmt::format_to(out,
                 "used_cpu_sys:{:.6f}\r\nused_cpu_user:{:.6f}\r\nused_cpu_sys_children:{:.6f}\r\n"
                 "used_cpu_user_children:{:.6f}\r\n",
                 cpu.system, cpu.user, cpu.system_children, cpu.user_children);
}

void nothing(Call&, Out) {}

void commandstats_section(Call& call, Out out) {
  const CommandTable& table = CommandTable::standard();
  for (std::size_t index = 0; index < table.size(); ++index) {
    const instance::CommandCounters counters = call.instance.stats().command(index);
    if (counters.calls + counters.rejected + counters.failed == 0) continue;
    const double per_call = counters.calls == 0 ? 0
                                                : static_cast<double>(counters.usec) /
                                                      static_cast<double>(counters.calls);
    fmt::format_to(out,
                   "cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},"
                   "failed_calls={}\r\n",
                   table.full_name(table.at(index)), counters.calls, counters.usec, per_call,
                   counters.rejected, counters.failed);
  }
}

void errorstats_section(Call& call, Out out) {
  for (const auto& [code, count] : call.instance.stats().errors()) {
    fmt::format_to(out, "errorstat_{}:count={}\r\n", code, count);
  }
}

void cluster_section(Call&, Out out) { fmt::format_to(out, "cluster_enabled:0\r\n"); }

void keyspace_section(Call& call, Out out) {
  for (int number = 0; number < call.instance.keyspace().database_count(); ++number) {
    const store::Keys keys = call.locks.database(number);
    const std::size_t size = keys.size();
    if (size == 0) continue;
    const store::DeadlineCounts counts = keys.deadline_counts();
    fmt::format_to(out, "db{}:keys={},expires={},avg_ttl={}", number, size, counts.keys,
                   counts.average_ttl_ms);
    if (call.speaks(instance::CompatVersion::v7_4)) {
      fmt::format_to(out, ",subexpiry={}", counts.with_parts);
    }
    fmt::format_to(out, "\r\n");
  }
}

struct Section {
  std::string_view name;
  std::string_view heading;
  bool by_default;
  void (*write)(Call&, Out);
};

constexpr Section sections[] = {
    {"server", "Server", true, server_section},
    {"clients", "Clients", true, clients_section},
    {"memory", "Memory", true, memory_section},
    {"persistence", "Persistence", true, persistence_section},
    {"stats", "Stats", true, stats_section},
    {"replication", "Replication", true, replication_section},
    {"cpu", "CPU", true, cpu_section},
    {"modules", "Modules", true, nothing},
    {"commandstats", "Commandstats", false, commandstats_section},
    {"errorstats", "Errorstats", true, errorstats_section},
    {"latencystats", "Latencystats", false, nothing},
    {"cluster", "Cluster", true, cluster_section},
    {"keyspace", "Keyspace", true, keyspace_section},
};

}  // namespace

void info(Call& call) {
  bool defaults = call.size() == 1;
  bool all = false;
  std::set<std::string_view> wanted;
  for (std::size_t index = 1; index < call.size(); ++index) {
    if (call.is_word(index, "DEFAULT")) defaults = true;
    if (call.is_word(index, "ALL") || call.is_word(index, "EVERYTHING")) all = true;
    for (const Section& section : sections) {
      if (equal_words(call.arg(index), section.name)) wanted.insert(section.name);
    }
  }
  std::string text;
  for (const Section& section : sections) {
    if (!all && !(defaults && section.by_default) && !wanted.contains(section.name)) continue;
    if (!text.empty()) text += "\r\n";
    text += fmt::format("# {}\r\n", section.heading);
    section.write(call, std::back_inserter(text));
  }
  call.reply.verbatim("txt", text);
}

}  // namespace redouble::command::server_group
