#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "resp/reply_reader.hpp"
#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;
using testing::frozen_start_ms;

constexpr std::string_view same = "-ERR source and destination objects are the same\r\n";
constexpr std::string_view no_database = "-ERR DB index is out of range\r\n";

resp::Reply reply_of(std::string_view bytes) {
  resp::ReplyReader reader;
  reader.feed(bytes);
  resp::Reply reply;
  EXPECT_EQ(reader.next(reply), resp::ReplyReader::Status::reply) << bytes;
  return reply;
}

std::vector<std::string> texts(const resp::Reply& reply) {
  std::vector<std::string> found;
  for (const resp::Reply& element : reply.elements) found.push_back(element.text);
  return found;
}

class GenericTest : public ::testing::Test {
 protected:
  void advance_ms(std::int64_t ms) { instance->clock().advance_us(ms * 1000); }
  // The keys of a whole SCAN with these options; each must be given once.
  std::multiset<std::string> scanned(std::string_view options) {
    std::multiset<std::string> keys;
    std::string cursor = "0";
    do {
      const auto reply = reply_of(peer("SCAN " + cursor + " " + std::string(options)));
      cursor = reply.elements.at(0).text;
      for (const std::string& key : texts(reply.elements.at(1))) keys.insert(key);
    } while (cursor != "0");
    return keys;
  }

  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(GenericTest, CountsTheKeysThatAreThere) {
  peer("MSET a 1 b 2");
  EXPECT_EQ(peer("EXISTS a b c a"), integer(3));
  EXPECT_EQ(peer("TOUCH a b c"), integer(2));
  EXPECT_EQ(peer("DEL a c a"), integer(1));
  EXPECT_EQ(peer("UNLINK b"), integer(1));
  EXPECT_EQ(peer("EXISTS a b"), integer(0));
  EXPECT_EQ(peer("TYPE a"), "+none\r\n");
  peer("SET a 1");
  EXPECT_EQ(peer("TYPE a"), "+string\r\n");
}

TEST_F(GenericTest, ExpireTakesSecondsAndMillisecondsFromNowAndSince1970) {
  peer("SET k v");
  EXPECT_EQ(peer("EXPIRE k 100"), integer(1));
  EXPECT_EQ(peer("TTL k"), integer(100));
  EXPECT_EQ(peer("PTTL k"), integer(100'000));
  EXPECT_EQ(peer("EXPIRETIME k"), integer(frozen_start_ms / 1000 + 100));
  EXPECT_EQ(peer("PEXPIREAT k " + std::to_string(frozen_start_ms + 1499)), integer(1));
  EXPECT_EQ(peer("TTL k"), integer(1));
  EXPECT_EQ(peer("PEXPIRE k 1500"), integer(1));
  EXPECT_EQ(peer("TTL k"), integer(2));
  EXPECT_EQ(peer("PEXPIRETIME k"), integer(frozen_start_ms + 1500));
  EXPECT_EQ(peer("PERSIST k"), integer(1));
  EXPECT_EQ(peer("PERSIST k"), integer(0));
  EXPECT_EQ(peer("TTL k"), integer(-1));
  EXPECT_EQ(peer("EXPIREAT k " + std::to_string(frozen_start_ms / 1000 + 5)), integer(1));
  advance_ms(5001);
  for (const char* line : {"TTL k", "PTTL k", "EXPIRETIME k", "PEXPIRETIME k"}) {
    EXPECT_EQ(peer(line), integer(-2));
  }
  EXPECT_EQ(peer("EXPIRE k 1"), integer(0));
}

TEST_F(GenericTest, ADeadlineInThePastDeletesAtOnce) {
  for (const char* line : {"EXPIRE k 0", "PEXPIRE k -5", "EXPIREAT k 1", "PEXPIREAT k 1"}) {
    peer("SET k v");
    EXPECT_EQ(peer(line), integer(1));
    EXPECT_EQ(peer("EXISTS k"), integer(0));
  }
}

TEST_F(GenericTest, ExpireObeysItsConditions) {
  peer("SET k v");
  EXPECT_EQ(peer("EXPIRE k 10 XX"), integer(0));
  EXPECT_EQ(peer("EXPIRE k 10 GT"), integer(0));
  EXPECT_EQ(peer("EXPIRE k 10 lt"), integer(1));
  EXPECT_EQ(peer("EXPIRE k 10 NX"), integer(0));
  EXPECT_EQ(peer("EXPIRE k 10 GT"), integer(0));
  EXPECT_EQ(peer("EXPIRE k 11 GT"), integer(1));
  EXPECT_EQ(peer("EXPIRE k 12 LT"), integer(0));
  EXPECT_EQ(peer("EXPIRE k 9 XX LT"), integer(1));
  EXPECT_EQ(peer("TTL k"), integer(9));
  EXPECT_EQ(peer("EXPIRE k 1 foo"), "-ERR Unsupported option foo\r\n");
  EXPECT_EQ(peer("EXPIRE k x foo"), "-ERR Unsupported option foo\r\n");
  EXPECT_EQ(peer("EXPIRE k 1 NX GT"),
            "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n");
  EXPECT_EQ(peer("EXPIRE k 1 GT LT"),
            "-ERR GT and LT options at the same time are not compatible\r\n");
  EXPECT_EQ(peer("EXPIRE k 9223372036854776"), "-ERR invalid expire time in 'expire' command\r\n");
  EXPECT_EQ(peer("PEXPIRE k 9223372036854775807"),
            "-ERR invalid expire time in 'pexpire' command\r\n");
  EXPECT_EQ(peer("PEXPIREAT k 9223372036854775807"), integer(1));
}

TEST_F(GenericTest, RenameMovesValueAndDeadline) {
  EXPECT_EQ(peer("RENAME a b"), "-ERR no such key\r\n");
  peer("SET a 1 PX 100");
  peer("SET b 2");
  EXPECT_EQ(peer("RENAMENX a b"), integer(0));
  EXPECT_EQ(peer("RENAMENX a a"), integer(0));
  EXPECT_EQ(peer("RENAME a a"), ok);
  EXPECT_EQ(peer("RENAME a b"), ok);
  EXPECT_EQ(peer("EXISTS a"), integer(0));
  EXPECT_EQ(peer("GET b"), bulk("1"));
  EXPECT_EQ(peer("PTTL b"), integer(100));
  EXPECT_EQ(peer("RENAMENX b c"), integer(1));
  advance_ms(101);
  EXPECT_EQ(peer("GET c"), null);
}

TEST_F(GenericTest, CopyTakesADatabaseAndReplace) {
  peer("SET a 1 PX 100");
  EXPECT_EQ(peer("COPY a a"), same);
  EXPECT_EQ(peer("COPY a a DB 0"), same);
  EXPECT_EQ(peer("COPY a a DB 1"), integer(1));
  EXPECT_EQ(peer("COPY a a DB 1"), integer(0));
  EXPECT_EQ(peer("COPY none b"), integer(0));
  EXPECT_EQ(peer("COPY a b"), integer(1));
  EXPECT_EQ(peer("PTTL b"), integer(100));
  peer("SET a 2");
  EXPECT_EQ(peer("COPY a b"), integer(0));
  EXPECT_EQ(peer("COPY a b replace"), integer(1));
  EXPECT_EQ(peer("TTL b"), integer(-1));
  EXPECT_EQ(peer("COPY a b DB 16"), no_database);
  EXPECT_EQ(peer("COPY a b DB -1"), no_database);
  EXPECT_EQ(peer("COPY a b DB"), syntax_error);
  EXPECT_EQ(peer("COPY a b DB x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(peer("COPY a b DB 2147483648"),
            "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n");
  peer("SELECT 1");
  EXPECT_EQ(peer("GET a"), bulk("1"));
}

TEST_F(GenericTest, MoveGivesAKeyToAnotherDatabase) {
  peer("SET k v PX 100");
  EXPECT_EQ(peer("MOVE k 0"), same);
  EXPECT_EQ(peer("MOVE k 16"), no_database);
  EXPECT_EQ(peer("MOVE none 1"), integer(0));
  EXPECT_EQ(peer("MOVE k 1"), integer(1));
  EXPECT_EQ(peer("EXISTS k"), integer(0));
  peer("SET k w");
  EXPECT_EQ(peer("MOVE k 1"), integer(0));
  peer("SELECT 1");
  EXPECT_EQ(peer("GET k"), bulk("v"));
  EXPECT_EQ(peer("PTTL k"), integer(100));
}

TEST_F(GenericTest, KeysAndScanGiveWhatMatches) {
  std::multiset<std::string> all;
  for (int index = 0; index < 300; ++index) {
    const std::string key = "key:" + std::to_string(index);
    peer("SET " + key + " v");
    all.insert(key);
  }
  peer("SET dead v PX 1");
  advance_ms(2);
  EXPECT_THAT(texts(reply_of(peer("KEYS *"))), ::testing::UnorderedElementsAreArray(all));
  EXPECT_THAT(texts(reply_of(peer("KEYS key:[12]"))),
              ::testing::UnorderedElementsAre("key:1", "key:2"));
  EXPECT_EQ(peer("KEYS nothing"), "*0\r\n");
  EXPECT_EQ(scanned(""), all);
  EXPECT_EQ(scanned("COUNT 1"), all);
  EXPECT_EQ(scanned("COUNT 1000000 TYPE STRING"), all);
  EXPECT_TRUE(scanned("TYPE list").empty());
  EXPECT_THAT(scanned("MATCH key:?"), ::testing::SizeIs(10));
}

TEST_F(GenericTest, WhatRedisWouldFreeAsideIsCounted) {
  const auto freed = [&] {
    const std::string info = peer("INFO memory");
    const std::string field = "lazyfreed_objects:";
    return std::stoi(info.substr(info.find(field) + field.size()));
  };
  for (int index = 0; index < 65; ++index) {
    const std::string member = "member" + std::to_string(index);
    peer("SADD large " + member);
    if (index < 64) peer("SADD small " + member);
    peer("HSET listpack " + member + " v");
    peer("XADD stream " + std::to_string(index + 1) + " f v");
  }
  peer({"SET", "string", std::string(100'000, 'x')});
  peer("UNLINK small listpack string none");
  EXPECT_EQ(freed(), 0);
  peer("UNLINK large");
  EXPECT_EQ(freed(), 1);
  peer("XGROUP CREATE stream g 0");
  peer("XREADGROUP GROUP g c STREAMS stream >");
  peer("UNLINK stream");
  EXPECT_EQ(freed(), 2);
  peer("MSET a 1 b 2 c 3");
  peer("FLUSHALL");
  EXPECT_EQ(freed(), 2);
  peer("MSET a 1 b 2 c 3");
  peer("FLUSHDB ASYNC");
  EXPECT_EQ(freed(), 5);
  peer("CONFIG RESETSTAT");
  EXPECT_EQ(freed(), 0);
}

TEST_F(GenericTest, ScanRemovesWhatIsDueAndKeysDoesNot) {
  peer("SET a 1 PX 5");
  peer("SET b 1");
  instance->active_expire = false;
  instance->advance_us(0, 6'000);
  EXPECT_EQ(peer("KEYS *"), "*1\r\n" + bulk("b"));
  EXPECT_EQ(peer("DBSIZE"), ":2\r\n");
  EXPECT_EQ(peer("SCAN 0 COUNT 100"), "*2\r\n" + bulk("0") + "*1\r\n" + bulk("b"));
  EXPECT_EQ(peer("DBSIZE"), ":1\r\n");
}

TEST_F(GenericTest, ScanRefusesWhatIsNoCursorAndNoOption) {
  EXPECT_EQ(peer("SCAN x"), "-ERR invalid cursor\r\n");
  EXPECT_EQ(peer("SCAN x foo"), "-ERR invalid cursor\r\n");
  EXPECT_EQ(peer("SCAN 0 COUNT 0"), syntax_error);
  EXPECT_EQ(peer("SCAN 0 COUNT"), syntax_error);
  EXPECT_EQ(peer("SCAN 0 COUNT x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(peer("SCAN 0 foo bar"), syntax_error);
  for (const char* cursor : {"1", "9007199254740991", "18446744073709551615", "70368744177663"}) {
    EXPECT_EQ(reply_of(peer("SCAN " + std::string(cursor))).elements.size(), 2u) << cursor;
  }
}

TEST_F(GenericTest, RandomKeyIsAnyKeyOfTheDatabase) {
  EXPECT_EQ(peer("RANDOMKEY"), null);
  peer("MSET a 1 b 2");
  std::set<std::string> drawn;
  for (int draw = 0; draw < 100; ++draw) drawn.insert(peer("RANDOMKEY"));
  EXPECT_EQ(drawn, (std::set<std::string>{bulk("a"), bulk("b")}));
}

TEST_F(GenericTest, ObjectTellsReferencesAsRedisCountsThem) {
  const auto references = [&](std::string_view value) {
    peer({"SET", "k", value});
    return peer("OBJECT REFCOUNT k");
  };
  EXPECT_EQ(references("0"), integer(2147483647));
  EXPECT_EQ(references("9999"), integer(2147483647));
  EXPECT_EQ(references("10000"), integer(1));
  EXPECT_EQ(references("-1"), integer(1));
  EXPECT_EQ(references("text"), integer(1));
  peer("SET k 5");
  peer("COPY k c");
  EXPECT_EQ(peer("OBJECT REFCOUNT c"), integer(1));
  peer("EXPIRE c 10");
  EXPECT_EQ(peer("OBJECT REFCOUNT c"), integer(1));
  peer("INCR c");
  EXPECT_EQ(peer("OBJECT REFCOUNT c"), integer(2147483647));
  peer("CONFIG SET maxmemory 100mb maxmemory-policy allkeys-lru");
  EXPECT_EQ(references("5"), integer(1));
  EXPECT_EQ(peer("OBJECT REFCOUNT none"), null);
}

TEST_F(GenericTest, ObjectTellsIdleTimeOrFrequencyByThePolicy) {
  peer("SET k v");
  advance_ms(61'000);
  EXPECT_EQ(peer("OBJECT IDLETIME k"), integer(61));
  EXPECT_THAT(peer("OBJECT FREQ k"),
              ::testing::StartsWith("-ERR An LFU maxmemory policy is not selected, access "));
  peer("TTL k");
  peer("TYPE k");
  peer("EXISTS k");
  EXPECT_EQ(peer("OBJECT IDLETIME k"), integer(61));
  peer("TOUCH k");
  EXPECT_EQ(peer("OBJECT IDLETIME k"), integer(0));
  peer("CONFIG SET maxmemory-policy allkeys-lfu lfu-log-factor 0");
  peer("SET f v");
  EXPECT_EQ(peer("OBJECT FREQ f"), integer(5));
  peer("GET f");
  EXPECT_EQ(peer("OBJECT FREQ f"), integer(6));
  peer("SET f w");
  EXPECT_EQ(peer("OBJECT FREQ f"), integer(7));
  advance_ms(2 * 60'000);
  EXPECT_EQ(peer("OBJECT FREQ f"), integer(5));
  EXPECT_THAT(peer("OBJECT IDLETIME f"),
              ::testing::StartsWith("-ERR An LFU maxmemory policy is selected, idle time "));
}

}  // namespace
}  // namespace redouble::command
