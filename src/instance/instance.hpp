// Instance: one logical Redis; it owns everything that one Redis would own.
//
// A process holds as many as it likes. Nothing here reads the system's clock, the environment or a
// random device: the time, the seed and the configuration are given. What belongs to the process is
// asked through Host.
// Thread safety: as each part says. Config, Pause and the whole of the keyspace are changed with
// the gate held exclusively. Time is the instance's clock's.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "instance/alarms.hpp"
#include "instance/config.hpp"
#include "instance/host.hpp"
#include "instance/pause.hpp"
#include "instance/recorder.hpp"
#include "instance/registry.hpp"
#include "instance/stats.hpp"
#include "instance/step.hpp"
#include "instance/tracking.hpp"
#include "instance/waiters.hpp"
#include "runtime/clock.hpp"
#include "store/keyspace.hpp"
#include "store/sync.hpp"

namespace redouble::instance {

class Instance {
 public:
  struct Options {
    Config config = {};
    std::uint64_t seed = 0;
    runtime::Clock::Mode clock = runtime::Clock::Mode::ticking;
    std::int64_t start_us = -1;    // see runtime::Clock
    std::size_t command_rows = 0;  // of the command table, for the statistics
    std::uint32_t compat = 0;      // what CommandTable::visible takes, of config's compat-version
    std::size_t stripes = 64;
    store::Scheduler* scheduler = nullptr;
  };

  explicit Instance(Options options);
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();

  const store::Sync& sync() const { return sync_; }
  runtime::Clock& clock() { return clock_; }
  Config& config() { return config_; }
  const Settings& settings() const { return config_.settings(); }
  store::Keyspace& keyspace() { return keyspace_; }
  Registry& clients() { return clients_; }
  Tracking& tracking() { return tracking_; }
  Alarms& alarms() { return alarms_; }
  Waiters& waiters() { return waiters_; }
  Pause& pause() { return pause_; }
  const Pause& pause() const { return pause_; }
  Stats& stats() { return stats_; }
  Host& host() { return *host_; }
  // Settings that are read outside steps, kept in step by config_changed(), which whoever changes
  // the configuration calls with the gate held exclusively.
  static constexpr std::uint64_t usual_output_pause = 256 * 1024;
  // The first of a client's replies, which Redis keeps in a buffer that it does not count.
  static constexpr std::uint64_t uncounted_output = 16 * 1024;
  struct Hot {
    std::atomic<std::uint64_t> max_bulk{0};
    std::atomic<std::uint64_t> query_buffer_limit{0};
    std::atomic<std::uint64_t> maxmemory{0};
    std::atomic<std::int64_t> maxclients{0};
    std::atomic<std::int64_t> timeout_s{0};
    // protected-mode is on and there is no password: strangers from elsewhere are refused.
    std::atomic<bool> protected_mode{false};
    std::atomic<std::int64_t> shutdown_timeout_s{0};
    // client-output-buffer-limit of normal clients; 0 is none.
    std::atomic<std::uint64_t> output_hard{0};
    // With so many bytes of replies a batch is interrupted to send them: beyond the hard limit
    // where there is one, since as in Redis all that is written before the next send counts against
    // it.
    std::atomic<std::uint64_t> output_pause{usual_output_pause};
    std::atomic<std::uint64_t> output_soft{0};
    std::atomic<std::int64_t> output_soft_s{0};
    std::uint32_t compat = 0;  // of command::CommandTable::visible; never changes
  };
  const Hot& hot() const { return hot_; }
  void config_changed();
  // `host` outlives the instance, or is replaced by nullptr first.
  void set_host(Host* host);

  // 40 hexadecimal digits that follow from the seed; INFO's run_id.
  const std::string& run_id() const { return run_id_; }
  // INFO's master_replid: another 40, and yet others after change_replication_id(), which REQUIRES
  // that the gate is held exclusively.
  const std::string& replication_id() const { return replication_id_; }
  void change_replication_id();
  std::uint64_t seed() const { return seed_; }
  std::int64_t started_ms() const { return started_ms_; }
  // Where false, only who asks for a key finds it expired (DEBUG SET-ACTIVE-EXPIRE).
  std::atomic<bool> active_expire{true};
  // Where false, RESTORE takes any checksum (DEBUG SET-SKIP-CHECKSUM-VALIDATION).
  std::atomic<bool> checks_dumps{true};

  // Whether what is due goes though nobody asks for it.
  bool expires_by_itself(std::int64_t now_ms) const {
    return active_expire.load(std::memory_order_relaxed) && !pause_.active(now_ms);
  }

  // So many keys that are due go before a step that holds everything looks at them: what is beyond
  // goes in turns with the requests of others, as run_due() does it, and is counted until then.
  static constexpr std::size_t most_swept_first = 512;
  // One step: f(LockSet&, Step&) under the locks of `plan`; those whom it made ready are served and
  // its effects settled before the locks go. `client` caused it, or nullptr. After it, deadlines
  // that became due while the gate was held have been seen by nobody.
  template <class F>
  decltype(auto) step(const store::Plan& plan, Client* client, F&& f) {
    Step step(*this, client, plan.slot, recording());
    return keyspace_.step(plan, step, [&](store::LockSet& locks) -> decltype(auto) {
      const Settle settle{step};
      if (plan.all) sweep_in_order(locks, most_swept_first);
      if constexpr (std::is_void_v<std::invoke_result_t<F&, store::LockSet&, Step&>>) {
        f(locks, step);
        step.serve_waiters(locks);
      } else {
        auto result = f(locks, step);
        step.serve_waiters(locks);
        return result;
      }
    });
  }

  // Runs what is due: expired keys, up to `most`, and the alarms of waiting clients. True when more
  // may be due at once: then others should have a turn first.
  bool run_due(unsigned slot, std::size_t most = 128);
  // Moves the clock forward and runs what has become due, in order, before it returns.
  void advance_us(unsigned slot, std::int64_t microseconds);
  // Nothing is due earlier; store::never_ms where nothing ever is.
  std::int64_t earliest_deadline_ms() const;

  // What counts against maxmemory: the keyspace, and what an empty instance takes. For that the
  // figure stands that redis-server 7.0.15 reports of itself (used_memory_startup, on Linux of 64
  // bits): so a limit means here what it means there, and one below the figure refuses everything.
  static constexpr std::size_t startup_bytes = 870'968;
  std::size_t used_memory() const { return startup_bytes + keyspace_.used_bytes(); }

  // Looks how much is used, for the peak that INFO reports.
  void note_memory();
  // Looks whether it is more than maxmemory allows, for the times that INFO reports.
  void note_exceeded();

  // Evicts by the configured policy until the keys and values fit into maxmemory, or nothing more
  // may go. In steps of its own: no locks may be held.
  void evict_if_needed(unsigned slot) {
    const std::uint64_t limit = hot_.maxmemory.load(std::memory_order_relaxed);
    if (limit != 0) [[unlikely]]
      keep_within(slot, limit);
  }

  // The same for equal contents: databases, keys, types, values and deadlines; order does not
  // count.
  std::uint64_t digest(store::LockSet& locks);

  // Gives every record from now on to `recorder` (nullptr: to nobody). Not while steps run.
  void set_recorder(Recorder* recorder) { recorder_ = recorder; }
  bool recording() const { return recorder_ != nullptr; }

 private:
  friend class Step;
  struct Settle {
    Step& step;
    ~Settle() { step.settle(); }
  };
  void record(std::span<Record> records);
  void sweep_in_order(store::LockSet& locks, std::size_t most) {
    if (expires_by_itself(locks.now_ms())) keyspace_.sweep_in_order(locks, most);
  }
  void keep_within(unsigned slot, std::uint64_t limit);
  void evict(unsigned slot, std::uint64_t limit);

  store::Sync sync_;
  runtime::Clock clock_;
  Config config_;
  std::uint64_t seed_;
  std::string run_id_;
  std::string replication_id_;
  std::uint64_t replication_ids_ = 0;  // how many there were
  std::int64_t started_ms_;
  store::Keyspace keyspace_;
  Registry clients_;
  Tracking tracking_;
  Alarms alarms_;
  Waiters waiters_;
  Pause pause_;
  Stats stats_;
  Hot hot_;
  Host no_host_;
  Host* host_ = &no_host_;
  Recorder* recorder_ = nullptr;
  store::Mutex journal_mutex_;
  std::uint64_t ticket_ GUARDED_BY(journal_mutex_) = 0;
};

}  // namespace redouble::instance
