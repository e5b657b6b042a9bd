#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;

constexpr std::string_view not_a_float = "-ERR min or max is not a float\r\n";
constexpr std::string_view not_a_text = "-ERR min or max not valid string range item\r\n";

class SortedSetCommands : public ::testing::Test {
 protected:
  std::string all(const std::string& key) { return peer("ZRANGE " + key + " 0 -1 WITHSCORES"); }

  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(SortedSetCommands, MembersAreAddedAndChangedOnTheConditionsAskedFor) {
  EXPECT_EQ(peer("ZADD z 1 a 2 b"), integer(2));
  EXPECT_EQ(peer("ZADD z 3 a 4 c"), integer(1));
  EXPECT_EQ(peer("ZADD z CH 5 a 4 c 1 d"), integer(2));
  EXPECT_EQ(peer("ZADD z NX 9 a 2 e"), integer(1));
  EXPECT_EQ(peer("ZADD z XX 6 a 2 f"), integer(0));
  EXPECT_EQ(peer("ZADD z GT CH 1 a 7 b"), integer(1));
  EXPECT_EQ(peer("ZADD z LT CH 1 a 9 b"), integer(1));
  EXPECT_EQ(all("z"), bulks({"a", "1", "d", "1", "e", "2", "c", "4", "b", "7"}));
  EXPECT_EQ(peer("ZADD none XX 1 a"), integer(0));
  EXPECT_EQ(peer("EXISTS none"), integer(0));
}

TEST_F(SortedSetCommands, AnIncrementGivesTheNewScore) {
  EXPECT_EQ(peer("ZINCRBY z 1.5 a"), bulk("1.5"));
  EXPECT_EQ(peer("ZADD z INCR 0.1 a"), bulk("1.6000000000000001"));
  EXPECT_EQ(peer("ZADD z NX INCR 1 a"), null);
  EXPECT_EQ(peer("ZADD z GT INCR -1 a"), null);
  EXPECT_EQ(peer("ZINCRBY z inf a"), bulk("inf"));
  EXPECT_EQ(peer("ZINCRBY z -inf a"), "-ERR resulting score is not a number (NaN)\r\n");
  EXPECT_EQ(peer("ZSCORE z a"), bulk("inf"));
}

TEST_F(SortedSetCommands, OptionsThatExcludeEachOtherAreRefused) {
  EXPECT_EQ(peer("ZADD z NX XX 1 a"),
            "-ERR XX and NX options at the same time are not compatible\r\n");
  for (const char* line : {"ZADD z NX GT 1 a", "ZADD z NX LT 1 a", "ZADD z GT LT 1 a"}) {
    EXPECT_EQ(peer(line), "-ERR GT, LT, and/or NX options at the same time are not compatible\r\n");
  }
  EXPECT_EQ(peer("ZADD z INCR 1 a 2 b"),
            "-ERR INCR option supports a single increment-element pair\r\n");
  EXPECT_EQ(peer("ZADD z 1 a 2"), syntax_error);
  EXPECT_EQ(peer("ZADD z 1 a x b"), "-ERR value is not a valid float\r\n");
  EXPECT_EQ(peer("EXISTS z"), integer(0));
}

TEST_F(SortedSetCommands, WhatHoldsAnotherTypeIsRefusedAndLeftAlone) {
  peer("SET s v");
  for (const char* line : {"ZADD s 1 a",
                           "ZINCRBY s 1 a",
                           "ZREM s a",
                           "ZCARD s",
                           "ZSCORE s a",
                           "ZMSCORE s a",
                           "ZRANK s a",
                           "ZREVRANK s a",
                           "ZCOUNT s 0 1",
                           "ZLEXCOUNT s - +",
                           "ZRANGE s 0 1",
                           "ZRANGEBYSCORE s 0 1",
                           "ZRANGEBYLEX s - +",
                           "ZRANGESTORE d s 0 1",
                           "ZPOPMIN s",
                           "ZPOPMAX s",
                           "ZMPOP 2 none s MIN",
                           "ZRANDMEMBER s",
                           "ZSCAN s 0",
                           "ZUNION 2 none s",
                           "ZINTERCARD 1 s",
                           "ZDIFFSTORE d 1 s",
                           "ZREMRANGEBYRANK s 0 1",
                           "ZREMRANGEBYSCORE s 0 1",
                           "ZREMRANGEBYLEX s - +"}) {
    EXPECT_EQ(peer(line), wrong_type) << line;
  }
  EXPECT_EQ(peer("GET s"), bulk("v"));
}

TEST_F(SortedSetCommands, RangesGoByRankByScoreAndByText) {
  peer("ZADD z 1 a 2 b 3 c 4 d 5 e");
  EXPECT_EQ(peer("ZRANGE z 1 -2"), bulks({"b", "c", "d"}));
  EXPECT_EQ(peer("ZRANGE z 0 1 REV"), bulks({"e", "d"}));
  EXPECT_EQ(peer("ZREVRANGE z 1 2 WITHSCORES"), bulks({"d", "4", "c", "3"}));
  EXPECT_EQ(peer("ZRANGE z (1 4 BYSCORE LIMIT 1 5"), bulks({"c", "d"}));
  EXPECT_EQ(peer("ZRANGE z 4 (1 BYSCORE REV LIMIT 1 1"), bulks({"c"}));
  EXPECT_EQ(peer("ZRANGEBYSCORE z -inf (3"), bulks({"a", "b"}));
  EXPECT_EQ(peer("ZREVRANGEBYSCORE z +inf 4"), bulks({"e", "d"}));
  EXPECT_EQ(peer("ZRANGEBYSCORE z 0 9 LIMIT -1 2"), empty_array);
  EXPECT_EQ(peer("ZRANGEBYSCORE z 0 9 LIMIT 3 -7"), bulks({"d", "e"}));
  peer("ZADD t 0 a 0 aa 0 b 0 c");
  EXPECT_EQ(peer("ZRANGE t [aa (c BYLEX"), bulks({"aa", "b"}));
  EXPECT_EQ(peer("ZREVRANGEBYLEX t + (a LIMIT 0 2"), bulks({"c", "b"}));
  EXPECT_EQ(peer("ZLEXCOUNT t - [b"), integer(3));
  EXPECT_EQ(peer("ZCOUNT z (1 inf"), integer(4));
  EXPECT_EQ(peer("ZRANGE none 0 -1"), empty_array);
}

TEST_F(SortedSetCommands, RangesThatMeanNothingAreRefused) {
  peer("ZADD z 1 a");
  EXPECT_EQ(peer("ZRANGE z 0 1 LIMIT 0 1"),
            "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or "
            "BYLEX\r\n");
  EXPECT_EQ(peer("ZRANGE z - + BYLEX WITHSCORES"),
            "-ERR syntax error, WITHSCORES not supported in combination with BYLEX\r\n");
  EXPECT_EQ(peer("ZRANGE z x 1 BYSCORE"), not_a_float);
  EXPECT_EQ(peer("ZCOUNT z nan 1"), not_a_float);
  EXPECT_EQ(peer("ZRANGEBYLEX z a +"), not_a_text);
  EXPECT_EQ(peer("ZRANGE z 0 1 BYLEX BYSCORE"), syntax_error);
  EXPECT_EQ(peer("ZREVRANGE z 0 1 REV"), syntax_error);
  EXPECT_EQ(peer("ZRANGESTORE d z 0 1 WITHSCORES"), syntax_error);
}

TEST_F(SortedSetCommands, ARangeIsStoredOrItsKeyRemoved) {
  peer("ZADD z 1 a 2 b 3 c");
  peer("SET d v EX 100");
  EXPECT_EQ(peer("ZRANGESTORE d z 2 3 BYSCORE"), integer(2));
  EXPECT_EQ(all("d"), bulks({"b", "2", "c", "3"}));
  EXPECT_EQ(peer("TTL d"), integer(-1));
  EXPECT_EQ(peer("ZRANGESTORE d z 5 6"), integer(0));
  EXPECT_EQ(peer("EXISTS d"), integer(0));
  EXPECT_EQ(peer("ZRANGESTORE z z 0 0"), integer(1));
  EXPECT_EQ(all("z"), bulks({"a", "1"}));
}

TEST_F(SortedSetCommands, PopsGiveTheLowestOrTheHighest) {
  peer("ZADD z 1 a 2 b 3 c 4 d");
  EXPECT_EQ(peer("ZPOPMIN z"), bulks({"a", "1"}));
  EXPECT_EQ(peer("ZPOPMAX z 2"), bulks({"d", "4", "c", "3"}));
  EXPECT_EQ(peer("ZPOPMAX z 0"), empty_array);
  EXPECT_EQ(peer("ZMPOP 2 none z MAX COUNT 9"),
            "*2\r\n" + bulk("z") + "*1\r\n" + bulks({"b", "2"}));
  EXPECT_EQ(peer("EXISTS z"), integer(0));
  EXPECT_EQ(peer("ZPOPMIN z"), empty_array);
  EXPECT_EQ(peer("ZMPOP 1 z MIN"), "*-1\r\n");
  EXPECT_EQ(peer("ZPOPMIN z -1"), "-ERR value is out of range, must be positive\r\n");
  EXPECT_EQ(peer("ZMPOP 1 z LOW"), syntax_error);
  EXPECT_EQ(peer("ZMPOP 0 z MIN"), "-ERR numkeys should be greater than 0\r\n");
}

TEST_F(SortedSetCommands, MembersAreRemovedByNameRankScoreAndText) {
  peer("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f");
  EXPECT_EQ(peer("ZREM z a x a"), integer(1));
  EXPECT_EQ(peer("ZREMRANGEBYRANK z -1 -1"), integer(1));
  EXPECT_EQ(peer("ZREMRANGEBYSCORE z (2 3"), integer(1));
  EXPECT_EQ(all("z"), bulks({"b", "2", "d", "4", "e", "5"}));
  peer("ZADD t 0 a 0 b 0 c");
  EXPECT_EQ(peer("ZREMRANGEBYLEX t (a +"), integer(2));
  EXPECT_EQ(peer("ZREM t a"), integer(1));
  EXPECT_EQ(peer("EXISTS t"), integer(0));
  EXPECT_EQ(peer("ZREM t a"), integer(0));
}

TEST_F(SortedSetCommands, SetsAreUnitedIntersectedAndSubtracted) {
  peer("ZADD x 1 a 2 b 3 c");
  peer("ZADD y 10 b 20 c 30 d");
  EXPECT_EQ(peer("ZUNION 2 x y WITHSCORES"), bulks({"a", "1", "b", "12", "c", "23", "d", "30"}));
  EXPECT_EQ(peer("ZINTER 2 x y WEIGHTS 2 1 AGGREGATE MAX WITHSCORES"),
            bulks({"b", "10", "c", "20"}));
  EXPECT_EQ(peer("ZDIFF 2 x y WITHSCORES"), bulks({"a", "1"}));
  EXPECT_EQ(peer("ZINTERCARD 2 x y"), integer(2));
  EXPECT_EQ(peer("ZINTERCARD 2 x y LIMIT 1"), integer(1));
  EXPECT_EQ(peer("ZUNIONSTORE d 2 x y AGGREGATE MIN"), integer(4));
  EXPECT_EQ(all("d"), bulks({"a", "1", "b", "2", "c", "3", "d", "30"}));
  EXPECT_EQ(peer("ZINTERSTORE d 2 x none"), integer(0));
  EXPECT_EQ(peer("EXISTS d"), integer(0));
  EXPECT_EQ(peer("ZDIFFSTORE x 1 x"), integer(3));
  EXPECT_EQ(peer("ZUNION 0 x"), "-ERR at least 1 input key is needed for 'zunion' command\r\n");
  EXPECT_EQ(peer("ZUNION 1 x WEIGHTS y"), "-ERR weight value is not a float\r\n");
  EXPECT_EQ(peer("ZINTERCARD 1 x LIMIT -1"), "-ERR LIMIT can't be negative\r\n");
  EXPECT_EQ(peer("ZDIFF 1 x WEIGHTS 1"), syntax_error);
  EXPECT_EQ(peer("ZUNION 3 x y"), syntax_error);
}

TEST_F(SortedSetCommands, InfinitiesOfBothSignsMakeNothingButZero) {
  peer("ZADD x inf a");
  peer("ZADD y -inf a");
  EXPECT_EQ(peer("ZUNION 2 x y WITHSCORES"), bulks({"a", "0"}));
  EXPECT_EQ(peer("ZUNION 1 x WEIGHTS 0 WITHSCORES"), bulks({"a", "0"}));
}

TEST_F(SortedSetCommands, ScoresAndRanksAreTold) {
  peer("ZADD z 1 a 2 b 2 c");
  EXPECT_EQ(peer("ZRANK z b"), integer(1));
  EXPECT_EQ(peer("ZREVRANK z b"), integer(1));
  EXPECT_EQ(peer("ZREVRANK z a"), integer(2));
  EXPECT_EQ(peer("ZRANK z x"), null);
  EXPECT_EQ(peer("ZRANK none x"), null);
  EXPECT_EQ(peer("ZMSCORE z a x c"), "*3\r\n" + bulk("1") + null + bulk("2"));
  EXPECT_EQ(peer("ZCARD z"), integer(3));
}

TEST_F(SortedSetCommands, InProtocolThreeScoresAreDoublesInPairs) {
  peer("HELLO 3");
  peer("ZADD z 1 a 2.5 b 3 c");
  EXPECT_EQ(peer("ZRANGE z 0 1 WITHSCORES"),
            "*2\r\n*2\r\n" + bulk("a") + ",1\r\n*2\r\n" + bulk("b") + ",2.5\r\n");
  EXPECT_EQ(peer("ZPOPMIN z"), "*2\r\n" + bulk("a") + ",1\r\n");
  EXPECT_EQ(peer("ZPOPMIN z 1"), "*1\r\n*2\r\n" + bulk("b") + ",2.5\r\n");
  EXPECT_EQ(peer("ZSCORE z none"), "_\r\n");
}

TEST_F(SortedSetCommands, MembersByChanceAreDifferentOnesUnlessAskedOtherwise) {
  for (int i = 0; i < 50; ++i) peer("ZADD z 0 member" + std::to_string(100 + i));
  for (const int count : {1, 7, 40, 50, 60}) {
    const std::string reply = peer("ZRANDMEMBER z " + std::to_string(count));
    std::set<std::string> seen;
    for (auto at = reply.find("member"); at != std::string::npos;
         at = reply.find("member", at + 1)) {
      seen.insert(reply.substr(at, 9));
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(std::min(count, 50)));
  }
  EXPECT_EQ(peer("ZRANDMEMBER z -60").substr(0, 5), "*60\r\n");
  EXPECT_EQ(peer("ZRANDMEMBER z -3 WITHSCORES").substr(0, 4), "*6\r\n");
  EXPECT_EQ(peer("ZRANDMEMBER none"), null);
  EXPECT_EQ(peer("ZRANDMEMBER none 3"), empty_array);
  EXPECT_EQ(peer("ZRANDMEMBER z 1 SCORES"), syntax_error);
}

TEST_F(SortedSetCommands, AScanGivesEveryMemberAndItsScore) {
  peer("ZADD z 1 a 1e17 b 0.5 ab");
  EXPECT_EQ(peer("ZSCAN z 0 MATCH a*"), "*2\r\n" + bulk("0") + bulks({"ab", "0.5", "a", "1"}));
  // Redis's listpacks hold whole scores as integers, its skiplists do not.
  EXPECT_EQ(peer("ZSCAN z 0 MATCH b"), "*2\r\n" + bulk("0") + bulks({"b", "100000000000000000"}));
  EXPECT_EQ(peer("ZSCAN none 0 COUNT x"), "*2\r\n" + bulk("0") + empty_array);
  EXPECT_EQ(peer("ZSCAN z x"), "-ERR invalid cursor\r\n");
  EXPECT_EQ(peer("ZSCAN z 0 COUNT 0"), syntax_error);
  for (int i = 0; i < 300; ++i) peer("ZADD big 1 member" + std::to_string(1000 + i));
  std::set<std::string> seen;
  std::string cursor = "0";
  do {
    const std::string reply = peer("ZSCAN big " + cursor);
    for (auto at = reply.find("member"); at != std::string::npos;
         at = reply.find("member", at + 1)) {
      seen.insert(reply.substr(at, 10));
    }
    const auto begin = reply.find("\r\n", 4) + 2;
    cursor = reply.substr(begin, reply.find("\r\n", begin) - begin);
  } while (cursor != "0");
  EXPECT_EQ(seen.size(), 300u);
}

TEST_F(SortedSetCommands, TheEncodingFollowsTheLimits) {
  peer("CONFIG SET zset-max-listpack-entries 3 zset-max-listpack-value 5");
  peer("ZADD z 1 a 2 b 3 c");
  EXPECT_EQ(peer("OBJECT ENCODING z"), bulk("listpack"));
  peer("ZADD z 1 d");
  EXPECT_EQ(peer("OBJECT ENCODING z"), bulk("skiplist"));
  peer("ZADD w 1 123456");
  EXPECT_EQ(peer("OBJECT ENCODING w"), bulk("skiplist"));
  peer("ZUNIONSTORE u 1 z");
  EXPECT_EQ(peer("OBJECT ENCODING u"), bulk("skiplist"));
  peer("ZINTERSTORE u 1 z");
  peer("ZRANGESTORE v z 0 2");
  EXPECT_EQ(peer("OBJECT ENCODING v"), bulk("listpack"));
}

}  // namespace
}  // namespace redouble::command
