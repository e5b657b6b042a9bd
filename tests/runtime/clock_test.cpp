#include "runtime/clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace redouble::runtime {
namespace {

std::int64_t system_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

constexpr std::int64_t hour_us = 3'600'000'000;

TEST(Clock, TicksWithTheSystems) {
  const Clock clock;
  const std::int64_t before = system_us();
  const std::int64_t now = clock.now_us();
  EXPECT_GE(now, before - 1000);
  EXPECT_LE(now, system_us() + 1000);
  EXPECT_FALSE(clock.frozen());
}

TEST(Clock, GivesMillisecondsAsWholeThousandsOfMicroseconds) {
  const Clock clock(Clock::Mode::frozen, 1'999);
  EXPECT_EQ(clock.now_ms(), 1);
}

TEST(Clock, StandsStillWhileFrozen) {
  const Clock clock(Clock::Mode::frozen, 5'000'000);
  EXPECT_TRUE(clock.frozen());
  EXPECT_EQ(clock.now_us(), 5'000'000);
  EXPECT_EQ(clock.now_us(), 5'000'000);
}

TEST(Clock, MayStartAtTheBeginningOfTime) {
  const Clock clock(Clock::Mode::frozen, 0);
  EXPECT_EQ(clock.now_us(), 0);
}

TEST(Clock, FrozenMovesByWhatItIsToldAndNoMore) {
  Clock clock(Clock::Mode::frozen, 1'000);
  EXPECT_EQ(clock.advance_us(234), 1'234);
  EXPECT_EQ(clock.advance_us(0), 1'234);
  EXPECT_EQ(clock.now_us(), 1'234);
}

TEST(Clock, TickingAdvancesByWhatItIsToldAndTicksOn) {
  Clock clock;
  const std::int64_t before = clock.now_us();
  const std::int64_t after = clock.advance_us(hour_us);
  EXPECT_GE(after, before + hour_us);
  EXPECT_GE(clock.now_us(), after);
  EXPECT_LE(clock.now_us(), system_us() + hour_us + 1000);
}

TEST(Clock, StartsTickingAtTheGivenTime) {
  const Clock clock(Clock::Mode::ticking, 1'000'000);
  EXPECT_GE(clock.now_us(), 1'000'000);
  EXPECT_LT(clock.now_us(), 60'000'000);
}

TEST(Clock, FreezesAtItsPresentTimeAndGoesOnFromThere) {
  Clock clock(Clock::Mode::ticking, 1'000'000);
  const std::int64_t before = clock.now_us();
  clock.freeze();
  const std::int64_t frozen_at = clock.now_us();
  EXPECT_GE(frozen_at, before);
  EXPECT_EQ(clock.now_us(), frozen_at);
  clock.freeze();
  EXPECT_EQ(clock.now_us(), frozen_at);
  clock.advance_us(500);
  clock.unfreeze();
  EXPECT_FALSE(clock.frozen());
  EXPECT_GE(clock.now_us(), frozen_at + 500);
  EXPECT_LT(clock.now_us(), frozen_at + 60'000'000);
}

TEST(Clock, NeverGoesBackOnAnyThreadWhileItIsMovedAndFrozen) {
  Clock clock(Clock::Mode::ticking, 1'000'000);
  std::atomic<bool> stop = false;
  std::atomic<int> steps_back = 0;
  std::atomic<std::int64_t> latest = 0;  // that any thread was given
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        std::int64_t last = latest;
        const std::int64_t now = clock.now_us();
        if (now < last) ++steps_back;
        while (last < now && !latest.compare_exchange_weak(last, now)) {
        }
      }
    });
  }
  for (int i = 0; i < 2'000; ++i) {
    clock.freeze();
    clock.advance_us(i % 7);
    clock.unfreeze();
    clock.advance_us(i % 3);
  }
  stop = true;
  readers.clear();
  EXPECT_EQ(steps_back, 0);
}

// The machine's time as a test wants it; `at_reading` runs at each reading of the steady one.
struct ToldTime {
  static std::int64_t unix_us() { return unix_now; }
  static std::int64_t steady_us() {
    if (const auto run = std::exchange(at_reading, nullptr)) run();
    return steady_now;
  }
  static void pass(std::int64_t us) {
    unix_now += us;
    steady_now += us;
  }
  static void start() {
    unix_now = 1'000 * hour_us;
    steady_now = 3 * hour_us;
    at_reading = nullptr;
  }
  static inline std::int64_t unix_now;
  static inline std::int64_t steady_now;
  static inline std::function<void()> at_reading;
};
using ToldClock = BasicClock<ToldTime>;

constexpr std::int64_t second_us = 1'000'000;

class ToldClockTest : public ::testing::Test {
 protected:
  ToldClockTest() { ToldTime::start(); }
};

TEST_F(ToldClockTest, FollowsTheSystemsWithinASecondOfItsBeingSetForward) {
  const ToldClock clock;
  ToldTime::unix_now += hour_us;
  EXPECT_EQ(clock.now_us(), 1'000 * hour_us);
  ToldTime::pass(second_us);
  EXPECT_EQ(clock.now_us(), 1'001 * hour_us + second_us);
}

TEST_F(ToldClockTest, TicksOnWhereTheSystemsWasSetBack) {
  const ToldClock clock;
  ToldTime::unix_now -= hour_us;
  ToldTime::pass(second_us);
  EXPECT_EQ(clock.now_us(), 1'000 * hour_us + second_us);
  ToldTime::pass(second_us);
  EXPECT_EQ(clock.now_us(), 1'000 * hour_us + 2 * second_us);
}

TEST_F(ToldClockTest, KeepsItsDistanceWhereItFollows) {
  ToldClock clock;
  clock.advance_us(hour_us);
  clock.freeze();
  const std::int64_t frozen_at = clock.now_us();
  ToldTime::pass(5 * second_us);  // lost: the clock stood
  clock.advance_us(hour_us);
  clock.unfreeze();
  ToldTime::unix_now += hour_us;
  ToldTime::pass(second_us);
  EXPECT_EQ(clock.now_us(), frozen_at + 2 * hour_us + second_us);
}

TEST_F(ToldClockTest, FrozenFollowsNothing) {
  const ToldClock clock(ToldClock::Mode::frozen, 1'000);
  ToldTime::unix_now += hour_us;
  ToldTime::pass(second_us);
  EXPECT_EQ(clock.now_us(), 1'000);
}

TEST_F(ToldClockTest, AReadingThatFreezeOvertookIsNotGiven) {
  ToldClock clock;
  std::int64_t frozen_at = 0;
  ToldTime::at_reading = [&] {
    clock.freeze();
    frozen_at = clock.now_us();
    ToldTime::pass(second_us);
  };
  EXPECT_EQ(clock.now_us(), frozen_at);
}

TEST_F(ToldClockTest, AReadingBetweenTwoStatesOfTheClockIsOfTheSecond) {
  ToldClock clock;
  ToldTime::at_reading = [&] { clock.advance_us(hour_us); };
  EXPECT_EQ(clock.now_us(), 1'001 * hour_us);
}

TEST_F(ToldClockTest, HasStoppedBeforeItReadsTheTimeToFreezeAt) {
  ToldClock clock;
  bool had_stopped = false;
  ToldTime::at_reading = [&] { had_stopped = clock.frozen(); };
  clock.freeze();
  EXPECT_TRUE(had_stopped);
}

TEST(Clock, AdvancesByTheSumOfConcurrentMoves) {
  Clock clock(Clock::Mode::frozen, 0);
  {
    std::vector<std::jthread> movers;
    for (int i = 0; i < 4; ++i) {
      movers.emplace_back([&] {
        for (int step = 0; step < 1'000; ++step) clock.advance_us(3);
      });
    }
  }
  EXPECT_EQ(clock.now_us(), 12'000);
}

TEST(Clock, IsMovedNoFurtherThanItCanCount) {
  for (const std::int64_t start : {Clock::furthest_us - 1, Clock::furthest_us, INT64_MAX}) {
    Clock clock(Clock::Mode::frozen, start);
    EXPECT_EQ(clock.now_us(), std::min(start, Clock::furthest_us));
    EXPECT_EQ(clock.advance_us(1), Clock::furthest_us);
    EXPECT_EQ(clock.advance_us(INT64_MAX), Clock::furthest_us);
  }
  Clock ticking;
  EXPECT_GE(ticking.advance_us(INT64_MAX), Clock::furthest_us);
  EXPECT_GE(ticking.advance_us(INT64_MAX), Clock::furthest_us);
  EXPECT_LE(ticking.now_us(), Clock::furthest_us + 60'000'000);
}

TEST(ClockDeathTest, RefusesToGoBack) {
  Clock clock(Clock::Mode::frozen, 1'000);
  EXPECT_DEATH(clock.advance_us(-1), "broken invariant");
}

}  // namespace
}  // namespace redouble::runtime
