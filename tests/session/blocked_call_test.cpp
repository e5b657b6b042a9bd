// Commands that wait, of several clients of one instance, at a frozen clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/session_peer.hpp"

namespace redouble::session {
namespace {

using testing::bulk;
using testing::frozen_instance;
using testing::Peer;

std::string pair_of(std::string_view key, std::string_view element) {
  return "*2\r\n" + bulk(key) + bulk(element);
}

class BlockingTest : public ::testing::Test {
 protected:
  std::string unblock(Peer& waiting, std::string_view how = "TIMEOUT") {
    return main_({"CLIENT", "UNBLOCK", std::to_string(waiting.session().client().id), how});
  }
  void pass(std::int64_t milliseconds) { instance_->advance_us(0, milliseconds * 1000); }

  const std::unique_ptr<instance::Instance> instance_ = frozen_instance();
  Peer main_{*instance_};
};

TEST_F(BlockingTest, TheFirstToComeIsServedFirst) {
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 4; ++i) {
    peers.push_back(std::make_unique<Peer>(*instance_));
    EXPECT_EQ((*peers.back())("BLPOP k 0"), "");
    EXPECT_TRUE(peers.back()->waiting());
  }
  EXPECT_EQ(main_("RPUSH k a b c"), ":3\r\n");
  EXPECT_EQ(peers[0]->deliver(), pair_of("k", "a"));
  EXPECT_EQ(peers[1]->deliver(), pair_of("k", "b"));
  EXPECT_EQ(peers[2]->deliver(), pair_of("k", "c"));
  EXPECT_EQ(peers[3]->deliver(), "");
  EXPECT_TRUE(peers[3]->waiting());
  EXPECT_EQ(main_("EXISTS k"), ":0\r\n");
}

TEST_F(BlockingTest, WhatWasSentBehindAWaitingCommandRunsAfterIt) {
  Peer peer(*instance_);
  EXPECT_EQ(peer.send("BLPOP k 0\r\nPING\r\nGET"), "");
  EXPECT_EQ(peer.send(" s\r\n"), "");
  main_("SET s x");
  main_("RPUSH k a");
  EXPECT_EQ(peer.deliver(), pair_of("k", "a") + "+PONG\r\n" + bulk("x"));
  EXPECT_FALSE(peer.waiting());
}

TEST_F(BlockingTest, AServedMoveMakesTheNextKeyReady) {
  Peer first(*instance_);
  Peer second(*instance_);
  Peer third(*instance_);
  first("BLMOVE a b LEFT RIGHT 0");
  second("BLMOVE b c LEFT RIGHT 0");
  third("BRPOP c 0");
  EXPECT_EQ(main_("RPUSH a x"), ":1\r\n");
  EXPECT_EQ(first.deliver(), bulk("x"));
  EXPECT_EQ(second.deliver(), bulk("x"));
  EXPECT_EQ(third.deliver(), pair_of("c", "x"));
  EXPECT_EQ(main_("DBSIZE"), ":0\r\n");
}

TEST_F(BlockingTest, AMoveWhoseDestinationIsNoListIsToldSoAndTakesNothing) {
  Peer peer(*instance_);
  peer("BLMOVE a b LEFT RIGHT 0");
  main_("SET b text");
  main_("RPUSH a x");
  EXPECT_EQ(peer.deliver(),
            "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
  EXPECT_EQ(main_("LLEN a"), ":1\r\n");
}

TEST_F(BlockingTest, ADeadlineIsTheInstancesClocks) {
  Peer peer(*instance_);
  EXPECT_EQ(peer("BLPOP k 0.0101"), "");  // eleven milliseconds
  pass(10);
  EXPECT_EQ(peer.deliver(), "");
  pass(1);
  EXPECT_EQ(peer.deliver(), "*-1\r\n");
  main_("RPUSH k a");
  EXPECT_EQ(peer.deliver(), "");
  EXPECT_EQ(main_("LLEN k"), ":1\r\n");
}

// As of redis-server 7.0.15: waiting is no work, and who runs into the deadline is not timed.
TEST_F(BlockingTest, IsTimedWithoutItsWaitingAndWithWhatBecameOfIt) {
  using ::testing::HasSubstr;
  using ::testing::Not;
  const auto stats = [&](const char* section) { return main_(std::string("INFO ") + section); };
  Peer peer(*instance_);
  peer("BLPOP k 0.01");
  pass(10);
  EXPECT_EQ(peer.deliver(), "*-1\r\n");
  EXPECT_THAT(stats("latencystats"), Not(HasSubstr("blpop")));
  EXPECT_THAT(stats("commandstats"), HasSubstr("cmdstat_blpop:calls=1,usec=0,"));
  peer("BLPOP k 0");
  pass(3);
  main_("RPUSH k a");
  EXPECT_EQ(peer.deliver(), pair_of("k", "a"));
  EXPECT_THAT(stats("latencystats"), HasSubstr("usec_blpop:p50=0.001,p99=0.001,p99.9=0.001\r\n"));
  EXPECT_THAT(stats("commandstats"), HasSubstr("cmdstat_blpop:calls=2,usec=0,usec_per_call=0.00,"
                                               "rejected_calls=0,failed_calls=0\r\n"));
  peer("BRPOP k 0");
  EXPECT_EQ(unblock(peer), ":1\r\n");
  EXPECT_THAT(stats("latencystats"), HasSubstr("usec_brpop:"));
  EXPECT_THAT(stats("commandstats"), HasSubstr("cmdstat_brpop:calls=1,usec=0,usec_per_call=0.00,"
                                               "rejected_calls=0,failed_calls=1\r\n"));
  peer.deliver();
  main_("SET string v");
  peer("BLMOVE k string LEFT LEFT 0");
  main_("RPUSH k a");
  EXPECT_THAT(peer.deliver(), HasSubstr("WRONGTYPE"));
  EXPECT_THAT(stats("commandstats"), HasSubstr("cmdstat_blmove:calls=1,usec=0,usec_per_call=0.00,"
                                               "rejected_calls=0,failed_calls=1\r\n"));
}

TEST_F(BlockingTest, WhoseDeadlineHasPassedIsNotServed) {
  Peer late(*instance_);
  Peer patient(*instance_);
  late("BLPOP k 1");
  patient("BLPOP k 0");
  instance_->clock().advance_us(1'000'000);  // nobody has looked at the alarms yet
  main_("RPUSH k a");
  EXPECT_EQ(late.deliver(), "*-1\r\n");
  EXPECT_EQ(patient.deliver(), pair_of("k", "a"));
}

TEST_F(BlockingTest, WhatTookThePlaceOfAnotherValueInSilenceIsServedToNobody) {
  Peer peer(*instance_);
  main_("RPUSH src s1 s2 s3");
  peer("BLPOP b 0");
  main_("SADD b x");
  EXPECT_EQ(main_("SORT src ALPHA STORE b"), ":3\r\n");
  for (const char* change : {"EXPIRE b 100", "LPOP b", "LPUSH b n", "LSET b 0 q", "LTRIM b 0 5",
                             "LINSERT b BEFORE q r", "LREM b 1 r", "LMOVE b b LEFT RIGHT"}) {
    main_(change);
    EXPECT_EQ(peer.deliver(), "") << change;
  }
  main_("COPY src b REPLACE");  // the key goes, and comes to be
  EXPECT_EQ(peer.deliver(), pair_of("b", "s1"));
}

TEST_F(BlockingTest, WhatTookThePlaceOfAStreamIsServedWhereAStreamIsWaitedFor) {
  Peer peer(*instance_);
  main_("ZADD src 1 a 2 b");
  peer("BZPOPMIN b 0");
  main_("XADD b 1-1 f v");
  EXPECT_EQ(main_("ZRANGESTORE b src 0 -1"), ":2\r\n");
  EXPECT_EQ(peer.deliver(), "");
  Peer reader(*instance_);
  reader("XREAD BLOCK 0 STREAMS elsewhere $");
  main_("DEL b");
  main_("XADD b 1-1 f v");
  main_("ZRANGESTORE b src 0 -1");
  EXPECT_EQ(peer.deliver(), "*3\r\n" + bulk("b") + bulk("a") + bulk("1"));
}

TEST_F(BlockingTest, AnEntryThatIsTrimmedAwayAtOnceIsToldOfAsNone) {
  Peer reader(*instance_);
  Peer consumer(*instance_);
  const auto waits = [&] {
    reader("XREAD BLOCK 0 STREAMS s $");
    consumer("XREADGROUP GROUP g alice BLOCK 0 STREAMS s >");
  };
  const std::string none = "*1\r\n*2\r\n" + bulk("s") + "*0\r\n";
  main_("XGROUP CREATE s g $ MKSTREAM");
  waits();
  main_("XADD s MAXLEN 0 5-1 f v");
  EXPECT_EQ(reader.deliver(), none);
  EXPECT_EQ(consumer.deliver(), none);
  main_("XGROUP CREATE s other $");
  main_("XGROUP SETID s g $");
  waits();
  main_("XSETID s 9-9");
  EXPECT_EQ(reader.deliver(), "");
  main_("XGROUP DESTROY s other");
  EXPECT_EQ(reader.deliver(), none);
  EXPECT_EQ(consumer.deliver(), none);
}

TEST_F(BlockingTest, InfoCountsTheKeysThatAreWaitedFor) {
  const auto later = frozen_instance(testing::frozen_start_ms, 1, {{"compat-version", "7.4"}});
  using ::testing::HasSubstr;
  using ::testing::Not;
  Peer one(*later);
  Peer two(*later);
  Peer three(*later);
  one("BLPOP a b 0");
  two("BLPOP a 0");
  three("XGROUP CREATE s g $ MKSTREAM");
  three("XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
  const std::string info = Peer(*later)("INFO clients");
  EXPECT_THAT(info, HasSubstr("\r\ntotal_blocking_keys:3\r\n"));
  EXPECT_THAT(info, HasSubstr("\r\ntotal_blocking_keys_on_nokey:1\r\n"));
  EXPECT_THAT(info, HasSubstr("\r\ntotal_watched_keys:0\r\n"));
  EXPECT_THAT(main_("INFO clients"), Not(HasSubstr("total_blocking_keys")));
}

TEST_F(BlockingTest, UnblockAnswersAsATimeoutOrWithAnError) {
  Peer peer(*instance_);
  EXPECT_EQ(unblock(peer), ":0\r\n");
  peer("BLPOP k 0");
  EXPECT_EQ(unblock(peer), ":1\r\n");
  EXPECT_EQ(unblock(peer), ":0\r\n");
  EXPECT_EQ(peer.deliver(), "*-1\r\n");
  peer("BLPOP k 0");
  EXPECT_EQ(unblock(peer, "ERROR"), ":1\r\n");
  EXPECT_EQ(peer.deliver(), "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
  peer("WAIT 1 0");
  EXPECT_EQ(unblock(peer), ":1\r\n");
  EXPECT_EQ(peer.deliver(), ":0\r\n");
}

TEST_F(BlockingTest, WhoGoesAwayOrIsKilledIsForgotten) {
  auto gone = std::make_unique<Peer>(*instance_);
  Peer killed(*instance_);
  Peer stays(*instance_);
  (*gone)("BLPOP k 0");
  killed("BLPOP k 0");
  stays("BLPOP k 0");
  gone.reset();
  main_({"CLIENT", "KILL", "ID", std::to_string(killed.session().client().id)});
  main_("RPUSH k a");
  EXPECT_EQ(stays.deliver(), pair_of("k", "a"));
  EXPECT_EQ(instance_->waiters().size(), 0u);
}

TEST_F(BlockingTest, AWaiterOnSeveralKeysIsServedOnceByTheOneThatIsReady) {
  Peer peer(*instance_);
  peer("BLPOP a b a 0");
  main_("SET a text");
  main_("RPUSH b x y");
  EXPECT_EQ(peer.deliver(), pair_of("b", "x"));
  EXPECT_EQ(main_("LLEN b"), ":1\r\n");
  main_("DEL a");
  main_("RPUSH a z");
  EXPECT_EQ(peer.deliver(), "");
  EXPECT_EQ(main_("LLEN a"), ":1\r\n");
}

// Found by histories of four threads: a push to one key and a push to another served each a part of
// the same waiters, as no order of the two could have.
TEST_F(BlockingTest, AStepHoldsEveryKeyOfThoseWhomItMayServe) {
  Peer peer(*instance_);
  Peer next(*instance_);
  peer("BLPOP a b 0");
  next("BLMOVE b c LEFT LEFT 0");
  const store::KeyHash& hash = instance_->keyspace().hash();
  std::vector<store::Hashed> held{hash("a")};
  EXPECT_TRUE(instance_->waiters().reach(held));
  ASSERT_EQ(held.size(), 3u);
  EXPECT_EQ(held[1].hash, hash("b").hash);
  EXPECT_EQ(held[2].hash, hash("c").hash);
}

TEST_F(BlockingTest, AValueOfAnotherTypeServesNobody) {
  Peer list(*instance_);
  Peer set(*instance_);
  list("BLPOP k 0");
  set("BZPOPMIN k 0");
  main_("ZADD k 1 m");
  EXPECT_EQ(list.deliver(), "");
  EXPECT_EQ(set.deliver(), "*3\r\n" + bulk("k") + bulk("m") + bulk("1"));
  main_("RPUSH k a");
  EXPECT_EQ(list.deliver(), pair_of("k", "a"));
}

TEST_F(BlockingTest, AReaderOfStreamsWaitsForWhatIsNewer) {
  Peer newest(*instance_);
  Peer later(*instance_);
  main_("XADD s 1-1 f v");
  newest("XREAD BLOCK 0 STREAMS s $");
  later("XREAD COUNT 1 BLOCK 5 STREAMS s t 3-0 $");
  main_("XADD s 2-1 f v");
  const std::string entry =
      "*1\r\n*2\r\n" + bulk("s") + "*1\r\n*2\r\n" + bulk("2-1") + "*2\r\n" + bulk("f") + bulk("v");
  EXPECT_EQ(newest.deliver(), entry);
  EXPECT_EQ(later.deliver(), "");
  pass(5);
  EXPECT_EQ(later.deliver(), "*-1\r\n");
}

TEST_F(BlockingTest, KeysThatArriveOtherwiseThanByAPushServeToo) {
  Peer peer(*instance_);
  main_("RPUSH other a b c d");
  peer("BLPOP k 0");
  main_("RENAME other k");
  EXPECT_EQ(peer.deliver(), pair_of("k", "a"));
  main_("RENAME k other");
  peer("BLPOP k 0");
  main_("COPY other k");
  EXPECT_EQ(peer.deliver(), pair_of("k", "b"));
  main_("DEL k");
  peer("BLPOP k 0");
  main_("MOVE other 1");
  EXPECT_EQ(peer.deliver(), "");
  main_("SELECT 1");
  main_("RENAME other k");
  EXPECT_EQ(peer.deliver(), "");
  main_("SWAPDB 0 1");
  EXPECT_EQ(peer.deliver(), pair_of("k", "b"));
}

TEST_F(BlockingTest, RepliesThatNobodyWantsAreLeftOut) {
  Peer peer(*instance_);
  EXPECT_EQ(peer.send("CLIENT REPLY SKIP\r\nBLPOP k 0\r\nPING\r\n"), "");
  main_("RPUSH k a");
  EXPECT_EQ(peer.deliver(), "+PONG\r\n");
}

TEST_F(BlockingTest, WhoWaitsIsShownByClientListAndInfo) {
  Peer peer(*instance_);
  peer("BLPOP k 1");
  EXPECT_NE(main_("CLIENT LIST").find("flags=b "), std::string::npos);
  EXPECT_NE(main_("INFO clients").find("blocked_clients:1\r\n"), std::string::npos);
  EXPECT_NE(main_("INFO clients").find("clients_in_timeout_table:1\r\n"), std::string::npos);
  main_("RPUSH k a");
  EXPECT_EQ(main_("CLIENT LIST").find("flags=b "), std::string::npos);
  EXPECT_NE(main_("INFO clients").find("blocked_clients:0\r\n"), std::string::npos);
}

}  // namespace
}  // namespace redouble::session
