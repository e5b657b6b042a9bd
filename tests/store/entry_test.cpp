#include "store/entry.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace redouble::store::entry_test {
namespace {

constexpr Hashed key{.key = "key", .hash = 42};

std::string text_of(const Entry& entry) {
  value::StringRef::Room room;
  return std::string(entry.string().view(room));
}

TEST(EntryTest, IsEncodedAsSetEncodes) {
  using value::Encoding;
  const auto encoding = [](std::string_view bytes) { return Entry::make(key, bytes)->encoding(); };
  EXPECT_EQ(encoding("0"), Encoding::integer);
  EXPECT_EQ(encoding("-9223372036854775808"), Encoding::integer);
  EXPECT_EQ(encoding("9223372036854775808"), Encoding::embstr);
  EXPECT_EQ(encoding("01"), Encoding::embstr);
  EXPECT_EQ(encoding(""), Encoding::embstr);
  EXPECT_EQ(encoding(std::string(44, 'x')), Encoding::embstr);
  EXPECT_EQ(encoding(std::string(45, 'x')), Encoding::raw);
}

TEST(EntryTest, KeepsItsKeyValueAndDeadline) {
  for (const std::string& bytes :
       {std::string(), std::string("12"), std::string("abc"), std::string(3000, 'x')}) {
    const EntryPtr entry = Entry::make(key, bytes, Deadline{.at_ms = 7, .sequence = 8});
    EXPECT_EQ(entry->key(), "key");
    EXPECT_EQ(entry->hash(7), KeyHash(7)("key").hash);
    EXPECT_EQ(text_of(*entry), bytes);
    EXPECT_EQ(entry->deadline(), (Deadline{.at_ms = 7, .sequence = 8}));
    const EntryPtr moved = entry->with({.key = "another", .hash = 43}, {});
    EXPECT_EQ(moved->key(), "another");
    EXPECT_EQ(text_of(*moved), bytes);
    EXPECT_EQ(moved->encoding(), entry->encoding());
    EXPECT_FALSE(moved->deadline().is_set());
  }
}

TEST(EntryTest, SharesALargeInteriorWithItsCopies) {
  const EntryPtr entry = Entry::make(key, std::string(3000, 'x'));
  const EntryPtr copy = entry->with(key, {});
  EXPECT_EQ(copy->string().block, entry->string().block);
  EXPECT_FALSE(copy->resize(2000));
}

TEST(EntryTest, BecomesAnotherValueInPlaceOnlyWhereItsBlockHasTheRightSize) {
  const auto assigned = [](const EntryPtr& entry, std::string_view bytes) {
    return entry->assign(bytes, value::encode_string(bytes));
  };
  const EntryPtr text = Entry::make(key, "abc");  // 8 and 3 and 3 bytes: two more fit
  EXPECT_TRUE(assigned(text, "xyz"));
  EXPECT_EQ(text_of(*text), "xyz");
  EXPECT_TRUE(assigned(text, "vwxyz"));
  EXPECT_EQ(text_of(*text), "vwxyz");
  EXPECT_FALSE(assigned(text, "uvwxyz"));
  EXPECT_FALSE(assigned(text, "123")) << "an integer takes eight";
  EXPECT_EQ(text_of(*text), "vwxyz");
  EXPECT_TRUE(assigned(text, ""));
  EXPECT_EQ(text_of(*text), "");
  const EntryPtr integer = Entry::make(key, "123");
  integer->set_copied_integer();
  EXPECT_TRUE(assigned(integer, "-4567"));
  EXPECT_EQ(text_of(*integer), "-4567");
  EXPECT_FALSE(integer->copied_integer());
  EXPECT_FALSE(assigned(integer, "abc"));
  EXPECT_TRUE(assigned(integer, "eleven bytes."));
  EXPECT_EQ(integer->encoding(), value::Encoding::embstr);
  EXPECT_TRUE(assigned(integer, "42"));
  EXPECT_EQ(integer->encoding(), value::Encoding::integer);
  EXPECT_EQ(integer->bytes(), Entry::make(key, "42")->bytes());
  const EntryPtr raw = Entry::make_raw(key, "abc", 5, {});
  EXPECT_EQ(text_of(*raw), std::string("abc\0\0", 5));
  EXPECT_EQ(raw->encoding(), value::Encoding::raw);
  EXPECT_TRUE(assigned(raw, "hello"));
  EXPECT_EQ(raw->encoding(), value::Encoding::embstr);
  EXPECT_FALSE(assigned(Entry::make(key, std::string(3000, 'x')), std::string(3000, 'y')));
}

TEST(EntryTest, SizesOfKeyAndValueAreKeptOnBothSidesOfWhatTheHeaderHolds) {
  for (const std::size_t key_size : {0, 1, 253, 254, 255, 256, 70000}) {
    for (const std::size_t size : {0, 1, 253, 254, 255, 256, 1023, 1024, 1025}) {
      const std::string name(key_size, 'k');
      const std::string bytes(size, 'v');
      for (const Deadline deadline : {Deadline{}, Deadline{.at_ms = 7, .sequence = 8}}) {
        const EntryPtr entry = Entry::make({.key = name, .hash = 0}, bytes, deadline);
        entry->set_access(Entry::most_access);
        EXPECT_EQ(entry->key(), name);
        EXPECT_EQ(text_of(*entry), bytes);
        EXPECT_EQ(entry->deadline(), deadline);
        EXPECT_EQ(entry->access(), Entry::most_access);
        EXPECT_EQ(text_of(*entry->with(key, {})), bytes);
      }
    }
  }
}

TEST(EntryTest, InPlaceAValueCrossesTheSizeThatTheHeaderHolds) {
  const auto blocks_agree = [](std::size_t one, std::size_t other) {
    return Entry::make(key, std::string(one, 'v'))->bytes() ==
           Entry::make(key, std::string(other, 'v'))->bytes();
  };
  for (std::size_t before = 240; before < 270; ++before) {
    for (std::size_t after = 240; after < 270; ++after) {
      const EntryPtr entry = Entry::make(key, std::string(before, 'b'));
      const std::string bytes(after, 'a');
      ASSERT_EQ(entry->assign(bytes, value::encode_string(bytes)), blocks_agree(before, after));
      if (blocks_agree(before, after)) {
        ASSERT_EQ(text_of(*entry), bytes);
      }
      const EntryPtr grown = Entry::make(key, std::string(before, 'b'));
      if (grown->resize(after)) {
        std::string expected(before, 'b');
        expected.resize(after);
        ASSERT_EQ(text_of(*grown), expected);
      } else {
        ASSERT_TRUE(!blocks_agree(before, after) || (before < 255) != (after < 255));
      }
    }
  }
}

TEST(EntryTest, TheAccessClockAndTheSizeOfTheValueLeaveEachOtherAlone) {
  const EntryPtr entry = Entry::make(key, std::string(254, 'v'));
  entry->set_access(0xffabcdef);
  EXPECT_EQ(entry->access(), 0xabcdefu);
  EXPECT_EQ(entry->string().size(), 254u);
}

TEST(EntryTest, ReferencesBeyondTheMostAreNoLongerCounted) {
  EntryPtr entry = Entry::make(key, "v");
  std::vector<EntryPtr> held(Entry::most_references - 1, entry);
  EXPECT_FALSE(entry->unique());
  held.clear();
  EXPECT_TRUE(entry->unique());
  held.assign(Entry::most_references, entry);
  held.clear();
  EXPECT_FALSE(entry->unique()) << "it stays for ever";
  for (int i = 0; i < 200'000; ++i) const EntryPtr another = entry;
  EXPECT_EQ(text_of(*entry), "v");
  static Entry* stuck;  // reachable, so that it is no leak
  stuck = entry.get();
  EXPECT_NE(stuck, nullptr);
}

TEST(EntryTest, TakesADeadlineInPlaceWhereItHasRoomForOne) {
  const EntryPtr without = Entry::make(key, "v");
  EXPECT_FALSE(without->takes_deadline({.at_ms = 1}));
  EXPECT_TRUE(without->takes_deadline({}));
  const EntryPtr with = Entry::make(key, "v", Deadline{.at_ms = 1});
  EXPECT_TRUE(with->takes_deadline({}));
  with->set_due({});
  EXPECT_FALSE(with->deadline().is_set());
  EXPECT_EQ(text_of(*with), "v");
}

// Eight bytes of header, in steps of eight.
TEST(EntryTest, AnswersForItsBytes) {
  const auto bytes = [](std::string_view value, Deadline deadline = {}) {
    return Entry::make({.key = "0123456789abcdef", .hash = 0}, value, deadline)->bytes();
  };
  EXPECT_EQ(bytes(std::string(32, 'v')), 8u + 16u + 32u);
  EXPECT_EQ(bytes(std::string(33, 'v')), 8u + 16u + 40u);
  EXPECT_EQ(bytes(""), 8u + 16u);
  EXPECT_EQ(bytes("12345"), 8u + 16u + 8u);
  EXPECT_EQ(bytes("", Deadline{.at_ms = 1}), 8u + 16u + sizeof(Deadline));
  EXPECT_GE(bytes(std::string(3000, 'x')), 3000u + 8u + 16u + 8u);
}

}  // namespace
}  // namespace redouble::store::entry_test
