#include "value/sorted_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "value/shared_blocks.hpp"

namespace redouble::value::sorted_set_test {
namespace {

SortedSet& set_in(const ObjectRef& owner) { return static_cast<SortedSet&>(*owner); }

ObjectRef set_of(int count, const SortedSet::Limits& limits = {}) {
  ObjectRef made = make_object<SortedSet>();
  for (int i = 0; i < count; ++i) set_in(made).set("member " + std::to_string(i), i % 1000, limits);
  return made;
}

TEST(SortedSetTest, AChangeAfterACopyCopiesABoundedPieceInTheLongForms) {
  for (const std::size_t entries : {std::size_t{0}, std::size_t{1'000'000}}) {
    const SortedSet::Limits limits{.listpack_entries = entries};
    const int count = entries == 0 ? 100'000 : 2000;
    const ObjectRef owner = set_of(count, limits);
    SortedSet& set = set_in(owner);
    for (int i = 0; i < 60; ++i) {
      const ObjectRef copy = set.copy();
      const std::string member = "member " + std::to_string(i * 31);
      if (i % 3 == 0) set.set(member, 7.5, limits);
      if (i % 3 == 1) set.set("new " + member, 7, limits);
      if (i % 3 == 2) set.erase(member);
      const std::size_t copied = bytes_not_shared(set, set_in(copy));
      EXPECT_GT(copied, 0u);
      EXPECT_LE(copied, entries == 0 ? 4 * 1024u + 3 * 2048u : 3 * 4096u + 2048u);
    }
    set.check();
  }
}

// Besides the object and what for_each_block() gives.
std::size_t other_bytes(const SortedSet& set) {
  std::size_t blocks = 0;
  set.for_each_block([&](const void*, std::size_t bytes) { blocks += bytes; });
  return set.bytes() - blocks - sizeof set;
}

TEST(SortedSetTest, IsOneBlockUpToFourKibibytesAndPiecesBeyond) {
  const SortedSet::Limits limits{.listpack_entries = 1000, .listpack_value = 10'000};
  SortedSet set;
  EXPECT_EQ(set.bytes(), sizeof(SortedSet));
  // Each takes 40 bytes: its length in front and behind, 36 bytes; a score of one byte and one
  // behind.
  const auto member = [](int i) {
    return "member " + std::to_string(1000 + i) + std::string(25, 'x');
  };
  for (int i = 0; i < 102; ++i) {
    set.set(member(i), i, limits);
    ASSERT_EQ(other_bytes(set), 0u) << i;
  }
  const ObjectRef copy = set.copy();
  set.set(member(50), 20, limits);
  EXPECT_EQ(other_bytes(set), 0u);
  EXPECT_LE(bytes_not_shared(set, set_in(copy)), 4096u + 16);  // with its head
  set.set(member(102), 102, limits);
  EXPECT_EQ(other_bytes(set), SortedSet::sequence_form_bytes);
  EXPECT_EQ(set.encoding(), Encoding::listpack);
  EXPECT_EQ(set.size(), 103u);
  EXPECT_EQ(set.rank(member(50)), 21u);
  set.check();

  SortedSet other;
  other.set(std::string(5000, 'x'), 1, limits);
  EXPECT_EQ(other_bytes(other), SortedSet::sequence_form_bytes);
  EXPECT_EQ(other.score(std::string(5000, 'x')), 1);
}

TEST(SortedSetTest, TenMembersTakeTheirListpackAndFortyBytes) {
  // The object is no more than what every object has, and a pointer.
  EXPECT_EQ(sizeof(SortedSet), 24u);
  SortedSet set;
  for (int i = 0; i < 10; ++i) set.set("member:" + std::to_string(100'000'000 + i), i, {});
  EXPECT_EQ(set.bytes(), 10u * (18 + 2) + 40);
}

TEST(SortedSetTest, AllRanksErasedLeaveAnEmptySetThatGoesOnAndACopyWhole) {
  for (const std::size_t entries : {std::size_t{0}, std::size_t{1000}}) {
    const SortedSet::Limits limits{.listpack_entries = entries};
    const ObjectRef owner = set_of(500, limits);
    const ObjectRef copy = set_in(owner).copy();
    const Encoding encoding = owner->encoding();
    set_in(owner).erase_ranks(0, 500);
    EXPECT_TRUE(owner->empty());
    EXPECT_EQ(owner->encoding(), encoding);
    set_in(owner).check();
    EXPECT_EQ(set_in(copy).size(), 500u);
    set_in(copy).check();
    EXPECT_TRUE(set_in(owner).set("again", 1, limits));
    EXPECT_EQ(set_in(owner).score("again"), 1);
    set_in(owner).check();
  }
}

TEST(SortedSetTest, ACopyKeepsScoresThatAreChangedLater) {
  for (const std::size_t entries : {std::size_t{0}, std::size_t{1000}}) {
    const SortedSet::Limits limits{.listpack_entries = entries};
    const ObjectRef owner = set_of(500, limits);
    const ObjectRef copy = set_in(owner).copy();
    for (int i = 0; i < 500; i += 2) set_in(owner).set("member " + std::to_string(i), -i, limits);
    for (int i = 1; i < 500; i += 2) set_in(owner).erase("member " + std::to_string(i));
    for (int i = 0; i < 500; ++i) EXPECT_EQ(set_in(copy).score("member " + std::to_string(i)), i);
    set_in(copy).check();
    set_in(owner).check();
  }
}

TEST(SortedSetTest, TheFirstMemberBeyondALimitMakesItASkiplistForGood) {
  const SortedSet::Limits limits{.listpack_entries = 3, .listpack_value = 5};
  SortedSet set;
  for (const char* member : {"a", "b", "12345"}) set.set(member, 1, limits);
  EXPECT_EQ(set.encoding(), Encoding::listpack);
  set.set("a", 2, limits);
  EXPECT_EQ(set.encoding(), Encoding::listpack);
  set.set("d", 1, limits);
  EXPECT_EQ(set.encoding(), Encoding::skiplist);
  set.erase("d");
  EXPECT_EQ(set.encoding(), Encoding::skiplist);

  SortedSet other;
  other.set("12345", 1, limits);
  EXPECT_EQ(other.encoding(), Encoding::listpack);
  other.set("123456", 1, limits);
  EXPECT_EQ(other.encoding(), Encoding::skiplist);
  EXPECT_EQ(other.size(), 2u);
}

TEST(SortedSetTest, EveryScoreComesBackAsItWas) {
  for (const std::size_t entries : {std::size_t{0}, std::size_t{1000}}) {
    SortedSet set;
    for (const double score :
         {0.0, -0.0, 0.1, 1e308, -5e-324, 9007199254740991.0, 9007199254740992.0,
          -9007199254740993.0, 1e18, double{INFINITY}, -double{INFINITY}}) {
      set.set("m", score, {.listpack_entries = entries});
      EXPECT_EQ(set.score("m"), score);
      // A listpack knows no negative zero, in Redis neither.
      const bool sign = std::signbit(score) && (score != 0 || entries == 0);
      EXPECT_EQ(std::signbit(*set.score("m")), sign) << score;
    }
  }
}

TEST(SortedSetTest, CostsLessThanAHundredBytesAMember) {
  const ObjectRef owner = set_of(100'000);
  EXPECT_LE(set_in(owner).bytes(), 100'000u * 80);
  const ObjectRef small = set_of(100);
  EXPECT_LE(set_in(small).bytes(), 100u * 20 + sizeof(SortedSet));
}

}  // namespace
}  // namespace redouble::value::sorted_set_test
