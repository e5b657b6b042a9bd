#include <gtest/gtest.h>

#include <string>

#include "support/session_peer.hpp"

namespace redouble::instance {
namespace {

// A million keys that expire in the same second stall nobody, because a run of the sweeper takes
// so many and no more; ci/bench says how long that is.
TEST(InstanceSweep, ARunRemovesNoMoreKeysThanItMayAndSaysThatThereAreMore) {
  const auto instance = testing::frozen_instance();
  testing::Peer peer(*instance);
  constexpr std::size_t keys = 10'000;
  constexpr std::size_t most = 128;
  for (std::size_t i = 0; i < keys; ++i) peer({"SET", std::to_string(i), "v", "PX", "5"});
  instance->clock().advance_us(10'000);
  std::size_t left = keys;
  std::size_t runs = 0;
  for (bool more = true; more; ++runs) {
    more = instance->run_due(0, most);
    instance->active_expire = false;  // a step on everything would sweep it all
    const std::size_t now =
        instance->step({.all = true}, nullptr,
                       [](store::LockSet& locks, Step&) { return locks.database(0).size(); });
    instance->active_expire = true;
    EXPECT_LE(left - now, most);
    EXPECT_EQ(more, left - now == most);
    left = now;
  }
  EXPECT_EQ(left, 0u);
  EXPECT_GE(runs, keys / most);
}

}  // namespace
}  // namespace redouble::instance
