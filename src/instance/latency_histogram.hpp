// LatencyHistogram: how long the calls of one command took, for INFO latencystats.
//
// Counts stand for ranges of nanoseconds that are exact below 256 and at most one part in 128 wide
// above, up to a second: two significant digits, as in the HdrHistogram that Redis uses, so that
// equal times give equal percentiles (what counts as a call's time: Stats::called()). Memory is
// taken for the ranges that were met, 1 KiB at a time.
// Thread safety: any thread; counts are relaxed. Errors: std::bad_alloc from add().
// Source: hdrhistogram.github.io, and percentiles as observed from redis-server 7.0.15.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace redouble::instance {

class LatencyHistogram {
 public:
  static constexpr std::uint64_t longest_ns = 1'000'000'000;  // longer counts as that

  LatencyHistogram() = default;
  ~LatencyHistogram();
  LatencyHistogram(const LatencyHistogram&) = delete;
  LatencyHistogram& operator=(const LatencyHistogram&) = delete;

  // `calls` that took `ns` each; what took no time took one.
  void add(std::uint64_t ns, std::uint64_t calls) {
    const std::size_t range = range_of(ns);
    Part* part = parts_[range / part_size].load(std::memory_order_acquire);
    if (part == nullptr) [[unlikely]]
      part = make_part(range / part_size);
    (*part)[range % part_size].fetch_add(calls, std::memory_order_relaxed);
  }
  void clear();

  // The counts of all ranges, of several histograms: those of each thread.
  using Counts = std::vector<std::uint64_t>;
  void add_to(Counts& counts) const;
  // The nanoseconds that `percentile` percent of the calls did not exceed: the end of the range in
  // which that call lies, and of percentile 0 its beginning. REQUIRES: counts from add_to().
  static std::uint64_t at_percentile(const Counts& counts, double percentile);

 private:
  static constexpr std::size_t part_size = 128;
  static constexpr unsigned exact_bits = 8;  // below 2^8 a range is one nanosecond
  static constexpr std::size_t part_count = 24;
  using Part = std::array<std::atomic<std::uint64_t>, part_size>;

  static std::size_t range_of(std::uint64_t ns) {
    const std::uint64_t counted = ns == 0 ? 1 : ns < longest_ns ? ns : longest_ns;
    const auto bits = static_cast<unsigned>(std::bit_width(counted));
    const unsigned shift = bits > exact_bits ? bits - exact_bits : 0;
    return shift * part_size + static_cast<std::size_t>(counted >> shift);
  }
  static std::uint64_t begin_of(std::size_t range);
  [[gnu::noinline]] Part* make_part(std::size_t index);

  std::array<std::atomic<Part*>, part_count> parts_{};
};

}  // namespace redouble::instance
