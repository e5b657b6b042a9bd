// The sections of INFO about the process and what it holds: server, clients, memory, persistence,
// cpu.
#include <algorithm>
#include <array>

#include "command/client_info.hpp"
#include "command/info_sections.hpp"
#include "command/memory_figures.hpp"
#include "instance/version.hpp"

namespace redouble::command::info {
namespace {

std::string human(std::uint64_t bytes) {
  constexpr std::array<char, 4> units = {'K', 'M', 'G', 'T'};
  if (bytes < 1024) return fmt::format("{}B", bytes);
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (value /= 1024; value >= 1024 && unit + 1 < units.size(); value /= 1024) ++unit;
  return fmt::format("{:.2f}{}", value, units[unit]);
}

}  // namespace

void Fields::add_bytes(std::string_view name, std::uint64_t bytes) {
  add(name, bytes);
  line("{}_human:{}\r\n", name, human(bytes));
}

void server(Call& call, Fields& fields) {
  const instance::Host& host = call.instance.host();
  const std::int64_t uptime_s = (call.now_ms() - call.instance.started_ms()) / 1000;
  constexpr std::int64_t day_s = 24 * 60 * 60;
  constexpr std::int64_t lru_mask = (1 << 24) - 1;
  fields.add("redis_version", instance::version_text(call.settings().compat_version));
  fields.add("redis_git_sha1", "00000000");
  fields.add("redis_git_dirty", 0);
  fields.add("redis_build_id", "redouble");
  fields.add("redis_mode", "standalone");
  fields.add("os", host.system());
  fields.add("arch_bits", sizeof(void*) * 8);
  fields.add("monotonic_clock", "the instance's own");
  fields.add("multiplexing_api", "epoll");
  fields.add("atomicvar_api", "c++-atomic");
  fields.line("gcc_version:{}.{}.{}\r\n", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
  fields.add("process_id", host.process_id());
  fields.add("process_supervised", "no");
  fields.add("run_id", call.instance.run_id());
  fields.add("tcp_port", host.port());
  fields.add("server_time_usec", call.locks.now_us());
  fields.add("uptime_in_seconds", uptime_s);
  fields.add("uptime_in_days", uptime_s / day_s);
  fields.add("hz", call.settings().hz);
  fields.add("configured_hz", call.settings().hz);
  fields.add("lru_clock", (call.now_ms() / 1000) & lru_mask);
  fields.add("executable", host.executable());
  fields.add("config_file", call.instance.config().file());
  fields.add("io_threads_active", 0);
  fields.add("redouble_version", "0.1.0");
  fields.add("redouble_threads", host.threads());
  fields.add("redouble_clock", call.instance.clock().frozen() ? "frozen" : "ticking");
  fields.add("redouble_seed", call.instance.seed());
}

void clients(Call& call, Fields& fields) {
  std::size_t most_input = 0;
  std::size_t most_output = 0;
  call.instance.clients().for_each([&](const instance::Client& client) {
    most_input = std::max<std::size_t>(most_input, client.query_bytes);
    most_output = std::max<std::size_t>(most_output, client.unsent_bytes);
  });
  fields.add("connected_clients", call.instance.clients().size());
  fields.add("cluster_connections", 0);
  fields.add("maxclients", call.settings().maxclients);
  fields.add("client_recent_max_input_buffer", most_input);
  fields.add("client_recent_max_output_buffer", most_output);
  fields.add("blocked_clients", call.instance.waiters().size() + call.instance.alarms().size());
  fields.add("tracking_clients", call.instance.tracking().clients());
  const instance::Waiters& waiters = call.instance.waiters();
  const bool counts_watchers = call.speaks(instance::CompatVersion::v7_4);
  if (counts_watchers) fields.add_zeros({"pubsub_clients", "watching_clients"});
  fields.add("clients_in_timeout_table", waiters.timed());
  if (counts_watchers) fields.add_zeros({"total_watched_keys"});
  if (call.speaks(instance::CompatVersion::v7_2)) {
    fields.add("total_blocking_keys", waiters.keys().size());
    fields.add("total_blocking_keys_on_nokey", waiters.keys_of_groups());
  }
}

void memory(Call& call, Fields& fields) {
  const MemoryFigures figures = memory_figures(call);
  fields.add_bytes("used_memory", figures.used);
  fields.add_bytes("used_memory_rss", figures.resident);
  fields.add_bytes("used_memory_peak", figures.peak);
  fields.add_ratio("used_memory_peak_perc", figures.peak_percent(), "%");
  fields.add("used_memory_overhead", figures.overhead);
  fields.add("used_memory_startup", figures.startup);
  fields.add("used_memory_dataset", figures.dataset);
  fields.add_ratio("used_memory_dataset_perc", figures.dataset_percent(), "%");
  fields.add("allocator_allocated", figures.used);
  fields.add("allocator_active", figures.resident);
  fields.add("allocator_resident", figures.resident);
  fields.add_bytes("total_system_memory", call.instance.host().machine_bytes());
  fields.add_zeros({"used_memory_lua", "used_memory_vm_eval"});
  fields.add("used_memory_lua_human", "0B");
  fields.add_zeros({"used_memory_scripts_eval", "number_of_cached_scripts", "number_of_functions",
                    "number_of_libraries", "used_memory_vm_functions"});
  fields.add_bytes("used_memory_vm_total", 0);
  fields.add("used_memory_functions", 0);
  fields.add_bytes("used_memory_scripts", 0);
  fields.add_bytes("maxmemory", call.settings().maxmemory);
  fields.add("maxmemory_policy", call.instance.config().get_one("maxmemory-policy").value_or(""));
  fields.add_ratio("allocator_frag_ratio", figures.fragmentation());
  fields.add("allocator_frag_bytes", figures.fragmentation_bytes());
  fields.add_ratio("allocator_rss_ratio", 1);
  fields.add("allocator_rss_bytes", 0);
  fields.add_ratio("rss_overhead_ratio", 1);
  fields.add("rss_overhead_bytes", 0);
  fields.add_ratio("mem_fragmentation_ratio", figures.fragmentation());
  fields.add("mem_fragmentation_bytes", figures.fragmentation_bytes());
  fields.add_zeros({"mem_not_counted_for_evict", "mem_replication_backlog",
                    "mem_total_replication_buffers", "mem_clients_slaves"});
  fields.add("mem_clients_normal", figures.clients);
  fields.add_zeros({"mem_cluster_links", "mem_aof_buffer"});
  fields.add("mem_allocator", "libc");
  fields.add("active_defrag_running", 0);
  fields.add("lazyfree_pending_objects", call.instance.keyspace().reclaimer().waiting());
  fields.add("lazyfreed_objects", call.instance.stats().freed_aside.load());
}

void persistence(Call& call, Fields& fields) {
  fields.add_zeros(
      {"loading", "async_loading", "current_cow_peak", "current_cow_size", "current_cow_size_age"});
  fields.add_ratio("current_fork_perc", 0);
  fields.add_zeros({"current_save_keys_processed", "current_save_keys_total"});
  fields.add("rdb_changes_since_last_save", call.instance.stats().changes());
  fields.add("rdb_bgsave_in_progress", 0);
  fields.add("rdb_last_save_time", call.instance.started_ms() / 1000);
  fields.add("rdb_last_bgsave_status", "ok");
  fields.add("rdb_last_bgsave_time_sec", -1);
  fields.add("rdb_current_bgsave_time_sec", -1);
  fields.add_zeros({"rdb_saves", "rdb_last_cow_size", "rdb_last_load_keys_expired",
                    "rdb_last_load_keys_loaded", "aof_enabled", "aof_rewrite_in_progress",
                    "aof_rewrite_scheduled"});
  fields.add("aof_last_rewrite_time_sec", -1);
  fields.add("aof_current_rewrite_time_sec", -1);
  fields.add("aof_last_bgrewrite_status", "ok");
  fields.add_zeros({"aof_rewrites", "aof_rewrites_consecutive_failures"});
  fields.add("aof_last_write_status", "ok");
  fields.add_zeros({"aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size"});
}

void cpu(Call& call, Fields& fields) {
  const instance::Host::CpuSeconds cpu = call.instance.host().cpu_seconds();
  fields.add_seconds("used_cpu_sys", cpu.system);
  fields.add_seconds("used_cpu_user", cpu.user);
  fields.add_seconds("used_cpu_sys_children", cpu.system_children);
  fields.add_seconds("used_cpu_user_children", cpu.user_children);
  fields.add_seconds("used_cpu_sys_main_thread", cpu.system_main_thread);
  fields.add_seconds("used_cpu_user_main_thread", cpu.user_main_thread);
}

}  // namespace redouble::command::info
