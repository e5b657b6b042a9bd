// The runner on toys: what is right passes, and what is not is caught, shrunk and replayed.
#include "check/parallel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>

#include "check/partition.hpp"
#include "check/reply_text.hpp"
#include "check/string_model.hpp"

namespace redouble::check::parallel_test {
namespace {

using store::Point;
using store::Sync;

// INCR, GET and MSET (of both counters) over two counters, a mutex for each.
class Counters : public Subject {
 public:
  enum class Fault { none, increment_unlocked, mset_in_two_steps, lock_order_of_the_request };

  Counters(store::Scheduler* scheduler, Fault fault) : sync_(scheduler), fault_(fault) {}

  std::optional<std::string> execute(std::uint32_t, const Request& request) override {
    if (request[0] == "MSET") return mset(request);
    Counter& counter = counter_of(request[1]);
    if (fault_ == Fault::increment_unlocked && request[0] == "INCR") {
      // Atomic, so that it is a lost update and no race in the sense of the language.
      sync_.point(Point::stripe);
      const int seen = counter.value.load();
      sync_.point(Point::stripe);
      counter.value.store(seen + 1);
      return integer_reply(seen + 1);
    }
    const store::LeafLock lock(counter.mutex, sync_, Point::stripe);
    if (request[0] == "INCR") return integer_reply(++counter.value);
    const int value = counter.value;
    return value == 0 ? null_reply() : bulk_reply(std::to_string(value));
  }

 private:
  struct Counter {
    store::Mutex mutex;
    std::atomic<int> value = 0;
  };

  Counter& counter_of(const std::string& key) { return counters_.at(key == "a" ? 0 : 1); }

  std::string mset(const Request& request) {
    Counter* first = &counter_of(request[1]);
    Counter* second = &counter_of(request[3]);
    if (fault_ == Fault::mset_in_two_steps) {
      put(*first, request[2]);
      put(*second, request[4]);
      return simple_reply("OK");
    }
    const bool swap = fault_ != Fault::lock_order_of_the_request && second < first;
    const store::LeafLock outer(swap ? second->mutex : first->mutex, sync_, Point::stripe);
    const store::LeafLock inner(swap ? first->mutex : second->mutex, sync_, Point::stripe);
    first->value = std::atoi(request[2].c_str());
    second->value = std::atoi(request[4].c_str());
    return simple_reply("OK");
  }

  void put(Counter& counter, const std::string& value) {
    const store::LeafLock lock(counter.mutex, sync_, Point::stripe);
    counter.value = std::atoi(value.c_str());
  }

  const Sync sync_;
  const Fault fault_;
  std::array<Counter, 2> counters_;
};

Request counter_request(Random& random) {
  const bool swap = random.one_in(2);
  const std::string key = swap ? "b" : "a";
  switch (random.below(4)) {
    case 0:
      return {"MSET", key, "10", swap ? "a" : "b", "20"};
    case 1:
      return {"GET", key};
    default:
      return {"INCR", key};
  }
}

const std::vector<Request> look{{"GET", "a"}, {"GET", "b"}};

Verdict judge(const History& history) {
  StringModel model;
  return check(model, history).verdict;
}

Parallel parallel(Counters::Fault fault) {
  return Parallel(
      [fault](store::Scheduler* scheduler) -> std::unique_ptr<Subject> {
        return std::make_unique<Counters>(scheduler, fault);
      },
      judge);
}

TEST(Parallel, ACorrectSubjectPassesUnderTheScheduler) {
  Parallel runner = parallel(Counters::Fault::none);
  const auto failure = runner.search({.programs = 60}, counter_request, look);
  EXPECT_FALSE(failure) << describe(*failure);
  EXPECT_EQ(runner.runs(), 300u);
  EXPECT_EQ(runner.unknown(), 0u);
}

TEST(Parallel, ACorrectSubjectPassesOnFreeThreads) {
  Parallel runner = parallel(Counters::Fault::none);
  const auto failure = runner.search({.programs = 60, .free = true}, counter_request, look);
  EXPECT_FALSE(failure) << describe(*failure);
  EXPECT_EQ(runner.unknown(), 0u);
}

TEST(Parallel, ALostUpdateIsFoundAndShrunkToTwoCommands) {
  Parallel runner = parallel(Counters::Fault::increment_unlocked);
  const auto failure = runner.search({}, counter_request, look);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->program.commands(), 2u) << describe(*failure);
  EXPECT_EQ(failure->program.branches.size(), 2u) << describe(*failure);
  const auto increments = [&](std::size_t i) {
    return failure->program.branches[i][0][0] == "INCR";
  };
  EXPECT_TRUE(increments(0) || increments(1)) << describe(*failure);
}

TEST(Parallel, AnMsetInTwoStepsIsFoundAndShrunk) {
  Parallel runner = parallel(Counters::Fault::mset_in_two_steps);
  const auto failure = runner.search({}, counter_request, look);
  ASSERT_TRUE(failure);
  EXPECT_LE(failure->program.commands(), 3u) << describe(*failure);
}

TEST(Parallel, ADeadlockIsFoundAndShrunkToTwoCommands) {
  Parallel runner = parallel(Counters::Fault::lock_order_of_the_request);
  const auto failure = runner.search({}, counter_request, look);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->outcome.error,
            "deadlock: branch 1 waits for a stripe; branch 2 waits for a stripe");
  EXPECT_EQ(failure->program.commands(), 2u) << describe(*failure);
}

TEST(Parallel, AFailureReplaysFromItsSeed) {
  Parallel runner = parallel(Counters::Fault::increment_unlocked);
  const auto failure = runner.search({.seed = 7}, counter_request, look);
  ASSERT_TRUE(failure);
  for (int i = 0; i < 10; ++i) {
    const Parallel::Outcome again = runner.run(failure->program, failure->seed.value());
    EXPECT_TRUE(again.failed());
    EXPECT_EQ(again.history, failure->outcome.history);
  }
  EXPECT_NE(describe(*failure).find("seed " + std::to_string(*failure->seed) + " replays it"),
            std::string::npos);
}

TEST(Parallel, AnExceptionOfTheSubjectFails) {
  class Thrower : public Subject {
    std::optional<std::string> execute(std::uint32_t, const Request&) override {
      throw std::runtime_error("out of order");
    }
  };
  Parallel runner([](store::Scheduler*) { return std::make_unique<Thrower>(); }, judge);
  const Program program{.prefix = {}, .branches = {{{"GET", "a"}}}, .suffix = {}};
  EXPECT_EQ(runner.run(program, 1).error, "an exception: out of order");
  EXPECT_EQ(runner.run_free(program).error, "an exception: out of order");
}

TEST(Parallel, UnknownVerdictsAreCounted) {
  Parallel runner(
      [](store::Scheduler* scheduler) -> std::unique_ptr<Subject> {
        return std::make_unique<Counters>(scheduler, Counters::Fault::none);
      },
      [](const History&) { return Verdict::unknown; });
  EXPECT_FALSE(runner.search({.programs = 2, .runs_each = 3}, counter_request, look));
  EXPECT_EQ(runner.runs(), 6u);
  EXPECT_EQ(runner.unknown(), 6u);
}

}  // namespace
}  // namespace redouble::check::parallel_test
