// The commands for keys of any type, on a key that holds no string.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/bag.hpp"
#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using testing::Bag;
using namespace testing::replies;

class GenericObjectTest : public ::testing::Test {
 protected:
  void put(std::string_view key, Bag::Members members, value::Type type = value::Type::set) {
    const store::Hashed hashed = instance->keyspace().hash()(key);
    instance->step({.keys = {&hashed, 1}}, nullptr, [&](store::LockSet& locks, instance::Step&) {
      locks.database(0).put_object(hashed, Bag::make(std::move(members), type), {},
                                   {store::EventKind::set, "sadd"});
    });
  }
  void add(std::string_view key, std::string_view member, int database = 0) {
    const store::Hashed hashed = instance->keyspace().hash()(key);
    instance->step({.keys = {&hashed, 1}}, nullptr, [&](store::LockSet& locks, instance::Step&) {
      store::Keys keys = locks.database(database);
      static_cast<Bag*>(keys.own_object(hashed))->add(member);
      keys.changed(hashed, {store::EventKind::set, "sadd"});
    });
  }
  Bag::Members members(std::string_view key, int database = 0) {
    const store::Hashed hashed = instance->keyspace().hash()(key);
    return instance->step({.keys = {&hashed, 1}}, nullptr,
                          [&](store::LockSet& locks, instance::Step&) {
                            const store::Entry* entry = locks.database(database).find(hashed);
                            return static_cast<const Bag&>(entry->object()).members();
                          });
  }

  std::unique_ptr<instance::Instance> instance =
      testing::frozen_instance(testing::frozen_start_ms, 1, {{"enable-debug-command", "yes"}});
  testing::Peer peer{*instance};
};

TEST_F(GenericObjectTest, TypeEncodingAndScanSayWhatItIs) {
  put("k", {"a"}, value::Type::zset);
  peer("SET s v");
  EXPECT_EQ(peer("TYPE k"), "+zset\r\n");
  EXPECT_EQ(peer("OBJECT ENCODING k"), bulk("listpack"));
  EXPECT_EQ(peer("OBJECT REFCOUNT k"), integer(1));
  EXPECT_EQ(peer("SCAN 0 COUNT 100 TYPE zset"), "*2\r\n$1\r\n0\r\n*1\r\n" + bulk("k"));
  EXPECT_EQ(peer("SCAN 0 COUNT 100 TYPE string"), "*2\r\n$1\r\n0\r\n*1\r\n" + bulk("s"));
  EXPECT_EQ(peer("MEMORY USAGE k").front(), ':');
}

TEST_F(GenericObjectTest, StringCommandsRefuseIt) {
  for (const std::string_view request :
       {"GET k", "GETDEL k", "GETEX k", "GETSET k v", "GETRANGE k 0 1", "SETRANGE k 0 v",
        "APPEND k v", "STRLEN k", "INCR k", "DECRBY k 2", "INCRBYFLOAT k 1.5", "SET k v GET",
        "SUBSTR k 0 1"}) {
    put("k", {"a"});
    EXPECT_EQ(peer(request), wrong_type) << request;
    EXPECT_EQ(members("k"), (Bag::Members{"a"})) << request;
  }
  EXPECT_EQ(peer("MGET k"), "*1\r\n$-1\r\n");
  EXPECT_EQ(peer("LCS k k"), "-ERR The specified keys must contain string values\r\n");
}

TEST_F(GenericObjectTest, SetOverItMakesAString) {
  for (const std::string_view request :
       {"SET k v", "MSET k v", "SETEX k 100 v", "SET k v KEEPTTL", "PSETEX k 100000 v"}) {
    put("k", {"a"});
    peer(request);
    EXPECT_EQ(peer("GET k"), bulk("v")) << request;
  }
  put("k", {"a"});
  EXPECT_EQ(peer("SETNX k v"), integer(0));
  EXPECT_EQ(peer("TYPE k"), "+set\r\n");
}

TEST_F(GenericObjectTest, CopyRenameAndMoveTakeTheValueAlong) {
  put("k", {"a"});
  EXPECT_EQ(peer("COPY k c"), integer(1));
  add("c", "b");
  EXPECT_EQ(members("k"), (Bag::Members{"a"}));
  EXPECT_EQ(members("c"), (Bag::Members{"a", "b"}));
  EXPECT_EQ(peer("RENAME c r"), ok);
  EXPECT_EQ(peer("EXISTS c"), integer(0));
  EXPECT_EQ(members("r"), (Bag::Members{"a", "b"}));
  EXPECT_EQ(peer("MOVE r 1"), integer(1));
  EXPECT_EQ(peer("EXISTS r"), integer(0));
  EXPECT_EQ(members("r", 1), (Bag::Members{"a", "b"}));
  EXPECT_EQ(peer("COPY k r DB 1 REPLACE"), integer(1));
  EXPECT_EQ(members("r", 1), (Bag::Members{"a"}));
}

TEST_F(GenericObjectTest, LivesAndDiesLikeAnyOther) {
  put("k", {"a"});
  EXPECT_EQ(peer("EXPIRE k 10"), integer(1));
  EXPECT_EQ(peer("TTL k"), ":10\r\n");
  EXPECT_EQ(members("k"), (Bag::Members{"a"}));
  EXPECT_EQ(peer("PERSIST k"), integer(1));
  EXPECT_EQ(peer("PEXPIRE k 10"), integer(1));
  instance->clock().advance_us(11'000);
  EXPECT_EQ(peer("EXISTS k"), integer(0));
  put("k", {"a"});
  EXPECT_EQ(peer("DEL k"), integer(1));
  put("k", {"a"});
  EXPECT_EQ(peer("UNLINK k"), integer(1));
  put("k", {"a"});
  EXPECT_EQ(peer("FLUSHALL"), ok);
  EXPECT_EQ(instance->keyspace().entry_bytes(), 0u);
}

// The digests were given by redis-server 7.0.15 for `SADD k a b c` and `RPUSH k a b c`.
TEST_F(GenericObjectTest, DigestsFollowFromTheContents) {
  const auto digest = [&] {
    return instance->step({.all = true}, nullptr, [&](store::LockSet& locks, instance::Step&) {
      return instance->digest(locks);
    });
  };
  put("k", {"a", "b", "c"});
  EXPECT_EQ(peer("DEBUG DIGEST-VALUE k"), "*1\r\n+593c2414786d75446e97f4ea5d4b731f3313da72\r\n");
  const std::uint64_t before = digest();
  add("k", "d");
  EXPECT_NE(digest(), before);
  put("k", {"c", "b", "a"});
  EXPECT_EQ(digest(), before);
  put("k", {"a", "b", "c"}, value::Type::list);
  EXPECT_NE(digest(), before);
  EXPECT_EQ(peer("DEBUG DIGEST-VALUE k"), "*1\r\n+8bf72d812571eea9b927f3c11beb0c4165a6ff89\r\n");
}

}  // namespace
}  // namespace redouble::command
