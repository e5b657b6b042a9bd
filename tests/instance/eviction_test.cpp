#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/session_peer.hpp"

namespace redouble::instance {
namespace {

using testing::bulk;
using testing::frozen_instance;
using testing::Peer;

// Four keys: `old` is used last, `new` has the nearest deadline, `often` is used most.
class Eviction : public ::testing::Test {
 protected:
  // Fills the instance under a policy, and makes it a byte too small.
  void fill(std::string_view policy) {
    peer_({"CONFIG", "SET", "maxmemory-policy", policy, "maxmemory-samples", "64"});
    peer_("SET old 1");
    tick();
    peer_("SET middle 1 EX 5000");
    tick();
    peer_("SET often 1 EX 7000");
    tick();
    peer_("SET new 1 EX 3000");
    for (int times = 0; times < 100; ++times) peer_("GET often");
    tick();
    for (const std::string_view key : {"new", "often", "old"}) peer_({"GET", key});
    make_short();
  }
  void make_short() {
    peer_({"CONFIG", "SET", "maxmemory", std::to_string(instance_->used_memory() - 1)});
  }
  void tick() { instance_->advance_us(0, 10'000'000); }
  // What is missing after there was made room.
  std::vector<std::string> gone() {
    instance_->evict_if_needed(0);
    std::vector<std::string> missing;
    for (const std::string_view key : {"old", "middle", "often", "new"}) {
      if (peer_({"EXISTS", key}) == ":0\r\n") missing.emplace_back(key);
    }
    EXPECT_EQ(instance_->stats().evicted_keys.load(), missing.size());
    return missing;
  }

  std::unique_ptr<Instance> instance_ = frozen_instance();
  Peer peer_{*instance_};
};

using Keys = std::vector<std::string>;

TEST_F(Eviction, NoevictionLeavesEverything) {
  fill("noeviction");
  EXPECT_EQ(gone(), Keys());
}

TEST_F(Eviction, TellsForHowLongMoreIsUsedThanMayBe) {
  fill("noeviction");
  tick();
  const auto exceeded = [&] { return instance_->stats().exceeded(instance_->clock().now_us()); };
  EXPECT_EQ(exceeded().current_us, 10'000'000u);
  peer_("CONFIG SET maxmemory 0");
  tick();
  EXPECT_EQ(exceeded().current_us, 0u);
  EXPECT_EQ(exceeded().total_us, 10'000'000u);
}

TEST_F(Eviction, AllkeysLruTakesTheKeyThatWasUnusedForLongest) {
  fill("allkeys-lru");
  EXPECT_EQ(gone(), Keys{"middle"});
}

TEST_F(Eviction, VolatileLruLooksOnlyAtKeysWithADeadline) {
  fill("volatile-lru");
  peer_("GET middle");
  peer_("PERSIST middle");
  tick();
  for (const std::string_view key : {"new", "middle", "old"}) peer_({"GET", key});
  EXPECT_EQ(gone(), Keys{"often"});
}

TEST_F(Eviction, AllkeysLfuSparesTheKeyThatIsUsedOften) {
  fill("allkeys-lfu");
  while (instance_->keyspace().entry_bytes() > 0 && peer_("DBSIZE") != ":1\r\n") {
    make_short();
    instance_->evict_if_needed(0);
  }
  EXPECT_EQ(peer_("EXISTS often"), ":1\r\n");
}

TEST_F(Eviction, VolatileLfuSparesTheKeysWithoutADeadline) {
  fill("volatile-lfu");
  instance_->evict_if_needed(0);
  make_short();
  instance_->evict_if_needed(0);
  EXPECT_EQ(gone(), (Keys{"middle", "new"}));
}

TEST_F(Eviction, VolatileTtlTakesTheNearestDeadline) {
  fill("volatile-ttl");
  EXPECT_EQ(gone(), Keys{"new"});
}

TEST_F(Eviction, AllkeysRandomTakesAnyOne) {
  fill("allkeys-random");
  EXPECT_EQ(gone().size(), 1u);
}

TEST_F(Eviction, VolatileRandomTakesOneWithADeadlineAndNeverAnother) {
  fill("volatile-random");
  for (int keys = 3; keys > 0; --keys) {
    make_short();
    instance_->evict_if_needed(0);
  }
  make_short();
  EXPECT_EQ(gone(), (Keys{"middle", "often", "new"}));
}

TEST_F(Eviction, AVolatilePolicyLeavesEverythingWhereNothingHasADeadline) {
  fill("volatile-ttl");
  for (const std::string_view key : {"middle", "often", "new"}) peer_({"PERSIST", key});
  make_short();
  EXPECT_EQ(gone(), Keys());
}

TEST_F(Eviction, LooksIntoEveryDatabase) {
  peer_("SELECT 5");
  peer_("SET far 1 EX 100");
  peer_("SELECT 0");
  fill("volatile-ttl");
  instance_->evict_if_needed(0);
  EXPECT_EQ(peer_("DBSIZE"), ":4\r\n");
  peer_("SELECT 5");
  EXPECT_EQ(peer_("EXISTS far"), ":0\r\n");
}

// As in the real server, which counts what it takes itself when it is empty.
TEST_F(Eviction, AnEmptyInstanceIsNotFree) {
  EXPECT_EQ(instance_->used_memory(), Instance::startup_bytes);
  peer_({"CONFIG", "SET", "maxmemory", std::to_string(Instance::startup_bytes - 1)});
  EXPECT_EQ(peer_("SET k v"), "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  peer_({"CONFIG", "SET", "maxmemory", std::to_string(Instance::startup_bytes)});
  EXPECT_EQ(peer_("SET k v"), "+OK\r\n");
  EXPECT_EQ(peer_("SET l v"), "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
}

// So that a limit can be set a little above or below what INFO says.
TEST_F(Eviction, WhatCountsIsWhatInfoCallsUsedMemory) {
  for (int key = 0; key < 1000; ++key) peer_({"SET", "key:" + std::to_string(key), "v", "EX", "9"});
  for (int key = 0; key < 300; ++key) peer_({"DEL", "key:" + std::to_string(key)});
  const auto said = "used_memory:" + std::to_string(instance_->used_memory()) + "\r\n";
  EXPECT_NE(peer_("INFO memory").find(said), std::string::npos);
  peer_("FLUSHALL");
  EXPECT_EQ(instance_->used_memory(), Instance::startup_bytes);
}

TEST_F(Eviction, InfoRemembersTheMostThatWasUsed) {
  for (int key = 0; key < 1000; ++key) peer_({"SET", "key:" + std::to_string(key), "v"});
  const std::size_t most = instance_->used_memory();
  peer_("FLUSHALL");
  const std::string peak = "used_memory_peak:" + std::to_string(most) + "\r\n";
  EXPECT_NE(peer_("INFO memory").find(peak), std::string::npos);
  for (int key = 0; key < 2000; ++key) peer_({"SET", "key:" + std::to_string(key), "v"});
  for (int key = 0; key < 2000; ++key) peer_({"DEL", "key:" + std::to_string(key)});
  EXPECT_EQ(peer_("INFO memory").find(peak), std::string::npos);
}

TEST_F(Eviction, HappensBeforeTheCommandThatNeedsRoomAndIsToldBeforeItsReply) {
  Peer cache(*instance_);
  cache.send("HELLO 3\r\nCLIENT TRACKING ON\r\n");
  fill("volatile-ttl");
  cache("GET new");
  EXPECT_EQ(cache("SET other 1"), ">2\r\n$10\r\ninvalidate\r\n*1\r\n$3\r\nnew\r\n+OK\r\n");
}

}  // namespace
}  // namespace redouble::instance
