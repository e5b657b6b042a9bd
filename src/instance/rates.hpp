// Rates: how many commands and bytes a second, of late.
//
// Nothing ticks for them: whoever counts brings the sums now and then, and at most one sample in
// sample_interval_us is kept. A rate is the mean since a sample that is at least that old and,
// where there is one, at most window_us: after a pause it is thus the mean over the pause. Thread
// safety: none of its own. Units: microseconds of the instance's clock, so that a frozen clock has
// no rates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace redouble::instance {

// What was counted since the start.
struct Sums {
  std::uint64_t commands = 0;
  std::uint64_t input_bytes = 0;
  std::uint64_t output_bytes = 0;
};

struct PerSecond {
  double commands = 0;
  double input_bytes = 0;
  double output_bytes = 0;
};

class Rates {
 public:
  static constexpr std::int64_t sample_interval_us = 100'000;
  static constexpr std::int64_t window_us = 1'600'000;

  // True where a sample was kept. The times of calls do not fall.
  bool sample(std::int64_t now_us, const Sums& sums);
  // No rate where no sample is old enough.
  PerSecond per_second(std::int64_t now_us, const Sums& sums) const;
  // For when the sums begin anew.
  void clear() { count_ = 0; }

 private:
  struct Sample {
    std::int64_t at_us = 0;
    Sums sums;
  };
  // The `age`th newest, from 0. REQUIRES: age < size().
  const Sample& newest(std::size_t age) const {
    return samples_[(count_ - 1 - age) % samples_.size()];
  }
  std::size_t size() const { return count_ < samples_.size() ? count_ : samples_.size(); }

  std::array<Sample, window_us / sample_interval_us> samples_;
  std::size_t count_ = 0;  // ever kept
};

}  // namespace redouble::instance
