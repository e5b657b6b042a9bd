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

// An entry with the field f; what was read from one stream.
std::string entry(std::string_view id, std::string_view value = "v") {
  return array({bulk(id), array({bulk("f"), bulk(value)})});
}
std::string read(std::string_view key, std::initializer_list<std::string> entries) {
  return array({array({bulk(key), array(entries)})});
}
// Of XPENDING with a range.
std::string pending(std::string_view id, std::string_view consumer, std::int64_t idle_ms,
                    std::int64_t count) {
  return array({bulk(id), bulk(consumer), integer(idle_ms), integer(count)});
}

class StreamGroupCommands : public ::testing::Test {
 protected:
  StreamGroupCommands() {
    for (const char* id : {"1-0", "2-0", "3-0"}) peer("XADD s " + std::string(id) + " f v");
    peer("XGROUP CREATE s g 0");
  }
  void advance_ms(std::int64_t ms) { instance->clock().advance_us(ms * 1000); }

  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(StreamGroupCommands, ConsumersShareWhatIsNew) {
  EXPECT_EQ(peer("XREADGROUP GROUP g alice COUNT 2 STREAMS s >"),
            read("s", {entry("1-0"), entry("2-0")}));
  EXPECT_EQ(peer("XREADGROUP GROUP g bob STREAMS s >"), read("s", {entry("3-0")}));
  EXPECT_EQ(peer("XREADGROUP GROUP g bob STREAMS s >"), null_array);
  EXPECT_EQ(peer("XREADGROUP GROUP g alice STREAMS s 1-0"), read("s", {entry("2-0")}));
  EXPECT_EQ(peer("XREADGROUP GROUP g carol STREAMS s 0"), read("s", {}));
  EXPECT_EQ(peer("XPENDING s g"),
            array({integer(3), bulk("1-0"), bulk("3-0"),
                   array({array({bulk("alice"), bulk("2")}), array({bulk("bob"), bulk("1")})})}));
  EXPECT_EQ(peer("XACK s g 1-0 3-0 9-9 1-0"), integer(2));
  EXPECT_EQ(peer("XPENDING s g - + 10"), array({pending("2-0", "alice", 0, 2)}));
}

TEST_F(StreamGroupCommands, WithoutAcknowledgementNothingIsPending) {
  EXPECT_EQ(peer("XREADGROUP GROUP g alice NOACK STREAMS s >"),
            read("s", {entry("1-0"), entry("2-0"), entry("3-0")}));
  EXPECT_EQ(peer("XPENDING s g"), array({integer(0), null, null, null_array}));
  EXPECT_EQ(peer("XREADGROUP GROUP g alice STREAMS s >"), null_array);
}

TEST_F(StreamGroupCommands, WhatWasDeletedIsToldWithoutItsFields) {
  peer("XREADGROUP GROUP g alice STREAMS s >");
  peer("XDEL s 1-0");
  peer("XTRIM s MAXLEN 1");
  EXPECT_EQ(peer("XREADGROUP GROUP g alice STREAMS s 0"),
            read("s", {array({bulk("1-0"), null_array}), array({bulk("2-0"), null_array}),
                       entry("3-0")}));
  EXPECT_EQ(peer("XCLAIM s g bob 0 1-0 3-0 JUSTID"), array({bulk("3-0")}));
  EXPECT_EQ(peer("XAUTOCLAIM s g bob 0 0"),
            array({bulk("0-0"), array({entry("3-0")}), array({bulk("2-0")})}));
  EXPECT_EQ(peer("XPENDING s g - + 10"), array({pending("3-0", "bob", 0, 3)}));
}

TEST_F(StreamGroupCommands, AWrongXautoclaimIsAUseOfItsKey) {
  advance_ms(10'000);
  EXPECT_EQ(peer("OBJECT IDLETIME s"), ":10\r\n");
  EXPECT_EQ(peer("XAUTOCLAIM s g bob nonsense 0")[0], '-');
  EXPECT_EQ(peer("OBJECT IDLETIME s"), ":0\r\n");
}

TEST_F(StreamGroupCommands, OnlyWhatWasIdleForLongEnoughIsClaimed) {
  peer("XREADGROUP GROUP g alice COUNT 1 STREAMS s >");
  advance_ms(100);
  peer("XREADGROUP GROUP g alice STREAMS s >");
  advance_ms(50);
  EXPECT_EQ(peer("XPENDING s g IDLE 100 - + 10"), array({pending("1-0", "alice", 150, 1)}));
  EXPECT_EQ(peer("XCLAIM s g bob 100 1-0 2-0 RETRYCOUNT 9"), array({entry("1-0")}));
  EXPECT_EQ(peer("XCLAIM s g bob 0 2-0 JUSTID IDLE 40"), array({bulk("2-0")}));
  EXPECT_EQ(peer("XPENDING s g - + 10 bob"),
            array({pending("1-0", "bob", 0, 9), pending("2-0", "bob", 40, 1)}));
  EXPECT_EQ(peer("XAUTOCLAIM s g carol 40 0 COUNT 1 JUSTID"),
            array({bulk("3-0"), array({bulk("2-0")}), empty_array}));
  EXPECT_EQ(peer("XCLAIM s g carol 0 7-0 FORCE"), empty_array);
  EXPECT_EQ(peer("XPENDING s g - + 10 nobody"), empty_array);
}

TEST_F(StreamGroupCommands, ForceClaimsWhatWasNeverDelivered) {
  EXPECT_EQ(peer("XCLAIM s g bob 0 2-0"), empty_array);
  EXPECT_EQ(peer("XINFO CONSUMERS s g"), empty_array);
  EXPECT_EQ(peer("XCLAIM s g bob 0 2-0 FORCE LASTID 2-0"), array({entry("2-0")}));
  EXPECT_EQ(peer("XREADGROUP GROUP g bob STREAMS s >"), read("s", {entry("3-0")}));
}

TEST_F(StreamGroupCommands, GroupsAreMadeOnceAndGo) {
  EXPECT_EQ(peer("XGROUP CREATE s g $"), "-BUSYGROUP Consumer Group name already exists\r\n");
  EXPECT_EQ(peer("XGROUP CREATE t g $").substr(0, 58),
            "-ERR The XGROUP subcommand requires the key to exist. Note");
  EXPECT_EQ(peer("XGROUP CREATE t g $ MKSTREAM"), ok);
  EXPECT_EQ(peer("XLEN t"), integer(0));
  EXPECT_EQ(peer("XGROUP CREATECONSUMER s g alice"), integer(1));
  EXPECT_EQ(peer("XGROUP CREATECONSUMER s g alice"), integer(0));
  peer("XREADGROUP GROUP g alice STREAMS s >");
  EXPECT_EQ(peer("XGROUP DELCONSUMER s g alice"), integer(3));
  EXPECT_EQ(peer("XGROUP DELCONSUMER s g alice"), integer(0));
  EXPECT_EQ(peer("XGROUP SETID s g 2-0"), ok);
  EXPECT_EQ(peer("XREADGROUP GROUP g alice STREAMS s >"), read("s", {entry("3-0")}));
  EXPECT_EQ(peer("XGROUP DESTROY s g"), integer(1));
  EXPECT_EQ(peer("XGROUP DESTROY s g"), integer(0));
  EXPECT_EQ(peer("XREADGROUP GROUP g alice STREAMS s >"),
            "-NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option\r\n");
  EXPECT_EQ(peer("XGROUP SETID s g 0"), "-NOGROUP No such consumer group 'g' for key name 's'\r\n");
  EXPECT_EQ(peer("XACK s g 1-0"), integer(0));
}

TEST_F(StreamGroupCommands, ALagIsToldWhereNoDeletionHidesIt) {
  const auto group = [](const std::string& id, const std::string& read, const std::string& lag) {
    return array({array({bulk("name"), bulk("g"), bulk("consumers"), integer(1), bulk("pending"),
                         integer(0), bulk("last-delivered-id"), bulk(id), bulk("entries-read"),
                         read, bulk("lag"), lag})});
  };
  peer("XREADGROUP GROUP g alice COUNT 1 NOACK STREAMS s >");
  EXPECT_EQ(peer("XINFO GROUPS s"), group("1-0", integer(1), integer(2)));
  peer("XDEL s 2-0");
  EXPECT_EQ(peer("XINFO GROUPS s"), group("1-0", integer(1), null));
  peer("XREADGROUP GROUP g alice NOACK STREAMS s >");
  // As in the real server: what was deleted in between is not counted.
  EXPECT_EQ(peer("XINFO GROUPS s"), group("3-0", integer(2), integer(1)));
}

TEST_F(StreamGroupCommands, TheWholeStreamIsToldWithItsGroups) {
  peer("HELLO 3");
  peer("XREADGROUP GROUP g alice COUNT 1 STREAMS s >");
  const std::string time = integer(testing::frozen_start_ms);
  EXPECT_EQ(peer("XINFO STREAM s FULL COUNT 1"),
            "%9\r\n" + bulk("length") + integer(3) + bulk("radix-tree-keys") + integer(1) +
                bulk("radix-tree-nodes") + integer(2) + bulk("last-generated-id") + bulk("3-0") +
                bulk("max-deleted-entry-id") + bulk("0-0") + bulk("entries-added") + integer(3) +
                bulk("recorded-first-entry-id") + bulk("1-0") + bulk("entries") +
                array({entry("1-0")}) + bulk("groups") + "*1\r\n%7\r\n" + bulk("name") + bulk("g") +
                bulk("last-delivered-id") + bulk("1-0") + bulk("entries-read") + integer(1) +
                bulk("lag") + integer(2) + bulk("pel-count") + integer(1) + bulk("pending") +
                array({array({bulk("1-0"), bulk("alice"), time, integer(1)})}) + bulk("consumers") +
                "*1\r\n%4\r\n" + bulk("name") + bulk("alice") + bulk("seen-time") + time +
                bulk("pel-count") + integer(1) + bulk("pending") +
                array({array({bulk("1-0"), time, integer(1)})}));
}

TEST_F(StreamGroupCommands, ACopyKeepsItsGroups) {
  peer("XREADGROUP GROUP g alice STREAMS s >");
  const std::string before = peer("XINFO STREAM s FULL");
  peer("COPY s t");
  peer("XACK s g 1-0");
  peer("XGROUP DELCONSUMER s g alice");
  EXPECT_EQ(peer("XINFO STREAM t FULL"), before);
  EXPECT_EQ(peer("XPENDING t g").substr(0, 8), "*4\r\n:3\r\n");
}

TEST_F(StreamGroupCommands, PendingEntriesTakeMemory) {
  const auto usage = [this] { return std::stol(peer("MEMORY USAGE s").substr(1)); };
  const long before = usage();
  for (int ms = 10; ms < 1010; ++ms) peer("XADD s " + std::to_string(ms) + " f v");
  const long without_groups = usage();
  peer("XREADGROUP GROUP g alice STREAMS s >");
  EXPECT_GT(usage(), without_groups + 40 * 1000);
  peer("XGROUP DESTROY s g");
  EXPECT_LT(usage(), without_groups);
  EXPECT_GT(usage(), before);
}

TEST_F(StreamGroupCommands, GroupsAreNoNewsForClientSideCaching) {
  testing::Peer reader(*instance);
  reader("HELLO 3");
  reader("CLIENT TRACKING ON");
  reader("XLEN s");
  for (const char* line :
       {"XGROUP CREATE s h 0", "XREADGROUP GROUP g alice STREAMS s >", "XACK s g 1-0",
        "XCLAIM s g bob 0 2-0", "XGROUP DESTROY s h", "XSETID s 9-0"}) {
    peer(line);
    EXPECT_EQ(reader("PING"), "+PONG\r\n") << line;
  }
  peer("XDEL s 3-0");
  EXPECT_EQ(reader("PING").substr(0, 4), ">2\r\n");
}

TEST_F(StreamGroupCommands, AConsumerNamedLikeTheKeywordReadsInFrontOfOtherOptions) {
  EXPECT_EQ(peer("XREADGROUP GROUP g STREAMS COUNT 1 STREAMS s >"), read("s", {entry("1-0")}));
  EXPECT_EQ(peer("XREADGROUP COUNT 1 GROUP g STREAMS STREAMS s >").substr(0, 5), "-ERR ");
}

TEST_F(StreamGroupCommands, WhoWaitsGetsWhatIsNewOrHearsThatTheGroupIsGone) {
  peer("DEL s");
  peer("XGROUP CREATE s g $ MKSTREAM");
  testing::Peer waiter(*instance);
  EXPECT_EQ(waiter("XREADGROUP GROUP g alice BLOCK 0 STREAMS s >"), "");
  EXPECT_TRUE(waiter.waiting());
  peer("XGROUP SETID s g 0");
  EXPECT_EQ(waiter.deliver(), "");
  peer("XADD s 1-0 f v");
  EXPECT_EQ(waiter.deliver(), read("s", {entry("1-0")}));
  EXPECT_EQ(peer("XPENDING s g - + 10"), array({pending("1-0", "alice", 0, 1)}));
  EXPECT_EQ(waiter("XREADGROUP GROUP g alice BLOCK 0 STREAMS s >"), "");
  peer("XGROUP DESTROY s g");
  EXPECT_EQ(waiter.deliver(),
            "-NOGROUP the consumer group this client was blocked on no longer exists\r\n");
  peer("XGROUP CREATE s g $");
  EXPECT_EQ(waiter("XREADGROUP GROUP g alice BLOCK 0 STREAMS s >"), "");
  peer("DEL s");
  EXPECT_EQ(waiter.deliver(), "-UNBLOCKED the stream key no longer exists\r\n");
}

TEST(StreamGroupCommandsFromSevenTwo, WhoWaitedIsToldAsWhoAsksAnew) {
  const auto instance =
      testing::frozen_instance(testing::frozen_start_ms, 1, {{"compat-version", "7.2"}});
  testing::Peer peer(*instance);
  testing::Peer waiter(*instance);
  const std::string no_group =
      "-NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option\r\n";
  const auto told_after = [&](std::string_view change) {
    peer("DEL s");
    peer("XGROUP CREATE s g $ MKSTREAM");
    EXPECT_EQ(waiter("XREADGROUP GROUP g alice BLOCK 0 STREAMS s >"), "");
    peer(change);
    return waiter.deliver();
  };
  EXPECT_EQ(told_after("DEL s"), no_group);
  EXPECT_EQ(told_after("FLUSHALL"), no_group);
  EXPECT_EQ(told_after("XGROUP DESTROY s g"), no_group);
  EXPECT_TRUE(told_after("SET s text").starts_with("-WRONGTYPE "));
}

TEST_F(StreamGroupCommands, WhatHoldsAnotherTypeIsRefused) {
  peer("SET k v");
  for (const char* line :
       {"XGROUP CREATE k g 0", "XGROUP DESTROY k g", "XREADGROUP GROUP g c STREAMS k >",
        "XACK k g 1", "XCLAIM k g c 0 1", "XAUTOCLAIM k g c 0 0", "XPENDING k g", "XINFO STREAM k",
        "XINFO GROUPS k", "XINFO CONSUMERS k g"}) {
    EXPECT_EQ(peer(line), "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
        << line;
  }
}

TEST(StreamGroupsOf72, WhoReadsInVainIsSeenToo) {
  const auto instance =
      testing::frozen_instance(testing::frozen_start_ms, 1, {{"compat-version", "7.2"}});
  testing::Peer peer(*instance);
  peer("XGROUP CREATE s g 0 MKSTREAM");
  EXPECT_EQ(peer("XREADGROUP GROUP g alice STREAMS s >"), null_array);
  const auto alice = [](std::int64_t count, std::int64_t idle_ms, std::int64_t inactive_ms) {
    return array({array({bulk("name"), bulk("alice"), bulk("pending"), integer(count), bulk("idle"),
                         integer(idle_ms), bulk("inactive"), integer(inactive_ms)})});
  };
  EXPECT_EQ(peer("XINFO CONSUMERS s g"), alice(0, 0, -1));
  peer("XADD s 1-0 f v");
  peer("XREADGROUP GROUP g alice STREAMS s >");
  instance->clock().advance_us(5000);
  peer("XREADGROUP GROUP g alice STREAMS s >");
  EXPECT_EQ(peer("XINFO CONSUMERS s g"), alice(1, 0, 5));
  EXPECT_NE(peer("XINFO STREAM s FULL").find("active-time"), std::string::npos);
}

}  // namespace
}  // namespace redouble::command
