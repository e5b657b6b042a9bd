#include "store/access.hpp"

#include <gtest/gtest.h>

namespace redouble::store::access_test {
namespace {

constexpr std::int64_t start_ms = 1'700'000'000'000;
constexpr std::int64_t minute_ms = 60'000;

EntryPtr some_entry() { return Entry::make({.key = "k", .hash = 1}, "v"); }

TEST(AccessClockTest, TellsSecondsSinceTheLastUse) {
  const AccessClock clock;
  Random random(1);
  const EntryPtr entry = some_entry();
  clock.begin(*entry, start_ms);
  EXPECT_EQ(clock.idle_s(*entry, start_ms + 999), 0);
  EXPECT_EQ(clock.idle_s(*entry, start_ms + 61'000), 61);
  clock.use(*entry, start_ms + 61'000, random);
  EXPECT_EQ(clock.idle_s(*entry, start_ms + 62'000), 1);
}

TEST(AccessClockTest, WrapsAnIdleTimeThatIsMoreThanMillisecondsHoldAsTheRealServerDoes) {
  const AccessClock clock;
  const EntryPtr entry = some_entry();
  clock.set_idle_s(*entry, start_ms, 77);
  EXPECT_EQ(clock.idle_s(*entry, start_ms), 77);
  constexpr std::int64_t most_s = 9'223'372'036'854'775;
  clock.set_idle_s(*entry, start_ms, most_s);
  EXPECT_EQ(clock.idle_s(*entry, start_ms), most_s & Entry::most_access);
  clock.set_idle_s(*entry, start_ms, most_s + 1);
  EXPECT_EQ(clock.idle_s(*entry, start_ms), -most_s & Entry::most_access);
}

TEST(AccessClockTest, CountsUsesEverMoreRarely) {
  AccessClock clock;
  clock.configure(true, 10, 1);
  Random random(1);
  const EntryPtr entry = some_entry();
  clock.begin(*entry, start_ms);
  EXPECT_EQ(clock.frequency(*entry, start_ms), AccessClock::initial_count);
  // The first use above the initial count is certain; from 6 on each one has a chance of 1 in
  // (count - 5) * 10 + 1.
  clock.use(*entry, start_ms, random);
  EXPECT_EQ(clock.frequency(*entry, start_ms), 6u);
  for (int use = 0; use < 1000; ++use) clock.use(*entry, start_ms, random);
  EXPECT_GT(clock.frequency(*entry, start_ms), 12u);
  EXPECT_LT(clock.frequency(*entry, start_ms), 30u);
  for (int use = 0; use < 1'000'000; ++use) clock.use(*entry, start_ms, random);
  EXPECT_EQ(clock.frequency(*entry, start_ms), AccessClock::most_count);
}

TEST(AccessClockTest, WithoutALogarithmEveryUseCounts) {
  AccessClock clock;
  clock.configure(true, 0, 1);
  Random random(1);
  const EntryPtr entry = some_entry();
  clock.begin(*entry, start_ms);
  for (int use = 0; use < 100; ++use) clock.use(*entry, start_ms, random);
  EXPECT_EQ(clock.frequency(*entry, start_ms), 105u);
}

TEST(AccessClockTest, ForgetsOneUseForEachDecayTime) {
  AccessClock clock;
  clock.configure(true, 0, 2);
  Random random(1);
  const EntryPtr entry = some_entry();
  clock.begin(*entry, start_ms);
  EXPECT_EQ(clock.frequency(*entry, start_ms + 1 * minute_ms), 5u);
  EXPECT_EQ(clock.frequency(*entry, start_ms + 2 * minute_ms), 4u);
  EXPECT_EQ(clock.frequency(*entry, start_ms + 9 * minute_ms), 1u);
  EXPECT_EQ(clock.frequency(*entry, start_ms + 10 * minute_ms), 0u);
  EXPECT_EQ(clock.frequency(*entry, start_ms + 1000 * minute_ms), 0u);
  clock.use(*entry, start_ms + 6 * minute_ms, random);
  EXPECT_EQ(clock.frequency(*entry, start_ms + 6 * minute_ms), 3u);
  clock.configure(true, 0, 0);
  EXPECT_EQ(clock.frequency(*entry, start_ms + 1000 * minute_ms), 3u);
}

TEST(AccessClockTest, CountsMinutesAcrossTheirWrap) {
  AccessClock clock;
  clock.configure(true, 0, 1);
  const EntryPtr entry = some_entry();
  constexpr std::int64_t last_minute = (std::int64_t{1} << 16) * 400 - 1;
  clock.begin(*entry, last_minute * minute_ms);
  EXPECT_EQ(clock.frequency(*entry, (last_minute + 3) * minute_ms), 2u);
}

}  // namespace
}  // namespace redouble::store::access_test
