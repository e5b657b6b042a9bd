#include "runtime/clock.hpp"

#include <chrono>

#include "runtime/assert.hpp"

namespace redouble::runtime {
namespace {

std::int64_t system_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

Clock::Clock(Mode mode, std::int64_t start_us) : frozen_(mode == Mode::frozen) {
  const std::int64_t start = start_us >= 0 ? start_us : system_us();
  frozen_us_ = start;
  offset_us_ = start - system_us();
  last_us_ = start;
}

std::int64_t Clock::reading() const {
  if (frozen()) return frozen_us_.load(std::memory_order_acquire);
  return system_us() + offset_us_.load(std::memory_order_acquire);
}

std::int64_t Clock::now_us() const {
  const std::int64_t now = reading();
  std::int64_t last = last_us_.load(std::memory_order_acquire);
  while (last < now) {
    if (last_us_.compare_exchange_weak(last, now, std::memory_order_acq_rel)) return now;
  }
  return last;
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
