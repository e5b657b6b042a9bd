#include "store/entry.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace redouble::store {
namespace {

constexpr Hashed key{.key = "key", .hash = 42};

std::string text_of(const Entry& entry) {
  value::Digits digits;
  return std::string(entry.string().view(digits));
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
    EXPECT_EQ(entry->hash(), 42u);
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

TEST(EntryTest, BecomesAnotherValueInPlaceOnlyWhereItFits) {
  const auto assigned = [](const EntryPtr& entry, std::string_view bytes) {
    return entry->assign(bytes, value::encode_string(bytes));
  };
  const EntryPtr text = Entry::make(key, "abc");
  EXPECT_TRUE(assigned(text, "xyz"));
  EXPECT_EQ(text_of(*text), "xyz");
  EXPECT_FALSE(assigned(text, "wxyz"));
  EXPECT_FALSE(assigned(text, "123"));
  EXPECT_EQ(text_of(*text), "xyz");
  const EntryPtr integer = Entry::make(key, "123");
  EXPECT_TRUE(assigned(integer, "-4567"));
  EXPECT_EQ(text_of(*integer), "-4567");
  EXPECT_FALSE(assigned(integer, "abc"));
  const EntryPtr raw = Entry::make_raw(key, "abc", 5, {});
  EXPECT_EQ(text_of(*raw), std::string("abc\0\0", 5));
  EXPECT_TRUE(assigned(raw, "hello"));
  EXPECT_EQ(raw->encoding(), value::Encoding::embstr);
}

TEST(EntryTest, TakesADeadlineInPlaceWhereItHasRoomForOne) {
  const EntryPtr without = Entry::make(key, "v");
  EXPECT_FALSE(without->takes_deadline({.at_ms = 1}));
  EXPECT_TRUE(without->takes_deadline({}));
  const EntryPtr with = Entry::make(key, "v", Deadline{.at_ms = 1});
  EXPECT_TRUE(with->takes_deadline({}));
  with->set_deadline({});
  EXPECT_FALSE(with->deadline().is_set());
  EXPECT_EQ(text_of(*with), "v");
}

TEST(EntryTest, AnswersForItsBytes) {
  const std::size_t empty = Entry::make(key, "")->bytes();
  EXPECT_EQ(Entry::make(key, "abc")->bytes(), empty + 3);
  EXPECT_EQ(Entry::make(key, "12345")->bytes(), empty);
  EXPECT_EQ(Entry::make(key, "", Deadline{.at_ms = 1})->bytes(), empty + sizeof(Deadline));
  EXPECT_GE(Entry::make(key, std::string(3000, 'x'))->bytes(), empty + 3000);
}

}  // namespace
}  // namespace redouble::store
