#include "runtime/runtime.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/signal.hpp"
#include "runtime/spawn.hpp"
#include "runtime/timer.hpp"
#include "runtime/yield.hpp"

namespace redouble::runtime {
namespace {

using namespace std::chrono_literals;

task<> sleeps(std::shared_ptr<int>) { co_await delay(1h); }
task<> sleeps_inside(std::shared_ptr<int> owned) { co_await sleeps(owned); }

TEST(Runtime, RunsOnTheCallingThreadUntilItIsStopped) {
  Runtime runtime(1);
  auto handle = spawn(runtime.executor(0), []() -> task<bool> { co_return true; });
  auto where = spawn(
      runtime.executor(0),
      [](Executor executor) -> task<bool> { co_return executor.running_here(); },
      runtime.executor(0));
  std::jthread stopper([&] {
    EXPECT_TRUE(where.get().value());
    runtime.stop();
  });
  runtime.run();
  EXPECT_TRUE(handle.done());
  EXPECT_FALSE(runtime.executor(0).running_here());
}

TEST(Runtime, GivesEachExecutorItsThread) {
  Runtime runtime(4);
  runtime.start();
  std::vector<JoinHandle<bool>> handles;
  for (unsigned i = 0; i < 4; ++i) {
    handles.push_back(spawn(
        runtime.executor(i),
        [](Executor mine, Executor other) -> task<bool> {
          co_await yield_now();
          co_return mine.running_here() && !other.running_here();
        },
        runtime.executor(i), runtime.executor((i + 1) % 4)));
  }
  for (auto& handle : handles) EXPECT_TRUE(handle.get().value());
}

TEST(Runtime, SpreadsEvenly) {
  Runtime runtime(3);
  for (int round = 0; round < 2; ++round) {
    for (unsigned i = 0; i < 3; ++i) EXPECT_EQ(runtime.next_executor(), runtime.executor(i));
  }
}

TEST(Runtime, EndsTasksThatSleepAndLeaksNothing) {
  auto owned = std::make_shared<int>(0);
  std::vector<JoinHandle<void>> handles;
  {
    Runtime runtime(2);
    for (int i = 0; i < 100; ++i) {
      handles.push_back(spawn(runtime.next_executor(), sleeps_inside, owned));
    }
    runtime.start();
    while (runtime.tasks() < 100) std::this_thread::yield();
  }
  EXPECT_EQ(owned.use_count(), 1);
  for (auto& handle : handles) EXPECT_TRUE(handle.get().error().cancelled());
}

TEST(Runtime, EndsTasksThatNeverStarted) {
  auto owned = std::make_shared<int>(0);
  JoinHandle<void> handle;
  {
    Runtime runtime(2);
    handle = spawn(runtime.executor(1), sleeps, owned);
  }
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_TRUE(handle.get().error().cancelled());
}

TEST(Runtime, EndsTasksThatJoinEachOtherAcrossThreads) {
  auto owned = std::make_shared<int>(0);
  {
    Runtime runtime(2);
    for (int i = 0; i < 20; ++i) {
      auto inner = spawn(runtime.executor(i % 2), sleeps, owned);
      spawn(
          runtime.executor((i + 1) % 2),
          [](JoinHandle<void> handle, std::shared_ptr<int>) -> task<> { co_await handle; },
          std::move(inner), owned)
          .detach();
    }
    runtime.start();
    while (runtime.tasks() < 40) std::this_thread::yield();
  }
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Runtime, MayBeStoppedInTheMiddleOfWork) {
  auto owned = std::make_shared<int>(0);
  {
    Runtime runtime(2);
    for (int i = 0; i < 50; ++i) {
      spawn(
          runtime.next_executor(),
          [](std::shared_ptr<int>) -> task<> {
            for (;;) co_await yield_now();
          },
          owned)
          .detach();
    }
    runtime.start();
    while (runtime.tasks() < 50) std::this_thread::yield();
    runtime.stop();
  }
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Runtime, SpawnsFromDestructorsOfEndingTasksComeToNothing) {
  struct SpawnsAtItsEnd {
    std::optional<Executor> executor;
    std::shared_ptr<int> owned;
    ~SpawnsAtItsEnd() { spawn(*executor, sleeps, std::move(owned)).detach(); }
  };
  auto owned = std::make_shared<int>(0);
  {
    Runtime runtime(1);
    spawn(
        runtime.executor(0),
        [](Executor executor, std::shared_ptr<int> given) -> task<> {
          const SpawnsAtItsEnd last{executor, std::move(given)};
          co_await delay(1h);
        },
        runtime.executor(0), owned)
        .detach();
    runtime.start();
    while (runtime.tasks() == 0) std::this_thread::yield();
  }
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Runtime, SleepsAsLongAsItIsTold) {
  Runtime runtime(1);
  runtime.start();
  const auto before = std::chrono::steady_clock::now();
  auto handle = spawn(runtime.executor(0), []() -> task<> {
    co_await delay(3ms);
    co_await delay_until(std::chrono::steady_clock::now() - 1s);  // over already
  });
  EXPECT_TRUE(handle.get());
  EXPECT_GE(std::chrono::steady_clock::now() - before, 3ms);
}

}  // namespace
}  // namespace redouble::runtime
