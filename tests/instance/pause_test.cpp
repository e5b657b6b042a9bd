#include "instance/pause.hpp"

#include <gtest/gtest.h>

namespace redouble::instance {
namespace {

using Mode = Pause::Mode;

TEST(Pause, OfWritesHoldsWritesUntilItsEnd) {
  Pause pause;
  EXPECT_FALSE(pause.holds(true, 0));
  pause.begin(Mode::write, 100, 0);
  EXPECT_TRUE(pause.holds(true, 99));
  EXPECT_FALSE(pause.holds(false, 99));
  EXPECT_FALSE(pause.holds(true, 100));
}

TEST(Pause, OfTwoTheLongerAndTheHarderHold) {
  Pause pause;
  pause.begin(Mode::all, 100, 0);
  pause.begin(Mode::write, 200, 0);
  EXPECT_TRUE(pause.holds(false, 150));
  pause.begin(Mode::write, 50, 0);
  EXPECT_EQ(pause.until_ms(), 200);
}

TEST(Pause, OnceOverLeavesNothingToTheNext) {
  Pause pause;
  pause.begin(Mode::all, 100, 0);
  pause.begin(Mode::write, 300, 200);
  EXPECT_EQ(pause.mode(), Mode::write);
  pause.end();
  EXPECT_FALSE(pause.active(250));
}

}  // namespace
}  // namespace redouble::instance
