// Settings: the configuration as typed plain fields, for code that reads it often.
//
// Each field is the value of the directive whose name it has ('-' written as '_'); the defaults
// here are replaced by those of the table of directives when a Config is made. Sizes are bytes;
// durations carry their unit in the name where the directive's own name does not tell it.
// Thread safety: none of its own. Whoever reads holds the gate shared, whoever changes it (through
// Config::set) holds the gate exclusively.
// Source: the Redis documentation, "Redis configuration"; defaults as redis-server 7.0.15 reports.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redouble::instance {

enum class MaxmemoryPolicy : std::uint8_t {
  volatile_lru,
  volatile_lfu,
  volatile_random,
  volatile_ttl,
  allkeys_lru,
  allkeys_lfu,
  allkeys_random,
  noeviction
};

// Which version of Redis HELLO and INFO report, and the rows and error texts that go with it.
enum class CompatVersion : std::uint8_t { v7_0, v7_2, v7_4, v8_0 };

// Who may use a command that is shut by default (enable-debug-command and its like).
enum class Permission : std::uint8_t { no, yes, local };

// The classes of clients with an output buffer limit of their own.
enum class ClientClass : std::uint8_t { normal, replica, pubsub };

// A client is cut off above `hard` at once, and above `soft` once it has been there for
// `soft_seconds`; 0 is no limit.
struct OutputBufferLimit {
  std::uint64_t hard = 0;
  std::uint64_t soft = 0;
  std::int64_t soft_seconds = 0;
  friend bool operator==(const OutputBufferLimit&, const OutputBufferLimit&) = default;
};

struct Settings {
  // Listening. An address of `bind` that begins with '-' may be missing on this machine; `*` and
  // `::*` are any address of IPv4 and IPv6. Port 0 takes a free port.
  std::vector<std::string> bind;
  std::int64_t port = 0;
  std::string unixsocket;
  std::int64_t unixsocketperm = 0;
  std::int64_t tcp_backlog = 0;
  bool protected_mode = true;
  std::int64_t maxclients = 0;
  std::int64_t timeout = 0;  // seconds, 0 is never

  // The process.
  std::string dir;                    // empty: where it was started
  std::int64_t shutdown_timeout = 0;  // seconds
  std::int64_t busy_poll_us = 0;      // how long a thread polls before it sleeps
  std::int64_t threads = 1;           // 0 is auto: as many as there are processors
  std::int64_t ready_fd = -1;         // -1 is none
  bool exit_with_parent = false;
  bool clock_frozen = false;
  std::optional<std::uint64_t> seed;  // nothing: drawn at start
  CompatVersion compat_version = CompatVersion::v7_0;

  // Clients and the wire.
  std::string requirepass;
  std::uint64_t proto_max_bulk_len = 0;
  std::uint64_t client_query_buffer_limit = 0;
  std::array<OutputBufferLimit, 3> client_output_buffer_limit{};
  const OutputBufferLimit& output_buffer_limit(ClientClass of) const {
    return client_output_buffer_limit[static_cast<std::size_t>(of)];
  }
  std::int64_t tracking_table_max_keys = 0;
  Permission enable_debug_command = Permission::no;
  Permission enable_protected_configs = Permission::no;

  // Databases, memory, expiry.
  std::int64_t databases = 0;
  std::uint64_t maxmemory = 0;
  MaxmemoryPolicy maxmemory_policy = MaxmemoryPolicy::noeviction;
  std::int64_t maxmemory_samples = 0;
  std::int64_t lfu_log_factor = 0;
  std::int64_t lfu_decay_time = 0;  // minutes
  std::int64_t hz = 0;

  // Statistics.
  bool latency_tracking = true;
  std::string latency_tracking_info_percentiles;  // numbers from 0 to 100, one space between

  // Encodings.
  std::int64_t hash_max_listpack_entries = 0;
  std::uint64_t hash_max_listpack_value = 0;
  std::int64_t list_max_listpack_size = 0;
  std::int64_t set_max_intset_entries = 0;
  std::int64_t set_max_listpack_entries = 0;  // from compat-version 7.2 on
  std::uint64_t set_max_listpack_value = 0;   // from compat-version 7.2 on
  std::int64_t zset_max_listpack_entries = 0;
  std::uint64_t zset_max_listpack_value = 0;
  std::uint64_t hll_sparse_max_bytes = 0;
  std::uint64_t stream_node_max_bytes = 0;
  std::int64_t stream_node_max_entries = 0;

  // Dumps.
  bool rdb_compression = true;

  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace redouble::instance
