#include "runtime/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "runtime/runtime.hpp"
#include "runtime/spawn.hpp"
#include "runtime/yield.hpp"

namespace redouble::runtime {
namespace {

task<int> seven() { co_return 7; }
task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }
task<> fails(std::string why) {
  throw std::runtime_error(why);
  co_return;
}
task<int> depth(int levels) {
  if (levels == 0) co_return 0;
  co_return 1 + co_await depth(levels - 1);
}

class TaskTest : public testing::Test {
 protected:
  TaskTest() { runtime.start(); }
  Runtime runtime{1};
};

TEST_F(TaskTest, GivesItsValueToWhoAwaitsIt) {
  auto handle = spawn(runtime.executor(0), []() -> task<int> { co_return 1 + co_await seven(); });
  EXPECT_EQ(handle.get().value(), 8);
}

TEST_F(TaskTest, GivesAValueThatOnlyMoves) {
  auto handle = spawn(runtime.executor(0), []() -> task<int> { co_return *co_await boxed(3); });
  EXPECT_EQ(handle.get().value(), 3);
}

TEST_F(TaskTest, ThrowsToWhoAwaitsIt) {
  auto handle = spawn(runtime.executor(0), []() -> task<std::string> {
    try {
      co_await fails("no luck");
    } catch (const std::runtime_error& error) {
      co_return error.what();
    }
    co_return "nothing";
  });
  EXPECT_EQ(handle.get().value(), "no luck");
}

TEST_F(TaskTest, NestsDeeply) {
  auto handle = spawn(runtime.executor(0), depth, 2'000);
  EXPECT_EQ(handle.get().value(), 2'000);
}

TEST_F(TaskTest, SleepsAndGoesOnInsideOfOthers) {
  auto handle = spawn(runtime.executor(0), []() -> task<int> {
    const auto inner = []() -> task<int> {
      int steps = 0;
      for (; steps < 10; ++steps) co_await yield_now();
      co_return steps;
    };
    co_return co_await inner() + co_await inner();
  });
  EXPECT_EQ(handle.get().value(), 20);
}

TEST(Task, DoesNotRunBeforeItIsAwaited) {
  auto ran = std::make_shared<bool>(false);
  const auto mark = [](std::shared_ptr<bool> flag) -> task<> {
    *flag = true;
    co_return;
  };
  {
    task<> lazy = mark(ran);
    EXPECT_EQ(ran.use_count(), 2);
    EXPECT_TRUE(lazy);
  }
  EXPECT_FALSE(*ran);
  EXPECT_EQ(ran.use_count(), 1);
}

task<int> taken_from(task<int>& other) { return std::move(other); }

TEST(Task, MovesAndDoesNotCopy) {
  static_assert(!std::is_copy_constructible_v<task<int>>);
  task<int> first = seven();
  const task<int> second = taken_from(first);
  EXPECT_FALSE(first);
  EXPECT_TRUE(second);
}

}  // namespace
}  // namespace redouble::runtime
