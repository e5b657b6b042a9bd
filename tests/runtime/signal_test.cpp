#include "runtime/signal.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/runtime.hpp"
#include "runtime/spawn.hpp"
#include "runtime/yield.hpp"

namespace redouble::runtime {
namespace {

using namespace std::chrono_literals;

class SignalTest : public testing::Test {
 protected:
  SignalTest() { runtime.start(); }
  Runtime runtime{2};
  Executor here = runtime.executor(0);
};

TEST_F(SignalTest, KeepsANotificationThatComesBeforeTheWait) {
  Signal signal(here);
  signal.notifier().notify();
  signal.notifier().notify();  // many are one
  auto handle = spawn(
      here,
      [](Signal waited) -> task<Wake> {
        const Wake first = co_await waited.wait();
        const Wake second = co_await waited.wait_until(std::chrono::steady_clock::now() + 1ms);
        EXPECT_EQ(second, Wake::deadline);
        co_return first;
      },
      std::move(signal));
  EXPECT_EQ(handle.get().value(), Wake::notified);
}

TEST_F(SignalTest, WakesATaskFromAnotherThreadEveryTime) {
  // Ping-pong of two tasks on two threads: a lost wake-up would hang it.
  constexpr int rounds = 2'000;
  Signal left(runtime.executor(0));
  Signal right(runtime.executor(1));
  const Notifier to_left = left.notifier();
  const Notifier to_right = right.notifier();
  const auto player = [](Signal mine, Notifier other, bool starts) -> task<int> {
    int hits = 0;
    if (starts) other.notify();
    for (; hits < rounds; ++hits) {
      co_await mine.wait();
      other.notify();
    }
    co_return hits;
  };
  auto a = spawn(runtime.executor(0), player, std::move(left), to_right, true);
  auto b = spawn(runtime.executor(1), player, std::move(right), to_left, false);
  EXPECT_EQ(a.get().value(), rounds);
  EXPECT_EQ(b.get().value(), rounds);
}

TEST_F(SignalTest, LosesNothingThatManyThreadsPutInAMailbox) {
  auto mailbox = std::make_shared<std::atomic<int>>(0);
  Signal signal(here);
  const Notifier notifier = signal.notifier();
  constexpr int senders = 3;
  constexpr int letters = 3'000;
  auto handle = spawn(
      here,
      [](Signal waited, std::shared_ptr<std::atomic<int>> box) -> task<int> {
        int seen = 0;
        while (seen < senders * letters) {
          co_await waited.wait();
          seen += box->exchange(0);
        }
        co_return seen;
      },
      std::move(signal), mailbox);
  std::vector<std::jthread> threads;
  for (int i = 0; i < senders; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < letters; ++n) {
        mailbox->fetch_add(1);
        notifier.notify();
      }
    });
  }
  EXPECT_EQ(handle.get().value(), senders * letters);
}

TEST_F(SignalTest, ADeadlineOfAnEarlierWaitDoesNotEndALaterOne) {
  Signal signal(here);
  const Notifier notifier = signal.notifier();
  auto handle = spawn(
      here,
      [](Signal waited, Notifier self) -> task<Wake> {
        const Deadline soon = std::chrono::steady_clock::now() + 2ms;
        self.notify();
        EXPECT_EQ(co_await waited.wait_until(soon), Wake::notified);
        EXPECT_EQ(co_await waited.wait_until(soon), Wake::deadline);
        co_await waited.wait_until(std::chrono::steady_clock::now() + 2ms);
        // Armed for the later, then wanted for the earlier, which must come first.
        const auto before = std::chrono::steady_clock::now();
        self.notify();
        EXPECT_EQ(co_await waited.wait_until(before + 1h), Wake::notified);
        co_return co_await waited.wait_until(before + 1ms);
      },
      std::move(signal), notifier);
  EXPECT_EQ(handle.get().value(), Wake::deadline);
}

TEST_F(SignalTest, MayBeNotifiedAfterItIsGone) {
  Notifier notifier;
  EXPECT_FALSE(notifier);
  notifier.notify();
  {
    Signal signal(here);
    notifier = signal.notifier();
  }
  notifier.notify();
}

TEST_F(SignalTest, AWakeUpThatWasOvertakenWakesNobody) {
  // On one thread, in this order: an abort is queued, then a wake-up. The abort ends the first
  // wait; the second takes the notification; the wake-up finds the third, and nothing to say to it.
  Signal signal(here);
  const Notifier notifier = signal.notifier();
  auto waits = spawn(
      here,
      [](Signal waited) -> task<Wake> {
        try {
          co_await waited.wait();
        } catch (const Cancelled&) {
        }
        EXPECT_EQ(co_await waited.wait(), Wake::notified);
        co_return co_await waited.wait_until(std::chrono::steady_clock::now() + 5ms);
      },
      std::move(signal));
  auto disturbs = spawn(
      here,
      [](JoinHandle<Wake> other, Notifier notifier) -> task<Wake> {
        other.abort();
        notifier.notify();
        co_return (co_await other).value();
      },
      std::move(waits), notifier);
  EXPECT_EQ(disturbs.get().value(), Wake::deadline);
}

TEST_F(SignalTest, ANotificationThatMeetsAnAbortStays) {
  Signal signal(here);
  const Notifier notifier = signal.notifier();
  auto handle = spawn(
      here,
      [](Signal waited) -> task<int> {
        int cancelled = 0;
        for (;;) {
          try {
            co_await waited.wait();
            co_return cancelled;
          } catch (const Cancelled&) {
            ++cancelled;
          }
        }
      },
      std::move(signal));
  while (runtime.tasks() == 0) std::this_thread::yield();
  handle.abort();
  notifier.notify();
  EXPECT_LE(handle.get().value(), 1);
}

}  // namespace
}  // namespace redouble::runtime
