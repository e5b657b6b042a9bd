#include "instance/rates.hpp"

#include <gtest/gtest.h>

namespace redouble::instance {
namespace {

constexpr std::int64_t start_us = 5'000'000;

TEST(Rates, AreNoneBeforeASampleIsOldEnough) {
  Rates rates;
  EXPECT_EQ(rates.per_second(start_us, {.commands = 9}).commands, 0);
  rates.sample(start_us, {});
  EXPECT_EQ(rates.per_second(start_us, {.commands = 9}).commands, 0);
  EXPECT_EQ(rates.per_second(start_us + 99'999, {.commands = 9}).commands, 0);
  EXPECT_EQ(rates.per_second(start_us + 100'000, {.commands = 9}).commands, 90);
}

TEST(Rates, KeepAtMostOneSampleInATenthOfASecond) {
  Rates rates;
  EXPECT_TRUE(rates.sample(start_us, {}));
  EXPECT_FALSE(rates.sample(start_us + 99'999, {}));
  EXPECT_TRUE(rates.sample(start_us + 100'000, {}));
}

TEST(Rates, AreTheMeanOverTheWindow) {
  Rates rates;
  // A thousand a second for ten seconds, then three thousand a second for two.
  std::uint64_t commands = 0;
  std::int64_t now_us = start_us;
  const auto go_on = [&](int tenths, std::uint64_t each) {
    for (int tenth = 0; tenth < tenths; ++tenth, now_us += 100'000, commands += each) {
      rates.sample(now_us, {commands, commands * 40, commands * 5});
    }
  };
  go_on(100, 100);
  EXPECT_EQ(rates.per_second(now_us, {commands, commands * 40, commands * 5}).commands, 1000);
  go_on(20, 300);
  const PerSecond rate = rates.per_second(now_us, {commands, commands * 40, commands * 5});
  EXPECT_EQ(rate.commands, 3000);
  EXPECT_EQ(rate.input_bytes, 3000 * 40);
  EXPECT_EQ(rate.output_bytes, 3000 * 5);
}

TEST(Rates, FallToNothingWhileNobodyComes) {
  Rates rates;
  rates.sample(start_us, {});
  rates.sample(start_us + 100'000, {.commands = 1000});
  const Sums still{.commands = 1001};
  EXPECT_NEAR(rates.per_second(start_us + 100'000'000, still).commands, 0.01, 0.001);
}

TEST(Rates, AreNoneWhereTheSumsHaveBegunAnew) {
  Rates rates;
  rates.sample(start_us, {.commands = 1000});
  EXPECT_EQ(rates.per_second(start_us + 500'000, {.commands = 1}).commands, 0);
}

TEST(Rates, BeginAnewWithTheSums) {
  Rates rates;
  rates.sample(start_us, {.commands = 1000});
  rates.clear();
  EXPECT_EQ(rates.per_second(start_us + 500'000, {.commands = 1}).commands, 0);
  EXPECT_TRUE(rates.sample(start_us + 1, {}));
}

}  // namespace
}  // namespace redouble::instance
