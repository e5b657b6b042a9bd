#include <gtest/gtest.h>

#include <string>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;

class HashCommandsTest : public ::testing::Test {
 protected:
  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(HashCommandsTest, FieldsAreSetReadCountedAndRemoved) {
  EXPECT_EQ(peer("HSET h a 1 b 2 a 3"), ":2\r\n");
  EXPECT_EQ(peer("HGETALL h"), "*4\r\n" + bulk("a") + bulk("3") + bulk("b") + bulk("2"));
  EXPECT_EQ(peer("HMGET h b none a"), "*3\r\n" + bulk("2") + null + bulk("3"));
  EXPECT_EQ(peer("HSETNX h a 9"), ":0\r\n");
  EXPECT_EQ(peer("HSTRLEN h a"), ":1\r\n");
  EXPECT_EQ(peer("HDEL h a a none"), ":1\r\n");
  EXPECT_EQ(peer("HLEN h"), ":1\r\n");
  EXPECT_EQ(peer("HDEL h b"), ":1\r\n");
  EXPECT_EQ(peer("EXISTS h"), ":0\r\n");
  EXPECT_EQ(peer("HSET h a"), "-ERR wrong number of arguments for 'hset' command\r\n");
  EXPECT_EQ(peer("HMSET h a 1 b"), "-ERR wrong number of arguments for 'hmset' command\r\n");
}

TEST_F(HashCommandsTest, SumsKeepTheirKindsOfNumbers) {
  EXPECT_EQ(peer("HINCRBY h n 5"), ":5\r\n");
  EXPECT_EQ(peer("HINCRBY h n 9223372036854775807"),
            "-ERR increment or decrement would overflow\r\n");
  EXPECT_EQ(peer("HINCRBYFLOAT h n 0.1"), bulk("5.1"));
  EXPECT_EQ(peer("HINCRBY h n 1"), "-ERR hash value is not an integer\r\n");
  EXPECT_EQ(peer("HINCRBYFLOAT h n inf"), "-ERR value is NaN or Infinity\r\n");
  peer("HSET h t text");
  EXPECT_EQ(peer("HINCRBYFLOAT h t 1"), "-ERR hash value is not a float\r\n");
  // Of a table, whose values are bytes.
  peer({"HSET", "h", std::string(65, 'x'), "1"});
  EXPECT_EQ(peer("OBJECT ENCODING h"), bulk("hashtable"));
  peer("HSET h n 5");
  EXPECT_EQ(peer("HINCRBY h n 1"), ":6\r\n");
  EXPECT_EQ(peer("HINCRBYFLOAT h n 0.5"), bulk("6.5"));
}

TEST_F(HashCommandsTest, RandomFieldsAreDifferentUnlessTheCountIsNegative) {
  peer("HSET h a 1 b 2 c 3");
  EXPECT_EQ(peer("HRANDFIELD h 5"), "*3\r\n" + bulk("a") + bulk("b") + bulk("c"));
  EXPECT_EQ(peer("HRANDFIELD h 3 WITHVALUES"), peer("HGETALL h"));
  EXPECT_TRUE(peer("HRANDFIELD h -7").starts_with("*7\r\n"));
  EXPECT_TRUE(peer("HRANDFIELD h 2 WITHVALUES").starts_with("*4\r\n"));
  EXPECT_EQ(peer("HRANDFIELD h 0"), "*0\r\n");
  EXPECT_EQ(peer("HRANDFIELD none"), null);
  EXPECT_EQ(peer("HRANDFIELD h 4611686018427387904 WITHVALUES"), "-ERR value is out of range\r\n");
}

TEST_F(HashCommandsTest, AScanGivesEveryFieldOfATableOnce) {
  std::string names;
  for (int i = 0; i < 1000; ++i) peer("HSET h f" + std::to_string(i) + " v");
  std::size_t fields = 0;
  std::string cursor = "0";
  do {
    const std::string reply = peer("HSCAN h " + cursor + " COUNT 50 MATCH f*");
    for (std::size_t at = 0; (at = reply.find("\r\nf", at)) != std::string::npos; ++at) ++fields;
    cursor = reply.substr(reply.find('\n', 4) + 1);
    cursor = cursor.substr(0, cursor.find('\r'));
  } while (cursor != "0");
  EXPECT_EQ(fields, 1000u);
  EXPECT_EQ(peer("HSCAN h x"), "-ERR invalid cursor\r\n");
  EXPECT_EQ(peer("HSCAN none 0 COUNT x"), "*2\r\n" + bulk("0") + "*0\r\n");
}

TEST_F(HashCommandsTest, AnotherTypeIsRefusedAndLeftAlone) {
  peer("SET s text");
  for (const char* line : {"HSET s a 1", "HGET s a", "HGETALL s", "HDEL s a", "HINCRBY s a 1",
                           "HRANDFIELD s", "HSCAN s 0", "HSETNX s a 1", "HMGET s a"}) {
    EXPECT_EQ(peer(line), wrong_type) << line;
  }
  peer("HSET h a 1");
  EXPECT_EQ(peer("GET h"), wrong_type);
  EXPECT_EQ(peer("INCR h"), wrong_type);
  EXPECT_EQ(peer("GET s"), bulk("text"));
}

TEST_F(HashCommandsTest, ACopyOfAHashIsAHashOfItsOwn) {
  peer("HSET h a 1");
  EXPECT_EQ(peer("COPY h copy"), ":1\r\n");
  peer("HSET copy a 2");
  EXPECT_EQ(peer("HGET h a"), bulk("1"));
  EXPECT_EQ(peer("HGET copy a"), bulk("2"));
}

}  // namespace
}  // namespace redouble::command
