// Fields with deadlines, as Redis 7.4 has them: examples of the documentation, and each error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/journal.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using testing::bulk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Peer;

constexpr std::int64_t start_ms = testing::frozen_start_ms;

class HashExpireTest : public ::testing::Test {
 protected:
  static std::unique_ptr<instance::Instance> of_version(std::string_view version) {
    return testing::frozen_instance(start_ms, 1,
                                    {{"compat-version", version}, {"enable-debug-command", "yes"}});
  }
  void advance_ms(std::int64_t ms) { instance->advance_us(0, ms * 1000); }
  // Time passes, and nobody looks.
  void pass_ms(std::int64_t ms) { instance->clock().advance_us(ms * 1000); }
  std::string later(std::int64_t ms) { return std::to_string(start_ms + ms); }

  std::unique_ptr<instance::Instance> instance = of_version("7.4");
  Peer peer{*instance};
};

std::string integers(std::initializer_list<std::int64_t> numbers) {
  std::string reply = "*" + std::to_string(numbers.size()) + "\r\n";
  for (const std::int64_t number : numbers) reply += ":" + std::to_string(number) + "\r\n";
  return reply;
}

TEST_F(HashExpireTest, TheExamplesOfTheDocumentation) {
  EXPECT_EQ(peer("HEXPIRE no-key 20 NX FIELDS 2 field1 field2"), integers({-2, -2}));
  EXPECT_EQ(peer("HSET mykey field1 hello field2 world"), ":2\r\n");
  EXPECT_EQ(peer("HEXPIRE mykey 10 FIELDS 3 field1 field2 field3"), integers({1, 1, -2}));
  EXPECT_EQ(peer("HTTL mykey FIELDS 3 field1 field2 field3"), integers({10, 10, -2}));
  advance_ms(10'001);
  EXPECT_EQ(peer("HGETALL mykey"), "*0\r\n");
  EXPECT_EQ(peer("EXISTS mykey"), ":0\r\n");

  EXPECT_EQ(peer("HSET mykey field1 hello field2 world"), ":2\r\n");
  EXPECT_EQ(peer("HEXPIRE mykey 300 FIELDS 2 field1 field2"), integers({1, 1}));
  advance_ms(17'000);
  EXPECT_EQ(peer("HTTL mykey FIELDS 2 field1 field2"), integers({283, 283}));
  EXPECT_EQ(peer("HPERSIST mykey FIELDS 1 field2"), integers({1}));
  EXPECT_EQ(peer("HPERSIST mykey FIELDS 2 field2 none"), integers({-1, -2}));
  EXPECT_EQ(peer("HPERSIST none FIELDS 1 a"), integers({-2}));
  EXPECT_EQ(peer("HTTL mykey FIELDS 2 field1 field2"), integers({283, -1}));
}

TEST_F(HashExpireTest, ADeadlineNeedsMemory) {
  peer("HSET h a 1");
  EXPECT_EQ(peer("CONFIG SET maxmemory 1"), "+OK\r\n");
  for (const char* command : {"HEXPIRE", "HPEXPIRE", "HEXPIREAT", "HPEXPIREAT"}) {
    EXPECT_EQ(peer(std::string(command) + " h 100 FIELDS 1 a"),
              "-OOM command not allowed when used memory > 'maxmemory'.\r\n")
        << command;
  }
}

TEST_F(HashExpireTest, EveryUnitMeansTheSameDeadline) {
  peer("HSET h a 1 b 2 c 3 d 4");
  EXPECT_EQ(peer("HEXPIRE h 100 FIELDS 1 a"), integers({1}));
  EXPECT_EQ(peer("HPEXPIRE h 100000 FIELDS 1 b"), integers({1}));
  EXPECT_EQ(peer("HEXPIREAT h " + std::to_string(start_ms / 1000 + 100) + " FIELDS 1 c"),
            integers({1}));
  EXPECT_EQ(peer("HPEXPIREAT h " + later(100'000) + " FIELDS 1 d"), integers({1}));
  const std::int64_t at = start_ms + 100'000;
  EXPECT_EQ(peer("HPEXPIRETIME h FIELDS 4 a b c d"), integers({at, at, at, at}));
  EXPECT_EQ(peer("HEXPIRETIME h FIELDS 1 a"), integers({at / 1000}));
  pass_ms(1);
  EXPECT_EQ(peer("HPTTL h FIELDS 1 a"), integers({99'999}));
  EXPECT_EQ(peer("HTTL h FIELDS 1 a"), integers({100}));  // up
}

TEST_F(HashExpireTest, AConditionIsJudgedFieldByField) {
  peer("HSET h a 1 b 2");
  peer("HEXPIRE h 100 FIELDS 1 a");
  EXPECT_EQ(peer("HEXPIRE h 50 NX FIELDS 2 a b"), integers({0, 1}));
  peer("HPERSIST h FIELDS 1 b");
  EXPECT_EQ(peer("HEXPIRE h 200 xx FIELDS 2 a b"), integers({1, 0}));
  EXPECT_EQ(peer("HEXPIRE h 200 GT FIELDS 2 a b"), integers({0, 0}));
  EXPECT_EQ(peer("HEXPIRE h 201 GT FIELDS 2 a b"), integers({1, 0}));
  EXPECT_EQ(peer("HEXPIRE h 201 LT FIELDS 2 a b"), integers({0, 1}));
  EXPECT_EQ(peer("HEXPIRE h 0 GT FIELDS 1 a"), integers({0}));
  EXPECT_EQ(peer("HEXPIRE h 0 LT FIELDS 1 a"), integers({2}));
}

TEST_F(HashExpireTest, EveryConditionOfEachCommandIsJudged) {
  struct Case {
    std::string command;  // with what stands for 50, 100 and 200 seconds from now
    std::string sooner, same, later;
  };
  const std::int64_t now_s = start_ms / 1000;
  const auto from_epoch = [&](std::int64_t s) { return std::to_string(now_s + s); };
  const auto ms_from_epoch = [&](std::int64_t s) { return std::to_string(start_ms + s * 1000); };
  const std::vector<Case> cases = {
      {"HEXPIRE h ", "50", "100", "200"},
      {"HPEXPIRE h ", "50000", "100000", "200000"},
      {"HEXPIREAT h ", from_epoch(50), from_epoch(100), from_epoch(200)},
      {"HPEXPIREAT h ", ms_from_epoch(50), ms_from_epoch(100), ms_from_epoch(200)}};
  for (const auto& [command, sooner, same, later] : cases) {
    // `a` is due in 100 seconds, `b` never; each condition at each time gives a reply of its own.
    const auto ask = [&](const std::string& time, const std::string& condition) {
      peer("DEL h");
      peer("HSET h a 1 b 2");
      peer(command + same + " FIELDS 1 a");
      return peer(command + time + " " + condition + " FIELDS 2 a b");
    };
    for (const std::string& time : {sooner, same, later}) {
      EXPECT_EQ(ask(time, "NX"), integers({0, 1})) << command << time;
      EXPECT_EQ(ask(time, "XX"), integers({1, 0})) << command << time;
      EXPECT_EQ(ask(time, "GT"), integers({time == later ? 1 : 0, 0})) << command << time;
      EXPECT_EQ(ask(time, "LT"), integers({time == sooner ? 1 : 0, 1})) << command << time;
    }
  }
}

TEST_F(HashExpireTest, AFieldWhoseTimeHasComeIsDeletedAtOnce) {
  peer("HSET h a 1 b 2");
  EXPECT_EQ(peer("HEXPIRE h 0 FIELDS 2 a a"), integers({2, -2}));
  EXPECT_EQ(peer("HPEXPIREAT h " + later(0) + " FIELDS 1 b"), integers({2}));
  EXPECT_EQ(peer("EXISTS h"), ":0\r\n");
}

TEST_F(HashExpireTest, AFieldLivesThroughTheMillisecondOfItsDeadline) {
  peer("DEBUG SET-ACTIVE-EXPIRE 0");
  peer("HSET h a 1 b 2");
  peer("HPEXPIRE h 10 FIELDS 1 a");
  pass_ms(10);
  EXPECT_EQ(peer("HGET h a"), bulk("1"));
  EXPECT_EQ(peer("HPTTL h FIELDS 1 a"), integers({0}));
  pass_ms(1);
  EXPECT_EQ(peer("HGET h a"), "$-1\r\n");
}

TEST_F(HashExpireTest, WhatIsPastItsDeadlineIsGoneOnEveryPathThoughNobodySweeps) {
  peer("DEBUG SET-ACTIVE-EXPIRE 0");
  const auto expired = [&](std::string_view line) {
    peer("FLUSHALL");
    peer("HSET h a 1 b 2");
    peer("HPEXPIRE h 10 FIELDS 1 a");
    pass_ms(11);
    return peer(line);
  };
  const std::string none = "$-1\r\n";
  EXPECT_EQ(expired("HGET h a"), none);
  EXPECT_EQ(expired("HMGET h a b"), "*2\r\n" + none + bulk("2"));
  EXPECT_EQ(expired("HGETALL h"), "*2\r\n" + bulk("b") + bulk("2"));
  EXPECT_EQ(expired("HKEYS h"), "*1\r\n" + bulk("b"));
  EXPECT_EQ(expired("HVALS h"), "*1\r\n" + bulk("2"));
  EXPECT_EQ(expired("HLEN h"), ":1\r\n");
  EXPECT_EQ(expired("HEXISTS h a"), ":0\r\n");
  EXPECT_EQ(expired("HSTRLEN h a"), ":0\r\n");
  EXPECT_EQ(expired("HRANDFIELD h 2 WITHVALUES"), "*2\r\n" + bulk("b") + bulk("2"));
  EXPECT_EQ(expired("HSCAN h 0 NOVALUES"), "*2\r\n" + bulk("0") + "*1\r\n" + bulk("b"));
  EXPECT_EQ(expired("HDEL h a"), ":0\r\n");
  EXPECT_EQ(expired("HSETNX h a 3"), ":1\r\n");
  EXPECT_EQ(expired("HINCRBY h a 5"), ":5\r\n");
  EXPECT_EQ(expired("HTTL h FIELDS 2 a b"), integers({-2, -1}));
  EXPECT_EQ(expired("HPERSIST h FIELDS 1 a"), integers({-2}));
  EXPECT_EQ(expired("HEXPIRE h 10 FIELDS 1 a"), integers({-2}));
  EXPECT_EQ(expired("SCAN 0"), "*2\r\n" + bulk("0") + "*1\r\n" + bulk("h"));
  EXPECT_EQ(expired("KEYS *"), "*1\r\n" + bulk("h"));
  EXPECT_EQ(expired("RANDOMKEY"), bulk("h"));
  EXPECT_EQ(expired("COPY h copy") + peer("HKEYS copy"), ":1\r\n*1\r\n" + bulk("b"));
  EXPECT_EQ(expired("RENAME h other") + peer("HKEYS other"), "+OK\r\n*1\r\n" + bulk("b"));
}

TEST_F(HashExpireTest, AKeyGoesWithItsLastFieldOnEveryPathThoughNobodySweeps) {
  peer("DEBUG SET-ACTIVE-EXPIRE 0");
  const auto expired = [&](std::string_view line) {
    peer("FLUSHALL");
    peer("HSET h a 1 b 2");
    peer("HPEXPIRE h 10 FIELDS 2 a b");
    pass_ms(11);
    return peer(line);
  };
  EXPECT_EQ(expired("EXISTS h"), ":0\r\n");
  EXPECT_EQ(expired("DEL h"), ":0\r\n");
  EXPECT_EQ(expired("TYPE h"), "+none\r\n");
  EXPECT_EQ(expired("KEYS *"), "*0\r\n");
  EXPECT_EQ(expired("SCAN 0"), "*2\r\n" + bulk("0") + "*0\r\n");
  EXPECT_EQ(expired("RANDOMKEY"), "$-1\r\n");
  EXPECT_EQ(expired("TTL h"), ":-2\r\n");
  EXPECT_EQ(expired("RENAME h other"), "-ERR no such key\r\n");
  EXPECT_EQ(expired("DEBUG DIGEST-VALUE h"), "*1\r\n+" + std::string(40, '0') + "\r\n");
  EXPECT_EQ(expired("GET h"), "$-1\r\n");
  EXPECT_EQ(expired("LPUSH h x"), ":1\r\n");
  EXPECT_EQ(expired("HGETALL h"), "*0\r\n");
}

TEST_F(HashExpireTest, TheSweeperRemovesFieldsInTimeAndFreesThem) {
  peer("HSET h a 1 b 2 c 3");
  peer("HPEXPIRE h 10 FIELDS 1 a");
  peer("HPEXPIRE h 20 FIELDS 2 b c");
  EXPECT_THAT(peer("INFO keyspace"), HasSubstr("db0:keys=1,expires=0,avg_ttl=0,subexpiry=1\r\n"));
  EXPECT_EQ(instance->earliest_deadline_ms(), start_ms + 10);
  advance_ms(11);
  EXPECT_THAT(peer("INFO stats"), HasSubstr("\r\nexpired_subkeys:1\r\nexpired_keys:0\r\n"));
  EXPECT_EQ(peer("HKEYS h"), "*2\r\n" + bulk("b") + bulk("c"));
  advance_ms(10);
  EXPECT_EQ(instance->keyspace().entry_bytes(), 0u);
  EXPECT_EQ(peer("DBSIZE"), ":0\r\n");
}

TEST_F(HashExpireTest, HsetEndsADeadlineAndWhatChangesAValueKeepsIt) {
  peer("HSET h a 1 b 2 c 3 d 4");
  peer("HEXPIRE h 100 FIELDS 4 a b c d");
  peer("HSET h a 9");
  peer("HINCRBY h b 1");
  peer("HINCRBYFLOAT h c 0.5");
  peer("HSETNX h d 1");
  EXPECT_EQ(peer("HTTL h FIELDS 4 a b c d"), integers({-1, 100, 100, 100}));
  peer("HMSET h b 1");
  peer("HDEL h c");
  peer("HSET h c 1");
  EXPECT_EQ(peer("HTTL h FIELDS 4 a b c d"), integers({-1, -1, -1, 100}));
}

TEST_F(HashExpireTest, DeadlinesGoWithTheValueToAnotherPlace) {
  peer("HSET h a 1 b 2");
  peer("HEXPIRE h 100 FIELDS 1 a");
  EXPECT_EQ(peer("COPY h copy"), ":1\r\n");
  EXPECT_EQ(peer("RENAME h renamed"), "+OK\r\n");
  EXPECT_EQ(peer("HTTL copy FIELDS 2 a b"), integers({100, -1}));
  EXPECT_EQ(peer("HTTL renamed FIELDS 2 a b"), integers({100, -1}));
  EXPECT_EQ(peer("DEBUG DIGEST-VALUE copy"), peer("DEBUG DIGEST-VALUE renamed"));
  peer("HPERSIST copy FIELDS 1 a");
  EXPECT_NE(peer("DEBUG DIGEST-VALUE copy"), peer("DEBUG DIGEST-VALUE renamed"));
  EXPECT_EQ(peer("MOVE renamed 1"), ":1\r\n");
  EXPECT_EQ(peer("SWAPDB 0 1"), "+OK\r\n");
  EXPECT_EQ(peer("HTTL renamed FIELDS 2 a b"), integers({100, -1}));
  advance_ms(100'001);
  EXPECT_EQ(peer("HGETALL renamed"), "*2\r\n" + bulk("b") + bulk("2"));
}

TEST_F(HashExpireTest, DumpsHoldTheDeadlinesOfFields) {
  const auto restored = [&] {
    const std::string reply = peer("DUMP h");
    const std::string payload = reply.substr(reply.find('\n') + 1);
    EXPECT_EQ(peer({"RESTORE", "again", "0", payload.substr(0, payload.size() - 2), "REPLACE"}),
              "+OK\r\n");
    EXPECT_EQ(peer("DEBUG DIGEST-VALUE again"), peer("DEBUG DIGEST-VALUE h"));
    return peer("HPTTL again FIELDS 3 a b c");
  };
  peer("HSET h a 1 b 2 c text");
  peer("HPEXPIRE h 5000 FIELDS 1 a");
  peer("HPEXPIRE h 90000 FIELDS 1 b");
  EXPECT_EQ(restored(), integers({5000, 90'000, -1}));
  EXPECT_EQ(peer("OBJECT ENCODING again"), bulk("listpackex"));
  peer({"HSET", "h", "c", std::string(65, 'x')});
  EXPECT_EQ(restored(), integers({5000, 90'000, -1}));
  EXPECT_EQ(peer("OBJECT ENCODING again"), bulk("hashtable"));
  EXPECT_EQ(peer("DEBUG RELOAD"), "+OK\r\n");
  EXPECT_EQ(peer("HPTTL h FIELDS 3 a b c"), integers({5000, 90'000, -1}));
  advance_ms(5001);
  EXPECT_EQ(peer("HMGET again a b"), "*2\r\n$-1\r\n" + bulk("2"));
  peer("HPERSIST h FIELDS 1 b");
  EXPECT_EQ(restored(), integers({-2, -1, -1}));
}

TEST_F(HashExpireTest, TheKeysOwnDeadlineStandsBesideThoseOfItsFields) {
  peer("HSET h a 1 b 2");
  peer("EXPIRE h 50");
  peer("HEXPIRE h 10 FIELDS 1 a");
  EXPECT_EQ(peer("TTL h"), ":50\r\n");
  EXPECT_THAT(peer("INFO keyspace"), HasSubstr("expires=1,avg_ttl=50000,subexpiry=1\r\n"));
  peer("PERSIST h");
  EXPECT_EQ(peer("TTL h"), ":-1\r\n");
  peer("EXPIRE h 5");
  EXPECT_EQ(peer("HTTL h FIELDS 1 a"), integers({10}));
  peer("EXPIRE h 20");
  advance_ms(10'001);
  EXPECT_EQ(peer("HKEYS h"), "*1\r\n" + bulk("b"));
  EXPECT_EQ(peer("TTL h"), ":10\r\n");
  advance_ms(10'000);
  EXPECT_EQ(peer("EXISTS h"), ":0\r\n");
  EXPECT_THAT(peer("INFO stats"), HasSubstr("expired_subkeys:1\r\nexpired_keys:1\r\n"));
}

TEST_F(HashExpireTest, OneFieldWithADeadlineMakesAListpackOneOfAnotherName) {
  peer("HSET h a 1");
  EXPECT_EQ(peer("OBJECT ENCODING h"), bulk("listpack"));
  peer("HEXPIRE h 10 FIELDS 1 a");
  EXPECT_EQ(peer("OBJECT ENCODING h"), bulk("listpackex"));
  peer("HPERSIST h FIELDS 1 a");
  EXPECT_EQ(peer("OBJECT ENCODING h"), bulk("listpackex"));
  peer({"HSET", "h", "b", std::string(65, 'x')});
  EXPECT_EQ(peer("OBJECT ENCODING h"), bulk("hashtable"));
}

TEST_F(HashExpireTest, WhoTracksAKeyHearsOfItsFields) {
  peer("HELLO 3");
  peer("HSET h a 1 b 2");
  peer("HPEXPIRE h 10 FIELDS 1 a");
  peer("CLIENT TRACKING ON");
  peer("HGET h b");
  advance_ms(11);
  EXPECT_EQ(peer.deliver(), ">2\r\n$10\r\ninvalidate\r\n*1\r\n" + bulk("h"));
}

TEST_F(HashExpireTest, ASumInTheMillisecondOfADeadlineIsRecordedSoThatTheFieldStays) {
  peer("HSET h a 1 b 2");
  peer("HPEXPIRE h 60 FIELDS 1 a");
  advance_ms(60);
  testing::Journal journal(*instance);
  peer("HINCRBYFLOAT h a 0.5");
  EXPECT_THAT(journal.take_lines(), ElementsAre("HINCRBYFLOAT h a 0.5"));
  EXPECT_EQ(peer("HGET h a"), bulk("1.5"));
}

TEST_F(HashExpireTest, WhatIsRecordedDependsOnNoClock) {
  testing::Journal journal(*instance);
  peer("HSET h a 1 b 2 c 3");
  EXPECT_THAT(journal.take_lines(), ElementsAre("HSET h a 1 b 2 c 3"));
  peer("HEXPIRE h 10 FIELDS 3 a none b");
  EXPECT_THAT(journal.take_lines(), ElementsAre("HPEXPIREAT h " + later(10'000) + " FIELDS 2 a b"));
  peer("HEXPIRE h 10 NX FIELDS 1 a");
  EXPECT_THAT(journal.take_lines(), IsEmpty());
  peer("HEXPIRE h 0 FIELDS 1 a");
  EXPECT_THAT(journal.take_lines(), ElementsAre("HDEL h a"));
  peer("HINCRBYFLOAT h b 1.5");
  EXPECT_THAT(journal.take_lines(),
              ElementsAre("HSET h b 3.5", "HPEXPIREAT h " + later(10'000) + " FIELDS 1 b"));
  pass_ms(10'001);
  peer("HGET h c");
  EXPECT_THAT(journal.take_lines(), ElementsAre("HDEL h b"));
  peer("HEXPIRE h 1 FIELDS 1 c");
  journal.take_lines();
  advance_ms(1001);
  EXPECT_THAT(journal.take_lines(), ElementsAre("HDEL h c"));
}

TEST_F(HashExpireTest, WrongArgumentsAreRefusedInTheirWords) {
  peer("HSET h a 1");
  const std::string misplaced =
      "-ERR Mandatory argument FIELDS is missing or not at the right position\r\n";
  const std::string mismatch =
      "-ERR The `numfields` parameter must match the number of arguments\r\n";
  EXPECT_EQ(peer("HEXPIRE h 1 FIELDS 1"),
            "-ERR wrong number of arguments for 'hexpire' command\r\n");
  EXPECT_EQ(peer("HEXPIRE h x FIELDS 1 a"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(peer("HEXPIRE h -1 FIELDS 1 a"), "-ERR invalid expire time, must be >= 0\r\n");
  EXPECT_EQ(peer("HEXPIRE h 281474976710 FIELDS 1 a"),
            "-ERR invalid expire time in 'hexpire' command\r\n");
  EXPECT_EQ(peer("HPEXPIREAT h 70368744177664 FIELDS 1 a"),
            "-ERR invalid expire time in 'hpexpireat' command\r\n");
  EXPECT_EQ(peer("HPEXPIREAT h 70368744177663 FIELDS 1 a"), integers({1}));
  EXPECT_EQ(peer("HEXPIRE h 1 YX FIELDS 1 a"), misplaced);
  EXPECT_EQ(peer("HEXPIRE h 1 NX XX FIELDS 1 a"), misplaced);
  EXPECT_EQ(peer("HEXPIRE h 1 FIELDS 0 a"),
            "-ERR Parameter `numFields` should be greater than 0\r\n");
  EXPECT_EQ(peer("HEXPIRE h 1 FIELDS x a"),
            "-ERR Parameter `numFields` should be greater than 0\r\n");
  EXPECT_EQ(peer("HEXPIRE h 1 FIELDS 2 a"), mismatch);
  EXPECT_EQ(peer("HEXPIRE h 1 FIELDS 1 a b"), mismatch);
  EXPECT_EQ(peer("HTTL h XFIELDS 1 a"), misplaced);
  EXPECT_EQ(peer("HTTL h FIELDS 0 a"), "-ERR Number of fields must be a positive integer\r\n");
  EXPECT_EQ(peer("HPERSIST h FIELDS 3 a b"), mismatch);
  peer("SET s text");
  for (const char* line : {"HEXPIRE s x FIELDS 1 a", "HTTL s x 1 a", "HPERSIST s x 1 a"}) {
    EXPECT_TRUE(peer(line).starts_with("-WRONGTYPE ")) << line;
  }
}

TEST_F(HashExpireTest, NothingOfItIsThereBeforeItsVersion) {
  const auto old = of_version("7.2");
  Peer before{*old};
  EXPECT_TRUE(before("HEXPIRE h 1 FIELDS 1 a").starts_with("-ERR unknown command 'HEXPIRE'"));
  EXPECT_THAT(before("COMMAND LIST"), Not(HasSubstr("hexpire")));
  EXPECT_THAT(before("INFO everything"), Not(HasSubstr("expired_subkeys")));
  before("HSET h a 1");
  EXPECT_EQ(before("HSCAN h 0 NOVALUES"), "-ERR syntax error\r\n");
  EXPECT_THAT(before("INFO keyspace"), HasSubstr("avg_ttl=0\r\n"));
  EXPECT_THAT(before("COMMAND DOCS hscan"), Not(HasSubstr("NOVALUES")));
  EXPECT_THAT(peer("COMMAND LIST"), HasSubstr("hexpire"));
  EXPECT_THAT(peer("COMMAND LIST"), Not(HasSubstr("hgetex")));
  EXPECT_THAT(peer("COMMAND DOCS hscan"), HasSubstr("NOVALUES"));
}

TEST_F(HashExpireTest, OnlyHscanLeavesValuesOut) {
  peer("HSET h a 1 b 2");
  EXPECT_EQ(peer("HSCAN h 0 NOVALUES COUNT 5"),
            "*2\r\n" + bulk("0") + "*2\r\n" + bulk("a") + bulk("b"));
  peer("SADD s a");
  peer("ZADD z 1 a");
  const std::string refused = "-ERR NOVALUES option can only be used in HSCAN\r\n";
  EXPECT_EQ(peer("SSCAN s 0 NOVALUES"), refused);
  EXPECT_EQ(peer("ZSCAN z 0 COUNT 1 NOVALUES"), refused);
  EXPECT_EQ(peer("SCAN 0 NOVALUES"), refused);
}

}  // namespace
}  // namespace redouble::command
