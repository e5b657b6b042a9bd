#include "store/gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace redouble::store::gate_test {
namespace {

// Lets every thread run, and tells who could not go on.
class Watching final : public Scheduler {
 public:
  void point(Point) override {}
  void stall(Point) override {
    stalled.fetch_or(own_bit());
    std::this_thread::yield();
  }
  static unsigned& own_bit() {
    thread_local unsigned bit = 1;
    return bit;
  }
  void wait_until_stalled(unsigned bit) const {
    while ((stalled.load() & bit) == 0) std::this_thread::yield();
  }
  std::atomic<unsigned> stalled{0};
};

TEST(GateTest, WhoWaitsForItAloneIsNotOvertakenByThoseWhoShareIt) {
  Watching watching;
  const Sync sync(&watching);
  Gate gate(sync);
  std::string order;
  gate.enter_shared(0);
  std::thread alone([&] {
    Watching::own_bit() = 2;
    gate.enter_exclusive();
    order += "alone ";
    gate.leave_exclusive();
  });
  watching.wait_until_stalled(2);
  std::thread sharing([&] {
    Watching::own_bit() = 4;
    gate.enter_shared(1);
    order += "sharing";
    gate.leave_shared(1);
  });
  watching.wait_until_stalled(4);
  gate.leave_shared(0);
  alone.join();
  sharing.join();
  EXPECT_EQ(order, "alone sharing");
}

TEST(GateTest, LetsThoseWhoShareItInTogether) {
  const Sync sync;
  Gate gate(sync);
  gate.enter_shared(0);
  std::thread([&] {
    gate.enter_shared(0);
    gate.leave_shared(0);
    gate.enter_shared(1);
    gate.leave_shared(1);
  }).join();
  gate.leave_shared(0);
}

// Without a scheduler it sleeps in the operating system: no wake-up may be lost.
TEST(GateTest, KeepsThoseWhoAreAloneApartFromAllOthers) {
  const Sync sync;
  Gate gate(sync);
  constexpr int rounds = 20000;
  long guarded = 0;  // changed alone, read by those who share
  std::atomic<bool> broken{false};
  const auto share = [&](unsigned slot) {
    for (int round = 0; round < rounds; ++round) {
      gate.enter_shared(slot);
      if (guarded % 2 != 0) broken = true;
      gate.leave_shared(slot);
    }
  };
  const auto change = [&] {
    for (int round = 0; round < rounds / 20; ++round) {
      gate.enter_exclusive();
      ++guarded;
      std::atomic_signal_fence(std::memory_order_seq_cst);
      ++guarded;
      gate.leave_exclusive();
    }
  };
  std::thread threads[] = {std::thread(share, 0), std::thread(share, 1), std::thread(change),
                           std::thread(change)};
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(broken);
  EXPECT_EQ(guarded, 4 * (rounds / 20));
}

}  // namespace
}  // namespace redouble::store::gate_test
