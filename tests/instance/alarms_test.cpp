#include "instance/alarms.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "instance/client.hpp"

namespace redouble::instance {
namespace {

class CountingWaker final : public Waker {
 public:
  void wake() noexcept override { ++wakes; }
  int wakes = 0;
};

class AlarmsTest : public ::testing::Test {
 protected:
  AlarmsTest() { client_->mailbox.set_waker(&waker_); }
  ~AlarmsTest() override { client_->mailbox.set_waker(nullptr); }

  store::Sync sync_{nullptr};
  CountingWaker waker_;
  std::shared_ptr<Client> client_ = std::make_shared<Client>(1, sync_, 0);
  Alarms alarms_{sync_};
};

TEST_F(AlarmsTest, WakeWhenTheirTimeHasComeAndNotBefore) {
  alarms_.add(200, client_);
  alarms_.add(100, client_);
  EXPECT_EQ(alarms_.earliest_ms(), 100);
  alarms_.run_due(99);
  EXPECT_EQ(waker_.wakes, 0);
  alarms_.run_due(100);
  EXPECT_EQ(waker_.wakes, 1);
  EXPECT_EQ(alarms_.earliest_ms(), 200);
  alarms_.run_due(1000);
  EXPECT_EQ(waker_.wakes, 2);
  EXPECT_EQ(alarms_.earliest_ms(), store::never_ms);
  EXPECT_EQ(alarms_.size(), 0u);
}

TEST_F(AlarmsTest, ACancelledOneWakesNobodyAndMayBeCancelledAgain) {
  const auto key = alarms_.add(100, client_);
  const auto other = alarms_.add(100, client_);
  alarms_.cancel(key);
  alarms_.cancel(key);
  alarms_.run_due(100);
  EXPECT_EQ(waker_.wakes, 1);
  alarms_.cancel(other);
  EXPECT_EQ(alarms_.size(), 0u);
}

TEST_F(AlarmsTest, WakeAllWakesAlsoThoseThatAreNeverDue) {
  alarms_.add(store::never_ms, client_);
  alarms_.run_due(1000);
  EXPECT_EQ(waker_.wakes, 0);
  alarms_.wake_all();
  EXPECT_EQ(waker_.wakes, 1);
  EXPECT_EQ(alarms_.size(), 0u);
}

}  // namespace
}  // namespace redouble::instance
