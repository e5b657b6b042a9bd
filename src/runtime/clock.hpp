// Clock: the one source of time of an instance; it ticks with the system's or stands still.
//
// now_ms() and now_us() give Unix time, never below 0. They are monotone: no call gives less than
// an earlier call on any thread, also when the system's clock is set back. Frozen, the clock moves
// only by advance_us() and set_us(), and never backwards. What is due after a move is run by the
// instance, not here. Thread safety: every member may be called from any thread.
#pragma once

#include <time.h>

#include <atomic>
#include <cstdint>

namespace redouble::runtime {

class Clock {
 public:
  enum class Mode { ticking, frozen };

  // A frozen clock starts at the system's time, or at `start_us` where that is not negative.
  explicit Clock(Mode mode = Mode::ticking, std::int64_t start_us = -1);
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  std::int64_t now_us() const {
    const std::int64_t now = reading();
    std::int64_t last = last_us_.load(std::memory_order_acquire);
    while (last < now) {
      if (last_us_.compare_exchange_weak(last, now, std::memory_order_acq_rel)) return now;
    }
    return last;
  }
  std::int64_t now_ms() const { return ms_of(now_us()); }
  // The milliseconds of a time that this clock gave; unsigned divisions are the cheaper ones.
  static std::int64_t ms_of(std::int64_t us) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(us) / 1000);
  }
  bool frozen() const { return frozen_.load(std::memory_order_acquire); }

  // Stops the clock at its present time; lets it tick on from there (its distance to the system's
  // time is kept).
  void freeze();
  void unfreeze();
  // Moves a clock forward by `microseconds`, which must not be negative; returns the new time.
  std::int64_t advance_us(std::int64_t microseconds);

 private:
  static std::int64_t system_us() {
    timespec now;
    ::clock_gettime(CLOCK_REALTIME, &now);  // does not fail with this clock
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint32_t>(now.tv_nsec) / 1000;
  }
  std::int64_t reading() const {
    if (frozen()) return frozen_us_.load(std::memory_order_acquire);
    return system_us() + offset_us_.load(std::memory_order_acquire);
  }

  std::atomic<bool> frozen_;
  std::atomic<std::int64_t> frozen_us_{0};
  std::atomic<std::int64_t> offset_us_{0};
  mutable std::atomic<std::int64_t> last_us_{0};
};

}  // namespace redouble::runtime
