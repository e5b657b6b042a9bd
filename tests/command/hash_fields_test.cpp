// HGETDEL, HGETEX and HSETEX, as Redis 8.0 has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/journal.hpp"
#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;
using ::testing::ElementsAre;
using testing::Peer;

class HashFieldsTest : public ::testing::Test {
 protected:
  std::unique_ptr<instance::Instance> instance =
      testing::frozen_instance(testing::frozen_start_ms, 1, {{"compat-version", "8.0"}});
  Peer peer{*instance};

  // The seconds that the fields a and b of h have left.
  std::string ttls() { return peer("HTTL h FIELDS 2 a b"); }
  static std::string two(int a, int b) {
    return "*2\r\n:" + std::to_string(a) + "\r\n:" + std::to_string(b) + "\r\n";
  }
  std::string later(std::int64_t ms) { return std::to_string(testing::frozen_start_ms + ms); }
};

TEST_F(HashFieldsTest, HgetdelGivesFieldsAndRemovesThem) {
  peer("HSET mykey field1 Hello field2 World field3 !");
  EXPECT_EQ(peer("HGETDEL mykey FIELDS 2 field3 field4"), "*2\r\n" + bulk("!") + null);
  EXPECT_EQ(peer("HGETALL mykey"),
            "*4\r\n" + bulk("field1") + bulk("Hello") + bulk("field2") + bulk("World"));
  EXPECT_EQ(peer("HGETDEL mykey FIELDS 3 field1 field2 field1"),
            "*3\r\n" + bulk("Hello") + bulk("World") + null);
  EXPECT_EQ(peer("EXISTS mykey"), ":0\r\n");
  EXPECT_EQ(peer("HGETDEL mykey FIELDS 1 field1"), "*1\r\n" + null);
}

TEST_F(HashFieldsTest, HgetexGivesFieldsAndSetsOrEndsTheirDeadlines) {
  peer("HSET h a 1 b 2");
  EXPECT_EQ(peer("HGETEX h FIELDS 2 a none"), "*2\r\n" + bulk("1") + null);
  EXPECT_EQ(ttls(), two(-1, -1));
  EXPECT_EQ(peer("HGETEX h EX 120 FIELDS 1 a"), "*1\r\n" + bulk("1"));
  EXPECT_EQ(peer("HGETEX h PX 3000 FIELDS 2 b none"), "*2\r\n" + bulk("2") + null);
  EXPECT_EQ(ttls(), two(120, 3));
  EXPECT_EQ(peer("HGETEX h FIELDS 2 a b"), "*2\r\n" + bulk("1") + bulk("2"));
  EXPECT_EQ(ttls(), two(120, 3));
  EXPECT_EQ(peer("HGETEX h PERSIST FIELDS 1 b"), "*1\r\n" + bulk("2"));
  EXPECT_EQ(peer("HGETEX h PXAT " + later(7000) + " FIELDS 1 a"), "*1\r\n" + bulk("1"));
  EXPECT_EQ(ttls(), two(7, -1));
  EXPECT_EQ(
      peer("HGETEX h EXAT " + std::to_string(testing::frozen_start_ms / 1000 + 9) + " FIELDS 1 b"),
      "*1\r\n" + bulk("2"));
  EXPECT_EQ(ttls(), two(7, 9));
  EXPECT_EQ(peer("HGETEX h EX 0 FIELDS 3 a b a"), "*3\r\n" + bulk("1") + bulk("2") + null);
  EXPECT_EQ(peer("EXISTS h"), ":0\r\n");
  EXPECT_EQ(peer("HGETEX h EX 1 FIELDS 1 a"), "*1\r\n" + null);
}

TEST_F(HashFieldsTest, HsetexSetsFieldsWithTheirDeadlines) {
  EXPECT_EQ(peer("HSETEX h EX 60 FIELDS 2 a 1 b 2"), ":1\r\n");
  EXPECT_EQ(ttls(), two(60, 60));
  EXPECT_EQ(peer("OBJECT ENCODING h"), bulk("listpackex"));
  EXPECT_EQ(peer("HSETEX h KEEPTTL FIELDS 1 a 3"), ":1\r\n");
  EXPECT_EQ(ttls(), two(60, 60));
  EXPECT_EQ(peer("HSETEX h FIELDS 1 a 4"), ":1\r\n");
  EXPECT_EQ(ttls(), two(-1, 60));
  EXPECT_EQ(peer("HMGET h a b"), "*2\r\n" + bulk("4") + bulk("2"));
  EXPECT_EQ(peer("HSETEX h PX 0 FIELDS 3 a 1 b 2 a 3"), ":1\r\n");
  EXPECT_EQ(peer("EXISTS h"), ":0\r\n");
  const std::string in_90_s = std::to_string(testing::frozen_start_ms / 1000 + 90);
  EXPECT_EQ(peer("HSETEX h EXAT " + in_90_s + " FIELDS 2 a 1 b 2"), ":1\r\n");
  EXPECT_EQ(ttls(), two(90, 90));
  EXPECT_EQ(peer("HSETEX h EXAT 1 FIELDS 2 a 1 b 2"), ":1\r\n");
  EXPECT_EQ(peer("EXISTS h"), ":0\r\n");
  EXPECT_EQ(peer("HSETEX h PXAT 1 FIELDS 1 a 1"), ":1\r\n");
  EXPECT_EQ(peer("EXISTS h"), ":0\r\n");
}

TEST_F(HashFieldsTest, HsetexLooksAtAllFieldsBeforeItSetsAny) {
  EXPECT_EQ(peer("HSETEX h FXX FIELDS 1 a 1"), ":0\r\n");
  EXPECT_EQ(peer("HSETEX h FNX EX 60 FIELDS 2 a 1 b 2"), ":1\r\n");
  EXPECT_EQ(peer("HSETEX h FNX FIELDS 2 a 9 c 9"), ":0\r\n");
  EXPECT_EQ(peer("HSETEX h FXX FIELDS 2 a 9 c 9"), ":0\r\n");
  EXPECT_EQ(peer("HSETEX h FXX EX 30 FIELDS 1 a 3"), ":1\r\n");
  EXPECT_EQ(peer("HGETALL h"), "*4\r\n" + bulk("a") + bulk("3") + bulk("b") + bulk("2"));
  EXPECT_EQ(ttls(), two(30, 60));
}

TEST_F(HashFieldsTest, WrongArgumentsAreRefusedInTheirWords) {
  const auto arity = [](std::string_view name) {
    return "-ERR wrong number of arguments for '" + std::string(name) + "' command\r\n";
  };
  const std::string misplaced =
      "-ERR Mandatory argument FIELDS is missing or not at the right position\r\n";
  const std::string one_time =
      "-ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified\r\n";
  EXPECT_EQ(peer("HGETEX h FIELDS 1"), arity("hgetex"));
  EXPECT_EQ(peer("HGETEX h PXAT 1 1"), misplaced);
  EXPECT_EQ(peer("HGETEX h PERSIST 1 FIELDS 1 a"), misplaced);
  EXPECT_EQ(peer("HGETEX h FIELDS 0 a"), "-ERR Number of fields must be a positive integer\r\n");
  EXPECT_EQ(peer("HGETEX h FIELDS 2 a"),
            "-ERR The `numfields` parameter must match the number of arguments\r\n");
  EXPECT_EQ(peer("HGETEX h EX x FIELDS 1 a"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(peer("HGETEX h PX -1 FIELDS 1 a"), "-ERR invalid expire time, must be >= 0\r\n");
  EXPECT_EQ(peer("HGETEX h EX 281474976710656 FIELDS 1 a"),
            "-ERR invalid expire time in 'hgetex' command\r\n");
  EXPECT_EQ(peer("HGETDEL h XFIELDS 1 a"), misplaced);
  EXPECT_EQ(peer("HSETEX h FIELDS 1"), arity("hsetex"));
  EXPECT_EQ(peer("HSETEX h FIELDS 2 a b c"), arity("hsetex"));
  EXPECT_EQ(peer("HSETEX h FIELDS 3 a b c d"), arity("hsetex"));
  EXPECT_EQ(peer("HSETEX h FIELDS 0 a b"), "-ERR invalid number of fields\r\n");
  EXPECT_EQ(peer("HSETEX h FIELDS 1 a b more"), arity("hsetex"));
  EXPECT_EQ(peer("HSETEX h FIELDS 1 a b EX 60"), arity("hsetex"));
  EXPECT_EQ(peer("HSETEX h FIELDS 1 a b c d"), arity("hsetex"));
  EXPECT_EQ(peer("HSETEX h FNX FIELDS x a"), arity("hsetex"));
  EXPECT_EQ(peer("HSETEX h nx FIELDS 1 a b"), "-ERR unknown argument: nx\r\n");
  EXPECT_EQ(peer("HSETEX h FNX FXX FIELDS 1 a b"),
            "-ERR Only one of FXX or FNX arguments can be specified\r\n");
  EXPECT_EQ(peer("HSETEX mykey FXX EX 60 KEEPTTL FIELDS 1 a b"), one_time);
  EXPECT_EQ(peer("HSETEX h KEEPTTL PX 1 FIELDS 1 a b"), one_time);
  EXPECT_EQ(peer("HSETEX h FNX FIELDS 1 a b PX"), arity("hsetex"));
  EXPECT_EQ(peer("HSETEX h FNX FXX FIELDS PX"),
            "-ERR Only one of FXX or FNX arguments can be specified\r\n");
  EXPECT_EQ(peer("HSETEX h FNX EX 60 KEEPTTL x"), one_time);
  EXPECT_EQ(peer("HSETEX h FNX EX 60 FNX x"),
            "-ERR Only one of FXX or FNX arguments can be specified\r\n");
  peer("SET s text");
  for (const char* line : {"HGETDEL s x 1 a", "HGETEX s x 1 a", "HSETEX s FIELDS 1 a b"}) {
    EXPECT_TRUE(peer(line).starts_with("-WRONGTYPE ")) << line;
  }
}

TEST_F(HashFieldsTest, NothingOfItIsThereBeforeItsVersion) {
  const auto old =
      testing::frozen_instance(testing::frozen_start_ms, 1, {{"compat-version", "7.4"}});
  Peer before{*old};
  for (const std::string name : {"HGETDEL", "HGETEX", "HSETEX"}) {
    EXPECT_TRUE(before(name).starts_with("-ERR unknown command '" + name + "'"));
    EXPECT_EQ(before("COMMAND INFO " + name), "*1\r\n$-1\r\n");
  }
}

TEST_F(HashFieldsTest, WhatIsRecordedDependsOnNoClock) {
  testing::Journal journal(*instance);
  peer("HSETEX h FNX EX 1 FIELDS 2 a 1 b 2");
  peer("HSETEX h FNX EX 1 FIELDS 1 a 1");
  peer("HSETEX h KEEPTTL FIELDS 1 a 3");
  peer("HGETEX h PX 5 FIELDS 2 a none");
  peer("HGETEX h FIELDS 1 a");
  peer("HGETEX h PERSIST FIELDS 2 a none");
  peer("HGETEX h PERSIST FIELDS 1 a");
  peer("HGETEX h EX 0 FIELDS 1 a");
  peer("HGETDEL h FIELDS 2 b none");
  peer("HSETEX h PX 0 FIELDS 1 a 1");
  EXPECT_THAT(
      journal.take_lines(),
      ElementsAre("HSETEX h PXAT " + later(1000) + " FIELDS 2 a 1 b 2",
                  "HSETEX h KEEPTTL FIELDS 1 a 3", "HPEXPIREAT h " + later(5) + " FIELDS 1 a",
                  "HPERSIST h FIELDS 1 a", "HDEL h a", "HDEL h b", "HDEL h a"));
}

}  // namespace
}  // namespace redouble::command
