#include "instance/mailbox.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redouble::instance {
namespace {

using Letters = std::vector<std::string>;

class CountingWaker final : public Waker {
 public:
  void wake() noexcept override { ++wakes; }
  int wakes = 0;
};

TEST(Mailbox, GivesItsLettersOnceInTheirOrder) {
  const store::Sync sync(nullptr);
  Mailbox mailbox(sync);
  EXPECT_TRUE(mailbox.empty());
  mailbox.post("a");
  mailbox.post("b");
  mailbox.post("cd");
  EXPECT_FALSE(mailbox.empty());
  EXPECT_EQ(mailbox.bytes(), 4u);
  EXPECT_EQ(mailbox.take(), (Letters{"a", "b", "cd"}));
  EXPECT_TRUE(mailbox.empty());
  EXPECT_EQ(mailbox.bytes(), 0u);
  EXPECT_EQ(mailbox.take(), Letters());
}

TEST(Mailbox, WakesWhoeverSendsUntilItIsTakenAway) {
  const store::Sync sync(nullptr);
  Mailbox mailbox(sync);
  CountingWaker waker;
  mailbox.wake();
  mailbox.set_waker(&waker);
  mailbox.post("a");
  mailbox.wake();
  EXPECT_EQ(waker.wakes, 2);
  mailbox.set_waker(nullptr);
  mailbox.post("b");
  EXPECT_EQ(waker.wakes, 2);
  EXPECT_EQ(mailbox.take(), (Letters{"a", "b"}));
}

}  // namespace
}  // namespace redouble::instance
