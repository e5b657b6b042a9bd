// Stats: the counters that INFO reports, but for those that the stripes keep.
//
// What is counted on the way of a command stands once for each thread's slot, so that threads share
// no cache line there; a reader sums up.
// Thread safety: every member may be called from any thread. All are relaxed: a sum is not one
// moment's.
// Units: microseconds, bytes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "instance/latency_histogram.hpp"
#include "instance/rates.hpp"
#include "store/annotations.hpp"
#include "store/gate.hpp"
#include "store/sync.hpp"

namespace redouble::instance {

struct CommandCounters {
  std::uint64_t calls = 0;
  std::uint64_t usec = 0;
  std::uint64_t rejected = 0;  // before it ran
  std::uint64_t failed = 0;    // while it ran
};

class Stats {
 public:
  // `rows`: how many commands (subcommands counted) the table has; indexes are below it.
  Stats(std::size_t rows, const store::Sync& sync);
  ~Stats();

  // `calls`, one at least, that took `usec` together: equal commands of one batch, which count with
  // their mean.
  void called(unsigned slot, std::size_t index, std::uint64_t calls, std::uint64_t usec) {
    Row& counters = row(slot, index);
    counters.calls.fetch_add(calls, std::memory_order_relaxed);
    if (usec != 0) counters.usec.fetch_add(usec, std::memory_order_relaxed);
    if (tracks_latencies.load(std::memory_order_relaxed)) [[likely]]
      add_latencies(counters, calls, usec * 1000 / calls);
  }
  // A call that has to wait, after `usec`. When it is served or unblocked it took `more_usec`, and
  // `usec` in all, without the time of waiting. Who runs into its deadline is not timed.
  void blocked(unsigned slot, std::size_t index, std::uint64_t usec);
  void resumed(unsigned slot, std::size_t index, std::uint64_t more_usec, std::uint64_t usec);
  void rejected(unsigned slot, std::size_t row);
  void failed(unsigned slot, std::size_t row);
  // Changes of the data set, as INFO's rdb_changes_since_last_save counts them. True once in so
  // many changes of a slot: time to look how much memory is used.
  bool changed(unsigned slot, std::uint64_t changes) {
    const std::uint64_t before = at(slot).changes.fetch_add(changes, std::memory_order_relaxed);
    return (before ^ (before + changes)) >= changes_between_looks;
  }
  // Bytes from and to clients, of one receive and one send.
  void received(unsigned slot, std::uint64_t bytes) {
    at(slot).input_bytes.fetch_add(bytes, std::memory_order_relaxed);
    at(slot).reads.fetch_add(1, std::memory_order_relaxed);
  }
  void sent(unsigned slot, std::uint64_t bytes) {
    at(slot).output_bytes.fetch_add(bytes, std::memory_order_relaxed);
    at(slot).writes.fetch_add(1, std::memory_order_relaxed);
  }
  // Called wherever commands were accounted: takes a sample for the rates where one is due.
  void tick(std::int64_t now_us) {
    if (now_us >= next_sample_us_.load(std::memory_order_relaxed)) [[unlikely]]
      take_sample(now_us);
  }
  PerSecond per_second(std::int64_t now_us) const;

  // An error reply, counted by its first word, for INFO errorstats.
  void error(std::string_view text);

  CommandCounters command(std::size_t row) const;
  std::uint64_t commands() const;
  std::uint64_t changes() const { return sum_of(&Slot::changes); }
  std::uint64_t input_bytes() const { return sum_of(&Slot::input_bytes); }
  std::uint64_t output_bytes() const { return sum_of(&Slot::output_bytes); }
  std::uint64_t reads() const { return sum_of(&Slot::reads); }
  std::uint64_t writes() const { return sum_of(&Slot::writes); }
  std::map<std::string, std::uint64_t> errors() const;
  // How long the calls of a command took; empty where none was timed.
  LatencyHistogram::Counts latencies(std::size_t row) const;
  void reset();

  std::size_t rows() const { return rows_; }

  // Whether times are kept in histograms, beside their sums.
  std::atomic<bool> tracks_latencies{true};

  // The most that was ever seen: looked at now and then, and before a database is emptied.
  void note_memory(std::uint64_t bytes) {
    std::uint64_t seen = peak_memory.load(std::memory_order_relaxed);
    while (seen < bytes && !peak_memory.compare_exchange_weak(seen, bytes)) {
    }
  }
  std::atomic<std::uint64_t> peak_memory{0};

  // Whether more is used than maxmemory allows, said by whoever looks and finds it changed.
  bool is_exceeded() const { return exceeded_since_us_.load(std::memory_order_relaxed) != 0; }
  void note_exceeded(bool exceeded, std::int64_t now_us);
  struct Exceeded {
    std::uint64_t total_us = 0;    // ever, the current time included
    std::uint64_t current_us = 0;  // 0 where it is not
  };
  Exceeded exceeded(std::int64_t now_us) const;

  // One sweep of expired keys; `was_cut`: it came to its limit of keys.
  void swept(std::int64_t us, bool was_cut) {
    sweep_us.fetch_add(static_cast<std::uint64_t>(us), std::memory_order_relaxed);
    if (was_cut) sweeps_cut.fetch_add(1, std::memory_order_relaxed);
  }
  std::atomic<std::uint64_t> sweep_us{0};
  std::atomic<std::uint64_t> sweeps_cut{0};

  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> rejected_connections{0};
  std::atomic<std::uint64_t> evicted_keys{0};
  // Keys whose values redis-server would free on another thread, as lazyfreed_objects has them.
  std::atomic<std::uint64_t> freed_aside{0};
  std::atomic<std::uint64_t> error_replies{0};
  std::atomic<std::uint64_t> output_limit_closed{0};

 private:
  struct Row {
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> usec{0};
    std::atomic<std::uint64_t> rejected{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<LatencyHistogram*> latencies{nullptr};  // made when the first call is timed
  };
  struct alignas(64) Slot {
    std::atomic<Row*> rows{nullptr};  // made when the slot counts its first command
    std::atomic<std::uint64_t> changes{0};
    std::atomic<std::uint64_t> input_bytes{0};
    std::atomic<std::uint64_t> output_bytes{0};
    std::atomic<std::uint64_t> reads{0};
    std::atomic<std::uint64_t> writes{0};
  };
  static constexpr std::uint64_t changes_between_looks = 1024;  // a power of two

  Slot& at(unsigned slot) { return slots_[slot % store::Gate::slot_count]; }
  Row& row(unsigned slot, std::size_t index) {
    Row* rows = at(slot).rows.load(std::memory_order_acquire);
    return rows == nullptr ? make_rows(slot)[index] : rows[index];
  }
  Row* make_rows(unsigned slot);
  static void add_latencies(Row& row, std::uint64_t calls, std::uint64_t ns_each) {
    LatencyHistogram* latencies = row.latencies.load(std::memory_order_acquire);
    if (latencies == nullptr) [[unlikely]]
      latencies = &make_latencies(row);
    latencies->add(ns_each, calls);
  }
  [[gnu::noinline]] static LatencyHistogram& make_latencies(Row& row);
  [[gnu::noinline]] void take_sample(std::int64_t now_us);
  Sums sums() const { return {commands(), input_bytes(), output_bytes()}; }
  std::uint64_t sum_of(std::atomic<std::uint64_t> Slot::* counter) const;

  std::size_t rows_;
  const store::Sync& sync_;
  std::array<Slot, store::Gate::slot_count> slots_;
  mutable store::Mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> errors_ GUARDED_BY(mutex_);
  Rates rates_ GUARDED_BY(mutex_);
  std::atomic<std::int64_t> next_sample_us_{0};
  std::atomic<std::int64_t> exceeded_since_us_{0};  // 0: it is not
  std::atomic<std::uint64_t> exceeded_us_{0};       // what has ended
};

}  // namespace redouble::instance
