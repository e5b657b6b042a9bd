#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;

class ListCommands : public ::testing::Test {
 protected:
  std::string all(const std::string& key) { return peer("LRANGE " + key + " 0 -1"); }

  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(ListCommands, ElementsArePushedInTheOrderInWhichTheyAreGiven) {
  EXPECT_EQ(peer("RPUSH l a b"), integer(2));
  EXPECT_EQ(peer("LPUSH l c d"), integer(4));
  EXPECT_EQ(all("l"), bulks({"d", "c", "a", "b"}));
  EXPECT_EQ(peer("LPUSHX none x"), integer(0));
  EXPECT_EQ(peer("RPUSHX l x"), integer(5));
  EXPECT_EQ(peer("EXISTS none"), integer(0));
  EXPECT_EQ(peer("OBJECT ENCODING l"), bulk("quicklist"));
  EXPECT_EQ(peer("TYPE l"), "+list\r\n");
}

TEST_F(ListCommands, APopGivesOneElementOrAsManyAsAskedFor) {
  peer("RPUSH l 1 2 3 4 5");
  EXPECT_EQ(peer("LPOP l"), bulk("1"));
  EXPECT_EQ(peer("RPOP l 2"), bulks({"5", "4"}));
  EXPECT_EQ(peer("LPOP l 0"), "*0\r\n");
  EXPECT_EQ(peer("LPOP l 10"), bulks({"2", "3"}));
  EXPECT_EQ(peer("EXISTS l"), integer(0));
  EXPECT_EQ(peer("LPOP l"), null);
  EXPECT_EQ(peer("LPOP l 1"), null_array);
  EXPECT_EQ(peer("LPOP l -1"), "-ERR value is out of range, must be positive\r\n");
  EXPECT_EQ(peer("RPOP l 1 2"), "-ERR wrong number of arguments for 'rpop' command\r\n");
}

TEST_F(ListCommands, WhatHoldsAnotherTypeIsRefusedAndLeftAlone) {
  peer("SET s v");
  peer("RPUSH l a");
  for (const char* line :
       {"LPUSH s x", "RPUSHX s x", "LPOP s", "LLEN s", "LRANGE s 0 1", "LINDEX s 0", "LSET s 0 x",
        "LINSERT s BEFORE a b", "LREM s 0 a", "LTRIM s 0 0", "LPOS s a", "LMOVE s l LEFT LEFT",
        "LMOVE l s LEFT LEFT", "LMPOP 2 none s LEFT"}) {
    EXPECT_EQ(peer(line), wrong_type) << line;
  }
  EXPECT_EQ(peer("GET s"), bulk("v"));
  EXPECT_EQ(all("l"), bulks({"a"}));
  EXPECT_EQ(peer("GET l"), wrong_type);
}

TEST_F(ListCommands, IndexesCountFromEitherEnd) {
  peer("RPUSH l a b c d");
  EXPECT_EQ(peer("LRANGE l 1 -2"), bulks({"b", "c"}));
  EXPECT_EQ(peer("LRANGE l -100 100"), bulks({"a", "b", "c", "d"}));
  EXPECT_EQ(peer("LRANGE l 3 2"), "*0\r\n");
  EXPECT_EQ(peer("LINDEX l -1"), bulk("d"));
  EXPECT_EQ(peer("LINDEX l 4"), null);
  EXPECT_EQ(peer("LSET l -4 x"), ok);
  EXPECT_EQ(peer("LSET l 4 x"), "-ERR index out of range\r\n");
  EXPECT_EQ(peer("LSET none 0 x"), "-ERR no such key\r\n");
  EXPECT_EQ(peer("LTRIM l 0 1"), ok);
  EXPECT_EQ(all("l"), bulks({"x", "b"}));
  EXPECT_EQ(peer("LTRIM l 5 6"), ok);
  EXPECT_EQ(peer("EXISTS l"), integer(0));
}

TEST_F(ListCommands, ElementsAreInsertedBesideAPivotAndRemovedByValue) {
  peer("RPUSH l a b a c a");
  EXPECT_EQ(peer("LINSERT l BEFORE b x"), integer(6));
  EXPECT_EQ(peer("LINSERT l after b y"), integer(7));
  EXPECT_EQ(peer("LINSERT l AFTER none y"), integer(-1));
  EXPECT_EQ(peer("LINSERT none AFTER b y"), integer(0));
  EXPECT_EQ(peer("LINSERT l BESIDE b y"), syntax_error);
  EXPECT_EQ(all("l"), bulks({"a", "x", "b", "y", "a", "c", "a"}));
  EXPECT_EQ(peer("LREM l -2 a"), integer(2));
  EXPECT_EQ(all("l"), bulks({"a", "x", "b", "y", "c"}));
  EXPECT_EQ(peer("LREM l -9223372036854775808 a"), integer(1));
  peer("RPUSH m 1 2 1 3 1");
  EXPECT_EQ(peer("LREM m 2 1"), integer(2));
  EXPECT_EQ(all("m"), bulks({"2", "3", "1"}));
  peer("RPUSH n 7 7");
  EXPECT_EQ(peer("LREM n 0 7"), integer(2));
  EXPECT_EQ(peer("EXISTS n"), integer(0));
}

TEST_F(ListCommands, PositionsAreFoundByRankCountAndLength) {
  peer("RPUSH l a b c 1 2 3 c c");
  EXPECT_EQ(peer("LPOS l c"), integer(2));
  EXPECT_EQ(peer("LPOS l c RANK -1"), integer(7));
  EXPECT_EQ(peer("LPOS l c RANK 2 COUNT 0"), "*2\r\n:6\r\n:7\r\n");
  EXPECT_EQ(peer("LPOS l c RANK -1 COUNT 2"), "*2\r\n:7\r\n:6\r\n");
  EXPECT_EQ(peer("LPOS l c MAXLEN 2"), null);
  EXPECT_EQ(peer("LPOS l x COUNT 1"), "*0\r\n");
  EXPECT_EQ(peer("LPOS none x COUNT 1"), "*0\r\n");
  EXPECT_EQ(peer("LPOS l c RANK -9223372036854775808"), integer(7));
  EXPECT_EQ(
      peer("LPOS l c RANK 0"),
      "-ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or "
      "use negative to start from the end of the list\r\n");
  EXPECT_EQ(peer("LPOS l c COUNT -1"), "-ERR COUNT can't be negative\r\n");
  EXPECT_EQ(peer("LPOS l c MAXLEN -1"), "-ERR MAXLEN can't be negative\r\n");
}

TEST_F(ListCommands, AnElementMovesBetweenListsAndWithinOne) {
  peer("RPUSH l a b c");
  EXPECT_EQ(peer("LMOVE l m RIGHT LEFT"), bulk("c"));
  EXPECT_EQ(peer("RPOPLPUSH l m"), bulk("b"));
  EXPECT_EQ(all("m"), bulks({"b", "c"}));
  EXPECT_EQ(peer("LMOVE m m LEFT RIGHT"), bulk("b"));
  EXPECT_EQ(all("m"), bulks({"c", "b"}));
  EXPECT_EQ(peer("LMOVE l m LEFT RIGHT"), bulk("a"));
  EXPECT_EQ(peer("EXISTS l"), integer(0));
  EXPECT_EQ(peer("LMOVE l m LEFT RIGHT"), null);
  peer("RPUSH one x");
  EXPECT_EQ(peer("RPOPLPUSH one one"), bulk("x"));
  EXPECT_EQ(all("one"), bulks({"x"}));
  EXPECT_EQ(peer("LMOVE l m UP RIGHT"), syntax_error);
}

TEST_F(ListCommands, TheFirstListThatIsThereIsPoppedFrom) {
  peer("RPUSH b 1 2 3");
  EXPECT_EQ(peer("LMPOP 2 a b RIGHT COUNT 2"), "*2\r\n" + bulk("b") + bulks({"3", "2"}));
  EXPECT_EQ(peer("LMPOP 2 a b LEFT"), "*2\r\n" + bulk("b") + bulks({"1"}));
  EXPECT_EQ(peer("LMPOP 2 a b LEFT"), null_array);
  EXPECT_EQ(peer("LMPOP 0 a LEFT"), "-ERR numkeys should be greater than 0\r\n");
  EXPECT_EQ(peer("LMPOP 3 a b LEFT"), syntax_error);
  EXPECT_EQ(peer("LMPOP 1 a LEFT COUNT 0"), "-ERR count should be greater than 0\r\n");
  EXPECT_EQ(peer("LMPOP 1 a LEFT COUNT 0 x"), "-ERR count should be greater than 0\r\n");
  EXPECT_EQ(peer("LMPOP 1 a LEFT COUNT 1 COUNT 1"), syntax_error);
}

TEST_F(ListCommands, ADeadlineStaysThroughChangesAndACopyKeepsWhatItWas) {
  peer("RPUSH l a b");
  peer("EXPIRE l 100");
  peer("RPUSH l c");
  EXPECT_EQ(peer("TTL l"), integer(100));
  EXPECT_EQ(peer("COPY l m"), integer(1));
  peer("LPOP l 2");
  EXPECT_EQ(all("m"), bulks({"a", "b", "c"}));
  EXPECT_EQ(all("l"), bulks({"c"}));
}

TEST(ListCommandsFromSevenTwo, ASmallListIsAListpack) {
  const auto instance = testing::frozen_instance(
      testing::frozen_start_ms, 1, {{"compat-version", "7.2"}, {"list-max-listpack-size", "4"}});
  testing::Peer peer(*instance);
  peer("RPUSH l 1 2 3 4");
  EXPECT_EQ(peer("OBJECT ENCODING l"), bulk("listpack"));
  peer("RPUSH l 5");
  EXPECT_EQ(peer("OBJECT ENCODING l"), bulk("quicklist"));
  peer("LPOP l 3");
  EXPECT_EQ(peer("OBJECT ENCODING l"), bulk("listpack"));
}

TEST(ListCommandsFromSevenTwo, AListWhoseLongElementIsReplacedIsAListpackAgain) {
  const auto instance =
      testing::frozen_instance(testing::frozen_start_ms, 1, {{"compat-version", "7.2"}});
  testing::Peer peer(*instance);
  peer({"RPUSH", "l", "a", std::string(9000, 'x')});
  EXPECT_EQ(peer("OBJECT ENCODING l"), bulk("quicklist"));
  peer("LSET l 0 b");
  EXPECT_EQ(peer("OBJECT ENCODING l"), bulk("quicklist"));
  peer("LSET l 1 short");
  EXPECT_EQ(peer("OBJECT ENCODING l"), bulk("listpack"));
}

}  // namespace
}  // namespace redouble::command
