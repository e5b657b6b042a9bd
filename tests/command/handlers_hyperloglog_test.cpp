#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using testing::bulk;

class HyperLogLogCommandsTest : public ::testing::Test {
 protected:
  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

// The bytes and numbers are those of redis-server 7.0.15.
TEST_F(HyperLogLogCommandsTest, ASparseOneIsKeptByteForByteAsByTheRealServer) {
  EXPECT_EQ(peer("PFADD h a b c"), ":1\r\n");
  EXPECT_EQ(peer("PFADD h a"), ":0\r\n");
  EXPECT_EQ(peer("PFDEBUG DECODE h"), bulk("Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603"));
  EXPECT_EQ(peer("PFCOUNT h"), ":3\r\n");
  EXPECT_EQ(peer("STRLEN h"), ":27\r\n");
}

TEST_F(HyperLogLogCommandsTest, WhoCachesAKeyDoesNotHearThatPfdebugMadeItDense) {
  peer("HELLO 3");
  peer("PFADD h a");
  EXPECT_EQ(peer("CLIENT TRACKING ON"), "+OK\r\n");
  peer("GET h");
  EXPECT_EQ(peer("PFDEBUG TODENSE h"), ":1\r\n");
  EXPECT_EQ(peer.deliver(), "");
  peer("PFADD h b");
  EXPECT_THAT(peer.deliver(), ::testing::HasSubstr("invalidate"));
}

TEST_F(HyperLogLogCommandsTest, WhatWasAddedBeforeACorruptedPlaceStays) {
  peer("PFADD b n");
  peer("PFMERGE a");
  EXPECT_EQ(peer("BITOP AND a b a"), ":21\r\n");
  EXPECT_EQ(peer("PFDEBUG DECODE a"), bulk("Z:3930 z:1 z:1 z:1"));
  EXPECT_EQ(peer("PFADD a cb a"), "-INVALIDOBJ Corrupted HLL object detected\r\n");
  EXPECT_EQ(peer("PFDEBUG DECODE a"), bulk("Z:80 v:2,1 Z:3849 z:1 z:1 z:1"));
}

TEST_F(HyperLogLogCommandsTest, ItBecomesDenseBeyondTheLimitAndCountsTheSame) {
  for (int i = 0; i < 5000; ++i) peer("PFADD h e" + std::to_string(i));
  EXPECT_EQ(peer("PFDEBUG ENCODING h"), "+dense\r\n");
  EXPECT_EQ(peer("STRLEN h"), ":12304\r\n");
  peer("CONFIG SET hll-sparse-max-bytes 15000");
  for (int i = 0; i < 5000; ++i) peer("PFADD sparse e" + std::to_string(i));
  EXPECT_EQ(peer("PFDEBUG ENCODING sparse"), "+sparse\r\n");
  EXPECT_EQ(peer("PFCOUNT sparse"), peer("PFCOUNT h"));
  EXPECT_EQ(peer("PFCOUNT sparse h none"), peer("PFCOUNT h"));
  EXPECT_EQ(peer("PFCOUNT sparse none"), peer("PFCOUNT h"));
  EXPECT_EQ(peer("PFDEBUG GETREG sparse"), peer("PFDEBUG GETREG h"));
}

TEST_F(HyperLogLogCommandsTest, AMergeHasWhatEachHas) {
  peer("PFADD a 1 2 3");
  peer("PFADD b 3 4");
  EXPECT_EQ(peer("PFMERGE a b none"), "+OK\r\n");
  EXPECT_EQ(peer("PFCOUNT a"), ":4\r\n");
  for (int i = 0; i < 5000; ++i) peer("PFADD c x" + std::to_string(i));
  peer("PFMERGE m c");
  EXPECT_EQ(peer("PFCOUNT m"), peer("PFCOUNT c"));
}

TEST_F(HyperLogLogCommandsTest, OtherStringsAndBrokenOnesAreRefused) {
  peer("SET s text");
  EXPECT_EQ(peer("PFADD s a"), "-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n");
  peer("PFADD h a b");
  peer({"SETRANGE", "h", "16", "\x7f\xff\x7f\xff"});
  EXPECT_EQ(peer("PFADD h zz"), ":1\r\n");
  EXPECT_EQ(peer("PFCOUNT h"), "-INVALIDOBJ Corrupted HLL object detected\r\n");
  EXPECT_EQ(peer("PFMERGE m h"), "-INVALIDOBJ Corrupted HLL object detected\r\n");
}

TEST_F(HyperLogLogCommandsTest, ItsTestOfItselfPasses) { EXPECT_EQ(peer("PFSELFTEST"), "+OK\r\n"); }

TEST(HyperLogLogCommands, AMergeReadsItsTargetToo) {
  const auto instance = testing::frozen_instance();
  testing::Peer peer(*instance);
  peer("PFADD p a");
  peer("PFMERGE d p no");
  EXPECT_NE(peer("INFO stats").find("keyspace_hits:1\r\nkeyspace_misses:2\r\n"), std::string::npos);
}

TEST(HyperLogLogCommands, WhoLooksInsideCountsNoHit) {
  const auto instance = testing::frozen_instance();
  testing::Peer peer(*instance);
  peer("PFADD h a");
  peer("PFDEBUG ENCODING h");
  peer("MEMORY USAGE h");
  EXPECT_NE(peer("INFO stats").find("keyspace_hits:0\r\nkeyspace_misses:0\r\n"), std::string::npos);
}

}  // namespace
}  // namespace redouble::command
