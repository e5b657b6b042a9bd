#include "check/scheduler.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace redouble::check::scheduler_test {
namespace {

using store::Mutex;
using store::Point;
using store::Sync;

// Three branches write their letters, with a point before each: what is written shows the schedule.
std::string letters(std::uint64_t seed) {
  SeededScheduler scheduler(seed);
  const Sync sync(&scheduler);
  std::string written;
  std::vector<std::function<void()>> branches;
  for (const char letter : {'a', 'b', 'c'}) {
    branches.emplace_back([&written, &sync, letter] {
      for (int i = 0; i < 4; ++i) {
        sync.point(Point::stripe);
        written += letter;
      }
    });
  }
  scheduler.run(branches);
  return written;
}

TEST(SeededScheduler, ASeedReplays) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const std::string once = letters(seed);
    EXPECT_EQ(once.size(), 12u);
    EXPECT_EQ(letters(seed), once) << "seed " << seed;
  }
}

TEST(SeededScheduler, SeedsReachManySchedules) {
  std::set<std::string> schedules;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) schedules.insert(letters(seed));
  EXPECT_GT(schedules.size(), 100u);
}

TEST(SeededScheduler, OneBranchRunsAtATime) {
  SeededScheduler scheduler(3);
  const Sync sync(&scheduler);
  int inside = 0;  // no atomic: the thread sanitizer is a witness
  std::vector<std::function<void()>> branches(3, [&] {
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(++inside, 1);
      --inside;
      sync.point(Point::gate);
    }
  });
  scheduler.run(branches);
}

TEST(SeededScheduler, AMutexIsWaitedForWithoutBlocking) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SeededScheduler scheduler(seed);
    const Sync sync(&scheduler);
    Mutex mutex;
    int owner = 0;
    std::vector<std::function<void()>> branches;
    for (int me = 1; me <= 3; ++me) {
      branches.emplace_back([&, me] {
        for (int i = 0; i < 5; ++i) {
          mutex.lock(sync, Point::stripe);
          owner = me;
          sync.point(Point::clock);
          EXPECT_EQ(owner, me);
          mutex.unlock();
        }
      });
    }
    scheduler.run(branches);
  }
}

// Locks two mutexes one after the other.
void lock_both(const Sync& sync, Mutex& first, Mutex& second) NO_THREAD_SAFETY_ANALYSIS {
  const store::LeafLock outer(first, sync, Point::stripe);
  const store::LeafLock inner(second, sync, Point::registry);
}

TEST(SeededScheduler, LockingInOppositeOrdersIsReportedAsADeadlock) {
  int deadlocks = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SeededScheduler scheduler(seed);
    const Sync sync(&scheduler);
    Mutex one;
    Mutex two;
    try {
      scheduler.run({[&] { lock_both(sync, one, two); }, [&] { lock_both(sync, two, one); }});
    } catch (const Deadlock& deadlock) {
      ++deadlocks;
      EXPECT_STREQ(deadlock.what(),
                   "deadlock: branch 1 waits for a registry; branch 2 waits for a registry");
    }
  }
  EXPECT_GT(deadlocks, 3);
  EXPECT_LT(deadlocks, 40);
}

TEST(SeededScheduler, LockingInOneOrderNeverDeadlocks) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SeededScheduler scheduler(seed);
    const Sync sync(&scheduler);
    Mutex one;
    Mutex two;
    EXPECT_NO_THROW(
        scheduler.run({[&] { lock_both(sync, one, two); }, [&] { lock_both(sync, one, two); }}));
  }
}

TEST(SeededScheduler, ThrowsWhatABranchThrewAfterAllHaveEnded) {
  SeededScheduler scheduler(1);
  const Sync sync(&scheduler);
  bool ended = false;
  try {
    scheduler.run({[&] { throw std::runtime_error("broken"); },
                   [&] {
                     for (int i = 0; i < 5; ++i) sync.point(Point::gate);
                     ended = true;
                   }});
    FAIL() << "the exception is lost";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "broken");
  }
  EXPECT_TRUE(ended);
}

TEST(SeededScheduler, LetsThreadsThatAreNoBranchPass) {
  SeededScheduler scheduler(1);
  scheduler.point(Point::gate);
  scheduler.stall(Point::gate);
  scheduler.run({});
  EXPECT_TRUE(scheduler.choices().empty());
}

}  // namespace
}  // namespace redouble::check::scheduler_test
