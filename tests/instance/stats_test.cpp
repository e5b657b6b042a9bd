#include "instance/stats.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace redouble::instance {
namespace {

TEST(Stats, SumsTheCountersOfACommandOverTheThreads) {
  const store::Sync sync(nullptr);
  Stats stats(3, sync);
  stats.called(0, 1, 1, 10);
  stats.called(5, 1, 1, 20);
  stats.called(5, 2, 1, 1);
  stats.rejected(2, 1);
  stats.failed(3, 1);
  const CommandCounters counters = stats.command(1);
  EXPECT_EQ(counters.calls, 2u);
  EXPECT_EQ(counters.usec, 30u);
  EXPECT_EQ(counters.rejected, 1u);
  EXPECT_EQ(counters.failed, 1u);
  EXPECT_EQ(stats.command(0).calls, 0u);
  EXPECT_EQ(stats.commands(), 3u);
}

TEST(Stats, KeepsTheTimeOfEachCallUntilItIsReset) {
  const auto at = [](const LatencyHistogram::Counts& counts, double percentile) {
    return LatencyHistogram::at_percentile(counts, percentile);
  };
  const store::Sync sync(nullptr);
  Stats stats(2, sync);
  EXPECT_TRUE(stats.latencies(1).empty());
  stats.called(0, 1, 9, 9);
  stats.called(3, 1, 1, 5);
  EXPECT_EQ(at(stats.latencies(1), 90), 1'003u);
  EXPECT_EQ(at(stats.latencies(1), 100), 5'023u);
  stats.blocked(0, 1, 3);
  stats.tracks_latencies = false;
  stats.called(0, 1, 1, 7);
  stats.resumed(0, 1, 7, 10);
  stats.tracks_latencies = true;
  EXPECT_EQ(at(stats.latencies(1), 100), 5'023u);
  stats.resumed(0, 1, 90, 100);
  EXPECT_EQ(at(stats.latencies(1), 100), 100'351u);
  EXPECT_EQ(stats.command(1).calls, 12u);
  EXPECT_EQ(stats.command(1).usec, 121u);
  EXPECT_TRUE(stats.latencies(0).empty());
  stats.reset();
  EXPECT_TRUE(stats.latencies(1).empty());
}

TEST(Stats, SumsBytesAndChangesOverTheThreads) {
  const store::Sync sync(nullptr);
  Stats stats(1, sync);
  stats.received(0, 3);
  stats.received(7, 4);
  stats.sent(7, 5);
  stats.changed(0, 1);
  stats.changed(9, 2);
  EXPECT_EQ(stats.input_bytes(), 7u);
  EXPECT_EQ(stats.output_bytes(), 5u);
  EXPECT_EQ(stats.changes(), 3u);
  EXPECT_EQ(stats.reads(), 2u);
  EXPECT_EQ(stats.writes(), 1u);
  stats.reset();
  EXPECT_EQ(stats.reads(), 0u);
  EXPECT_EQ(stats.writes(), 0u);
  EXPECT_EQ(stats.input_bytes(), 0u);
  EXPECT_EQ(stats.output_bytes(), 0u);
  EXPECT_EQ(stats.changes(), 3u);
}

TEST(Stats, SaysOnceInSoManyChangesThatItIsTimeToLookAtTheMemory) {
  const store::Sync sync(nullptr);
  Stats stats(1, sync);
  int looks = 0;
  for (int change = 0; change < 10 * 1024; ++change) looks += stats.changed(0, 1) ? 1 : 0;
  EXPECT_EQ(looks, 10);
  EXPECT_TRUE(stats.changed(0, 2000));
  EXPECT_FALSE(stats.changed(0, 1));
}

TEST(Stats, CountsErrorsByTheirFirstWord) {
  const store::Sync sync(nullptr);
  Stats stats(1, sync);
  stats.error("ERR syntax error");
  stats.error("ERR no such key");
  stats.error("WRONGTYPE Operation");
  EXPECT_EQ(stats.errors(), (std::map<std::string, std::uint64_t>{{"ERR", 2}, {"WRONGTYPE", 1}}));
  EXPECT_EQ(stats.error_replies.load(), 3u);
}

TEST(Stats, ResetSetsThemToZero) {
  const store::Sync sync(nullptr);
  Stats stats(1, sync);
  stats.called(0, 0, 1, 10);
  stats.error("ERR syntax error");
  stats.evicted_keys = 4;
  stats.reset();
  EXPECT_EQ(stats.command(0).calls, 0u);
  EXPECT_EQ(stats.command(0).usec, 0u);
  EXPECT_TRUE(stats.errors().empty());
  EXPECT_EQ(stats.error_replies.load(), 0u);
  EXPECT_EQ(stats.evicted_keys.load(), 0u);
}

TEST(Stats, RemembersTheMostMemory) {
  const store::Sync sync(nullptr);
  Stats stats(1, sync);
  stats.note_memory(100);
  stats.note_memory(50);
  EXPECT_EQ(stats.peak_memory.load(), 100u);
}

TEST(Stats, TellsHowMuchASecondOfLate) {
  const store::Sync sync(nullptr);
  Stats stats(1, sync);
  constexpr std::int64_t second_us = 1'000'000;
  stats.tick(second_us);
  stats.called(3, 0, 50, 1);
  stats.received(2, 5000);
  stats.sent(1, 500);
  const PerSecond rate = stats.per_second(second_us + second_us / 2);
  EXPECT_EQ(rate.commands, 100);
  EXPECT_EQ(rate.input_bytes, 10'000);
  EXPECT_EQ(rate.output_bytes, 1000);
  stats.reset();
  EXPECT_EQ(stats.per_second(2 * second_us).commands, 0) << "what is counted begins anew";
}

TEST(Stats, TellsForHowLongMoreWasUsedThanAllowed) {
  const store::Sync sync(nullptr);
  Stats stats(1, sync);
  stats.note_exceeded(false, 100);
  EXPECT_EQ(stats.exceeded(150).total_us, 0u);
  stats.note_exceeded(true, 200);
  stats.note_exceeded(true, 300);
  EXPECT_EQ(stats.exceeded(450).current_us, 250u);
  EXPECT_EQ(stats.exceeded(450).total_us, 250u);
  stats.note_exceeded(false, 500);
  EXPECT_EQ(stats.exceeded(600).current_us, 0u);
  stats.note_exceeded(true, 1000);
  EXPECT_EQ(stats.exceeded(1001).current_us, 1u);
  EXPECT_EQ(stats.exceeded(1001).total_us, 301u);
  EXPECT_EQ(stats.exceeded(999).current_us, 0u) << "a step that began before it was noted";
}

TEST(Stats, TellsHowLongWasSwept) {
  const store::Sync sync(nullptr);
  Stats stats(1, sync);
  stats.swept(20, false);
  stats.swept(30, true);
  EXPECT_EQ(stats.sweep_us.load(), 50u);
  EXPECT_EQ(stats.sweeps_cut.load(), 1u);
}

}  // namespace
}  // namespace redouble::instance
