#include <algorithm>
#include <array>

#include "instance/directive.hpp"
#include "instance/directive_row.hpp"
#include "instance/directive_special.hpp"

namespace redouble::instance {
namespace {

// Why a directive of Redis has no meaning here: the second half of a sentence whose first half is
// the directive and its value.
constexpr std::string_view foreground = "redouble stays in the foreground of whoever started it";
constexpr std::string_view stands_at_start = "redouble chooses its directory when it starts";
constexpr std::string_view always_aside = "what is large is always freed aside";
constexpr std::string_view due_goes = "what is due is removed as soon as it is due";
constexpr std::string_view no_client_eviction = "clients are not evicted for the memory they use";
constexpr std::string_view no_cluster = "there is no cluster";
constexpr std::string_view no_crash_report = "no crash report is written";
constexpr std::string_view no_compression = "lists are not compressed";
constexpr std::string_view no_defrag = "memory is not defragmented";
constexpr std::string_view no_disk = "nothing is kept on disk";
constexpr std::string_view no_kernel =
    "the settings of the kernel, of the allocator and of the process are left alone";
constexpr std::string_view no_latencies = "slow commands are not kept";
constexpr std::string_view no_logo = "there is no logo";
constexpr std::string_view no_modules = "modules cannot be loaded";
constexpr std::string_view no_pid_file = "the process id is in the ready line, not in a file";
constexpr std::string_view no_own_commands = "there are no commands of the double's own yet";
constexpr std::string_view no_publishing = "nobody can subscribe to anything yet";
constexpr std::string_view no_replication = "nothing is replicated";
constexpr std::string_view no_save_at_end = "there is nothing to save when it ends";
constexpr std::string_view no_scripts = "there are no scripts yet that could be busy";
constexpr std::string_view no_slow_log = "there is no slow log yet";
constexpr std::string_view no_syslog = "nothing is sent to the system's log";
constexpr std::string_view no_tls = "TLS is not spoken";
constexpr std::string_view no_tenacity = "as much is evicted as has to be";
constexpr std::string_view no_users = "there are no users beside the default one";
constexpr std::string_view one_log = "all messages go to standard error";
constexpr std::string_view own_threads = "the threads are set by the directive threads";
constexpr std::string_view sane_dumps = "every payload is checked";
constexpr std::string_view small_steps = "background work is always done in small steps";

constexpr auto table = std::to_array<Directive>({
    word("acl-pubsub-default", "resetchannels", "allchannels resetchannels").no_effect(no_users),
    text("aclfile", "").at_start().refused(no_users),
    integer("acllog-max-len", "128", 0, int_max).no_effect(no_users),
    integer("active-defrag-cycle-max", "25", 1, 99).no_effect(no_defrag),
    integer("active-defrag-cycle-min", "1", 1, 99).no_effect(no_defrag),
    memory("active-defrag-ignore-bytes", "104857600", 1, int_max).no_effect(no_defrag),
    integer("active-defrag-max-scan-fields", "1000", 1, int_max).no_effect(no_defrag),
    integer("active-defrag-threshold-lower", "10", 0, 1000).no_effect(no_defrag),
    integer("active-defrag-threshold-upper", "100", 0, 1000).no_effect(no_defrag),
    integer("active-expire-effort", "1", 1, 10).no_effect(due_goes),
    boolean("activedefrag", "no").refused(no_defrag),
    boolean("activerehashing", "yes").no_effect(small_steps),
    boolean("always-show-logo", "no").at_start().no_effect(no_logo),
    boolean("aof-disable-auto-gc", "no").no_effect(no_disk),
    boolean("aof-load-truncated", "yes").no_effect(no_disk),
    boolean("aof-rewrite-incremental-fsync", "yes").no_effect(no_disk),
    boolean("aof-timestamp-enabled", "no").no_effect(no_disk),
    boolean("aof-use-rdb-preamble", "yes").no_effect(no_disk),
    text("aof_rewrite_cpulist", "").at_start().no_effect(own_threads),
    special("appenddirname", "appendonlydir", &append_dir_name).at_start().no_effect(no_disk),
    special("appendfilename", "appendonly.aof", &append_file_name).at_start().no_effect(no_disk),
    word("appendfsync", "everysec", "everysec always no").no_effect(no_disk),
    boolean("appendonly", "no").refused(no_disk),
    memory("auto-aof-rewrite-min-size", "67108864", 0, int_max).no_effect(no_disk),
    integer("auto-aof-rewrite-percentage", "100", 0, int32_max).no_effect(no_disk),
    text("bgsave_cpulist", "").at_start().no_effect(own_threads),
    // redis-server's own default is every address; a test double listens to its machine alone,
    // unless it is told otherwise.
    special("bind", "127.0.0.1 -::1", &bind_addresses)
        .many_words()
        .moving_listeners()
        .stored_by(&store_bind),
    text("bind-source-addr", "").no_effect(no_replication),
    text("bio_cpulist", "").at_start().no_effect(own_threads),
    integer("busy-poll-us", "200", 0, 1000).at_start().kept_in<&Settings::busy_poll_us>(),
    integer("busy-reply-threshold", "5000", 0, int_max)
        .older_name("lua-time-limit")
        .no_effect(no_scripts),
    special("client-output-buffer-limit",
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60", &buffer_limits)
        .many_words()
        .stored_by(&store_buffer_limits),
    memory("client-query-buffer-limit", "1073741824", 1048576, int_max)
        .kept_in<&Settings::client_query_buffer_limit>(),
    boolean("clock-frozen", "no").bare_is_yes().at_start().kept_in<&Settings::clock_frozen>(),
    boolean("cluster-allow-pubsubshard-when-down", "yes").no_effect(no_cluster),
    boolean("cluster-allow-reads-when-down", "no").no_effect(no_cluster),
    boolean("cluster-allow-replica-migration", "yes").no_effect(no_cluster),
    integer("cluster-announce-bus-port", "0", 0, 65535).no_effect(no_cluster),
    special("cluster-announce-hostname", "", &host_name).no_effect(no_cluster),
    text("cluster-announce-ip", "").no_effect(no_cluster),
    integer("cluster-announce-port", "0", 0, 65535).no_effect(no_cluster),
    integer("cluster-announce-tls-port", "0", 0, 65535).no_effect(no_cluster),
    text("cluster-config-file", "nodes.conf").at_start().no_effect(no_cluster),
    boolean("cluster-enabled", "no").at_start().refused(no_cluster),
    memory("cluster-link-sendbuf-limit", "0", 0, unbounded).no_effect(no_cluster),
    integer("cluster-migration-barrier", "1", 0, int32_max).no_effect(no_cluster),
    integer("cluster-node-timeout", "15000", 0, int_max).no_effect(no_cluster),
    integer("cluster-port", "0", 0, 65535).at_start().no_effect(no_cluster),
    word("cluster-preferred-endpoint-type", "ip", "ip hostname unknown-endpoint")
        .no_effect(no_cluster),
    boolean("cluster-replica-no-failover", "no")
        .older_name("cluster-slave-no-failover")
        .no_effect(no_cluster),
    integer("cluster-replica-validity-factor", "10", 0, int32_max)
        .older_name("cluster-slave-validity-factor")
        .no_effect(no_cluster),
    boolean("cluster-require-full-coverage", "yes").no_effect(no_cluster),
    word("compat-version", "7.0", "7.0 7.2 7.4 8.0")
        .at_start()
        .kept_in<&Settings::compat_version>(),
    boolean("crash-log-enabled", "yes").no_effect(no_crash_report),
    boolean("crash-memcheck-enabled", "yes").no_effect(no_crash_report),
    boolean("daemonize", "no").at_start().refused(foreground),
    integer("databases", "16", 1, int32_max).at_start().kept_in<&Settings::databases>(),
    special("dbfilename", "dump.rdb", &db_file_name).guarded().no_effect(no_disk),
    text("dir", "").guarded().fixed_here(stands_at_start).kept_in<&Settings::dir>(),
    boolean("disable-thp", "yes").at_start().no_effect(no_kernel),
    boolean("double", "yes").at_start().no_effect(no_own_commands),
    boolean("dynamic-hz", "yes").no_effect(small_steps),
    word("enable-debug-command", "no", "no yes local")
        .at_start()
        .kept_in<&Settings::enable_debug_command>(),
    word("enable-module-command", "no", "no yes local").at_start().no_effect(no_modules),
    word("enable-protected-configs", "no", "no yes local")
        .at_start()
        .kept_in<&Settings::enable_protected_configs>(),
    boolean("exit-with-parent", "no")
        .bare_is_yes()
        .at_start()
        .of_one_start()
        .kept_in<&Settings::exit_with_parent>(),
    integer("hash-max-listpack-entries", "512", 0, int_max)
        .older_name("hash-max-ziplist-entries")
        .kept_in<&Settings::hash_max_listpack_entries>(),
    memory("hash-max-listpack-value", "64", 0, int_max)
        .older_name("hash-max-ziplist-value")
        .kept_in<&Settings::hash_max_listpack_value>(),
    memory("hll-sparse-max-bytes", "3000", 0, int_max).kept_in<&Settings::hll_sparse_max_bytes>(),
    integer("hz", "10", 0, int32_max).clamped(1, 500).kept_in<&Settings::hz>(),
    text("ignore-warnings", "").no_effect(no_kernel),
    integer("io-threads", "1", 1, 128).at_start().no_effect(own_threads),
    boolean("io-threads-do-reads", "no").at_start().no_effect(own_threads),
    boolean("jemalloc-bg-thread", "yes").no_effect(no_kernel),
    integer("latency-monitor-threshold", "0", 0, int_max).no_effect(no_latencies),
    boolean("latency-tracking", "yes").kept_in<&Settings::latency_tracking>(),
    special("latency-tracking-info-percentiles", "50 99 99.9", &percentiles)
        .many_words()
        .kept_in<&Settings::latency_tracking_info_percentiles>(),
    boolean("lazyfree-lazy-eviction", "no").no_effect(always_aside),
    boolean("lazyfree-lazy-expire", "no").no_effect(always_aside),
    boolean("lazyfree-lazy-server-del", "no").no_effect(always_aside),
    boolean("lazyfree-lazy-user-del", "no").no_effect(always_aside),
    boolean("lazyfree-lazy-user-flush", "no").no_effect(always_aside),
    integer("lfu-decay-time", "1", 0, int32_max).kept_in<&Settings::lfu_decay_time>(),
    integer("lfu-log-factor", "10", 0, int32_max).kept_in<&Settings::lfu_log_factor>(),
    integer("list-compress-depth", "0", 0, int32_max).no_effect(no_compression),
    integer("list-max-listpack-size", "-2", int32_min, int32_max)
        .older_name("list-max-ziplist-size")
        .kept_in<&Settings::list_max_listpack_size>(),
    text("logfile", "").at_start().no_effect(one_log),
    word("loglevel", "notice", "debug verbose notice warning").no_effect(one_log),
    text("masterauth", "").binary().no_effect(no_replication),
    text("masteruser", "").no_effect(no_replication),
    integer("maxclients", "10000", 1, uint32_max).kept_in<&Settings::maxclients>(),
    memory("maxmemory", "0", 0, unbounded).kept_in<&Settings::maxmemory>(),
    memory_or_percent("maxmemory-clients", "0").refused(no_client_eviction),
    integer("maxmemory-eviction-tenacity", "10", 0, 100).no_effect(no_tenacity),
    word("maxmemory-policy", "noeviction",
         "volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu "
         "allkeys-random noeviction")
        .kept_in<&Settings::maxmemory_policy>(),
    integer("maxmemory-samples", "5", 1, int32_max).kept_in<&Settings::maxmemory_samples>(),
    integer("min-replicas-max-lag", "10", 0, int32_max)
        .older_name("min-slaves-max-lag")
        .no_effect(no_replication),
    integer("min-replicas-to-write", "0", 0, int32_max)
        .older_name("min-slaves-to-write")
        .refused(no_replication),
    boolean("no-appendfsync-on-rewrite", "no").no_effect(no_disk),
    special("notify-keyspace-events", "", &event_letters).no_effect(no_publishing),
    word("oom-score-adj", "no", "no yes relative absolute").no_effect(no_kernel),
    special("oom-score-adj-values", "0 200 800", &oom_scores).many_words().no_effect(no_kernel),
    text("pidfile", "").at_start().no_effect(no_pid_file),
    integer("port", "6379", 0, 65535).moving_listeners().kept_in<&Settings::port>(),
    special("proc-title-template", "{title} {listen-addr} {server-mode}", &title_template)
        .no_effect(no_kernel),
    word("propagation-error-behavior", "ignore", "ignore panic panic-on-replicas")
        .no_effect(no_replication),
    boolean("protected-mode", "yes").kept_in<&Settings::protected_mode>(),
    memory("proto-max-bulk-len", "536870912", 1048576, int_max)
        .kept_in<&Settings::proto_max_bulk_len>(),
    boolean("rdb-del-sync-files", "no").no_effect(no_disk),
    boolean("rdb-save-incremental-fsync", "yes").no_effect(no_disk),
    boolean("rdbchecksum", "yes").at_start().no_effect(no_disk),
    boolean("rdbcompression", "yes").kept_in<&Settings::rdb_compression>(),
    integer("ready-fd", "-1", -1, int32_max)
        .at_start()
        .of_one_start()
        .kept_in<&Settings::ready_fd>(),
    memory("repl-backlog-size", "1048576", 1, int_max)
        .clamped(16384, int_max)
        .no_effect(no_replication),
    integer("repl-backlog-ttl", "3600", 0, int_max).no_effect(no_replication),
    boolean("repl-disable-tcp-nodelay", "no").no_effect(no_replication),
    word("repl-diskless-load", "disabled", "disabled on-empty-db swapdb").no_effect(no_replication),
    boolean("repl-diskless-sync", "yes").no_effect(no_replication),
    integer("repl-diskless-sync-delay", "5", 0, int32_max).no_effect(no_replication),
    integer("repl-diskless-sync-max-replicas", "0", 0, int32_max).no_effect(no_replication),
    integer("repl-ping-replica-period", "10", 1, int32_max)
        .older_name("repl-ping-slave-period")
        .no_effect(no_replication),
    integer("repl-timeout", "60", 1, int32_max).no_effect(no_replication),
    text("replica-announce-ip", "").older_name("slave-announce-ip").no_effect(no_replication),
    integer("replica-announce-port", "0", 0, 65535)
        .older_name("slave-announce-port")
        .no_effect(no_replication),
    boolean("replica-announced", "yes").no_effect(no_replication),
    boolean("replica-ignore-disk-write-errors", "no").no_effect(no_replication),
    boolean("replica-ignore-maxmemory", "yes")
        .older_name("slave-ignore-maxmemory")
        .no_effect(no_replication),
    boolean("replica-lazy-flush", "no").older_name("slave-lazy-flush").no_effect(no_replication),
    integer("replica-priority", "100", 0, int32_max)
        .older_name("slave-priority")
        .no_effect(no_replication),
    boolean("replica-read-only", "yes").older_name("slave-read-only").no_effect(no_replication),
    boolean("replica-serve-stale-data", "yes")
        .older_name("slave-serve-stale-data")
        .no_effect(no_replication),
    special("replicaof", "", &master_address)
        .many_words()
        .older_name("slaveof")
        .at_start()
        .refused(no_replication),
    text("requirepass", "").binary().kept_in<&Settings::requirepass>(),
    word("sanitize-dump-payload", "no", "no yes clients").no_effect(sane_dumps),
    special("save", "3600 1 300 100 60 10000", &save_points)
        .many_words()
        .no_effect(no_disk)
        .calm(""),
    special("seed", "", &seed_number).at_start().of_one_start().stored_by(&store_seed),
    text("server_cpulist", "").at_start().no_effect(own_threads),
    integer("set-max-intset-entries", "512", 0, int_max)
        .kept_in<&Settings::set_max_intset_entries>(),
    integer("set-max-listpack-entries", "128", 0, int_max)
        .from(CompatVersion::v7_2)
        .kept_in<&Settings::set_max_listpack_entries>(),
    memory("set-max-listpack-value", "64", 0, int_max)
        .from(CompatVersion::v7_2)
        .kept_in<&Settings::set_max_listpack_value>(),
    boolean("set-proc-title", "yes").at_start().no_effect(no_kernel),
    special("shutdown-on-sigint", "default", &shutdown_options)
        .many_words()
        .no_effect(no_save_at_end),
    special("shutdown-on-sigterm", "default", &shutdown_options)
        .many_words()
        .no_effect(no_save_at_end),
    integer("shutdown-timeout", "10", 0, int32_max).kept_in<&Settings::shutdown_timeout>(),
    integer("slowlog-log-slower-than", "10000", -1, int_max).no_effect(no_slow_log),
    integer("slowlog-max-len", "128", 0, int_max).no_effect(no_slow_log),
    integer("socket-mark-id", "0", 0, uint32_max).at_start().no_effect(no_kernel),
    boolean("stop-writes-on-bgsave-error", "yes").no_effect(no_disk),
    memory("stream-node-max-bytes", "4096", 0, int_max).kept_in<&Settings::stream_node_max_bytes>(),
    integer("stream-node-max-entries", "100", 0, int_max)
        .kept_in<&Settings::stream_node_max_entries>(),
    word("supervised", "no", "upstart systemd auto no").at_start().refused(foreground).calm("auto"),
    boolean("syslog-enabled", "no").at_start().refused(no_syslog),
    word("syslog-facility", "local0",
         "user local0 local1 local2 local3 local4 local5 local6 local7")
        .at_start()
        .no_effect(no_syslog),
    text("syslog-ident", "redis").at_start().no_effect(no_syslog),
    integer("tcp-backlog", "511", 0, int32_max).at_start().kept_in<&Settings::tcp_backlog>(),
    integer("tcp-keepalive", "300", 0, int32_max).no_effect(no_kernel),
    special("threads", "1", &thread_count).at_start().stored_by(&store_threads),
    integer("timeout", "0", 0, int32_max).kept_in<&Settings::timeout>(),
    word("tls-auth-clients", "yes", "no yes optional").no_effect(no_tls),
    text("tls-ca-cert-dir", "").no_effect(no_tls),
    text("tls-ca-cert-file", "").no_effect(no_tls),
    text("tls-cert-file", "").no_effect(no_tls),
    text("tls-ciphers", "").no_effect(no_tls),
    text("tls-ciphersuites", "").no_effect(no_tls),
    text("tls-client-cert-file", "").no_effect(no_tls),
    text("tls-client-key-file", "").no_effect(no_tls),
    text("tls-client-key-file-pass", "").no_effect(no_tls),
    boolean("tls-cluster", "no").refused(no_tls),
    text("tls-dh-params-file", "").no_effect(no_tls),
    text("tls-key-file", "").no_effect(no_tls),
    text("tls-key-file-pass", "").no_effect(no_tls),
    integer("tls-port", "0", 0, 65535).refused(no_tls),
    boolean("tls-prefer-server-ciphers", "no").no_effect(no_tls),
    text("tls-protocols", "").no_effect(no_tls),
    boolean("tls-replication", "no").refused(no_tls),
    integer("tls-session-cache-size", "20480", 0, int32_max).no_effect(no_tls),
    integer("tls-session-cache-timeout", "300", 0, int32_max).no_effect(no_tls),
    boolean("tls-session-caching", "yes").no_effect(no_tls),
    integer("tracking-table-max-keys", "1000000", 0, int_max)
        .kept_in<&Settings::tracking_table_max_keys>(),
    text("unixsocket", "").at_start().kept_in<&Settings::unixsocket>(),
    octal("unixsocketperm", "0", 0, 0777).at_start().kept_in<&Settings::unixsocketperm>(),
    integer("zset-max-listpack-entries", "128", 0, int_max)
        .older_name("zset-max-ziplist-entries")
        .kept_in<&Settings::zset_max_listpack_entries>(),
    memory("zset-max-listpack-value", "64", 0, int_max)
        .older_name("zset-max-ziplist-value")
        .kept_in<&Settings::zset_max_listpack_value>(),
});

static_assert(std::ranges::is_sorted(table, {}, &Directive::name));

}  // namespace

std::span<const Directive> directives() { return table; }

std::optional<std::size_t> find_directive(std::string_view name) {
  for (std::size_t row = 0; row < table.size(); ++row)
    if (equal_ignoring_case(table[row].name, name) ||
        (!table[row].alias.empty() && equal_ignoring_case(table[row].alias, name)))
      return row;
  return std::nullopt;
}

}  // namespace redouble::instance
