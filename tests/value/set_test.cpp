#include "value/set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "support/allocation_count.hpp"

namespace redouble::value::set_test {
namespace {

constexpr Set::Limits usual{.seed = 7};
constexpr Set::Limits with_listpack{.listpack_entries = 128, .seed = 7};

std::string text_of(const Set::Text& text) {
  Digits digits;
  return std::string(text.view(digits));
}
std::vector<std::string> members(const Set& set) {
  std::vector<std::string> all;
  set.for_each([&](const Set::Text& member) { all.push_back(text_of(member)); });
  return all;
}

Set set_of(std::int64_t size, const Set::Limits& limits, const std::string& prefix = "") {
  Set set;
  for (std::int64_t i = 0; i < size; ++i) set.add(prefix + std::to_string(i), limits);
  return set;
}

TEST(SetTest, IsAnIntsetOfIntegersUpToTheLimitAndATableBeyond) {
  Set set = set_of(512, usual);
  EXPECT_EQ(set.encoding(), Encoding::intset);
  EXPECT_FALSE(set.add("17", usual));
  EXPECT_EQ(set.encoding(), Encoding::intset);
  Set larger = set;
  EXPECT_TRUE(larger.add("512", usual));
  EXPECT_EQ(larger.encoding(), Encoding::hashtable);
  Set mixed = set;
  EXPECT_TRUE(mixed.add("017", usual));
  EXPECT_EQ(mixed.encoding(), Encoding::hashtable);
  EXPECT_TRUE(mixed.contains("17"));
  EXPECT_TRUE(mixed.contains("017"));
  EXPECT_FALSE(mixed.contains("0017"));
}

TEST(SetTest, WithListpacksOtherMembersMakeAListpackUpToTheLimits) {
  Set set = set_of(127, with_listpack);
  EXPECT_TRUE(set.add("a", with_listpack));
  EXPECT_EQ(set.encoding(), Encoding::listpack);
  EXPECT_EQ(members(set).back(), "a");
  Set larger = set;
  EXPECT_TRUE(larger.add("b", with_listpack));
  EXPECT_EQ(larger.encoding(), Encoding::hashtable);
  Set wider = set_of(3, with_listpack);
  EXPECT_TRUE(wider.add(std::string(65, 'x'), with_listpack));
  EXPECT_EQ(wider.encoding(), Encoding::hashtable);
}

TEST(SetTest, AHashtableOfFewShortMembersIsKeptLikeAListpack) {
  Set set = set_of(32, usual, "member:");
  EXPECT_EQ(set.encoding(), Encoding::hashtable);
  EXPECT_LE(set.bytes(), 32 * 13u);
  Set longer = set;
  longer.erase("member:0");
  longer.add(std::string(65, 'x'), usual);
  Set larger = set;
  EXPECT_TRUE(larger.add("member:32", usual));
  for (Set* table : {&longer, &larger}) {
    EXPECT_EQ(table->encoding(), Encoding::hashtable);
    EXPECT_GT(table->bytes(), 1024u);
    for (int i = 1; i < 32; ++i) EXPECT_TRUE(table->contains("member:" + std::to_string(i)));
  }
}

TEST(SetTest, IntegersAscendWhateverTheirWidths) {
  Set set;
  const Set::Limits limits{.intset_entries = 10'000, .seed = 7};
  std::set<std::int64_t> model;
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (std::uint64_t i = 0; i < 60; ++i) {
      const auto number = static_cast<std::int64_t>((std::uint64_t{1} << bits) * (i + 1) - i);
      EXPECT_EQ(set.add(std::to_string(number), limits), model.insert(number).second);
    }
  }
  std::vector<std::string> expected;
  for (const std::int64_t number : model) expected.push_back(std::to_string(number));
  EXPECT_EQ(members(set), expected);
  EXPECT_EQ(set.encoding(), Encoding::intset);
}

TEST(SetTest, AnIntsetTooLongForItsPiecesIsStillReportedAsOne) {
  const Set::Limits high{.intset_entries = 1'000'000, .seed = 7};
  Set set = set_of(150'000, high);
  EXPECT_EQ(set.encoding(), Encoding::intset);
  EXPECT_EQ(set.size(), 150'000u);
  EXPECT_TRUE(set.contains("149999"));
  EXPECT_TRUE(set.add("x", high));
  EXPECT_EQ(set.encoding(), Encoding::hashtable);
}

// A piece of 4 KiB, its directory or the pages above it, and the nodes that are written.
TEST(SetTest, TheFirstWriteAfterACopyCopiesABoundedPiece) {
  const Set::Limits high{.intset_entries = 1'000'000, .listpack_entries = 100'000, .seed = 7};
  const Set forms[] = {set_of(500, high), set_of(100'000, high), set_of(150'000, high),
                       set_of(6'000, high, "member "), set_of(200'000, usual)};
  for (const Set& form : forms) {
    for (const bool adds : {true, false}) {
      Set changed = form;
      const std::string old = members(form)[17];
      const std::string added = (form.contains("17") ? "" : "x") + std::string("-7000000000000");
      const testing::AllocationCount count;
      EXPECT_TRUE(adds ? changed.add(added, high) : changed.erase(old));
      EXPECT_LE(count.largest(), 5000u) << form.size() << name_of(form.encoding()) << adds;
      EXPECT_LE(count.total(), 16'000u) << form.size() << name_of(form.encoding()) << adds;
      EXPECT_TRUE(form.contains(old) && !form.contains(added));
    }
  }
}

TEST(SetTest, AnEmptyOneCostsNothingAndMemoryIsGivenBack) {
  Set set;
  EXPECT_EQ(set.bytes(), 0u);
  for (const Set::Limits& limits : {usual, Set::Limits{.intset_entries = 5000}}) {
    set = set_of(5000, limits);
    EXPECT_GE(set.bytes(), 5000u * 2);
    for (int i = 0; i < 5000; ++i) EXPECT_TRUE(set.erase(std::to_string(i)));
    EXPECT_LT(set.bytes(), 200u);
  }
}

TEST(SetTest, RandomReachesEveryMember) {
  for (const int size : {1, 40, 700, 3000}) {
    for (const Set::Limits& limits : {usual, Set::Limits{.intset_entries = 5000}}) {
      const Set set = set_of(size, limits);
      std::set<std::string> seen;
      std::uint64_t bits = 1;
      for (int i = 0; i < size * 20; ++i) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        seen.insert(text_of(set.random(bits)));
      }
      EXPECT_EQ(seen.size(), static_cast<std::size_t>(size));
    }
  }
}

}  // namespace
}  // namespace redouble::value::set_test
