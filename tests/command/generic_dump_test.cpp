// DUMP and RESTORE on a clock that stands still; integration/dump_test.py has the real server
// beside them.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;
using testing::frozen_start_ms;

class GenericDumpTest : public ::testing::Test {
 protected:
  std::string dump(std::string_view key) {
    const std::string reply = peer({"DUMP", key});
    const std::size_t begin = reply.find("\r\n") + 2;
    return reply.substr(begin, reply.size() - begin - 2);
  }
  std::string restore(std::string_view ttl, std::string_view payload,
                      std::initializer_list<std::string_view> more = {}) {
    std::vector<std::string> words = {"RESTORE", "r", std::string(ttl), std::string(payload)};
    words.insert(words.end(), more.begin(), more.end());
    return peer.run(words);
  }

  std::unique_ptr<instance::Instance> instance =
      testing::frozen_instance(frozen_start_ms, 1, {{"enable-debug-command", "yes"}});
  testing::Peer peer{*instance};
};

TEST_F(GenericDumpTest, AValueOfEveryTypeComesBackWithItsEncoding) {
  const std::string long_text(100, 'x');
  peer("SET k:string hello");
  peer("SET k:int 12");
  peer("RPUSH k:list a b c");
  peer("SADD k:intset 1 2 3");
  peer("SADD k:set a b 3");
  peer("HSET k:hash f v");
  peer({"HSET", "k:table", "f", long_text});
  peer("ZADD k:zset 1 a 2.5 b");
  peer({"ZADD", "k:skiplist", "-inf", long_text, "7", "b"});
  peer("XADD k:stream 1-1 f v");
  for (const char* key : {"k:string", "k:int", "k:list", "k:intset", "k:set", "k:hash", "k:table",
                          "k:zset", "k:skiplist", "k:stream"}) {
    SCOPED_TRACE(key);
    EXPECT_EQ(restore("0", dump(key), {"REPLACE"}), ok);
    EXPECT_EQ(peer({"OBJECT", "ENCODING", "r"}), peer({"OBJECT", "ENCODING", key}));
    EXPECT_EQ(dump("r"), dump(key));
  }
  EXPECT_EQ(peer("DUMP nosuch"), null);
}

TEST_F(GenericDumpTest, ADeadlineIsRelativeUnlessItIsCalledAbsolute) {
  peer("SET k v");
  const std::string payload = dump("k");
  EXPECT_EQ(restore("5000", payload), ok);
  EXPECT_EQ(peer("PEXPIRETIME r"), ":" + std::to_string(frozen_start_ms + 5000) + "\r\n");
  const std::string later = std::to_string(frozen_start_ms + 1);
  EXPECT_EQ(restore(later, payload, {"REPLACE", "ABSTTL"}), ok);
  EXPECT_EQ(peer("PEXPIRETIME r"), ":" + later + "\r\n");
  EXPECT_EQ(restore("0", payload, {"ABSTTL", "REPLACE"}), ok);
  EXPECT_EQ(peer("PEXPIRETIME r"), ":-1\r\n");
  // One that has come takes away what was there.
  EXPECT_EQ(restore(std::to_string(frozen_start_ms), payload, {"ABSTTL", "REPLACE"}), ok);
  EXPECT_EQ(peer("EXISTS r"), ":0\r\n");
  EXPECT_EQ(restore("1", payload, {"ABSTTL"}), ok);
  EXPECT_EQ(peer("EXISTS r"), ":0\r\n");
}

TEST_F(GenericDumpTest, UsesAreTakenOverWhereThePolicyCountsThem) {
  peer("SET k v");
  const std::string payload = dump("k");
  EXPECT_EQ(restore("0", payload, {"IDLETIME", "77"}), ok);
  EXPECT_EQ(peer("OBJECT IDLETIME r"), ":77\r\n");
  peer("CONFIG SET maxmemory-policy allkeys-lfu");
  EXPECT_EQ(restore("0", payload, {"REPLACE", "FREQ", "99"}), ok);
  EXPECT_EQ(peer("OBJECT FREQ r"), ":99\r\n");
}

TEST_F(GenericDumpTest, AReloadGivesValuesTheEncodingsOfALoad) {
  peer("SADD k a");
  peer("SADD k 1");
  peer("SREM k a");
  peer("EXPIRE k 10");
  EXPECT_EQ(peer("OBJECT ENCODING k"), bulk("hashtable"));
  EXPECT_EQ(peer("DEBUG RELOAD"), ok);
  EXPECT_EQ(peer("OBJECT ENCODING k"), bulk("intset"));
  EXPECT_EQ(peer("SMEMBERS k"), "*1\r\n" + bulk("1"));
  EXPECT_EQ(peer("TTL k"), ":10\r\n");
}

TEST_F(GenericDumpTest, DebugObjectTellsTheBytesOfTheValue) {
  peer("HSET k f v");
  EXPECT_NE(peer("DEBUG OBJECT k").find("encoding:listpack serializedlength:14 "),
            std::string::npos);
  peer({"SET", "k", std::string(100, 'x')});
  EXPECT_NE(peer("DEBUG OBJECT k").find("encoding:raw serializedlength:13 "), std::string::npos);
}

TEST_F(GenericDumpTest, WhatIsWrongIsSaidAndChangesNothing) {
  peer("SET k v");
  peer("SET r old");
  const std::string payload = dump("k");
  std::string damaged = payload;
  damaged[1] ^= 1;
  EXPECT_EQ(restore("0", payload), "-BUSYKEY Target key name already exists.\r\n");
  EXPECT_EQ(restore("-1", payload, {"REPLACE"}), "-ERR Invalid TTL value, must be >= 0\r\n");
  EXPECT_EQ(restore("x", payload, {"REPLACE"}), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(restore("0", damaged, {"REPLACE"}),
            "-ERR DUMP payload version or checksum are wrong\r\n");
  EXPECT_EQ(restore("0", "", {"REPLACE"}), "-ERR DUMP payload version or checksum are wrong\r\n");
  EXPECT_EQ(restore("0", payload, {"REPLACE", "IDLETIME", "-1"}),
            "-ERR Invalid IDLETIME value, must be >= 0\r\n");
  EXPECT_EQ(restore("0", payload, {"REPLACE", "FREQ", "256"}),
            "-ERR Invalid FREQ value, must be >= 0 and <= 255\r\n");
  EXPECT_EQ(restore("0", payload, {"REPLACE", "FREQ", "1", "IDLETIME", "1"}),
            "-ERR syntax error\r\n");
  // A list of no elements, sealed well: 18, 0, version 10.
  const std::string empty_list("\x12\x00\x0a\x00\x69\xf6\x84\x5b\x6a\x1b\xbf\x57", 12);
  EXPECT_EQ(restore("0", empty_list, {"REPLACE"}), "-ERR Bad data format\r\n");
  EXPECT_EQ(peer("GET r"), bulk("old"));
}

}  // namespace
}  // namespace redouble::command
