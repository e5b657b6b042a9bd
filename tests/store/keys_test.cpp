#include "store/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "store/small_keyspace.hpp"

namespace redouble::store::keys_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Event set_event{EventKind::string, "set"};
constexpr Event append_event{EventKind::string, "append"};
constexpr Event incr_event{EventKind::string, "incrby"};
constexpr Event expire_event{EventKind::generic, "expire"};
constexpr Event del_event{EventKind::generic, "del"};
constexpr std::int64_t start_ms = SmallKeyspace::start_ms;

value::Encoding encoding_of(SmallKeyspace& small, std::string_view key) {
  return small.step(
      {key}, [&](LockSet& locks) { return locks.database(0).find(small.hashed(key))->encoding(); });
}

Deadline deadline_of(SmallKeyspace& small, std::string_view key) {
  return small.step(
      {key}, [&](LockSet& locks) { return locks.database(0).find(small.hashed(key))->deadline(); });
}

void append(SmallKeyspace& small, std::string_view key, std::string_view added) {
  small.step({key}, [&](LockSet& locks) {
    Keys keys = locks.database(0);
    const Entry* entry = keys.find(small.hashed(key));
    const std::size_t before = entry == nullptr ? 0 : entry->string().size();
    keys.change_string(small.hashed(key), before + added.size(), append_event,
                       [&](Entry& string) { string.write(before, added); });
  });
}

Totals totals_of(SmallKeyspace& small) {
  return small.whole_step([&](LockSet& locks) { return small.keyspace.totals(locks); });
}

TEST(KeysTest, AKeyLivesThroughTheMillisecondOfItsDeadline) {
  SmallKeyspace small;
  small.set("k", "v", Lifetime::until(start_ms + 10));
  small.advance_ms(10);
  EXPECT_EQ(small.get("k"), "v");
  small.advance_ms(1);
  EXPECT_EQ(small.get("k"), "none");
}

TEST(KeysTest, WhoAsksForAKeyPastItsDeadlineRemovesItAndSaysSoOnce) {
  SmallKeyspace small;
  small.set("k", "v", Lifetime::until(start_ms + 10));
  small.advance_ms(11);
  small.take_heard();
  EXPECT_EQ(small.get("k"), "none");
  EXPECT_EQ(small.get("k"), "none");
  EXPECT_THAT(small.take_heard(), ElementsAre("0 expired k"));
  EXPECT_EQ(totals_of(small).expired, 1u);
  EXPECT_EQ(totals_of(small).entry_bytes, 0u);
}

TEST(KeysTest, EveryWayOfChangingFindsAKeyPastItsDeadlineGone) {
  SmallKeyspace small;
  const auto expired_then = [&](auto&& change) {
    small.set("k", "7", Lifetime::until(small.clock.now_ms()));
    small.advance_ms(1);
    small.take_heard();
    small.step({"k"}, [&](LockSet& locks) {
      Keys keys = locks.database(0);
      change(keys, small.hashed("k"));
    });
    const auto heard = small.take_heard();
    ASSERT_FALSE(heard.empty());
    EXPECT_EQ(heard.front(), "0 expired k");
    EXPECT_EQ(std::count(heard.begin(), heard.end(), "0 expired k"), 1);
  };
  expired_then([](Keys& keys, const Hashed& key) { keys.set_string(key, "w", {}, set_event); });
  EXPECT_EQ(small.get("k"), "w");
  expired_then([](Keys& keys, const Hashed& key) {
    keys.set_string(key, "w", Lifetime::kept(), set_event);
  });
  EXPECT_FALSE(deadline_of(small, "k").is_set());
  expired_then(
      [](Keys& keys, const Hashed& key) { EXPECT_EQ(keys.add(key, 2, incr_event).value, 2); });
  expired_then([](Keys& keys, const Hashed& key) { EXPECT_FALSE(keys.erase(key, del_event)); });
  EXPECT_EQ(small.get("k"), "none");
  expired_then([](Keys& keys, const Hashed& key) {
    keys.change_string(key, 2, append_event,
                       [](Entry& string) { EXPECT_EQ(string.writable(0)[1], '\0'); });
  });
  EXPECT_EQ(small.get("k").size(), 2u);
  expired_then([](Keys& keys, const Hashed& key) { keys.put(Entry::make(key, "new"), set_event); });
  EXPECT_EQ(small.get("k"), "new");
}

TEST(KeysTest, OverwritingInPlaceChangesValueEncodingAndDeadline) {
  SmallKeyspace small;
  small.set("k", "abc", Lifetime::until(start_ms + 10));
  const auto place = [&] {
    return small.step({"k"},
                      [&](LockSet& locks) { return locks.database(0).find(small.hashed("k")); });
  };
  const Entry* const first = place();
  small.set("k", "xyz");
  EXPECT_EQ(place(), first);
  EXPECT_EQ(small.get("k"), "xyz");
  EXPECT_FALSE(deadline_of(small, "k").is_set());
  small.advance_ms(100);
  EXPECT_EQ(small.get("k"), "xyz");
  small.set("k", "uvw", Lifetime::until(start_ms + 200));
  EXPECT_EQ(place(), first);
  EXPECT_EQ(deadline_of(small, "k").at_ms, start_ms + 200);
  small.set("k", "rst", Lifetime::kept());
  EXPECT_EQ(deadline_of(small, "k").at_ms, start_ms + 200);
  small.advance_ms(101);
  EXPECT_EQ(small.get("k"), "none");
}

TEST(KeysTest, ValuesOfAnySizeReplaceEachOther) {
  SmallKeyspace small;
  const std::vector<std::string> values{"",
                                        "1",
                                        "12345",
                                        "abc",
                                        std::string(44, 'e'),
                                        "-99",
                                        "3.14",
                                        std::string(45, 'r'),
                                        std::string(value::block_limit, 'b'),
                                        std::string(value::block_limit + 1, 'B')};
  for (const std::string& before : values) {
    for (const std::string& after : values) {
      for (const Lifetime lifetime :
           {Lifetime{}, Lifetime::until(start_ms + 5), Lifetime::kept()}) {
        small.set("k", before, lifetime);
        small.set("k", after, lifetime);
        EXPECT_EQ(small.get("k"), after);
        EXPECT_EQ(encoding_of(small, "k"), value::encode_string(after).encoding);
        const std::size_t bytes = small.step({"k"}, [&](LockSet& locks) {
          return locks.database(0).find(small.hashed("k"))->bytes();
        });
        EXPECT_EQ(small.keyspace.entry_bytes(), bytes);
      }
    }
  }
}

TEST(KeysTest, AddingKeepsTheDeadlineAndRefusesWithoutAChange) {
  SmallKeyspace small;
  const auto add = [&](std::int64_t increment) {
    return small.step({"k"}, [&](LockSet& locks) {
      return locks.database(0).add(small.hashed("k"), increment, incr_event);
    });
  };
  small.set("k", "9223372036854775806", Lifetime::until(start_ms + 10));
  small.take_heard();
  EXPECT_EQ(add(1).value, 9223372036854775807);
  EXPECT_EQ(add(1).status, Sum::Status::overflow);
  EXPECT_EQ(small.get("k"), "9223372036854775807");
  EXPECT_EQ(deadline_of(small, "k").at_ms, start_ms + 10);
  EXPECT_THAT(small.take_heard(), ElementsAre("0 incrby k"));
  small.set("k", "9");
  append(small, "k", "1");  // raw now
  small.take_heard();
  EXPECT_EQ(add(-1).value, 90);
  EXPECT_EQ(encoding_of(small, "k"), value::Encoding::integer);
  small.set("k", "nine");
  small.take_heard();
  EXPECT_EQ(add(1).status, Sum::Status::not_an_integer);
  EXPECT_THAT(small.take_heard(), IsEmpty());
}

TEST(KeysTest, AppendingToABlockThatIsInFlightCopiesIt) {
  SmallKeyspace small;
  const std::string large(value::block_limit + 1, 'a');
  append(small, "k", large);
  const resp::BlockRef in_flight = small.step({"k"}, [&](LockSet& locks) {
    return resp::BlockRef::share(locks.database(0).find(small.hashed("k"))->string().block);
  });
  append(small, "k", "b");
  EXPECT_EQ(in_flight->view(), large);
  EXPECT_EQ(small.get("k"), large + "b");
}

TEST(KeysTest, AppendingToABlockAloneGrowsItInPlace) {
  SmallKeyspace small;
  append(small, "k", std::string(value::block_limit + 1, 'a'));
  append(small, "k", "b");  // room to grow behind it
  const auto block = [&] {
    return small.step({"k"}, [&](LockSet& locks) {
      return locks.database(0).find(small.hashed("k"))->string().block;
    });
  };
  const resp::Block* const before = block();
  append(small, "k", "c");
  EXPECT_EQ(block(), before);
  EXPECT_EQ(small.get("k"), std::string(value::block_limit + 1, 'a') + "bc");
}

TEST(KeysTest, ALongStringThatIsInFlightIsPatchedAndBecomesOneBlockAgain) {
  SmallKeyspace small;
  std::string text(100'000, 'a');
  append(small, "k", text);
  const auto string = [&] {
    return small.step(
        {"k"}, [&](LockSet& locks) { return locks.database(0).find(small.hashed("k"))->string(); });
  };
  resp::BlockRef in_flight = resp::BlockRef::share(string().block);
  for (int i = 0; i < 30; ++i) {
    append(small, "k", std::string(1000, 'b'));
    text.append(1000, 'b');
  }
  EXPECT_EQ(string().form, value::StringRef::Form::patched);
  EXPECT_EQ(in_flight->view(), std::string(100'000, 'a'));
  EXPECT_EQ(small.get("k"), text);
  EXPECT_EQ(totals_of(small).entry_bytes, small.keyspace.entry_bytes());
  in_flight = {};
  for (int i = 0; i < 4; ++i) append(small, "k", "c");
  EXPECT_EQ(string().form, value::StringRef::Form::block);
  EXPECT_EQ(small.get("k"), text + "cccc");
  EXPECT_EQ(totals_of(small).entry_bytes, small.keyspace.entry_bytes());
}

TEST(KeysTest, ALongStringThatBecomesOneBlockAgainIsNotCopied) {
  SmallKeyspace small;
  append(small, "k", std::string(100'000, 'a'));
  const auto block = [&] {
    return small.step({"k"}, [&](LockSet& locks) {
      return locks.database(0).find(small.hashed("k"))->string().block;
    });
  };
  const auto write = [&](std::size_t from) {
    small.step({"k"}, [&](LockSet& locks) {
      locks.database(0).change_string(small.hashed("k"), 100'000, append_event,
                                      [from](Entry& string) { string.write(from, "b"); });
    });
  };
  const resp::Block* const before = block();
  resp::BlockRef in_flight = resp::BlockRef::share(before);
  write(10);
  EXPECT_EQ(block(), nullptr);
  in_flight = {};
  write(20);
  EXPECT_EQ(block(), before);
  EXPECT_EQ(small.get("k").substr(9, 12), "abaaaaaaaaab");
  EXPECT_EQ(totals_of(small).entry_bytes, small.keyspace.entry_bytes());
}

TEST(KeysTest, ALongStringOfASnapshotIsCopiedByThePage) {
  SmallKeyspace small;
  append(small, "k", std::string(50'000'000, 'a'));
  small.step({"k", "l"}, [&](LockSet& locks) {
    Keys keys = locks.database(0);
    keys.put(keys.find(small.hashed("k"))->with(small.hashed("l"), {}), set_event);
  });
  const std::size_t before = small.keyspace.entry_bytes();
  append(small, "k", "b");
  EXPECT_LE(small.keyspace.entry_bytes() - before, 16'000u);
  EXPECT_EQ(small.get("k"), std::string(50'000'000, 'a') + "b");
  EXPECT_EQ(small.get("l"), std::string(50'000'000, 'a'));
}

TEST(KeysTest, MemoryComesBackToNothing) {
  SmallKeyspace small;
  small.set("a", "1");
  small.set("b", std::string(5000, 'x'), Lifetime::until(start_ms + 5));
  append(small, "a", "bcd");
  append(small, "b", std::string(9000, 'y'));
  small.step({"a", "b", "c"}, [&](LockSet& locks) {
    Keys keys = locks.database(0);
    keys.set_deadline(small.hashed("a"), start_ms + 100, expire_event);
    keys.set_deadline(small.hashed("b"), std::nullopt, expire_event);
    keys.add(small.hashed("c"), 5, incr_event);
    locks.database(1).put(keys.find(small.hashed("b"))->with(small.hashed("b"), {}), set_event);
  });
  EXPECT_GT(small.keyspace.entry_bytes(), 0u);
  EXPECT_EQ(totals_of(small).entry_bytes, small.keyspace.entry_bytes());
  small.step({"b"}, [&](LockSet& locks) {
    locks.database(0).erase(small.hashed("b"), del_event);
    locks.database(1).erase(small.hashed("b"), del_event);
  });
  small.advance_ms(101);
  EXPECT_EQ(small.get("a"), "none");
  small.whole_step([&](LockSet& locks) { small.keyspace.clear(locks, 0); });
  EXPECT_EQ(small.keyspace.entry_bytes(), 0u);
  EXPECT_EQ(totals_of(small).entry_bytes, 0u);
}

TEST(KeysTest, CountsHitsAndMissesOnlyWhereAReaderLooks) {
  SmallKeyspace small;
  small.set("k", "v");
  small.step({"k", "none"}, [&](LockSet& locks) {
    Keys keys = locks.database(0);
    for (const std::string_view name : {"k", "none"}) {
      for (const Look look : {Look::read, Look::untouched, Look::write, Look::quiet}) {
        keys.find(small.hashed(name), look);
      }
    }
  });
  EXPECT_EQ(totals_of(small).hits, 2u);
  EXPECT_EQ(totals_of(small).misses, 2u);
}

TEST(KeysTest, ScanGivesEveryKeyOnceAndHidesThosePastTheirDeadline) {
  SmallKeyspace small;
  std::vector<std::string> expected;
  for (int index = 0; index < 500; ++index) {
    const std::string key = "key" + std::to_string(index);
    const bool dies = index % 5 == 0;
    small.set(key, "v", dies ? Lifetime::until(start_ms) : Lifetime{});
    if (!dies) expected.push_back(key);
  }
  small.advance_ms(1);
  std::vector<std::string> seen;
  std::uint64_t cursor = 0;
  do {
    cursor = small.whole_step([&](LockSet& locks) {
      return locks.database(0).scan(cursor, 7,
                                    [&](const Entry& entry) { seen.emplace_back(entry.key()); });
    });
    EXPECT_LT(cursor, std::uint64_t{1} << 53);
  } while (cursor != 0);
  EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(expected));
}

TEST(KeysTest, ARandomKeyIsOneThatLives) {
  SmallKeyspace small;
  for (int index = 0; index < 50; ++index) {
    small.set("dead" + std::to_string(index), "v", Lifetime::until(start_ms));
  }
  small.set("alive", "v");
  small.advance_ms(1);
  small.whole_step([&](LockSet& locks) {
    const Entry* entry = locks.database(0).random();
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->key(), "alive");
    EXPECT_EQ(locks.database(1).random(), nullptr);
  });
}

}  // namespace
}  // namespace redouble::store::keys_test
