// Pause: CLIENT PAUSE; whose commands wait, and until when.
//
// A later PAUSE never shortens an earlier one: the later end and the stronger mode hold, as in
// Redis. Clients that wait are in Instance::alarms().
// Thread safety: changed with the gate held exclusively, read with it held at least shared.
// Units: Unix milliseconds of the instance's clock.
#pragma once

#include <algorithm>
#include <cstdint>

namespace redouble::instance {

class Pause {
 public:
  enum class Mode : std::uint8_t { none, write, all };

  void begin(Mode mode, std::int64_t until_ms, std::int64_t now_ms) {
    if (!active(now_ms)) *this = Pause();
    mode_ = std::max(mode_, mode);
    until_ms_ = std::max(until_ms_, until_ms);
  }
  void end() { *this = Pause(); }

  bool active(std::int64_t now_ms) const { return mode_ != Mode::none && now_ms < until_ms_; }
  // Whether a command waits; `writes` says that it may change something.
  bool holds(bool writes, std::int64_t now_ms) const {
    return active(now_ms) && (mode_ == Mode::all || writes);
  }
  Mode mode() const { return mode_; }
  std::int64_t until_ms() const { return until_ms_; }

 private:
  Mode mode_ = Mode::none;
  std::int64_t until_ms_ = 0;
};

}  // namespace redouble::instance
