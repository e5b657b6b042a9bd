#include "instance/latency_histogram.hpp"

#include <algorithm>
#include <numeric>

namespace redouble::instance {

LatencyHistogram::~LatencyHistogram() {
  for (std::atomic<Part*>& part : parts_) delete part.load(std::memory_order_relaxed);
}

LatencyHistogram::Part* LatencyHistogram::make_part(std::size_t index) {
  Part* made = new Part{};
  Part* there = nullptr;
  if (parts_[index].compare_exchange_strong(there, made, std::memory_order_acq_rel)) return made;
  delete made;
  return there;
}

void LatencyHistogram::clear() {
  for (std::atomic<Part*>& place : parts_) {
    Part* part = place.load(std::memory_order_acquire);
    if (part == nullptr) continue;
    for (std::atomic<std::uint64_t>& count : *part) count.store(0, std::memory_order_relaxed);
  }
}

void LatencyHistogram::add_to(Counts& counts) const {
  counts.resize(part_count * part_size);
  for (std::size_t index = 0; index < part_count; ++index) {
    const Part* part = parts_[index].load(std::memory_order_acquire);
    if (part == nullptr) continue;
    for (std::size_t at = 0; at < part_size; ++at)
      counts[index * part_size + at] += (*part)[at].load(std::memory_order_relaxed);
  }
}

// The first part holds the ranges below 128, each of one nanosecond; every further one 128 ranges.
std::uint64_t LatencyHistogram::begin_of(std::size_t range) {
  const std::size_t part = range / part_size;
  if (part < 2) return range;
  return static_cast<std::uint64_t>(range % part_size + part_size) << (part - 1);
}

std::uint64_t LatencyHistogram::at_percentile(const Counts& counts, double percentile) {
  const auto all = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  const double wanted = percentile / 100 * static_cast<double>(all) + 0.5;
  const std::uint64_t calls = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  std::size_t range = 0;
  while (range + 1 < counts.size() && (seen += counts[range]) < calls) ++range;
  return percentile == 0 ? begin_of(range) : begin_of(range + 1) - 1;
}

}  // namespace redouble::instance
