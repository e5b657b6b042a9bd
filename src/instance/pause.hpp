// Pause: CLIENT PAUSE; whose commands wait, and until when.
//
// A later PAUSE never shortens an earlier one: the later end and the stronger mode hold, as in
// Redis. Clients that wait are in Instance::alarms(). While it lasts the data stay as they are: a
// key that is due is not seen, but it goes only afterwards. Thread safety: changed with the gate
// held exclusively, read with it held at least shared; active() and until_ms() from any thread.
// Units: Unix milliseconds of the instance's clock.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace redouble::instance {

class Pause {
 public:
  enum class Mode : std::uint8_t { none, write, all };

  void begin(Mode mode, std::int64_t until_ms, std::int64_t now_ms) {
    if (!active(now_ms)) end();
    mode_ = std::max(mode_, mode);
    until_ms_.store(std::max(this->until_ms(), until_ms), std::memory_order_relaxed);
  }
  void end() {
    mode_ = Mode::none;
    until_ms_.store(0, std::memory_order_relaxed);
  }

  bool active(std::int64_t now_ms) const { return now_ms < until_ms(); }
  // Whether a command waits; `writes` says that it may change something.
  bool holds(bool writes, std::int64_t now_ms) const {
    return active(now_ms) && (mode_ == Mode::all || writes);
  }
  Mode mode() const { return mode_; }
  std::int64_t until_ms() const { return until_ms_.load(std::memory_order_relaxed); }

 private:
  Mode mode_ = Mode::none;
  std::atomic<std::int64_t> until_ms_{0};
};

}  // namespace redouble::instance
