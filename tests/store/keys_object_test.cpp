// Keys that hold objects: who owns them, what is announced, and what they count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/small_keyspace.hpp"
#include "support/bag.hpp"

namespace redouble::store {
namespace {

using redouble::testing::Bag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Event add_event{EventKind::set, "sadd"};
constexpr Event take_event{EventKind::set, "srem"};
constexpr std::int64_t start_ms = SmallKeyspace::start_ms;

class ObjectKeysTest : public ::testing::Test {
 protected:
  template <class F>
  decltype(auto) on(std::string_view key, F&& f) {
    return small.step({key}, [&](LockSet& locks) -> decltype(auto) {
      Keys keys = locks.database(0);
      return f(keys, small.hashed(key));
    });
  }
  void put(std::string_view key, Bag::Members members, Lifetime lifetime = {},
           value::Type type = value::Type::set) {
    on(key, [&](Keys& keys, const Hashed& hashed) {
      keys.put_object(hashed, Bag::make(members, type), lifetime, add_event);
    });
  }
  void add(std::string_view key, std::string_view member) {
    on(key, [&](Keys& keys, const Hashed& hashed) {
      static_cast<Bag*>(keys.own_object(hashed))->add(member);
      keys.changed(hashed, add_event);
    });
  }
  void take(std::string_view key, std::string_view member) {
    on(key, [&](Keys& keys, const Hashed& hashed) {
      static_cast<Bag*>(keys.own_object(hashed))->take(member);
      keys.changed(hashed, take_event);
    });
  }
  const Entry* find(std::string_view key) {
    return on(key, [](Keys& keys, const Hashed& hashed) { return keys.find(hashed); });
  }
  Bag::Members members(std::string_view key) {
    return static_cast<const Bag&>(find(key)->object()).members();
  }
  value::Table<Entry>& table(LockSet& locks, std::string_view key) {
    return *LockSet::table(locks.stripe_of(small.hashed(key).hash), 0);
  }

  SmallKeyspace small;
};

TEST_F(ObjectKeysTest, AnObjectIsFoundWithItsTypeAndEncoding) {
  put("k", {"a", "b"}, {}, value::Type::zset);
  EXPECT_EQ(find("k")->type(), value::Type::zset);
  EXPECT_EQ(find("k")->encoding(), value::Encoding::listpack);
  EXPECT_EQ(members("k"), (Bag::Members{"a", "b"}));
  add("k", "c");
  EXPECT_EQ(find("k")->encoding(), value::Encoding::hashtable);
  EXPECT_THAT(small.take_heard(), ElementsAre("0 sadd k", "0 sadd k"));
}

TEST_F(ObjectKeysTest, OwningAKeyThatIsNotThereOrExpiredGivesNothing) {
  const auto owned = [&](std::string_view key) {
    return on(key, [](Keys& keys, const Hashed& hashed) { return keys.own_object(hashed); });
  };
  EXPECT_EQ(owned("none"), nullptr);
  put("k", {"a"}, Lifetime::until(start_ms + 5));
  EXPECT_NE(owned("k"), nullptr);
  small.advance_ms(6);
  small.take_heard();
  EXPECT_EQ(owned("k"), nullptr);
  EXPECT_THAT(small.take_heard(), ElementsAre("0 expired k"));
}

TEST_F(ObjectKeysTest, OwningChangesNothingThatIsAnnouncedOrCounted) {
  put("k", {"a"});
  small.take_heard();
  const std::size_t bytes = small.keyspace.entry_bytes();
  on("k", [](Keys& keys, const Hashed& hashed) {
    static_cast<Bag*>(keys.own_object(hashed))->add("b");
  });
  EXPECT_THAT(small.take_heard(), IsEmpty());
  EXPECT_EQ(small.keyspace.entry_bytes(), bytes);
}

TEST_F(ObjectKeysTest, AKeyWhoseValueBecomesEmptyGoesAndSaysSoAfterwards) {
  put("k", {"a", "b"});
  take("k", "a");
  EXPECT_NE(find("k"), nullptr);
  small.take_heard();
  take("k", "b");
  EXPECT_EQ(find("k"), nullptr);
  EXPECT_THAT(small.take_heard(), ElementsAre("0 srem k", "0 del k"));
  EXPECT_EQ(small.keyspace.entry_bytes(), 0u);
}

TEST_F(ObjectKeysTest, AnEmptyStreamStays) {
  put("k", {"a"}, {}, value::Type::stream);
  take("k", "a");
  ASSERT_NE(find("k"), nullptr);
  EXPECT_TRUE(find("k")->object().empty());
}

TEST_F(ObjectKeysTest, BytesFollowEveryChangeAndComeBackToNothing) {
  const auto expect_exact = [&] { EXPECT_EQ(small.keyspace.entry_bytes(), find("k")->bytes()); };
  put("k", {"a"}, Lifetime::until(start_ms + 1000));
  expect_exact();
  for (const std::string_view member : {"b", "c", "d"}) {
    add("k", member);
    expect_exact();
    EXPECT_EQ(find("k")->object().counted_bytes(), find("k")->object().bytes());
  }
  take("k", "a");
  expect_exact();
  put("k", {"x"}, Lifetime::kept());
  EXPECT_EQ(find("k")->deadline().at_ms, start_ms + 1000);
  expect_exact();
  put("k", {"x", "y"});
  EXPECT_FALSE(find("k")->deadline().is_set());
  expect_exact();
  small.set("k", "text");
  expect_exact();
  put("k", {"x", "y"});
  expect_exact();
  on("k", [](Keys& keys, const Hashed& hashed) {
    static_cast<Bag*>(keys.own_object(hashed))->add("uncounted");
    keys.erase(hashed, {EventKind::generic, "del"});
  });
  EXPECT_EQ(small.keyspace.entry_bytes(), 0u);
}

TEST_F(ObjectKeysTest, ASnapshotSeesNothingOfLaterChanges) {
  put("k", {"a"});
  auto snapshot = small.step({"k"}, [&](LockSet& locks) { return table(locks, "k").snapshot(); });
  const Entry* const shared = find("k");
  EXPECT_EQ(on("k", [](Keys& keys, const Hashed& key) { return &keys.find(key)->object(); }),
            &shared->object());
  add("k", "b");
  EXPECT_NE(find("k"), shared);
  EXPECT_EQ(members("k"), (Bag::Members{"a", "b"}));
  EXPECT_EQ(static_cast<const Bag&>(shared->object()).members(), (Bag::Members{"a"}));
  take("k", "a");
  take("k", "b");
  EXPECT_EQ(find("k"), nullptr);
  EXPECT_EQ(small.keyspace.entry_bytes(), 0u);
  EXPECT_EQ(static_cast<const Bag&>(shared->object()).members(), (Bag::Members{"a"}));
}

TEST_F(ObjectKeysTest, ADeadlineGivenLaterKeepsTheValue) {
  put("k", {"a"});
  on("k", [](Keys& keys, const Hashed& hashed) {
    keys.set_deadline(hashed, start_ms + 5, {EventKind::generic, "expire"});
  });
  EXPECT_EQ(members("k"), (Bag::Members{"a"}));
  EXPECT_EQ(small.keyspace.entry_bytes(), find("k")->bytes());
  add("k", "b");
  EXPECT_EQ(find("k")->deadline().at_ms, start_ms + 5);
  small.advance_ms(6);
  EXPECT_EQ(find("k"), nullptr);
}

TEST_F(ObjectKeysTest, AddingToAnObjectIsTheWrongType) {
  put("k", {"a"});
  small.take_heard();
  const Sum sum =
      on("k", [](Keys& keys, const Hashed& key) { return keys.add(key, 1, add_event); });
  EXPECT_EQ(sum.status, Sum::Status::wrong_type);
  EXPECT_THAT(small.take_heard(), IsEmpty());
  EXPECT_EQ(members("k"), (Bag::Members{"a"}));
}

}  // namespace
}  // namespace redouble::store
