#include "runtime/clock.hpp"

#include "runtime/assert.hpp"

namespace redouble::runtime {
Clock::Clock(Mode mode, std::int64_t start_us) : frozen_(mode == Mode::frozen) {
  const std::int64_t start = start_us >= 0 ? start_us : system_us();
  frozen_us_ = start;
  offset_us_ = start - system_us();
  last_us_ = start;
}

void Clock::freeze() {
  if (frozen()) return;
  frozen_us_.store(now_us(), std::memory_order_release);
  frozen_.store(true, std::memory_order_release);
}

void Clock::unfreeze() {
  if (!frozen()) return;
  offset_us_.store(frozen_us_.load() - system_us(), std::memory_order_release);
  frozen_.store(false, std::memory_order_release);
}

std::int64_t Clock::advance_us(std::int64_t microseconds) {
  REDOUBLE_ASSERT(microseconds >= 0);
  if (frozen()) {
    frozen_us_.fetch_add(microseconds, std::memory_order_acq_rel);
  } else {
    offset_us_.fetch_add(microseconds, std::memory_order_acq_rel);
  }
  return now_us();
}

}  // namespace redouble::runtime
