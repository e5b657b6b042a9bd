// Keys that hold objects: who owns them, what is announced, and what they count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "store/small_keyspace.hpp"
#include "support/bag.hpp"
#include "value/hash.hpp"

namespace redouble::store::keys_object_test {
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
    const value::Object& object = find("k")->object();
    EXPECT_GE(object.counted_bytes(), object.bytes());
    EXPECT_LT(object.counted_bytes(), object.bytes() + value::Slab::step);
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

// A hash, some of whose fields have deadlines.
class PartsTest : public ObjectKeysTest {
 protected:
  using Deadlines = std::vector<std::pair<std::string, std::int64_t>>;

  static value::Hash hash_of(const Deadlines& fields) {
    value::Hash hash;
    for (const auto& [field, at_ms] : fields) {
      hash.set(field, "v", {});
      if (at_ms > 0) hash.set_deadline(field, start_ms + at_ms, {});
    }
    return hash;
  }
  void put_hash(const Deadlines& fields, Lifetime lifetime = {}) {
    on("h", [&](Keys& keys, const Hashed& hashed) {
      keys.put_object(hashed, value::make_object<value::HashObject>(hash_of(fields)), lifetime,
                      {EventKind::hash, "hset"});
    });
    small.take_heard();
  }
  template <class F>
  void change(F&& f) {
    on("h", [&](Keys& keys, const Hashed& hashed) {
      f(static_cast<value::HashObject*>(keys.own_object(hashed))->hash());
      keys.changed(hashed, {EventKind::hash, "hset"});
    });
    small.take_heard();
  }
  std::int64_t due_ms() { return find("h")->due().at_ms - start_ms; }
  std::size_t fields() {
    const Entry* entry = find("h");
    return entry == nullptr ? 0
                            : static_cast<const value::HashObject&>(entry->object()).hash().size();
  }
  bool sweep(std::size_t most = 100) {
    return small.keyspace.sweep(0, small.sink, most, [](LockSet&) {});
  }
};

TEST_F(PartsTest, AnEntryIsDueAtTheFirstOfItsKeysDeadlineAndThoseOfItsFields) {
  put_hash({{"a", 20}, {"b", 10}, {"c", 0}});
  EXPECT_EQ(due_ms(), 10);
  EXPECT_FALSE(find("h")->deadline().is_set());
  change([](value::Hash& hash) { hash.drop_deadline("b"); });
  EXPECT_EQ(due_ms(), 20);
  on("h", [](Keys& keys, const Hashed& hashed) {
    keys.set_deadline(hashed, start_ms + 15, {EventKind::generic, "expire"});
  });
  EXPECT_EQ(due_ms(), 15);
  EXPECT_EQ(find("h")->deadline().at_ms, start_ms + 15);
  on("h", [](Keys& keys, const Hashed& hashed) {
    keys.set_deadline(hashed, std::nullopt, {EventKind::generic, "persist"});
  });
  EXPECT_EQ(due_ms(), 20);
  change([](value::Hash& hash) { hash.erase("a"); });
  EXPECT_FALSE(find("h")->due().is_set());
  EXPECT_TRUE(find("h")->keeps_parts_due());
}

TEST_F(PartsTest, TheFirstDeadlineOfAFieldMakesRoomForItBesideTheKeys) {
  put_hash({{"a", 0}}, Lifetime::until(start_ms + 50));
  EXPECT_FALSE(find("h")->keeps_parts_due());
  const std::size_t plain = find("h")->bytes();
  change([](value::Hash& hash) { hash.set_deadline("a", start_ms + 5, {}); });
  EXPECT_EQ(due_ms(), 5);
  EXPECT_EQ(find("h")->deadline().at_ms, start_ms + 50);
  EXPECT_GT(find("h")->bytes(), plain);
  EXPECT_EQ(small.keyspace.entry_bytes(), find("h")->bytes());
}

TEST_F(PartsTest, FieldsThatAreDueGoWithWhoLooksFirst) {
  put_hash({{"a", 5}, {"b", 5}, {"c", 6}, {"d", 0}});
  small.advance_ms(6);
  EXPECT_EQ(fields(), 2u);
  EXPECT_THAT(small.take_heard(), ElementsAre("0 hexpired h"));
  small.advance_ms(1);
  EXPECT_NE(on("h", [](Keys& keys, const Hashed& hashed) { return keys.own_object(hashed); }),
            nullptr);
  EXPECT_THAT(small.take_heard(), ElementsAre("0 hexpired h"));
  EXPECT_EQ(small.keyspace.entry_bytes(), find("h")->bytes());
}

TEST_F(PartsTest, TheLastFieldTakesTheKeyWithIt) {
  put_hash({{"a", 5}});
  small.advance_ms(6);
  EXPECT_EQ(find("h"), nullptr);
  EXPECT_THAT(small.take_heard(), ElementsAre("0 hexpired h", "0 del h"));
  EXPECT_EQ(small.keyspace.entry_bytes(), 0u);
}

TEST_F(PartsTest, FieldsGoInTheOrderOfTheirDeadlinesAndBeforeAKeyThatIsDueLater) {
  put_hash({{"a", 6}, {"b", 5}}, Lifetime::until(start_ms + 6));
  small.advance_ms(7);
  EXPECT_EQ(find("h"), nullptr);
  EXPECT_THAT(small.take_heard(), ElementsAre("0 hexpired h", "0 expired h"));
}

TEST_F(PartsTest, ASweepCountsFieldsAsItCountsKeys) {
  put_hash({{"a", 5}, {"b", 5}, {"c", 5}, {"d", 9}});
  small.advance_ms(6);
  EXPECT_TRUE(sweep(2));
  EXPECT_THAT(small.take_heard(), ElementsAre("0 hexpired h"));
  EXPECT_FALSE(sweep(2));
  EXPECT_THAT(small.take_heard(), ElementsAre("0 hexpired h"));
  EXPECT_EQ(small.keyspace.earliest_deadline_ms(), start_ms + 9);
  const Totals totals =
      small.whole_step([&](LockSet& locks) { return small.keyspace.totals(locks); });
  EXPECT_EQ(totals.expired_parts, 3u);
  EXPECT_EQ(totals.expired, 0u);
}

TEST_F(PartsTest, ASnapshotKeepsFieldsThatExpireInTheTable) {
  put_hash({{"a", 5}, {"b", 0}});
  auto snapshot = small.step({"h"}, [&](LockSet& locks) { return table(locks, "h").snapshot(); });
  small.advance_ms(6);
  EXPECT_EQ(fields(), 1u);
  const Hashed key = small.hashed("h");
  const auto& kept = static_cast<const value::HashObject&>(snapshot.find(key.hash, "h")->object());
  EXPECT_EQ(kept.hash().size(), 2u);
  snapshot.check();
}

TEST_F(PartsTest, WalksGiveAKeyWithoutWhatIsDueAndNotOneThatIsGone) {
  put_hash({{"a", 5}, {"b", 0}});
  small.advance_ms(6);
  const auto walked = [&] {
    return small.whole_step([&](LockSet& locks) {
      std::vector<std::size_t> sizes;
      const auto give = [&](const Entry& entry) {
        sizes.push_back(static_cast<const value::HashObject&>(entry.object()).hash().size());
      };
      locks.database(0).for_each(give);
      locks.database(0).scan(0, 100, give);
      return sizes;
    });
  };
  EXPECT_THAT(walked(), ElementsAre(1u, 1u));
  put_hash({{"a", 7}});
  small.advance_ms(2);
  EXPECT_THAT(walked(), IsEmpty());
}

TEST_F(PartsTest, TheFirstKeyToGoIsChosenByItsOwnDeadline) {
  put_hash({{"a", 5}});
  put("k", {"a"}, Lifetime::until(start_ms + 90));
  put("l", {"a"}, Lifetime::until(start_ms + 80));
  const auto first = [&] {
    return small.whole_step(
        [&](LockSet& locks) { return std::string(locks.database(0).first_due()->key()); });
  };
  EXPECT_EQ(first(), "l");
  put_hash({{"a", 5}}, Lifetime::until(start_ms + 70));
  EXPECT_EQ(first(), "h");
  const DeadlineCounts counts =
      small.whole_step([&](LockSet& locks) { return locks.database(0).deadline_counts(); });
  EXPECT_EQ(counts.keys, 3u);
  EXPECT_EQ(counts.average_ttl_ms, 80);
  EXPECT_EQ(counts.with_parts, 1u);
}

}  // namespace
}  // namespace redouble::store::keys_object_test
