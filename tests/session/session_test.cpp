#include "session/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/allocation_count.hpp"
#include "support/session_peer.hpp"

namespace redouble::session {
namespace {

using testing::bulk;
using testing::frozen_instance;
using ::testing::HasSubstr;
using testing::Peer;
using testing::request_of;

TEST(SessionReplyMode, OffAnswersNothingUntilOn) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer("CLIENT REPLY OFF"), "");
  EXPECT_EQ(peer("SET k 1"), "");
  EXPECT_EQ(peer("NOSUCH"), "");
  EXPECT_EQ(peer("CLIENT REPLY SKIP"), "");
  EXPECT_EQ(peer("GET k"), "");
  EXPECT_EQ(peer("CLIENT REPLY ON"), "+OK\r\n");
  EXPECT_EQ(peer("GET k"), bulk("1"));
}

TEST(SessionReplyMode, SkipLeavesOutItselfAndTheNextReply) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer.send("CLIENT REPLY SKIP\r\nSET k 1\r\nGET k\r\n"), bulk("1"));
  EXPECT_EQ(peer.send("CLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nPING\r\n"), "+OK\r\n+PONG\r\n");
}

// Found by the fuzzer; redis-server 7.0.15 says nothing either.
// As redis-server 7.0.15: RESET ends OFF and says so, but SKIP leaves its reply out.
TEST(SessionReplyMode, ResetIsAnsweredAfterOffAndNotAfterSkip) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer.send("CLIENT REPLY OFF\r\nRESET\r\nPING\r\n"), "+RESET\r\n+PONG\r\n");
  EXPECT_EQ(peer.send("CLIENT REPLY SKIP\r\nRESET\r\nPING\r\n"), "+PONG\r\n");
}

// Inline and array requests, errors, an empty line, and a bulk above what is copied.
std::string mixed_pipeline() {
  std::string bytes = "SET k 10\r\n*0\r\n\r\n";
  bytes += request_of(std::vector<std::string_view>{"APPEND", "k", "\r\n"});
  bytes += "GET k\nNOSUCH a\r\nGET\r\n*1\r\n$4\r\nPING\r\n";
  bytes += request_of(std::vector<std::string>{"SET", "large", std::string(300, 'x')});
  bytes += "GETRANGE large 0 4\r\nSTRLEN large\r\n*1\r\n$x\r\n";
  return bytes;
}

TEST(Session, AnswersTheSameWhereverThePipelineIsSplit) {
  const std::string bytes = mixed_pipeline();
  const auto first = frozen_instance();
  Peer whole(*first);
  const std::string expected = whole.send(bytes);
  EXPECT_TRUE(whole.closed());
  EXPECT_TRUE(
      expected.ends_with("$5\r\nxxxxx\r\n:300\r\n"
                         "-ERR Protocol error: invalid bulk length\r\n"))
      << expected;
  const auto second = frozen_instance();
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    Peer{*second}("FLUSHALL");
    Peer split(*second);
    const std::string head = split.send(bytes.substr(0, at));
    ASSERT_EQ(head + split.send(bytes.substr(at)), expected) << "split at " << at;
  }
  Peer{*second}("FLUSHALL");
  Peer by_byte(*second);
  std::string answer;
  for (const char byte : bytes) answer += by_byte.send({&byte, 1});
  EXPECT_EQ(answer, expected);
}

// What is guessed of the next request's key is its beginning here, or no key at all.
TEST(Session, AKeyIsItsOwnWhateverTheRequestBeforeItLetGuess) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer("MSET a 1 aa 22 aaa 333 MSET 4444"), "+OK\r\n");
  EXPECT_EQ(peer.send("GETRANGE a 0 -1\r\nGETRANGE aa 0 -1\r\nGETRANGE aaa 0 -1\r\n"),
            bulk("1") + bulk("22") + bulk("333"));
  EXPECT_EQ(peer.send("GETRANGE aaa 0 -1\r\nGETRANGE aa 0 -1\r\nGETRANGE a 0 -1\r\n"),
            bulk("333") + bulk("22") + bulk("1"));
  std::string requests;
  for (const std::vector<std::string_view>& words :
       std::initializer_list<std::vector<std::string_view>>{{"STRLEN", "aa"},
                                                            {"APPEND", "aa", "xx"},
                                                            {"GETDEL", "aa"},
                                                            {"CONFIG", "aa"},
                                                            {"STRLEN", "aa"},
                                                            {"OBJECT", "FREQUENCY", "aa"},
                                                            {"TYPE", "MSET"},
                                                            {"ECHO", "MSET"},
                                                            {"MGET", "MSET", "aaa"},
                                                            {"GET", "MSET"}}) {
    requests += request_of(words);
  }
  const std::string replies = peer.send(requests);
  EXPECT_THAT(replies, ::testing::StartsWith(":2\r\n:4\r\n" + bulk("22xx") + "-"));
  EXPECT_THAT(replies, ::testing::EndsWith("+string\r\n" + bulk("MSET") + "*2\r\n" + bulk("4444") +
                                           bulk("333") + bulk("4444")));
}

// The first of each request may make what is kept, a table or a buffer.
TEST(Session, TheUsualRequestsAllocateNothing) {
  const auto instance = frozen_instance();
  Workbench bench(0);
  Session session(*instance, bench, {});
  const auto run = [&](std::string_view bytes) {
    std::memcpy(session.prepare().data(), bytes.data(), bytes.size());
    session.received(bytes.size());
    bench.output.clear();
  };
  run("RPUSH l first second\r\n");
  for (const std::vector<std::string_view>& words :
       std::initializer_list<std::vector<std::string_view>>{
           {"PING"},
           {"SET", "s", "a value of some length"},
           {"GET", "s"},
           {"GETRANGE", "s", "1", "5"},
           {"SETRANGE", "s", "2", "xx"},
           {"STRLEN", "s"},
           {"SET", "n", "100"},
           {"INCR", "n"},
           {"INCRBY", "n", "5"},
           {"MSET", "s", "another of this length", "n", "200"},
           {"MGET", "s", "n", "none"},
           {"EXISTS", "s"},
           {"TYPE", "s"},
           {"TTL", "s"},
           {"HSET", "h", "f", "v"},
           {"HGET", "h", "f"},
           {"HMGET", "h", "f", "none"},
           {"HGETALL", "h"},
           {"HINCRBY", "h", "n", "1"},
           {"HEXISTS", "h", "f"},
           {"HLEN", "h"},
           {"SADD", "set", "member"},
           {"SISMEMBER", "set", "member"},
           {"SCARD", "set"},
           {"ZADD", "z", "1", "member"},
           {"ZADD", "z", "2", "member", "3", "another"},
           {"ZSCORE", "z", "member"},
           {"ZRANK", "z", "member"},
           {"ZRANGE", "z", "0", "-1"},
           {"LSET", "l", "0", "another"},
           {"LINDEX", "l", "0"},
           {"LLEN", "l"},
           {"LRANGE", "l", "0", "-1"},
           {"SETBIT", "bits", "100", "1"},
           {"GETBIT", "bits", "100"},
       }) {
    const std::string bytes = request_of(words);
    run(bytes);
    run(bytes);
    const testing::AllocationCount count;
    run(bytes);
    EXPECT_EQ(count.total(), 0u) << words[0];
  }
}

// Each value has hundreds of pieces; who takes it out of the keyspace frees only a few of them.
TEST(Session, LargeValuesAreFreedElsewhere) {
  constexpr std::size_t few = 100;
  const auto instance = frozen_instance();
  Peer peer(*instance);
  const auto fill = [&](std::string_view command, std::string_view key,
                        std::span<const std::string_view> before_element) {
    for (int batch = 0; batch < 20; ++batch) {
      std::string requests;
      for (int index = 0; index < 300; ++index) {
        std::vector<std::string> words{std::string(command), std::string(key)};
        for (const std::string_view word : before_element) {
          words.emplace_back(word == "%n" ? std::to_string(batch * 300 + index) : word);
        }
        words.push_back(std::to_string(batch * 300 + index) + std::string(200, 'x'));
        requests += request_of(words);
      }
      peer.send(requests);
    }
  };
  struct Case {
    std::string_view command;  // that adds an element
    std::vector<std::string_view> before_element;
    std::string_view request;  // on the key k
  };
  for (const auto& [command, before, request] : std::initializer_list<Case>{
           {"RPUSH", {}, "DEL k"},
           {"RPUSH", {}, "LTRIM k 0 0"},
           {"RPUSH", {}, "LPOP k 5999"},
           {"HSET", {"%n"}, "UNLINK k"},
           {"HSET", {"%n"}, "SET k v"},
           {"SADD", {}, "SPOP k 6000"},
           {"SADD", {}, "SINTERSTORE k k none"},
           {"ZADD", {"%n"}, "ZREMRANGEBYRANK k 0 -1"},
           {"ZADD", {"%n"}, "ZPOPMIN k 6000"},
           {"ZADD", {"%n"}, "PEXPIRE k 0"},
           {"XADD", {"%n", "f"}, "XTRIM k MAXLEN 1"},
           {"XADD", {"%n", "f"}, "XTRIM k MINID 5990"},
           {"XADD", {"%n", "f"}, "XADD k MAXLEN ~ 1 * f v"},
           {"XADD", {"%n", "f"}, "RENAME small k"},
           {"XADD", {"%n", "f"}, "COPY small k REPLACE"},
           {"XADD", {"%n", "f"}, "FLUSHALL"},
       }) {
    peer("DEL k");
    peer("SET small 1");
    fill(command, "k", before);
    const testing::AllocationCount count;
    peer(request);
    EXPECT_LT(count.frees(), few) << request;
  }
}

// Work is counted, not time: who asks for everything keeps the others waiting meanwhile.
TEST(Session, WhoLooksAtEverythingRemovesOnlySomeOfManyDueKeys) {
  constexpr std::size_t keys = 3000;
  const auto instance = frozen_instance();
  Peer peer(*instance);
  for (std::size_t index = 0; index < keys; ++index) {
    peer("SET " + std::to_string(10'000 + index) + " v PX 1");
  }
  const std::size_t each = instance->keyspace().entry_bytes() / keys;
  instance->clock().advance_us(10'000);
  for (const std::string_view request :
       {"DBSIZE", "CLIENT LIST", "HELLO 3", "INFO", "KEYS x*", "CONFIG SET timeout 0"}) {
    const std::size_t before = instance->keyspace().entry_bytes();
    peer(request);
    const std::size_t removed = (before - instance->keyspace().entry_bytes()) / each;
    EXPECT_LE(removed, instance::Instance::most_swept_first) << request;
  }
  EXPECT_EQ(peer("KEYS *"), "*0\r\n");
  while (instance->run_due(0)) {
  }
  EXPECT_EQ(peer("DBSIZE"), ":0\r\n");
}

TEST(Session, AnswersInlineRequestsWithTheirQuotes) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer("SET k \"a\\x00 b\""), "+OK\r\n");
  EXPECT_EQ(peer("get 'k'"), bulk({"a\0 b", 4}));
  EXPECT_EQ(peer("set k \"v"), "-ERR Protocol error: unbalanced quotes in request\r\n");
  EXPECT_TRUE(peer.closed());
}

TEST(Session, LetsTheOutputBeSentBeforeItGrowsBeyondItsLimit) {
  constexpr int requests = 12;
  const std::string value(100'000, 'x');
  const auto instance = frozen_instance();
  Workbench bench(0);
  Session session(*instance, bench, {.address = "127.0.0.1:1", .local_address = ""});
  Peer(*instance).send(request_of(std::vector<std::string_view>{"SET", "k", value}));
  std::string bytes;
  for (int index = 0; index < requests; ++index) bytes += "GET k\r\n";
  std::memcpy(session.prepare().data(), bytes.data(), bytes.size());
  std::string answer;
  int batches = 1;
  Progress progress = session.received(bytes.size());
  for (;; ++batches) {
    EXPECT_LE(bench.output.size(), instance::Instance::usual_output_pause + bulk(value).size());
    answer += bench.output.to_string();
    bench.output.clear();
    if (progress != Progress::more) break;
    EXPECT_GT(session.unread(), 0u);
    progress = session.resume();
  }
  EXPECT_EQ(progress, Progress::input);
  EXPECT_EQ(batches, 4);
  EXPECT_EQ(answer.size(), requests * bulk(value).size());
}

TEST(Session, AnIdleSessionOwnsNoBuffer) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer.session().buffer_bytes(), 0u);
  peer("PING");
  EXPECT_EQ(peer.session().buffer_bytes(), 0u);
  EXPECT_EQ(peer.send("PI"), "");
  EXPECT_EQ(peer.session().unread(), 2u);
  EXPECT_GT(peer.session().buffer_bytes(), 0u);
  EXPECT_EQ(peer.send("NG\r\n"), "+PONG\r\n");
  EXPECT_EQ(peer.session().unread(), 0u);
  EXPECT_EQ(peer.session().buffer_bytes(), 0u);
}

TEST(Session, AnAnnouncedBulkTakesMemoryOnlyAsItsBytesCome) {
  constexpr std::size_t announced = 8 * 1024 * 1024;
  const auto instance = frozen_instance();
  Peer peer(*instance);
  std::string head = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + std::to_string(announced) + "\r\n";
  EXPECT_EQ(peer.send(head), "");
  std::size_t sent = head.size();
  const std::string piece(40'000, 'x');
  std::size_t growths = 0;
  std::size_t capacity = peer.session().buffer_bytes();
  while (sent - head.size() < announced) {
    EXPECT_LE(peer.session().buffer_bytes(), 3 * sent + 64 * 1024);
    const std::size_t size = std::min(piece.size(), announced - (sent - head.size()));
    EXPECT_EQ(peer.send(piece.substr(0, size)), "");
    sent += size;
    if (peer.session().buffer_bytes() != capacity) ++growths;
    capacity = peer.session().buffer_bytes();
  }
  EXPECT_LE(growths, 16u);
  EXPECT_EQ(peer.send("\r\n"), "+OK\r\n");
  EXPECT_EQ(peer.session().buffer_bytes(), 0u);
  EXPECT_EQ(peer("STRLEN k"), ":8388608\r\n");
}

// The bulk is in a block of its own, and its request comes once more after the wait.
TEST(SessionPause, HoldsALargeWriteAndKeepsItsBytes) {
  const std::string value(100'000, 'x');
  const auto instance = frozen_instance();
  Peer writer(*instance);
  Peer other(*instance);
  EXPECT_EQ(other("CLIENT PAUSE 1000 WRITE"), "+OK\r\n");
  EXPECT_EQ(writer({"SET", "k", value}), "");
  EXPECT_TRUE(writer.waiting());
  EXPECT_EQ(writer.send("GET k\r\n"), "");
  EXPECT_EQ(writer.resume(), "");
  EXPECT_TRUE(writer.waiting());
  EXPECT_EQ(other("CLIENT UNPAUSE"), "+OK\r\n");
  EXPECT_EQ(writer.deliver(), "+OK\r\n" + bulk(value));
  EXPECT_EQ(writer.session().buffer_bytes(), 0u);
}

TEST(Session, ALargeValueIsTheBlockThatItWasReceivedIn) {
  const std::string value(100'000, 'x');
  const auto instance = frozen_instance();
  Peer peer(*instance);
  peer({"SET", "k", value});
  // No room that a doubling left, and none for the bytes behind the bulk.
  EXPECT_EQ(peer("MEMORY USAGE k"), ":100058\r\n");
}

TEST(Session, ClosesWhereUnreadBytesOutgrowTheQueryBufferLimit) {
  const auto instance =
      frozen_instance(testing::frozen_start_ms, 1, {{"client-query-buffer-limit", "1mb"}});
  Peer peer(*instance);
  EXPECT_EQ(peer.send("*2\r\n$4\r\nECHO\r\n$4000000\r\n"), "");
  EXPECT_EQ(peer.send(std::string(1'000'000, 'x')), "");
  EXPECT_FALSE(peer.closed());
  EXPECT_EQ(peer.send(std::string(200'000, 'x')), "");
  EXPECT_TRUE(peer.closed());
}

TEST(Session, WholeArgumentsDoNotCountForTheQueryBufferLimit) {
  const auto instance =
      frozen_instance(testing::frozen_start_ms, 1, {{"client-query-buffer-limit", "1mb"}});
  for (const std::size_t size : {std::size_t{40}, std::size_t{20'000}, std::size_t{500'000}}) {
    Peer peer(*instance);
    std::vector<std::string> words{"MSET"};
    for (std::size_t sum = 0; sum < 3'000'000; sum += size) {
      words.push_back("k" + std::to_string(words.size()));
      words.push_back(std::string(size, 'v'));
    }
    const std::string request = testing::request_of(words);
    std::string reply;
    for (std::size_t at = 0; at < request.size(); at += 16'384) {
      reply += peer.send(request.substr(at, 16'384));
    }
    EXPECT_EQ(reply, "+OK\r\n") << size;
    EXPECT_FALSE(peer.closed()) << size;
  }
}

TEST(Session, InfoTellsNoNegativeTimeToLive) {
  const auto instance =
      frozen_instance(testing::frozen_start_ms, 1, {{"enable-debug-command", "yes"}});
  Peer peer(*instance);
  peer("DEBUG SET-ACTIVE-EXPIRE 0");
  peer("SET k v PX 10");
  instance->clock().advance_us(50'000);
  EXPECT_EQ(peer("INFO keyspace"), bulk("# Keyspace\r\ndb0:keys=1,expires=1,avg_ttl=0\r\n"));
}

TEST(Session, AKilledClientIsAnsweredNothingMore) {
  const auto instance = frozen_instance();
  Peer killer(*instance);
  Peer victim(*instance);
  EXPECT_EQ(killer({"CLIENT", "KILL", "ID", std::to_string(victim.session().client().id)}),
            ":1\r\n");
  EXPECT_EQ(victim.send("SET k v\r\n"), "");
  EXPECT_TRUE(victim.closed());
  EXPECT_EQ(killer("EXISTS k"), ":0\r\n");
  Peer other(*instance);
  killer({"CLIENT", "KILL", "ID", std::to_string(other.session().client().id)});
  EXPECT_EQ(other.deliver(), "");
  EXPECT_TRUE(other.closed());
}

TEST(Session, QuitIsAnsweredAndWhatFollowsIsNot) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer.send("QUIT\r\nPING\r\n"), "+OK\r\n");
  EXPECT_TRUE(peer.closed());
}

TEST(Session, SpeaksTheProtocolThatHelloChose) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer("GET nothing"), "$-1\r\n");
  EXPECT_TRUE(peer("HELLO 3").starts_with("%7\r\n$6\r\nserver\r\n"));
  EXPECT_EQ(peer("GET nothing"), "_\r\n");
  EXPECT_EQ(peer("HELLO 4"), "-NOPROTO unsupported protocol version\r\n");
  EXPECT_EQ(peer("GET nothing"), "_\r\n");
  EXPECT_TRUE(peer("HELLO 2").starts_with("*14\r\n"));
  EXPECT_EQ(peer("GET nothing"), "$-1\r\n");
}

TEST(SessionPause, HoldsAWriteAndAllThatFollowsItUntilTheTimeHasCome) {
  const auto instance = frozen_instance();
  Peer pauser(*instance);
  Peer writer(*instance);
  EXPECT_EQ(pauser("CLIENT PAUSE 1000 WRITE"), "+OK\r\n");
  EXPECT_EQ(writer.send("PING\r\nSET k 1\r\nGET k\r\n"), "+PONG\r\n");
  EXPECT_TRUE(writer.waiting());
  EXPECT_EQ(writer.send("GET k\r\n"), "");  // in order, also what could run
  EXPECT_EQ(pauser("GET k"), "$-1\r\n");
  EXPECT_EQ(instance->alarms().size(), 1u);
  instance->advance_us(0, 999'999);
  EXPECT_EQ(writer.resume(), "");
  EXPECT_TRUE(writer.waiting());
  instance->advance_us(0, 1);
  EXPECT_EQ(writer.deliver(), "+OK\r\n" + bulk("1") + bulk("1"));
  EXPECT_FALSE(writer.waiting());
  EXPECT_EQ(instance->alarms().size(), 0u);
}

TEST(SessionPause, WhatIsDueIsNotSeenAndGoesAfterwards) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  Peer writer(*instance);
  peer("SET k 1 PX 100");
  EXPECT_EQ(peer("CLIENT PAUSE 1000 WRITE"), "+OK\r\n");
  EXPECT_EQ(writer("SET k 2 NX"), "");
  instance->advance_us(0, 500'000);
  EXPECT_FALSE(instance->run_due(0));
  EXPECT_EQ(peer("GET k"), "$-1\r\n");
  EXPECT_EQ(peer("EXISTS k"), ":0\r\n");
  EXPECT_EQ(peer("TTL k"), ":-2\r\n");
  EXPECT_EQ(peer("KEYS *"), "*0\r\n");
  EXPECT_EQ(peer("RANDOMKEY"), "$-1\r\n");
  EXPECT_EQ(peer("DBSIZE"), ":1\r\n");
  EXPECT_NE(peer("INFO stats").find("expired_keys:0\r\n"), std::string::npos);
  EXPECT_GE(instance->earliest_deadline_ms(), testing::frozen_start_ms + 1000);
  instance->advance_us(0, 500'000);
  EXPECT_NE(peer("INFO stats").find("expired_keys:1\r\n"), std::string::npos);
  EXPECT_EQ(writer.deliver(), "+OK\r\n");
  EXPECT_EQ(peer("GET k"), bulk("2"));
}

TEST(SessionPause, WhoIsHeldBackIsShownAsBlocked) {
  const auto instance = frozen_instance();
  Peer pauser(*instance);
  Peer counter(*instance);
  pauser("PFADD k a");
  EXPECT_EQ(pauser("CLIENT PAUSE 1000 WRITE"), "+OK\r\n");
  EXPECT_EQ(counter("PFCOUNT k"), "");  // it may remember the count in the key
  EXPECT_NE(pauser("CLIENT LIST").find("flags=b "), std::string::npos);
  EXPECT_NE(pauser("INFO clients").find("blocked_clients:1\r\n"), std::string::npos);
  instance->advance_us(0, 1'000'000);
  EXPECT_EQ(counter.deliver(), ":1\r\n");
  EXPECT_EQ(pauser("CLIENT LIST").find("flags=b "), std::string::npos);
  EXPECT_NE(pauser("INFO clients").find("blocked_clients:0\r\n"), std::string::npos);
}

TEST(SessionPause, OfAllHoldsUnpauseTooWhereTimePasses) {
  instance::Instance::Options options;
  const auto instance = session::open_instance(std::move(options));
  Peer pauser(*instance);
  EXPECT_EQ(pauser("CLIENT PAUSE 3600000"), "+OK\r\n");
  EXPECT_EQ(pauser("CLIENT UNPAUSE"), "");
  EXPECT_TRUE(pauser.waiting());
  instance->advance_us(0, 3'600'001'000);
  EXPECT_EQ(pauser.deliver(), "+OK\r\n");
}

TEST(SessionPause, OfAllHoldsReadsTooAndUnpauseEndsItWhereTimeStands) {
  const auto instance = frozen_instance();
  Peer pauser(*instance);
  Peer reader(*instance);
  EXPECT_EQ(pauser("CLIENT PAUSE 100000"), "+OK\r\n");
  EXPECT_EQ(reader("GET k"), "");
  EXPECT_TRUE(reader.waiting());
  EXPECT_EQ(pauser("CLIENT UNPAUSE"), "+OK\r\n");
  EXPECT_EQ(reader.deliver(), "$-1\r\n");
}

TEST(SessionPause, AClientThatGoesWhileItWaitsLeavesNoAlarm) {
  const auto instance = frozen_instance();
  Peer pauser(*instance);
  pauser("CLIENT PAUSE 1000");
  {
    Peer waiter(*instance);
    waiter("GET k");
    EXPECT_EQ(instance->alarms().size(), 1u);
  }
  EXPECT_EQ(instance->alarms().size(), 0u);
  EXPECT_EQ(instance->clients().size(), 1u);
}

constexpr std::string_view invalidation_of_k = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n";

// A reply that is newer than a message must not overtake it: whoever keeps what it read would keep
// the stale value for ever.
TEST(SessionMail, StandsBeforeTheReplyThatIsNewer) {
  const auto instance = frozen_instance();
  Peer cache(*instance);
  Peer writer(*instance);
  cache.send("HELLO 3\r\nCLIENT TRACKING ON\r\n");
  EXPECT_EQ(cache("GET k"), "_\r\n");
  EXPECT_EQ(writer("SET k 2"), "+OK\r\n");
  EXPECT_EQ(cache("GET k"), std::string(invalidation_of_k) + bulk("2"));
}

// What a step itself finds expired, before its command runs, is mail of that step.
TEST(SessionMail, OfTheStepItselfStandsBeforeItsReply) {
  const auto instance = frozen_instance();
  Peer cache(*instance);
  cache.send("HELLO 3\r\nCLIENT TRACKING ON\r\nSET k 1 PX 10\r\nGET k\r\n");
  instance->clock().advance_us(11'000);  // and nobody sweeps
  EXPECT_EQ(cache("DBSIZE"), std::string(invalidation_of_k) + ":0\r\n");
}

TEST(SessionMail, ComesByItselfWhereTheClientAsksNothing) {
  const auto instance = frozen_instance();
  Peer cache(*instance);
  Peer writer(*instance);
  cache.send("HELLO 3\r\nCLIENT TRACKING ON\r\nGET k\r\n");
  EXPECT_EQ(cache.deliver(), "");
  writer("SET k 2");
  EXPECT_EQ(cache.deliver(), invalidation_of_k);
  EXPECT_EQ(cache.deliver(), "");
}

// Where CLIENT REPLY leaves nothing to send, the real server does not come to close: the client
// stays, and what it sends is dropped.
TEST(SessionReplyMode, QuitWithoutAReplyLeavesADeafClient) {
  const auto instance = frozen_instance();
  for (const std::string_view mode : {"OFF", "SKIP"}) {
    Peer peer(*instance);
    EXPECT_EQ(peer("CLIENT REPLY " + std::string(mode)), "");
    EXPECT_EQ(peer.send("QUIT\r\nCLIENT REPLY ON\r\nPING\r\n"), "");
    EXPECT_FALSE(peer.closed());
    EXPECT_EQ(peer.send("CLIENT REPLY ON\r\nSET k 1\r\n"), "");
    EXPECT_EQ(peer.session().unread(), 0u);
    EXPECT_EQ(Peer(*instance)("EXISTS k"), ":0\r\n");
    EXPECT_FALSE(peer.closed());
  }
}

TEST(SessionReplyMode, AProtocolErrorWithoutAReplyLeavesADeafClient) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer("CLIENT REPLY OFF"), "");
  EXPECT_EQ(peer.send("GET k\r\n*x\r\nCLIENT REPLY ON\r\n"), "");
  EXPECT_EQ(peer("CLIENT REPLY ON"), "");
  EXPECT_FALSE(peer.closed());
  Peer killer(*instance);
  EXPECT_THAT(killer("CLIENT LIST"), HasSubstr("flags=c "));
  killer({"CLIENT", "KILL", "ID", std::to_string(peer.session().client().id)});
  EXPECT_EQ(peer.deliver(), "");
  EXPECT_TRUE(peer.closed());
}

TEST(SessionReplyMode, WhatWasAnsweredBeforeInTheSameBatchIsSentAndCloses) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer.send("PING\r\nCLIENT REPLY OFF\r\nQUIT\r\n"), "+PONG\r\n");
  EXPECT_TRUE(peer.closed());
}

TEST(SessionReplyMode, ADeafClientGetsNoMail) {
  const auto instance = frozen_instance();
  Peer cache(*instance);
  Peer writer(*instance);
  cache.send("HELLO 3\r\nCLIENT TRACKING ON\r\nGET k\r\nCLIENT REPLY OFF\r\n");
  EXPECT_EQ(cache("QUIT"), "");
  writer("SET k 1");
  EXPECT_EQ(cache.deliver(), "");
  EXPECT_FALSE(cache.closed());
}

TEST(SessionMail, IsDeliveredAlsoWhereRepliesAreOff) {
  const auto instance = frozen_instance();
  Peer cache(*instance);
  cache.send("HELLO 3\r\nCLIENT TRACKING ON\r\nCLIENT REPLY OFF\r\n");
  EXPECT_EQ(cache("GET k"), "");
  EXPECT_EQ(cache.send("SET k 1\r\nPING\r\n"), invalidation_of_k);
}

}  // namespace
}  // namespace redouble::session
