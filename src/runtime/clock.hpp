// Clock: the one source of time of an instance; it ticks with the system's or stands still.
//
// now_ms() and now_us() give Unix time, never below 0. They are monotone: no call gives less than
// a call that had ended before it began, on any thread. Frozen, the clock moves only by
// advance_us(), and never backwards. What is due after a move is run by the instance, not here.
//
// Ticking, it is CLOCK_MONOTONIC plus a distance, so that reading it writes nothing that threads
// share. Once a second a reader compares it with the system's time: where that was set forward (or
// the machine slept), the clock follows; where it was set back, the clock ticks on ahead of it. A
// call that overlaps freeze() may wait for it, for as long as one reading takes.
//
// Thread safety: every member may be called from any thread.
#pragma once

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>

#include "runtime/assert.hpp"

namespace redouble::runtime {

// The machine's time, in microseconds.
struct SystemTime {
  static std::int64_t unix_us() { return reading_of(CLOCK_REALTIME); }
  static std::int64_t steady_us() { return reading_of(CLOCK_MONOTONIC); }

 private:
  static std::int64_t reading_of(clockid_t which) {
    timespec now;
    ::clock_gettime(which, &now);  // does not fail with the clocks asked here
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint32_t>(now.tv_nsec) / 1000;
  }
};

// `Time` is SystemTime, or a test's.
template <class Time>
class alignas(64) BasicClock {  // a cache line of its own: all threads read it all the time
 public:
  enum class Mode { ticking, frozen };
  // A clock is moved no further: 73,000 years. A deadline may be later, and is then never due.
  static constexpr std::int64_t furthest_us = std::int64_t{1} << 61;

  // Starts at the system's time, or at `start_us` where that is not negative; at most furthest_us.
  explicit BasicClock(Mode mode = Mode::ticking, std::int64_t start_us = -1) {
    const std::int64_t system = Time::unix_us();
    const std::int64_t steady = Time::steady_us();
    const std::int64_t start =
        std::min(start_us >= 0 ? start_us : std::max<std::int64_t>(system, 0), furthest_us);
    ahead_us_ = start - system;
    state_ = mode == Mode::frozen ? standing(start) : ticking(start - steady);
    next_comparison_us_ = steady + comparison_interval_us;
  }
  BasicClock(const BasicClock&) = delete;
  BasicClock& operator=(const BasicClock&) = delete;

  std::int64_t now_us() const {
    for (std::int64_t state = state_.load(std::memory_order_acquire);;) {
      if (is_frozen(state)) [[unlikely]] {
        if (state != being_frozen) return value_of(state);
        state = settled();
        continue;
      }
      const std::int64_t steady = Time::steady_us();
      if (steady >= next_comparison_us_.load(std::memory_order_relaxed)) [[unlikely]]
        compare();
      // What was read counts only if the clock ticked until then: freeze() reads after it stops.
      const std::int64_t still = state_.load(std::memory_order_acquire);
      if (still == state) [[likely]]
        return steady + value_of(state);
      state = still;
    }
  }
  std::int64_t now_ms() const { return ms_of(now_us()); }
  // The milliseconds of a time that this clock gave; unsigned divisions are the cheaper ones.
  static std::int64_t ms_of(std::int64_t us) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(us) / 1000);
  }
  bool frozen() const { return is_frozen(state_.load(std::memory_order_acquire)); }

  // Stops the clock at its present time.
  void freeze() {
    const std::scoped_lock lock(mutex_);
    const std::int64_t state = state_.load(std::memory_order_relaxed);
    if (is_frozen(state)) return;
    state_.store(being_frozen, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);  // all see it before the time is read
    // A processor may look at the state ahead of its turn, but not by as much as a microsecond.
    state_.store(standing(Time::steady_us() + 1 + value_of(state)), std::memory_order_release);
  }
  // Lets it tick on from there; its distance to the system's time is kept.
  void unfreeze() {
    const std::scoped_lock lock(mutex_);
    const std::int64_t state = state_.load(std::memory_order_relaxed);
    if (!is_frozen(state)) return;
    const std::int64_t steady = Time::steady_us();
    ahead_us_ = value_of(state) - Time::unix_us();  // read last, so as not to come out too large
    state_.store(ticking(value_of(state) - steady), std::memory_order_release);
  }
  // Moves a clock forward by `microseconds`, which must not be negative, but not beyond
  // furthest_us; returns the new time.
  std::int64_t advance_us(std::int64_t microseconds) {
    REDOUBLE_ASSERT(microseconds >= 0);
    {
      const std::scoped_lock lock(mutex_);
      const std::int64_t state = state_.load(std::memory_order_relaxed);
      const std::int64_t now = value_of(state) + (is_frozen(state) ? 0 : Time::steady_us());
      const std::int64_t step =
          std::min(microseconds, std::max<std::int64_t>(furthest_us - now, 0));
      ahead_us_ += step;
      state_.fetch_add(step * 2, std::memory_order_acq_rel);
    }
    return now_us();
  }

 private:
  // A state is a value shifted by one, and whether the clock is frozen in the lowest bit. The value
  // of a frozen clock is its time, that of a ticking one what CLOCK_MONOTONIC is short of it.
  static constexpr std::int64_t being_frozen = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t comparison_interval_us = 1'000'000;

  static bool is_frozen(std::int64_t state) { return (state & 1) != 0; }
  static std::int64_t value_of(std::int64_t state) { return state >> 1; }
  static std::int64_t ticking(std::int64_t distance_us) { return distance_us * 2; }
  static std::int64_t standing(std::int64_t time_us) { return time_us * 2 + 1; }

  // Follows the system's time where that is later. It is read first: a pause before the second
  // reading makes it look earlier, never later, for what a clock gains it does not lose again.
  [[gnu::noinline, gnu::cold]] void compare() const {
    const std::scoped_lock lock(mutex_);
    const std::int64_t system = Time::unix_us();
    const std::int64_t steady = Time::steady_us();
    next_comparison_us_.store(steady + comparison_interval_us, std::memory_order_relaxed);
    const std::int64_t state = state_.load(std::memory_order_relaxed);
    const std::int64_t distance_us = system + ahead_us_ - steady;
    if (is_frozen(state) || distance_us <= value_of(state)) return;
    state_.store(ticking(distance_us), std::memory_order_release);
  }
  // The state that a freeze() under way leaves.
  [[gnu::noinline, gnu::cold]] std::int64_t settled() const {
    const std::scoped_lock lock(mutex_);
    return state_.load(std::memory_order_relaxed);
  }

  mutable std::atomic<std::int64_t> state_;
  mutable std::atomic<std::int64_t> next_comparison_us_;  // of CLOCK_MONOTONIC
  std::int64_t ahead_us_ = 0;  // of the system's time, as the caller wants it; under mutex_
  mutable std::mutex mutex_;   // held by whoever changes the state
};

using Clock = BasicClock<SystemTime>;

}  // namespace redouble::runtime
