#include "store/reclaimer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "runtime/give_way.hpp"
#include "store/small_keyspace.hpp"

namespace redouble::store::reclaimer_test {
namespace {

constexpr Event put_event{EventKind::set, "sadd"};
constexpr Event del_event{EventKind::generic, "del"};

// A value of as many bytes as a test says, which tells where it died.
class Mortal final : public value::Object {
 public:
  static inline std::atomic<std::thread::id> died_on{};
  static inline std::atomic<int> died{0};

  explicit Mortal(std::size_t bytes) : bytes_(bytes) {}
  ~Mortal() override {
    died_on = std::this_thread::get_id();
    ++died;
  }
  value::Type type() const override { return value::Type::set; }
  value::Encoding encoding() const override { return value::Encoding::hashtable; }
  std::size_t bytes() const override { return bytes_; }
  bool empty() const override { return false; }
  value::ObjectRef copy() const override { return value::make_object<Mortal>(bytes_); }
  void for_each_part(value::PartVisitor&) const override {}

 private:
  std::size_t bytes_;
};

class ReclaimerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Mortal::died = 0;
    Mortal::died_on = std::thread::id();
  }
  void put(std::string_view key, std::size_t bytes) {
    small.step({key}, [&](LockSet& locks) {
      locks.database(0).put_object(small.hashed(key), value::make_object<Mortal>(bytes), {},
                                   put_event);
    });
  }
  void erase(std::string_view key) {
    small.step({key},
               [&](LockSet& locks) { locks.database(0).erase(small.hashed(key), del_event); });
  }
  std::thread::id grave() {
    small.keyspace.reclaimer().wait_until_idle();
    return Mortal::died_on;
  }
  const std::thread::id here = std::this_thread::get_id();

  SmallKeyspace small;
};

TEST_F(ReclaimerTest, ACopyThatIsDiscardedDiesAfterTheLocksAndElsewhereWhereItIsLarge) {
  small.step({"k"}, [&](LockSet& locks) {
    locks.discard(value::make_object<Mortal>(Reclaimer::large_bytes));
    EXPECT_EQ(Mortal::died, 0);
  });
  EXPECT_EQ(grave(), here);
  small.step({"k"}, [&](LockSet& locks) {
    locks.discard(value::make_object<Mortal>(Reclaimer::large_bytes + 1));
  });
  EXPECT_NE(grave(), here);
}

TEST_F(ReclaimerTest, ALargeValueDiesElsewhereAndASmallOneAtOnce) {
  put("k", Reclaimer::large_bytes / 2);
  erase("k");
  EXPECT_EQ(Mortal::died, 1);
  EXPECT_EQ(Mortal::died_on.load(), here);
  put("k", Reclaimer::large_bytes);
  erase("k");
  EXPECT_NE(grave(), here);
  EXPECT_EQ(Mortal::died, 2);
}

TEST_F(ReclaimerTest, ALargeValueThatIsOverwrittenOrExpiresDiesElsewhere) {
  put("k", Reclaimer::large_bytes);
  small.set("k", "v");
  EXPECT_NE(grave(), here);
  put("k", Reclaimer::large_bytes);
  small.step({"k"}, [&](LockSet& locks) {
    locks.database(0).set_deadline(small.hashed("k"), SmallKeyspace::start_ms, del_event);
  });
  small.advance_ms(1);
  Mortal::died_on = here;
  EXPECT_EQ(small.get("k"), "none");
  EXPECT_NE(grave(), here);
  EXPECT_EQ(Mortal::died, 3) << "one was copied to get a deadline";
}

TEST_F(ReclaimerTest, ManyKeysDieElsewhereAndFewAtOnce) {
  const auto flush = [&] {
    small.whole_step([&](LockSet& locks) { small.keyspace.clear(locks, 0); });
  };
  put("k", 1);
  flush();
  EXPECT_EQ(Mortal::died_on.load(), here);
  put("k", 1);
  for (std::size_t index = 0; index < Reclaimer::many_entries; ++index) {
    small.set(std::to_string(index), "v");
  }
  flush();
  EXPECT_NE(grave(), here);
  EXPECT_EQ(Mortal::died, 2);
}

// Found by a client that needed memory while a hash of a million fields was freed.
TEST_F(ReclaimerTest, StopsForOthersAmongVeryManyPieces) {
  constexpr std::size_t keys = 20 * runtime::GiveWay::most_pieces;
  for (std::size_t index = 0; index < keys; ++index) small.set(std::to_string(index), "v");
  Reclaimer& reclaimer = small.keyspace.reclaimer();
  small.whole_step([&](LockSet& locks) { small.keyspace.clear(locks, 0); });
  reclaimer.wait_until_idle();
  EXPECT_GE(reclaimer.stops(), 10u);

  const std::uint64_t before = reclaimer.stops();
  Garbage garbage;
  for (std::size_t index = 0; index < keys; ++index) {
    garbage.entries.push_back(
        Entry::make({.key = "k", .hash = 0}, "v", value::encode_string("v"), {}));
  }
  reclaimer.take(std::move(garbage));
  reclaimer.wait_until_idle();
  EXPECT_GE(reclaimer.stops() - before, 10u);
}

TEST_F(ReclaimerTest, CountsWhatWaits) {
  Garbage garbage;
  for (int index = 0; index < 3; ++index) {
    garbage.entries.push_back(Entry::make({.key = "k", .hash = 0},
                                          value::make_object<Mortal>(Reclaimer::large_bytes), {}));
  }
  Reclaimer& reclaimer = small.keyspace.reclaimer();
  reclaimer.take(std::move(garbage));
  reclaimer.wait_until_idle();
  EXPECT_EQ(reclaimer.waiting(), 0u);
  EXPECT_EQ(Mortal::died, 3);
}

TEST_F(ReclaimerTest, WhatIsTakenIsFreedBeforeTheKeyspaceIsGone) {
  {
    SmallKeyspace other;
    for (int index = 0; index < 100; ++index) {
      Garbage garbage;
      garbage.entries.push_back(Entry::make(
          {.key = "k", .hash = 0}, value::make_object<Mortal>(Reclaimer::large_bytes), {}));
      other.keyspace.reclaimer().take(std::move(garbage));
    }
  }
  EXPECT_EQ(Mortal::died, 100);
}

}  // namespace
}  // namespace redouble::store::reclaimer_test
