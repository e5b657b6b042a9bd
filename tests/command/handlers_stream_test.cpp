#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;

constexpr std::string_view invalid_id =
    "-ERR Invalid stream ID specified as stream command argument\r\n";
constexpr std::string_view too_small =
    "-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n";

// An entry with the field f.
std::string entry(std::string_view id, std::string_view value) {
  return array({bulk(id), array({bulk("f"), bulk(value)})});
}

class StreamCommands : public ::testing::Test {
 protected:
  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(StreamCommands, AnIdIsGivenOrMadeFromTheClock) {
  const std::string now = std::to_string(testing::frozen_start_ms);
  EXPECT_EQ(peer("XADD s 5-1 f a"), bulk("5-1"));
  EXPECT_EQ(peer("XADD s 5-* f b"), bulk("5-2"));
  EXPECT_EQ(peer("XADD s 6-* f c"), bulk("6-0"));
  EXPECT_EQ(peer("XADD s 7 f d"), bulk("7-0"));
  EXPECT_EQ(peer("XADD s * f e"), bulk(now + "-0"));
  EXPECT_EQ(peer("XADD s * f g"), bulk(now + "-1"));
  EXPECT_EQ(peer("XADD s 7-9 f x"), too_small);
  EXPECT_EQ(peer("XADD s 6-* f x"), too_small);
  EXPECT_EQ(peer("XLEN s"), integer(6));
  EXPECT_EQ(peer("TYPE s"), "+stream\r\n");
  EXPECT_EQ(peer("OBJECT ENCODING s"), bulk("stream"));
}

TEST_F(StreamCommands, RequestsThatMeanNothingAddNothing) {
  EXPECT_EQ(peer("XADD s 0-0 f x"), "-ERR The ID specified in XADD must be greater than 0-0\r\n");
  EXPECT_EQ(peer("XADD s abc f x"), invalid_id);
  EXPECT_EQ(peer("XADD s 1-1-1 f x"), invalid_id);
  EXPECT_EQ(peer("XADD s 1-1 f"), "-ERR wrong number of arguments for 'xadd' command\r\n");
  EXPECT_EQ(peer("XADD s NOMKSTREAM * f x"), null);
  EXPECT_EQ(peer("XADD s MAXLEN 1 MINID 1 * f x"),
            "-ERR syntax error, MAXLEN and MINID options at the same time are not compatible\r\n");
  EXPECT_EQ(peer("XADD s MAXLEN -1 * f x"), "-ERR The MAXLEN argument must be >= 0.\r\n");
  EXPECT_EQ(peer("XADD s MAXLEN 1 LIMIT 1 * f x"),
            "-ERR syntax error, LIMIT cannot be used without the special ~ option\r\n");
  EXPECT_EQ(peer("XADD s LIMIT 1 * f x"),
            "-ERR syntax error, LIMIT cannot be used without specifying a trimming strategy\r\n");
  EXPECT_EQ(peer("EXISTS s"), integer(0));
  peer("XADD s 18446744073709551615-18446744073709551615 f x");
  EXPECT_EQ(peer("XADD s * f x"),
            "-ERR The stream has exhausted the last possible ID, unable to add more items\r\n");
}

TEST_F(StreamCommands, RangesHaveEndsThatAreInThemOrNot) {
  for (const char* id : {"1-1", "1-2", "2-0", "3-0"}) {
    peer("XADD s " + std::string(id) + " f " + id);
  }
  EXPECT_EQ(peer("XRANGE s 1-2 2"), array({entry("1-2", "1-2"), entry("2-0", "2-0")}));
  EXPECT_EQ(peer("XRANGE s (1-2 (3-0"), array({entry("2-0", "2-0")}));
  EXPECT_EQ(peer("XRANGE s (2-0 (3"), array({entry("3-0", "3-0")}));  // up to the last of 3
  EXPECT_EQ(peer("XRANGE s 1 1"), array({entry("1-1", "1-1"), entry("1-2", "1-2")}));
  EXPECT_EQ(peer("XRANGE s - + COUNT 1"), array({entry("1-1", "1-1")}));
  EXPECT_EQ(peer("XREVRANGE s + - COUNT 2"), array({entry("3-0", "3-0"), entry("2-0", "2-0")}));
  EXPECT_EQ(peer("XRANGE s - + COUNT 0"), null_array);
  EXPECT_EQ(peer("XRANGE s 3 2"), empty_array);
  EXPECT_EQ(peer("XRANGE nokey - +"), empty_array);
  EXPECT_EQ(peer("XRANGE s (- +"), invalid_id);
  EXPECT_EQ(peer("XRANGE s - (0-0"), "-ERR invalid end ID for the interval\r\n");
  EXPECT_EQ(peer("XRANGE s (18446744073709551615-18446744073709551615 +"),
            "-ERR invalid start ID for the interval\r\n");
  EXPECT_EQ(peer("XRANGE s - + LIMIT 1"), syntax_error);
}

TEST_F(StreamCommands, AStreamStaysWhenItsLastEntryIsDeleted) {
  peer("XADD s 1-1 f a");
  peer("XADD s 2-1 f b");
  EXPECT_EQ(peer("XDEL s 1-1 9-9 1-1"), integer(1));
  EXPECT_EQ(peer("XDEL s 2-1 x"), invalid_id);
  EXPECT_EQ(peer("XDEL s 2-1"), integer(1));
  EXPECT_EQ(peer("EXISTS s"), integer(1));
  EXPECT_EQ(peer("XLEN s"), integer(0));
  EXPECT_EQ(peer("XADD s 2-1 f c"), too_small);
  EXPECT_EQ(peer("XDEL none 1-1"), integer(0));
}

TEST_F(StreamCommands, ATrimIsExactOrTakesWholeNodes) {
  peer("CONFIG SET stream-node-max-entries 4");
  for (int ms = 1; ms <= 10; ++ms) peer("XADD s " + std::to_string(ms) + " f v");
  EXPECT_EQ(peer("XTRIM s MAXLEN ~ 5"), integer(4));
  EXPECT_EQ(peer("XTRIM s MINID ~ 8"), integer(0));
  EXPECT_EQ(peer("XTRIM s MINID = 8"), integer(3));
  EXPECT_EQ(peer("XTRIM s MAXLEN 2"), integer(1));
  EXPECT_EQ(peer("XADD s MAXLEN = 1 11 f z"), bulk("11-0"));
  EXPECT_EQ(peer("XRANGE s - +"), array({entry("11-0", "z")}));
  EXPECT_EQ(peer("XTRIM none MAXLEN 1"), integer(0));
  EXPECT_EQ(peer("XTRIM s LIMIT 0"),
            "-ERR syntax error, XTRIM must be called with a trimming strategy\r\n");
  EXPECT_EQ(peer("XTRIM s LENGTH 1"), syntax_error);
}

TEST_F(StreamCommands, SeveralStreamsAreReadFromBehindTheirIds) {
  peer("XADD a 1-1 f x");
  peer("XADD a 2-1 f y");
  peer("XADD b 1-1 f z");
  EXPECT_EQ(peer("XREAD STREAMS a b 1-1 0"),
            array({array({bulk("a"), array({entry("2-1", "y")})}),
                   array({bulk("b"), array({entry("1-1", "z")})})}));
  EXPECT_EQ(peer("XREAD COUNT 1 STREAMS a 0"),
            array({array({bulk("a"), array({entry("1-1", "x")})})}));
  EXPECT_EQ(peer("XREAD STREAMS a b $ 5"), null_array);
  EXPECT_EQ(peer("XREAD STREAMS none 0"), null_array);
  EXPECT_EQ(peer("XREAD STREAMS a b 1"),
            "-ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be "
            "specified.\r\n");
  EXPECT_EQ(peer("XREAD STREAMS a >"),
            "-ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> "
            "<consumer> option.\r\n");
  peer("HELLO 3");
  EXPECT_EQ(peer("XREAD STREAMS b 0"), "%1\r\n" + bulk("b") + array({entry("1-1", "z")}));
}

TEST_F(StreamCommands, TheLastIdIsSetNotBelowAnEntry) {
  peer("XADD s 5-0 f x");
  EXPECT_EQ(peer("XSETID s 9-0 ENTRIESADDED 7 MAXDELETEDID 8-0"), ok);
  EXPECT_EQ(peer("XADD s 9-0 f y"), too_small);
  EXPECT_EQ(peer("XSETID s 4-0"),
            "-ERR The ID specified in XSETID is smaller than the target stream top item\r\n");
  EXPECT_EQ(peer("XSETID s 9-0 ENTRIESADDED 0"),
            "-ERR The entries_added specified in XSETID is smaller than the target stream "
            "length\r\n");
  EXPECT_EQ(peer("XSETID s 9-0 ENTRIESADDED -1"), "-ERR entries_added must be positive\r\n");
  EXPECT_EQ(peer("XSETID s 9-0 MAXDELETEDID 10-0"),
            "-ERR The ID specified in XSETID is smaller than the provided "
            "max_deleted_entry_id\r\n");
  EXPECT_EQ(peer("XSETID none 1-0"), "-ERR no such key\r\n");
}

TEST_F(StreamCommands, AfterALowerLastIdEntriesAreFoundAmongRemovedOnes) {
  peer("XADD s 1-0 f a");
  peer("XADD s 9-0 f b");
  peer("XDEL s 9-0");
  EXPECT_EQ(peer("XSETID s 2-0"), ok);
  peer("XADD s 3-0 f c");
  EXPECT_EQ(peer("XRANGE s 2 4"), array({entry("3-0", "c")}));
  EXPECT_EQ(peer("XREVRANGE s 4 2"), array({entry("3-0", "c")}));
}

TEST_F(StreamCommands, WhatHoldsAnotherTypeIsRefused) {
  peer("SET k v");
  for (const char* line : {"XADD k * f v", "XLEN k", "XRANGE k - +", "XREVRANGE k + -", "XDEL k 1",
                           "XTRIM k MAXLEN 1", "XREAD STREAMS k 0", "XSETID k 1-1"}) {
    EXPECT_EQ(peer(line), "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
        << line;
  }
}

TEST_F(StreamCommands, ACopyKeepsItsEntries) {
  for (int ms = 1; ms <= 300; ++ms) peer("XADD s " + std::to_string(ms) + " f v");
  peer("COPY s t");
  peer("XTRIM s MAXLEN 1");
  EXPECT_EQ(peer("XLEN t"), integer(300));
  EXPECT_EQ(peer("XADD t 300 f v"), too_small);
}

}  // namespace
}  // namespace redouble::command
