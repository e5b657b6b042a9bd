// The sections of INFO that count: stats, commandstats, errorstats, keyspace; and what of
// replication and cluster a lone server has to say.
#include <algorithm>
#include <cstdint>
#include <ranges>
#include <string>
#include <utility>

#include "command/info_sections.hpp"
#include "command/table.hpp"

namespace redouble::command::info {

void stats(Call& call, Fields& fields) {
  const instance::Stats& stats = call.instance.stats();
  const std::int64_t now_us = call.locks.now_us();
  const store::Totals totals = call.instance.keyspace().totals(call.locks);
  const instance::Tracking& tracking = call.instance.tracking();
  const instance::PerSecond rate = stats.per_second(now_us);
  call.instance.note_exceeded();
  const instance::Stats::Exceeded exceeded = stats.exceeded(now_us);
  fields.add("total_connections_received", stats.connections.load());
  fields.add("total_commands_processed", stats.commands());
  fields.line("instantaneous_ops_per_sec:{:.0f}\r\n", rate.commands);
  fields.add("total_net_input_bytes", stats.input_bytes());
  fields.add("total_net_output_bytes", stats.output_bytes());
  fields.add_zeros({"total_net_repl_input_bytes", "total_net_repl_output_bytes"});
  fields.add_ratio("instantaneous_input_kbps", rate.input_bytes / 1024);
  fields.add_ratio("instantaneous_output_kbps", rate.output_bytes / 1024);
  fields.add_ratio("instantaneous_input_repl_kbps", 0);
  fields.add_ratio("instantaneous_output_repl_kbps", 0);
  fields.add("rejected_connections", stats.rejected_connections.load());
  fields.add_zeros({"sync_full", "sync_partial_ok", "sync_partial_err"});
  if (call.speaks(instance::CompatVersion::v7_4)) {
    fields.add("expired_subkeys", totals.expired_parts);
  }
  fields.add("expired_keys", totals.expired);
  fields.add_ratio("expired_stale_perc", 0);
  fields.add("expired_time_cap_reached_count", stats.sweeps_cut.load());
  fields.add("expire_cycle_cpu_milliseconds", stats.sweep_us.load() / 1000);
  fields.add("evicted_keys", stats.evicted_keys.load());
  fields.add("evicted_clients", 0);
  fields.add("total_eviction_exceeded_time", exceeded.total_us / 1000);
  fields.add("current_eviction_exceeded_time", exceeded.current_us / 1000);
  fields.add("keyspace_hits", totals.hits);
  fields.add("keyspace_misses", totals.misses);
  fields.add_zeros({"pubsub_channels", "pubsub_patterns", "pubsubshard_channels",
                    "latest_fork_usec", "total_forks", "migrate_cached_sockets",
                    "slave_expires_tracked_keys", "active_defrag_hits", "active_defrag_misses",
                    "active_defrag_key_hits", "active_defrag_key_misses",
                    "total_active_defrag_time", "current_active_defrag_time"});
  fields.add("tracking_total_keys", tracking.keys());
  fields.add("tracking_total_items", tracking.items());
  fields.add("tracking_total_prefixes", tracking.prefix_count());
  fields.add("unexpected_error_replies", 0);
  fields.add("total_error_replies", stats.error_replies.load());
  fields.add("dump_payload_sanitizations", 0);
  fields.add("total_reads_processed", stats.reads());
  fields.add("total_writes_processed", stats.writes());
  fields.add_zeros({"io_threaded_reads_processed", "io_threaded_writes_processed",
                    "reply_buffer_shrinks", "reply_buffer_expands"});
}

void replication(Call& call, Fields& fields) {
  fields.add("role", "master");
  fields.add("connected_slaves", 0);
  fields.add("master_failover_state", "no-failover");
  fields.add("master_replid", call.instance.replication_id());
  fields.add("master_replid2", std::string(call.instance.run_id().size(), '0'));
  fields.add("master_repl_offset", 0);
  fields.add("second_repl_offset", -1);
  fields.add("repl_backlog_active", 0);
  fields.add("repl_backlog_size", 1048576);
  fields.add_zeros({"repl_backlog_first_byte_offset", "repl_backlog_histlen"});
}

void commandstats(Call& call, Fields& fields) {
  const CommandTable& table = CommandTable::standard();
  for (std::size_t index = 0; index < table.size(); ++index) {
    const instance::CommandCounters counters = call.instance.stats().command(index);
    if (counters.calls + counters.rejected + counters.failed == 0) continue;
    const double per_call = counters.calls == 0 ? 0
                                                : static_cast<double>(counters.usec) /
                                                      static_cast<double>(counters.calls);
    fields.line(
        "cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}\r\n",
        table.full_name(table.at(index)), counters.calls, counters.usec, per_call,
        counters.rejected, counters.failed);
  }
}

void latencystats(Call& call, Fields& fields) {
  const instance::Settings& settings = call.settings();
  if (!settings.latency_tracking) return;
  const CommandTable& table = CommandTable::standard();
  for (std::size_t index = 0; index < table.size(); ++index) {
    const auto latencies = call.instance.stats().latencies(index);
    if (latencies.empty()) continue;
    fields.line("latency_percentiles_usec_{}:", table.full_name(table.at(index)));
    std::string_view between;
    for (const auto word : std::views::split(settings.latency_tracking_info_percentiles, ' ')) {
      const std::string percentile(word.begin(), word.end());
      const auto ns = instance::LatencyHistogram::at_percentile(latencies, std::stod(percentile));
      fields.line("{}p{}={:.3f}", std::exchange(between, ","), percentile,
                  static_cast<double>(ns) / 1000);
    }
    fields.line("\r\n");
  }
}

void errorstats(Call& call, Fields& fields) {
  for (const auto& [code, count] : call.instance.stats().errors()) {
    fields.line("errorstat_{}:count={}\r\n", code, count);
  }
}

void cluster(Call&, Fields& fields) { fields.add("cluster_enabled", 0); }

void keyspace(Call& call, Fields& fields) {
  for (int number = 0; number < call.instance.keyspace().database_count(); ++number) {
    const store::Keys keys = call.locks.database(number);
    const std::size_t size = keys.size();
    if (size == 0) continue;
    const store::DeadlineCounts counts = keys.deadline_counts();
    fields.line("db{}:keys={},expires={},avg_ttl={}", number, size, counts.keys,
                std::max<std::int64_t>(counts.average_ttl_ms, 0));
    if (call.speaks(instance::CompatVersion::v7_4)) fields.line(",subexpiry={}", counts.with_parts);
    fields.line("\r\n");
  }
}

}  // namespace redouble::command::info
