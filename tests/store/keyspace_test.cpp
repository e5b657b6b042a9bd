#include "store/keyspace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/small_keyspace.hpp"

namespace redouble::store::keyspace_test {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

constexpr std::int64_t start_ms = SmallKeyspace::start_ms;

// Names of keys that lie in different stripes, one for each.
std::vector<std::string> one_key_a_stripe(const SmallKeyspace& small) {
  const std::size_t stripes = small.keyspace.stripe_count();
  std::vector<std::string> names(stripes);
  std::size_t found = 0;
  for (int index = 0; found < stripes; ++index) {
    std::string name = "k" + std::to_string(index);
    std::string& place = names[small.hashed(name).hash & (stripes - 1)];
    if (!place.empty()) continue;
    place = std::move(name);
    ++found;
  }
  return names;
}

TEST(KeyspaceTest, SweepsAStripeInTheOrderOfItsDeadlinesAndNothingEarly) {
  SmallKeyspace small(1);
  small.set("late", "v", Lifetime::until(start_ms + 30));
  small.set("first", "v", Lifetime::until(start_ms + 10));
  small.set("tie1", "v", Lifetime::until(start_ms + 20));
  small.set("tie2", "v", Lifetime::until(start_ms + 20));
  small.set("stays", "v");
  small.take_heard();
  EXPECT_EQ(small.keyspace.earliest_deadline_ms(), start_ms + 10);
  int settled = 0;
  const auto sweep = [&](std::size_t most) {
    return small.keyspace.sweep(0, small.sink, most, [&settled](LockSet&) { ++settled; });
  };
  EXPECT_FALSE(sweep(100));
  EXPECT_EQ(settled, 0);
  small.advance_ms(21);
  EXPECT_TRUE(sweep(2));
  EXPECT_THAT(small.take_heard(), ElementsAre("0 expired first", "0 expired tie1"));
  EXPECT_FALSE(sweep(2));
  EXPECT_THAT(small.take_heard(), ElementsAre("0 expired tie2"));
  EXPECT_EQ(settled, 2);
  EXPECT_EQ(small.keyspace.earliest_deadline_ms(), start_ms + 30);
  small.advance_ms(10);
  EXPECT_FALSE(sweep(2));
  EXPECT_EQ(small.keyspace.earliest_deadline_ms(), never_ms);
  EXPECT_EQ(small.get("stays"), "v");
}

// Work is counted, not time: that many keys are what others wait for.
TEST(KeyspaceTest, AManyTimesExpiredInstanceIsSweptAFewKeysAtATime) {
  constexpr int keys = 5000;
  constexpr std::size_t most = 64;
  SmallKeyspace small(8);
  for (int index = 0; index < keys; ++index) {
    small.set("k" + std::to_string(index), "v", Lifetime::until(start_ms));
  }
  small.take_heard();
  small.advance_ms(1);
  std::size_t expired = 0;
  std::size_t calls = 0;
  for (bool more = true; more; ++calls) {
    std::size_t in_step = 0;
    more = small.keyspace.sweep(0, small.sink, most, [&](LockSet&) {
      in_step = std::max(in_step, small.sink.heard.size());
    });
    const std::size_t heard = small.take_heard().size();
    EXPECT_LE(heard, most);
    EXPECT_LE(in_step, most);
    expired += heard;
  }
  EXPECT_EQ(expired, keys);
  EXPECT_EQ(calls, keys / most + 1);
  EXPECT_EQ(small.keyspace.entry_bytes(), 0u);
}

TEST(KeyspaceTest, AStripeFullOfExpiredKeysDoesNotHoldBackTheOthers) {
  SmallKeyspace small(4);
  const std::vector<std::string> names = one_key_a_stripe(small);
  int made = 0;
  for (int index = 0; made < 500; ++index) {
    const std::string key = "k" + std::to_string(index);
    if ((small.hashed(key).hash & 3) != (small.hashed(names[0]).hash & 3)) continue;
    small.set(key, "v", Lifetime::until(start_ms));
    ++made;
  }
  small.set(names[3], "v", Lifetime::until(start_ms));
  small.take_heard();
  small.advance_ms(1);
  std::vector<std::string> heard;
  for (int call = 0; call < 5; ++call) {
    small.keyspace.sweep(0, small.sink, 8, [](LockSet&) {});
    for (std::string& event : small.take_heard()) heard.push_back(std::move(event));
  }
  EXPECT_THAT(heard, ::testing::Contains("0 expired " + names[3]));
}

TEST(KeyspaceTest, SweepsTheWholeInstanceInTheOrderOfTheDeadlines) {
  SmallKeyspace small(4);
  std::vector<std::string> expected;
  for (int index = 0; index < 20; ++index) {
    const std::string key = "k" + std::to_string(index);
    const int due = (index * 7) % 20;
    small.set(key, "v", Lifetime::until(start_ms + due));
  }
  for (int due = 0; due < 20; ++due) {
    expected.push_back("0 expired k" + std::to_string((due * 3) % 20));  // 7 * 3 = 1 modulo 20
  }
  small.take_heard();
  small.advance_ms(20);
  small.whole_step([&](LockSet& locks) { small.keyspace.sweep_in_order(locks, 3); });
  const std::vector<std::string> first = small.take_heard();
  EXPECT_THAT(first, ElementsAreArray(expected.begin(), expected.begin() + 3));
  small.whole_step([&](LockSet& locks) { small.keyspace.sweep_in_order(locks, 100); });
  EXPECT_THAT(small.take_heard(), ElementsAreArray(expected.begin() + 3, expected.end()));
}

TEST(KeyspaceTest, TakesTheGateExclusivelyForMoreThanThirtyTwoStripes) {
  SmallKeyspace small(64);
  const std::vector<std::string> names = one_key_a_stripe(small);
  std::vector<Hashed> keys;
  for (const std::string& name : names) keys.push_back(small.hashed(name));
  const auto is_whole = [&](std::size_t count) {
    const Plan plan{.keys = std::span<const Hashed>(keys).first(count)};
    return small.keyspace.step(plan, small.sink, [](LockSet& locks) { return locks.whole(); });
  };
  EXPECT_FALSE(is_whole(0));
  EXPECT_FALSE(is_whole(1));
  EXPECT_FALSE(is_whole(32));
  EXPECT_TRUE(is_whole(33));
  EXPECT_TRUE(is_whole(64));
}

// Each thread names the keys in another order; were they locked in that order, this would hang.
TEST(KeyspaceTest, LocksStripesInOneOrderWhateverTheOrderOfTheKeys) {
  SmallKeyspace small(4);
  const std::vector<std::string> names = one_key_a_stripe(small);
  constexpr int steps = 20000;
  const auto work = [&](bool backwards, unsigned slot) {
    std::vector<Hashed> keys;
    for (const std::string& name : names) keys.push_back(small.hashed(name));
    if (backwards) std::reverse(keys.begin(), keys.end());
    ListSink sink;
    for (int step = 0; step < steps; ++step) {
      small.keyspace.step({.keys = keys, .slot = slot}, sink, [&](LockSet& locks) {
        for (const Hashed& key : keys) {
          locks.database(0).add(key, 1, {EventKind::string, "incrby"});
        }
      });
    }
  };
  std::thread other(work, true, 1);
  work(false, 0);
  other.join();
  for (const std::string& name : names) EXPECT_EQ(small.get(name), std::to_string(2 * steps));
}

TEST(KeyspaceTest, SwappingAndClearingConcernWholeDatabases) {
  SmallKeyspace small;
  small.set("k", "zero");
  small.whole_step([&](LockSet& locks) { small.keyspace.swap(locks, 0, 1); });
  EXPECT_EQ(small.get("k"), "none");
  small.set("other", "v");
  small.whole_step([&](LockSet& locks) { small.keyspace.clear(locks, 0); });
  EXPECT_EQ(small.get("other"), "none");
  small.whole_step([&](LockSet& locks) { small.keyspace.swap(locks, 0, 1); });
  EXPECT_EQ(small.get("k"), "zero");
}

TEST(KeyspaceTest, TheTimeOfAStepIsReadAfterItsLocksAreHeld) {
  class Late final : public Scheduler {
   public:
    explicit Late(SmallKeyspace*& small) : small_(small) {}
    void point(Point kind) override {
      if (kind == Point::stripe) small_->advance_ms(5);
    }
    void stall(Point) override {}

   private:
    SmallKeyspace*& small_;
  };
  SmallKeyspace* place = nullptr;
  Late late(place);
  SmallKeyspace small(4, &late);
  place = &small;
  EXPECT_EQ(small.step({"k"}, [](LockSet& locks) { return locks.now_ms(); }), start_ms + 5);
}

}  // namespace
}  // namespace redouble::store::keyspace_test
