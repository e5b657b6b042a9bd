#include <gtest/gtest.h>

#include <string>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;

class SetCommandsTest : public ::testing::Test {
 protected:
  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(SetCommandsTest, MembersAreAddedToldMovedAndRemoved) {
  EXPECT_EQ(peer("SADD s 3 1 2 1"), ":3\r\n");
  EXPECT_EQ(peer("SMEMBERS s"), "*3\r\n" + bulk("1") + bulk("2") + bulk("3"));
  EXPECT_EQ(peer("SMISMEMBER s 1 4"), "*2\r\n:1\r\n:0\r\n");
  EXPECT_EQ(peer("SMOVE s t 1"), ":1\r\n");
  EXPECT_EQ(peer("SMOVE s t 1"), ":0\r\n");
  EXPECT_EQ(peer("SMOVE t t 1"), ":1\r\n");
  EXPECT_EQ(peer("SCARD s"), ":2\r\n");
  EXPECT_EQ(peer("SREM s 2 3 4"), ":2\r\n");
  EXPECT_EQ(peer("EXISTS s t"), ":1\r\n");
  peer("SET string x");
  EXPECT_EQ(peer("SMOVE t string 1"), wrong_type);
  EXPECT_EQ(peer("SISMEMBER t 1"), ":1\r\n");
}

TEST_F(SetCommandsTest, CombinationsAreRepliedCountedAndStored) {
  peer("SADD a 1 2 3 4");
  peer("SADD b 2 3 5");
  EXPECT_EQ(peer("SINTER a b"), "*2\r\n" + bulk("2") + bulk("3"));
  EXPECT_EQ(peer("SINTER a b none"), empty_array);
  EXPECT_EQ(peer("SDIFF a b none"), "*2\r\n" + bulk("1") + bulk("4"));
  EXPECT_EQ(peer("SUNIONSTORE a a b"), ":5\r\n");
  EXPECT_EQ(peer("SINTERCARD 2 a b LIMIT 2"), ":2\r\n");
  EXPECT_EQ(peer("SINTERCARD 2 a b LIMIT 0"), ":3\r\n");
  EXPECT_EQ(peer("SDIFFSTORE a b b"), ":0\r\n");
  EXPECT_EQ(peer("EXISTS a"), ":0\r\n");
  EXPECT_EQ(peer("SINTERCARD 0 a"), "-ERR numkeys should be greater than 0\r\n");
  EXPECT_EQ(peer("SINTERCARD 2 a"), "-ERR Number of keys can't be greater than number of args\r\n");
  EXPECT_EQ(peer("SINTERCARD 1 a LIMIT -1"), "-ERR LIMIT can't be negative\r\n");
}

TEST_F(SetCommandsTest, PoppedMembersAreGoneAndTheLastOneTakesTheKey) {
  for (int i = 0; i < 100; ++i) peer("SADD s m" + std::to_string(i));
  EXPECT_TRUE(peer("SPOP s").starts_with("$"));
  EXPECT_TRUE(peer("SPOP s 60").starts_with("*60\r\n"));
  EXPECT_EQ(peer("SCARD s"), ":39\r\n");
  EXPECT_TRUE(peer("SPOP s 3").starts_with("*3\r\n"));
  EXPECT_EQ(peer("SCARD s"), ":36\r\n");
  EXPECT_TRUE(peer("SPOP s 36").starts_with("*36\r\n"));
  EXPECT_EQ(peer("EXISTS s"), ":0\r\n");
  EXPECT_EQ(peer("SPOP s"), null);
  EXPECT_EQ(peer("SPOP s 1"), empty_array);
  EXPECT_EQ(peer("SPOP s x"), "-ERR value is out of range, must be positive\r\n");
}

TEST_F(SetCommandsTest, PoppingNearlyAllOfATableOfIntegersLeavesAnIntset) {
  for (int i = 0; i < 600; ++i) peer("SADD s " + std::to_string(i));
  EXPECT_EQ(peer("OBJECT ENCODING s"), bulk("hashtable"));
  peer("SPOP s 400");
  EXPECT_EQ(peer("OBJECT ENCODING s"), bulk("hashtable"));
  peer("SPOP s 190");
  EXPECT_EQ(peer("OBJECT ENCODING s"), bulk("intset"));
}

TEST_F(SetCommandsTest, RandomMembersAreDifferentUnlessTheCountIsNegative) {
  peer("SADD s 1 2 3");
  EXPECT_EQ(peer("SRANDMEMBER s 9"), "*3\r\n" + bulk("1") + bulk("2") + bulk("3"));
  EXPECT_TRUE(peer("SRANDMEMBER s -9").starts_with("*9\r\n"));
  EXPECT_EQ(peer("SRANDMEMBER s 0"), empty_array);
  EXPECT_EQ(peer("SRANDMEMBER none"), null);
  EXPECT_EQ(peer("SRANDMEMBER s 1 x"), "-ERR syntax error\r\n");
}

}  // namespace
}  // namespace redouble::command
