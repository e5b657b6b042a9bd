// AccessClock: how an entry's 24 bits of access history are written and read.
//
// By default they are the Unix second of the last use (LRU), which wraps after 194 days: who is
// idle for longer seems to be idle for so much less, as in Redis. Under an LFU policy they are the
// minute of the last decay (16 bits) above a logarithmic counter of uses (8 bits): the counter
// grows with a probability that falls as it grows, and loses one for each decay time that passed.
// Thread safety: configured with every lock held, used under the lock of the entry's stripe.
// Source: "Key eviction" of the Redis documentation (lfu-log-factor, lfu-decay-time).
#pragma once

#include <algorithm>
#include <cstdint>

#include "store/entry.hpp"
#include "store/random.hpp"

namespace redouble::store {

class AccessClock {
 public:
  static constexpr std::uint32_t initial_count = 5;
  static constexpr std::uint32_t most_count = 255;

  void configure(bool counts_uses, std::int64_t log_factor, std::int64_t decay_minutes) {
    counts_uses_ = counts_uses;
    log_factor_ = log_factor;
    decay_minutes_ = decay_minutes;
  }
  bool counts_uses() const { return counts_uses_; }

  void begin(const Entry& entry, std::int64_t now_ms) const {
    entry.set_access(counts_uses_ ? packed(initial_count, now_ms) : second(now_ms));
  }
  // As if the entry had been used last so many seconds ago; as if so often. Each counts only where
  // the policy keeps that.
  // The real server reckons in milliseconds, in which so many seconds may wrap round.
  void set_idle_s(const Entry& entry, std::int64_t now_ms, std::int64_t idle_s) const {
    const auto idle_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(idle_s) * 1000);
    if (!counts_uses_)
      entry.set_access(second(now_ms) - static_cast<std::uint32_t>(idle_ms / 1000));
  }
  void set_frequency(const Entry& entry, std::int64_t now_ms, std::uint32_t count) const {
    if (counts_uses_) entry.set_access(packed(count, now_ms));
  }
  void use(const Entry& entry, std::int64_t now_ms, Random& random) const {
    if (!counts_uses_) {
      entry.set_access(second(now_ms));
      return;
    }
    std::uint32_t count = frequency(entry, now_ms);
    if (count < most_count) {
      const std::uint64_t base = count > initial_count ? count - initial_count : 0;
      if (random.below(base * static_cast<std::uint64_t>(log_factor_) + 1) == 0) ++count;
    }
    entry.set_access(packed(count, now_ms));
  }
  // The counter after what has decayed since. REQUIRES: counts_uses().
  std::uint32_t frequency(const Entry& entry, std::int64_t now_ms) const {
    const std::uint32_t count = entry.access() & 0xff;
    if (decay_minutes_ == 0) return count;
    const std::uint32_t passed = (minute(now_ms) - (entry.access() >> 8)) & 0xffff;
    return count - std::min(count, passed / static_cast<std::uint32_t>(decay_minutes_));
  }
  // Seconds since the last use. REQUIRES: !counts_uses().
  std::int64_t idle_s(const Entry& entry, std::int64_t now_ms) const {
    return (second(now_ms) - entry.access()) & Entry::most_access;
  }

 private:
  static std::uint32_t second(std::int64_t now_ms) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(now_ms) / 1000);
  }
  static std::uint32_t minute(std::int64_t now_ms) {
    return static_cast<std::uint32_t>(now_ms / 60000) & 0xffff;
  }
  static std::uint32_t packed(std::uint32_t count, std::int64_t now_ms) {
    return minute(now_ms) << 8 | count;
  }

  bool counts_uses_ = false;
  std::int64_t log_factor_ = 10;
  std::int64_t decay_minutes_ = 1;
};

}  // namespace redouble::store
