#include "instance/latency_histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

namespace redouble::instance {
namespace {

std::uint64_t only(std::uint64_t ns, double percentile) {
  LatencyHistogram histogram;
  histogram.add(ns, 1);
  LatencyHistogram::Counts counts;
  histogram.add_to(counts);
  return LatencyHistogram::at_percentile(counts, percentile);
}

// What redis-server 7.0.15 answers for the same times.
TEST(LatencyHistogram, GivesTheEndsOfTheRangesThatRedisGives) {
  EXPECT_EQ(only(3'000, 0), 2'992u);
  EXPECT_EQ(only(3'000, 50), 3'007u);
  EXPECT_EQ(only(4'000, 99), 4'015u);
  EXPECT_EQ(only(20'000, 0), 19'968u);
  EXPECT_EQ(only(20'000, 100), 20'095u);
  EXPECT_EQ(only(102'000, 0), 101'888u);
  EXPECT_EQ(only(102'000, 50), 102'399u);
}

TEST(LatencyHistogram, CountsNothingBelowANanosecondNorAboveASecond) {
  EXPECT_EQ(only(0, 50), 1u);
  EXPECT_EQ(only(255, 50), 255u);
  EXPECT_EQ(only(256, 50), 257u);
  const std::uint64_t longest = only(LatencyHistogram::longest_ns, 50);
  EXPECT_GE(longest, LatencyHistogram::longest_ns);
  EXPECT_EQ(only(UINT64_MAX, 50), longest);
}

RC_GTEST_PROP(LatencyHistogram, IsNoFurtherThanOnePartIn128FromWhatIsSorted, ()) {
  const auto times = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(
      rc::gen::mapcat(rc::gen::inRange(0, 30), [](int bits) {
        return rc::gen::inRange<std::uint64_t>(1, std::uint64_t{2} << bits);
      })));
  const double percentile = *rc::gen::inRange(0, 10'001) / 100.0;
  LatencyHistogram one;
  LatencyHistogram other;
  for (std::size_t at = 0; at < times.size(); ++at) (at % 2 == 0 ? one : other).add(times[at], 1);
  LatencyHistogram::Counts counts;
  one.add_to(counts);
  other.add_to(counts);
  auto sorted = times;
  std::ranges::sort(sorted);
  const auto nth =
      static_cast<std::size_t>(percentile / 100 * static_cast<double>(sorted.size()) + 0.5);
  const std::uint64_t exact =
      std::min(sorted[nth == 0 ? 0 : nth - 1], LatencyHistogram::longest_ns);
  const std::uint64_t given = LatencyHistogram::at_percentile(counts, percentile);
  RC_ASSERT(given + exact / 128 >= exact);
  RC_ASSERT(given <= exact + exact / 128);
  if (percentile == 0) {
    RC_ASSERT(given <= exact);
  } else {
    RC_ASSERT(given >= exact);
  }
}

TEST(LatencyHistogram, IsEmptyAfterClear) {
  LatencyHistogram histogram;
  histogram.add(5, 7);
  histogram.clear();
  LatencyHistogram::Counts counts;
  histogram.add_to(counts);
  EXPECT_EQ(std::ranges::count(counts, 0u), static_cast<std::ptrdiff_t>(counts.size()));
}

TEST(LatencyHistogram, CountsWhatSeveralThreadsAdd) {
  LatencyHistogram histogram;
  {
    std::vector<std::jthread> adding;
    for (int thread = 0; thread < 4; ++thread) {
      adding.emplace_back([&] {
        for (std::uint64_t ns = 1; ns < 2'000; ++ns) histogram.add(ns, 2);
      });
    }
  }
  LatencyHistogram::Counts counts;
  histogram.add_to(counts);
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts) sum += count;
  EXPECT_EQ(sum, 4u * 1'999 * 2);
}

}  // namespace
}  // namespace redouble::instance
