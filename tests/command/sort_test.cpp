// SORT and SORT_RO, as redis-server 7.0.15 was seen to answer.
#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "support/journal.hpp"
#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;

constexpr std::string_view not_numbers =
    "-ERR One or more scores can't be converted into double\r\n";

class SortCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    peer("RPUSH l 3 1 2 10");
    peer("ZADD z 1 c 2 a 3 b 4 d");
  }
  std::string elements(const std::string& key) { return peer("LRANGE " + key + " 0 -1"); }

  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(SortCommand, NumbersAndTextsComeInTheirOwnOrders) {
  EXPECT_EQ(peer("SORT l"), bulks({"1", "2", "3", "10"}));
  EXPECT_EQ(peer("SORT l DESC"), bulks({"10", "3", "2", "1"}));
  EXPECT_EQ(peer("SORT l ALPHA"), bulks({"1", "10", "2", "3"}));
  EXPECT_EQ(peer("SORT l ASC DESC ALPHA"), bulks({"3", "2", "10", "1"}));
  EXPECT_EQ(peer("SORT_RO z ALPHA DESC"), bulks({"d", "c", "b", "a"}));
  EXPECT_EQ(peer("SORT z"), not_numbers);
  EXPECT_EQ(peer("SORT none"), empty_array);
}

TEST_F(SortCommand, WhatStrtodTakesIsANumber) {
  peer({"RPUSH", "n", "", " 1", "0x10", "inf", "-inf", std::string_view("2\0x", 3)});
  EXPECT_EQ(peer("SORT n"), bulks({"-inf", "", " 1", std::string_view("2\0x", 3), "0x10", "inf"}));
  for (const char* text : {"nan", "1e400", "5e-324", " ", "1 "}) {
    peer("DEL n");
    peer({"RPUSH", "n", text});
    EXPECT_EQ(peer("SORT n"), not_numbers) << text;
    EXPECT_EQ(peer("SORT n ALPHA"), bulks({text}));
  }
}

TEST_F(SortCommand, ALimitTakesAPart) {
  EXPECT_EQ(peer("SORT l LIMIT 1 2"), bulks({"2", "3"}));
  EXPECT_EQ(peer("SORT l LIMIT -5 2"), bulks({"1", "2"}));
  EXPECT_EQ(peer("SORT l LIMIT 2 -1"), bulks({"3", "10"}));
  EXPECT_EQ(peer("SORT l LIMIT 1 0"), empty_array);
  EXPECT_EQ(peer("SORT l LIMIT 10 2"), empty_array);
  EXPECT_EQ(peer("SORT l LIMIT 9223372036854775807 9223372036854775807"), empty_array);
  EXPECT_EQ(peer("SORT l LIMIT 0 9223372036854775807"), bulks({"1", "2", "3", "10"}));
  EXPECT_EQ(peer("SORT l LIMIT a 1"), not_an_integer);
  EXPECT_EQ(peer("SORT l LIMIT 1"), syntax_error);
}

TEST_F(SortCommand, ByAPatternWithoutAPlaceForTheElementNothingIsSorted) {
  EXPECT_EQ(peer("SORT l BY nosort"), bulks({"3", "1", "2", "10"}));
  EXPECT_EQ(peer("SORT l BY nosort DESC LIMIT 1 2"), bulks({"2", "1"}));
  EXPECT_EQ(peer("SORT z BY nosort"), bulks({"c", "a", "b", "d"}));
  EXPECT_EQ(peer("SORT z BY nosort DESC LIMIT 1 2"), bulks({"b", "a"}));
  EXPECT_EQ(peer("SORT l BY nosort BY w_*"), bulks({"3", "1", "2", "10"}));
  peer("SADD s 5 3 1 4");
  EXPECT_EQ(peer("SORT s BY nosort DESC LIMIT 1 2"), bulks({"3", "4"}));
  // What a set keeps of it has an order all the same.
  EXPECT_EQ(peer("SORT s BY nosort DESC STORE d"), ":4\r\n");
  EXPECT_EQ(elements("d"), bulks({"5", "4", "3", "1"}));
}

TEST_F(SortCommand, ElementsAreSortedByAndGiveWhatOtherKeysHold) {
  peer("MSET w_1 5 w_2 1");
  peer("HSET h_1 f 9 g 8");
  EXPECT_EQ(peer("SORT l BY w_*"), bulks({"10", "3", "2", "1"}));
  EXPECT_EQ(peer("SORT l BY h_*->f"), bulks({"10", "2", "3", "1"}));
  EXPECT_EQ(peer("SORT l BY w_* ALPHA DESC"), bulks({"1", "2", "3", "10"}));
  EXPECT_EQ(peer("SORT l LIMIT 0 1 GET # GET w_* GET h_*->f GET h_*-> GET h_* GET none GET w_*->f"),
            array({bulk("1"), bulk("5"), bulk("9"), null, null, null, null}));
  peer("SET w_3 x");
  EXPECT_EQ(peer("SORT l BY w_*"), not_numbers);
}

TEST_F(SortCommand, WhatIsStoredIsAListInThePlaceOfWhateverWasThere) {
  peer("MSET w_1 5 d before");
  EXPECT_EQ(peer("SORT l GET w_* GET # STORE d"), ":8\r\n");
  EXPECT_EQ(elements("d"), bulks({"5", "1", "", "2", "", "3", "", "10"}));
  EXPECT_EQ(peer("SORT l STORE l"), ":4\r\n");
  EXPECT_EQ(elements("l"), bulks({"1", "2", "3", "10"}));
  EXPECT_EQ(peer("SORT l LIMIT 9 1 STORE d"), ":0\r\n");
  EXPECT_EQ(peer("EXISTS d"), ":0\r\n");
  EXPECT_EQ(peer("SORT l STORE get STORE e"), ":4\r\n");
  EXPECT_EQ(peer("EXISTS get e"), ":1\r\n");
  EXPECT_EQ(peer("SORT_RO l STORE d"), syntax_error);
}

TEST_F(SortCommand, EqualOnesOfAPartComeAsTheRealServersAlgorithmLeavesThem) {
  peer("DEL l");
  for (int number = 0; number < 50; ++number) peer("RPUSH l " + std::to_string(number));
  EXPECT_EQ(peer("SORT l BY x_* ALPHA LIMIT 0 10"),
            bulks({"49", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  EXPECT_EQ(peer("SORT l BY x_* ALPHA LIMIT 20 3"), bulks({"20", "21", "22"}));
  EXPECT_EQ(peer("SORT l BY x_* ALPHA LIMIT 0 100").substr(0, 12), "*50\r\n$1\r\n0\r\n");
  peer("MSET w_1 5 w_2 1 w_3 a w_7 a w_11 b w_40 a w_41 b w_42 c w_13 a w_5 b");
  EXPECT_EQ(peer("SORT l BY w_* ALPHA DESC LIMIT 0 10"),
            bulks({"42", "41", "11", "5", "7", "13", "40", "3", "1", "2"}));
}

TEST_F(SortCommand, ASortedSetBecomesASkiplistAndKeepsTheRest) {
  peer("EXPIRE z 100");
  EXPECT_EQ(peer("OBJECT ENCODING z"), bulk("listpack"));
  peer("SORT_RO z BY nosort");
  EXPECT_EQ(peer("OBJECT ENCODING z"), bulk("skiplist"));
  EXPECT_EQ(peer("TTL z"), ":100\r\n");
  EXPECT_EQ(peer("ZRANGE z 0 -1"), bulks({"c", "a", "b", "d"}));
}

TEST_F(SortCommand, OtherTypesAreRefusedAfterTheOptions) {
  peer("SET s v");
  EXPECT_EQ(peer("SORT s"),
            "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
  for (const char* line : {"SORT s FOO", "SORT l BY", "SORT l GET", "SORT l STORE"}) {
    EXPECT_EQ(peer(line), syntax_error) << line;
  }
}

TEST_F(SortCommand, KeysAreFoundAsByTheRealServer) {
  EXPECT_EQ(peer("COMMAND GETKEYS SORT a BY w_* GET x STORE d1 STORE d2"), bulks({"a", "d2"}));
  EXPECT_EQ(peer("COMMAND GETKEYS SORT a LIMIT STORE 1 STORE d"), bulks({"a", "d"}));
  EXPECT_EQ(peer("COMMAND GETKEYS SORT_RO a BY w_*"), bulks({"a"}));
  EXPECT_EQ(peer("COMMAND GETKEYS GEORADIUS k 1 2 3 m STORE a STORE c STOREDIST b"),
            bulks({"k", "a", "b"}));
}

TEST_F(SortCommand, WhatIsStoredIsRecordedElementByElement) {
  testing::Journal journal(*instance);
  peer("SORT l BY x_* ALPHA LIMIT 0 2 STORE d");
  peer("SORT l LIMIT 9 1 STORE d");
  peer("SORT l LIMIT 9 1 STORE d");
  const std::vector<std::string> wanted{"DEL d", "RPUSH d 3 1", "DEL d"};
  EXPECT_EQ(journal.take_lines(), wanted);
}

}  // namespace
}  // namespace redouble::command
