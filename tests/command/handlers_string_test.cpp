#include <gtest/gtest.h>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;
using testing::frozen_start_ms;

constexpr std::string_view not_a_float = "-ERR value is not a valid float\r\n";
constexpr std::string_view too_long =
    "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";

class StringTest : public ::testing::Test {
 protected:
  void advance_ms(std::int64_t ms) { instance->clock().advance_us(ms * 1000); }

  std::unique_ptr<instance::Instance> instance =
      testing::frozen_instance(frozen_start_ms, 1, {{"proto-max-bulk-len", "1048576"}});
  testing::Peer peer{*instance};
};

TEST_F(StringTest, SetObeysItsConditions) {
  EXPECT_EQ(peer("SET k v XX"), null);
  EXPECT_EQ(peer("SET k v NX"), ok);
  EXPECT_EQ(peer("SET k w nx"), null);
  EXPECT_EQ(peer("SET k w xx"), ok);
  EXPECT_EQ(peer("SET k x NX GET"), bulk("w"));
  EXPECT_EQ(peer("SET k x XX GET"), bulk("w"));
  EXPECT_EQ(peer("SET none x XX GET"), null);
  EXPECT_EQ(peer("SET new x GET"), null);
  EXPECT_EQ(peer("MGET k new none"), "*3\r\n" + bulk("x") + bulk("x") + null);
}

TEST_F(StringTest, SetRefusesWhatExcludesEachOther) {
  for (const char* line :
       {"SET k v NX XX", "SET k v EX 1 PX 1", "SET k v KEEPTTL EX 1", "SET k v EX 1 KEEPTTL",
        "SET k v PERSIST", "SET k v EX", "SET k v foo", "SET k v PXAT 1 EXAT 1"}) {
    EXPECT_EQ(peer(line), syntax_error) << line;
  }
  EXPECT_EQ(peer("EXISTS k"), ":0\r\n");
  EXPECT_EQ(peer("SET k v EX 10 EX 20"), ok);
  EXPECT_EQ(peer("TTL k"), ":20\r\n");
}

TEST_F(StringTest, LifetimesAreCheckedInTheUnitAskedFor) {
  const std::string invalid = "-ERR invalid expire time in 'set' command\r\n";
  EXPECT_EQ(peer("SET k v EX 0"), invalid);
  EXPECT_EQ(peer("SET k v PX -1"), invalid);
  EXPECT_EQ(peer("SET k v EX 9223372036854776"), invalid);
  EXPECT_EQ(peer("SET k v PX 9223372036854775807"), invalid);
  EXPECT_EQ(peer("SET k v EX x"), not_an_integer);
  EXPECT_EQ(peer("SETEX k 0 v"), "-ERR invalid expire time in 'setex' command\r\n");
  EXPECT_EQ(peer("PSETEX k 0 v"), "-ERR invalid expire time in 'psetex' command\r\n");
  EXPECT_EQ(peer("GET k"), null);
  EXPECT_EQ(peer("GETEX k EX 0"), null);  // the key is looked for first
  peer("SET k v");
  EXPECT_EQ(peer("GETEX k EX 0"), "-ERR invalid expire time in 'getex' command\r\n");
}

TEST_F(StringTest, ALifetimeEndsTheKeyAndIsForgottenByAPlainSet) {
  peer("SET k v PX 100");
  EXPECT_EQ(peer("PTTL k"), ":100\r\n");
  peer("SET k w KEEPTTL");
  advance_ms(100);
  EXPECT_EQ(peer("GET k"), bulk("w"));
  advance_ms(1);
  EXPECT_EQ(peer("GET k"), null);
  peer("SETEX k 1 v");
  peer("SET k v");
  EXPECT_EQ(peer("TTL k"), ":-1\r\n");
  EXPECT_EQ(peer("SET k v EXAT 1"), ok);
  EXPECT_EQ(peer("GET k"), null);
}

TEST_F(StringTest, GetExChangesTheDeadlineOnly) {
  peer("SET k v");
  EXPECT_EQ(peer("GETEX k PX 50"), bulk("v"));
  EXPECT_EQ(peer("PTTL k"), ":50\r\n");
  EXPECT_EQ(peer("GETEX k"), bulk("v"));
  EXPECT_EQ(peer("PTTL k"), ":50\r\n");
  EXPECT_EQ(peer("GETEX k PERSIST"), bulk("v"));
  EXPECT_EQ(peer("PTTL k"), ":-1\r\n");
  EXPECT_EQ(peer("GETEX k PERSIST EX 1"), syntax_error);
  EXPECT_EQ(peer("GETEX k EX 1 PERSIST"), syntax_error);
  EXPECT_EQ(peer("GETEX k EXAT 1"), bulk("v"));
  EXPECT_EQ(peer("EXISTS k"), ":0\r\n");
}

TEST_F(StringTest, GetDelAndGetSetGiveWhatWasThere) {
  EXPECT_EQ(peer("GETSET k v"), null);
  EXPECT_EQ(peer("GETSET k w"), bulk("v"));
  EXPECT_EQ(peer("GETDEL k"), bulk("w"));
  EXPECT_EQ(peer("GETDEL k"), null);
}

TEST_F(StringTest, MSetSetsAllAndMSetNxAllOrNone) {
  EXPECT_EQ(peer("MSET a 1 b 2 a 3"), ok);
  EXPECT_EQ(peer("MGET a b c"), "*3\r\n" + bulk("3") + bulk("2") + null);
  EXPECT_EQ(peer("MSETNX c 1 b 9"), ":0\r\n");
  EXPECT_EQ(peer("EXISTS c"), ":0\r\n");
  EXPECT_EQ(peer("MSETNX c 1 d 2"), ":1\r\n");
  EXPECT_EQ(peer("MSET a 1 b"), "-ERR wrong number of arguments for 'mset' command\r\n");
  EXPECT_EQ(peer("MSETNX a 1 b"), "-ERR wrong number of arguments for 'msetnx' command\r\n");
}

TEST_F(StringTest, CountsUpToTheLimitsOf64Bits) {
  EXPECT_EQ(peer("INCR n"), ":1\r\n");
  EXPECT_EQ(peer("DECRBY n 3"), ":-2\r\n");
  EXPECT_EQ(peer("INCRBY n 9223372036854775807"), ":9223372036854775805\r\n");
  EXPECT_EQ(peer("INCRBY n 3"), "-ERR increment or decrement would overflow\r\n");
  EXPECT_EQ(peer("DECRBY n -9223372036854775808"), "-ERR decrement would overflow\r\n");
  EXPECT_EQ(peer("INCRBY n 1.0"), not_an_integer);
  peer("SET n 01");
  EXPECT_EQ(peer("INCR n"), not_an_integer);
  peer("SET n -9223372036854775808");
  EXPECT_EQ(peer("DECR n"), "-ERR increment or decrement would overflow\r\n");
}

TEST_F(StringTest, CountsInFloatingPoint) {
  EXPECT_EQ(peer("INCRBYFLOAT f 10.50"), bulk("10.5"));
  EXPECT_EQ(peer("INCRBYFLOAT f 0.1"), bulk("10.6"));
  EXPECT_EQ(peer("INCRBYFLOAT f -5.0e3"), bulk("-4989.39999999999999991"));
  EXPECT_EQ(peer("INCRBYFLOAT f x"), not_a_float);
  EXPECT_EQ(peer("INCRBYFLOAT f inf"), "-ERR increment would produce NaN or Infinity\r\n");
  peer("SET f abc");
  EXPECT_EQ(peer("INCRBYFLOAT f 1"), not_a_float);
  peer("SET f 3 EX 10");
  EXPECT_EQ(peer("INCRBYFLOAT f 1"), bulk("4"));
  EXPECT_EQ(peer("TTL f"), ":10\r\n");
  EXPECT_EQ(peer("OBJECT ENCODING f"), bulk("embstr"));
}

TEST_F(StringTest, SetRangeFillsWithZeroBytes) {
  EXPECT_EQ(peer("SETRANGE k 3 ab"), ":5\r\n");
  EXPECT_EQ(peer("GET k"), bulk(std::string("\0\0\0ab", 5)));
  EXPECT_EQ(peer("SETRANGE k -1 a"), "-ERR offset is out of range\r\n");
  EXPECT_EQ(peer("SETRANGE k x a"), not_an_integer);
  EXPECT_EQ(peer({"SETRANGE", "none", "5", ""}), ":0\r\n");
  EXPECT_EQ(peer("EXISTS none"), ":0\r\n");
  EXPECT_EQ(peer("SETRANGE k 1048576 a"), too_long);
  EXPECT_EQ(peer("SETRANGE k 9223372036854775807 a"), too_long);
  EXPECT_EQ(peer("SETRANGE k 1048575 a"), ":1048576\r\n");
  EXPECT_EQ(peer("APPEND k a"), too_long);
  EXPECT_EQ(peer("STRLEN k"), ":1048576\r\n");
}

TEST_F(StringTest, GetRangeCountsFromBothEnds) {
  peer("SET k hello");
  const auto range = [&](const char* first, const char* last) {
    const std::string answer = peer({"GETRANGE", "k", first, last});
    EXPECT_EQ(peer({"SUBSTR", "k", first, last}), answer);
    return answer;
  };
  EXPECT_EQ(range("0", "-1"), bulk("hello"));
  EXPECT_EQ(range("1", "3"), bulk("ell"));
  EXPECT_EQ(range("-3", "-2"), bulk("ll"));
  EXPECT_EQ(range("-100", "100"), bulk("hello"));
  EXPECT_EQ(range("3", "1"), bulk(""));
  EXPECT_EQ(range("-1", "-3"), bulk(""));
  EXPECT_EQ(range("-100", "-100"), bulk("h"));
  EXPECT_EQ(peer("GETRANGE k x y"), not_an_integer);
  EXPECT_EQ(peer("GETRANGE none 0 -1"), bulk(""));
  peer("SET k 12345");
  EXPECT_EQ(range("1", "2"), bulk("23"));
  const std::string large(30000, 'x');
  peer({"SET", "k", large + "y"});
  EXPECT_EQ(range("10000", "-1"), bulk(large.substr(10000) + "y"));
}

TEST_F(StringTest, EveryChangeLeavesTheEncodingThatRedisLeaves) {
  const auto encoding = [&] { return peer("OBJECT ENCODING k"); };
  peer("APPEND k 12");
  EXPECT_EQ(encoding(), bulk("int"));
  peer("APPEND k 3");
  EXPECT_EQ(encoding(), bulk("raw"));
  peer("INCR k");
  EXPECT_EQ(encoding(), bulk("int"));
  peer({"APPEND", "k", ""});
  EXPECT_EQ(encoding(), bulk("raw"));
  peer("GETSET k abc");
  EXPECT_EQ(encoding(), bulk("embstr"));
  peer("SETRANGE k 0 x");
  EXPECT_EQ(encoding(), bulk("raw"));
  peer("COPY k c");
  EXPECT_EQ(peer("OBJECT ENCODING c"), bulk("raw"));
  peer("EXPIRE k 10");
  EXPECT_EQ(encoding(), bulk("raw"));
  peer({"SET", "k", std::string(45, 'x')});
  EXPECT_EQ(encoding(), bulk("raw"));
}

TEST_F(StringTest, LcsFindsWhatTwoStringsShare) {
  peer("MSET a ohmytext b mynewtext");
  EXPECT_EQ(peer("LCS a b"), bulk("mytext"));
  EXPECT_EQ(peer("LCS a b LEN"), ":6\r\n");
  const std::string matches = "*4\r\n$7\r\nmatches\r\n";
  const std::string length = "$3\r\nlen\r\n:6\r\n";
  EXPECT_EQ(peer("LCS a b IDX"),
            matches + "*2\r\n*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n*2\r\n*2\r\n:2\r\n:3\r\n" +
                "*2\r\n:0\r\n:1\r\n" + length);
  EXPECT_EQ(peer("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN"),
            matches + "*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n" + length);
  EXPECT_EQ(peer("LCS a none"), bulk(""));
  EXPECT_EQ(peer("LCS none none IDX"), "*4\r\n$7\r\nmatches\r\n*0\r\n$3\r\nlen\r\n:0\r\n");
  EXPECT_EQ(peer("LCS a b LEN IDX"),
            "-ERR If you want both the length and indexes, please just use IDX.\r\n");
  EXPECT_EQ(peer("LCS a b MINMATCHLEN"), syntax_error);
  EXPECT_EQ(peer("LCS a b MINMATCHLEN x"), not_an_integer);
  peer({"SET", "a", std::string(1000, 'x')});
  EXPECT_EQ(peer("LCS a a"),
            "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len\r\n");
}

TEST_F(StringTest, AReplyUnderWayKeepsItsBytesWhileTheKeyChanges) {
  const std::string large(50000, 'x');
  peer({"SET", "k", large});
  // Both requests in one batch: the first reply is not sent yet when the second one runs.
  EXPECT_EQ(peer.send("GET k\r\nAPPEND k y\r\nSETRANGE k 0 z\r\nGETRANGE k 0 1\r\n"),
            bulk(large) + ":50001\r\n:50001\r\n" + bulk("zx"));
}

}  // namespace
}  // namespace redouble::command
