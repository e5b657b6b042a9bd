#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using testing::bulk;

class BitmapCommandsTest : public ::testing::Test {
 protected:
  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(BitmapCommandsTest, AStringGrowsInSilenceWhereAllThatWouldWriteFails) {
  peer("HELLO 3");
  EXPECT_EQ(peer("CLIENT TRACKING ON"), "+OK\r\n");
  peer("GET b");
  EXPECT_EQ(peer("BITFIELD b OVERFLOW FAIL SET i5 8 32"), "*1\r\n_\r\n");
  EXPECT_EQ(peer("STRLEN b"), ":2\r\n");
  EXPECT_EQ(peer.deliver(), "");
  peer("BITFIELD b SET u8 24 0");
  EXPECT_THAT(peer.deliver(), ::testing::HasSubstr("invalidate"));
}

TEST_F(BitmapCommandsTest, BitsAreSetReadCountedAndFound) {
  EXPECT_EQ(peer("SETBIT b 7 1"), ":0\r\n");
  EXPECT_EQ(peer("SETBIT b 7 0"), ":1\r\n");
  EXPECT_EQ(peer("SETBIT b 20 1"), ":0\r\n");
  EXPECT_EQ(peer("GETBIT b 20"), ":1\r\n");
  EXPECT_EQ(peer("GETBIT b 20000"), ":0\r\n");
  EXPECT_EQ(peer("STRLEN b"), ":3\r\n");
  EXPECT_EQ(peer("BITPOS b 1"), ":20\r\n");
  EXPECT_EQ(peer("SETBIT b 4294967296 1"), "-ERR bit offset is not an integer or out of range\r\n");
  EXPECT_EQ(peer("SETBIT b 1 2"), "-ERR bit is not an integer or out of range\r\n");
  peer("SET s foobar");
  EXPECT_EQ(peer("BITCOUNT s"), ":26\r\n");
  EXPECT_EQ(peer("BITCOUNT s 1 1"), ":6\r\n");
  EXPECT_EQ(peer("BITCOUNT s 5 30 BIT"), ":17\r\n");
  EXPECT_EQ(peer("BITCOUNT s 5 29 BIT"), ":16\r\n");
}

TEST_F(BitmapCommandsTest, AClearBitBehindTheStringIsFoundOnlyWithoutAnEnd) {
  peer({"SET", "s", "\xff\xff"});
  EXPECT_EQ(peer("BITPOS s 0"), ":16\r\n");
  EXPECT_EQ(peer("BITPOS s 0 1"), ":16\r\n");
  EXPECT_EQ(peer("BITPOS s 0 0 -1"), ":-1\r\n");
  EXPECT_EQ(peer("BITPOS s 1 9 12 BIT"), ":9\r\n");
  EXPECT_EQ(peer("BITPOS none 0"), ":0\r\n");
  EXPECT_EQ(peer("BITPOS none 1"), ":-1\r\n");
}

TEST_F(BitmapCommandsTest, BitopTakesShorterSourcesAsFilledUpWithZeros) {
  peer({"MSET", "a", "\xf0\x0f\xff", "b", "\x3c"});
  EXPECT_EQ(peer("BITOP AND r a b none"), ":3\r\n");
  EXPECT_EQ(peer("GET r"), bulk(std::string_view("\0\0\0", 3)));
  peer("BITOP OR r a b");
  EXPECT_EQ(peer("GET r"), bulk("\xfc\x0f\xff"));
  peer("BITOP XOR r a b");
  EXPECT_EQ(peer("GET r"), bulk("\xcc\x0f\xff"));
  peer("BITOP NOT r b");
  EXPECT_EQ(peer("GET r"), bulk("\xc3"));
  EXPECT_EQ(peer("BITOP AND r none"), ":0\r\n");
  EXPECT_EQ(peer("EXISTS r"), ":0\r\n");
  EXPECT_EQ(peer("BITOP NOT r a b"), "-ERR BITOP NOT must be called with a single source key.\r\n");
}

TEST_F(BitmapCommandsTest, FieldsOverflowAsTheyAreTold) {
  EXPECT_EQ(peer("BITFIELD f SET u8 0 250 INCRBY u8 0 10"), "*2\r\n:0\r\n:4\r\n");
  EXPECT_EQ(peer("BITFIELD f OVERFLOW SAT INCRBY u8 0 300 OVERFLOW FAIL INCRBY u8 0 1 GET u8 0"),
            "*3\r\n:255\r\n$-1\r\n:255\r\n");
  EXPECT_EQ(peer("BITFIELD f OVERFLOW SAT SET i5 #3 -100 GET i5 15"), "*2\r\n:0\r\n:-16\r\n");
  EXPECT_EQ(peer("BITFIELD f SET i8 8 127 INCRBY i8 8 1"), "*2\r\n:1\r\n:-128\r\n");
  // An operand so far below that the distance wraps round counts as above.
  EXPECT_EQ(peer("BITFIELD f OVERFLOW SAT SET i8 0 -9223372036854775808 GET i8 0"),
            "*2\r\n:-1\r\n:127\r\n");
  EXPECT_EQ(peer("BITFIELD f GET u64 0"),
            "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported "
            "but i64 is.\r\n");
  EXPECT_EQ(peer("BITFIELD f OVERFLOW X SET u8 0 1"), "-ERR Invalid OVERFLOW type specified\r\n");
  EXPECT_EQ(peer("BITFIELD_RO f SET u8 0 1"),
            "-ERR BITFIELD_RO only supports the GET subcommand\r\n");
}

TEST_F(BitmapCommandsTest, AFieldThatIsWrongLeavesNothingDone) {
  EXPECT_EQ(peer("BITFIELD f SET u8 0 1 SET u8 x 1"),
            "-ERR bit offset is not an integer or out of range\r\n");
  EXPECT_EQ(peer("EXISTS f"), ":0\r\n");
}

}  // namespace
}  // namespace redouble::command
