// A long string whose bytes a copy shares, after writes: every command sees it as one that was set.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using testing::bulk;
using Request = std::vector<std::string>;

class PatchedStringCommandsTest : public ::testing::Test {
 protected:
  // `k` is patched, `set` is the same string as SET makes it.
  void SetUp() override {
    std::string text(100'000, '\x5a');
    peer({"SET", "k", text});
    peer("COPY k shared");
    const auto write = [&](std::size_t from, const std::string& bytes) {
      peer({"SETRANGE", "k", std::to_string(from), bytes});
      if (text.size() < from + bytes.size()) text.resize(from + bytes.size());
      text.replace(from, bytes.size(), bytes);
    };
    write(10, "early");
    write(4090, "across a page");
    write(60'000, std::string(9000, '\xff'));
    write(99'990, std::string(5000, 'l'));
    write(120'000, "behind a gap");
    peer({"SET", "set", text});
    size = text.size();
  }
  // On `k` and on `set`.
  std::string differs(Request request) {
    const auto on = [&](const std::string& name) {
      Request named = request;
      std::ranges::replace(named, "KEY", name);
      return peer.run(named);
    };
    return on("k") == on("set") ? "" : request[0];
  }

  std::unique_ptr<instance::Instance> instance =
      testing::frozen_instance(testing::frozen_start_ms, 1, {{"enable-debug-command", "yes"}});
  testing::Peer peer{*instance};
  std::size_t size = 0;
};

TEST_F(PatchedStringCommandsTest, EveryReadingCommandSeesTheWholeString) {
  const std::vector<Request> requests = {
      {"GET", "KEY"},
      {"MGET", "KEY", "KEY"},
      {"STRLEN", "KEY"},
      {"GETRANGE", "KEY", "0", "20"},
      {"GETRANGE", "KEY", "4000", "70000"},
      {"GETRANGE", "KEY", "-20000", "-1"},
      {"GETRANGE", "KEY", "119990", "900000"},
      {"GETRANGE", "KEY", "500000", "900000"},
      {"SUBSTR", "KEY", "99980", "105000"},
      {"BITCOUNT", "KEY"},
      {"BITCOUNT", "KEY", "4000", "5000"},
      {"BITCOUNT", "KEY", "480001", "551111", "BIT"},
      {"BITPOS", "KEY", "1", "105000"},
      {"BITPOS", "KEY", "0", "61000"},
      {"BITPOS", "KEY", "0", "61000", "62000"},
      {"GETBIT", "KEY", "32725"},
      {"GETBIT", "KEY", "9999999"},
      {"BITFIELD_RO", "KEY", "GET", "u32", "32720", "GET", "i64", "959990"},
      {"BITOP", "NOT", "inverted", "KEY"},
      {"GET", "inverted"},
      {"BITOP", "XOR", "mixed", "KEY", "shared"},
      {"GET", "mixed"},
      {"DUMP", "KEY"},
      {"DEBUG", "DIGEST-VALUE", "KEY"},
      {"OBJECT", "ENCODING", "KEY"},
      {"TYPE", "KEY"},
      {"INCR", "KEY"},
      {"INCRBYFLOAT", "KEY", "1"},
      {"PFCOUNT", "KEY"},
      {"LPUSH", "KEY", "a"},
      {"GETEX", "KEY", "PERSIST"},
      {"COPY", "KEY", "copied", "REPLACE"},
      {"GET", "copied"},
      {"SETRANGE", "KEY", "5", ""},
      {"SETBIT", "KEY", "3", "1"},
      {"GETRANGE", "KEY", "0", "3"},
      {"BITFIELD", "KEY", "SET", "u8", "#70000", "7", "INCRBY", "u16", "32760", "1"},
      {"GETRANGE", "KEY", "69990", "70010"},
      {"APPEND", "KEY", "more"},
      {"GET", "KEY"},
      {"DEBUG", "DIGEST-VALUE", "KEY"}};
  for (const Request& request : requests) EXPECT_EQ(differs(request), "");
  const std::string whole = peer("GET set");
  peer("RENAME k elsewhere");
  EXPECT_EQ(peer("GETSET elsewhere new"), whole);
  peer("COPY set elsewhere REPLACE");
  peer("SETBIT elsewhere 1 1");
  EXPECT_EQ(peer("GETDEL elsewhere").size(), whole.size());
}

TEST_F(PatchedStringCommandsTest, AsAnExternalKeyOfSortItIsGivenWhole) {
  peer("RPUSH list k set");
  const std::string both = peer("SORT list BY nosort GET *");
  EXPECT_EQ(both, "*2\r\n" + peer("GET set") + peer("GET set"));
}

TEST_F(PatchedStringCommandsTest, WhatSharesItKeepsItsBytes) {
  EXPECT_EQ(peer("GET shared"), bulk(std::string(100'000, '\x5a')));
  peer("DEL shared");
  for (int i = 0; i < 5; ++i) peer({"SETRANGE", "k", std::to_string(i * 20'000), "now alone"});
  for (int i = 0; i < 5; ++i) peer({"SETRANGE", "set", std::to_string(i * 20'000), "now alone"});
  EXPECT_EQ(peer("GET k"), peer("GET set"));
}

TEST_F(PatchedStringCommandsTest, ANewValueOfAnyKindTakesItsPlace) {
  for (const Request& value : {Request{"SET", "copied", "12"}, Request{"SET", "copied", "short"},
                               Request{"SET", "copied", std::string(5000, 'x')},
                               Request{"SETEX", "copied", "100", "short"}}) {
    peer("COPY k copied REPLACE");
    EXPECT_EQ(peer.run(value), "+OK\r\n");
    EXPECT_EQ(peer("GET copied"), bulk(value.back()));
  }
  peer("COPY k copied REPLACE");
  EXPECT_EQ(peer("PEXPIRE copied 1000"), ":1\r\n");
  EXPECT_EQ(peer("STRLEN copied"), ":" + std::to_string(size) + "\r\n");
  EXPECT_EQ(peer("GET copied"), peer("GET set"));
}

}  // namespace
}  // namespace redouble::command
