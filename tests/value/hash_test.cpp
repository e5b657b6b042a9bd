#include "value/hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "support/allocation_count.hpp"

namespace redouble::value::hash_test {
namespace {

constexpr Hash::Limits usual{.listpack_entries = 512, .listpack_value = 64, .seed = 7};

std::string text_of(const Hash::Text& text) {
  Digits digits;
  return std::string(text.view(digits));
}

Hash hash_of(int fields, const Hash::Limits& limits, const std::string& prefix = "f") {
  Hash hash;
  for (int i = 0; i < fields; ++i) hash.set(prefix + std::to_string(i), "v", limits);
  return hash;
}

TEST(HashTest, IsAListpackUpToTheLimitsAndATableBeyond) {
  Hash hash = hash_of(512, usual);
  EXPECT_EQ(hash.encoding(), Encoding::listpack);
  EXPECT_FALSE(hash.set("f0", std::string(64, 'x'), usual));
  EXPECT_EQ(hash.encoding(), Encoding::listpack);
  Hash longer = hash;
  EXPECT_TRUE(longer.set("f512", "v", usual));
  EXPECT_EQ(longer.encoding(), Encoding::hashtable);
  Hash wider = hash;
  EXPECT_FALSE(wider.set("f0", std::string(65, 'x'), usual));
  EXPECT_EQ(wider.encoding(), Encoding::hashtable);
  wider = hash;
  EXPECT_FALSE(wider.erase(std::string(65, 'x')));
  EXPECT_EQ(wider.encoding(), Encoding::listpack);
  EXPECT_TRUE(wider.erase("f0"));
  EXPECT_TRUE(wider.set(std::string(65, 'x'), "v", usual));
  EXPECT_EQ(wider.encoding(), Encoding::hashtable);
  EXPECT_EQ(hash.size(), 512u);
}

TEST(HashTest, AListpackKeepsTheOrderOfItsFieldsThroughItsPieces) {
  const Hash::Limits limits{.listpack_entries = 5000, .listpack_value = 2000, .seed = 7};
  Hash hash = hash_of(3000, limits);
  for (int i = 0; i < 3000; i += 3)
    hash.set("f" + std::to_string(i), std::string(500, 'w'), limits);
  for (int i = 1; i < 3000; i += 3) hash.erase("f" + std::to_string(i));
  EXPECT_EQ(hash.encoding(), Encoding::listpack);
  std::vector<std::string> fields;
  hash.for_each([&](const Hash::Pair& pair) {
    fields.push_back(text_of(pair.field));
    ASSERT_EQ(text_of(pair.value), fields.size() % 2 == 1 ? std::string(500, 'w') : "v");
  });
  ASSERT_EQ(fields.size(), 2000u);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    ASSERT_EQ(fields[i], "f" + std::to_string(i / 2 * 3 + i % 2 * 2));
  }
}

TEST(HashTest, AListpackTooLongForItsPiecesIsStillReportedAsOne) {
  const Hash::Limits limits{.listpack_entries = 5000, .listpack_value = 10000, .seed = 7};
  Hash hash;
  for (int i = 0; i < 600; ++i) hash.set("f" + std::to_string(i), std::string(4000, 'x'), limits);
  EXPECT_EQ(hash.encoding(), Encoding::listpack);
  EXPECT_EQ(hash.size(), 600u);
  EXPECT_EQ(text_of(*hash.get("f0")), std::string(4000, 'x'));
  hash.set(std::string(10001, 'x'), "", limits);
  EXPECT_EQ(hash.encoding(), Encoding::hashtable);
}

// A piece of 4 KiB, its directory or the pages above it, and the nodes that are written.
TEST(HashTest, TheFirstWriteAfterACopyCopiesABoundedPiece) {
  const Hash::Limits none{.listpack_entries = 0, .listpack_value = 64, .seed = 7};
  const Hash::Limits high{.listpack_entries = 1'000'000, .listpack_value = 64, .seed = 7};
  const Hash forms[] = {hash_of(20, usual), hash_of(512, usual, std::string(60, 'f')),
                        hash_of(6'000, high), hash_of(200'000, none)};
  for (const Hash& form : forms) {
    for (const char* what : {"change", "add", "erase"}) {
      const Hash copy = form;
      Hash changed = form;
      const std::string field = (form.size() == 512 ? std::string(60, 'f') : "f") + "17";
      const testing::AllocationCount count;
      if (what == std::string_view("change")) changed.set(field, "w", high);
      if (what == std::string_view("add")) changed.set("new", "w", high);
      if (what == std::string_view("erase")) changed.erase(field);
      EXPECT_LE(count.largest(), 5000u) << form.size() << ' ' << what;
      EXPECT_LE(count.total(), 16'000u) << form.size() << ' ' << what;
      EXPECT_EQ(text_of(*copy.get(field)), "v");
      EXPECT_EQ(copy.size(), form.size());
    }
  }
}

TEST(HashTest, AnEmptyOneCostsNothingAndBytesFollow) {
  Hash hash;
  EXPECT_EQ(hash.bytes(), 0u);
  for (const Hash::Limits& limits : {usual, Hash::Limits{0, 64, 7}}) {
    std::size_t last = hash.bytes();
    for (int i = 0; i < 2000; ++i) hash.set("f" + std::to_string(i), "value", limits);
    EXPECT_GT(hash.bytes(), last + 2000 * 10);
    last = hash.bytes();
    hash.set("f0", std::string(50'000, 'x'), limits);
    EXPECT_GE(hash.bytes(), last + 49'000);
    EXPECT_LE(hash.bytes(), last + 51'000);
    for (int i = 0; i < 2000; ++i) hash.erase("f" + std::to_string(i));
    EXPECT_LT(hash.bytes(), 200u);
  }
}

TEST(HashTest, RandomReachesEveryField) {
  for (const int size : {1, 40, 500, 3000}) {
    const Hash hash = hash_of(size, usual);
    std::set<std::string> seen;
    std::uint64_t bits = 1;
    for (int i = 0; i < size * 20; ++i) {
      bits = bits * 6364136223846793005u + 1442695040888963407u;
      seen.insert(text_of(hash.random(bits).field));
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(size));
  }
}

TEST(Hash, DeadlinesCostAHashWithoutThemNothing) {
  static_assert(sizeof(Hash) == 2 * sizeof(void*));
  Hash hash;
  for (int i = 0; i < 1000; ++i) hash.set("field" + std::to_string(i), "value", {});
  const std::size_t plain = hash.bytes();
  Hash copy = hash;
  copy.set_deadline("field1", 5, {});
  EXPECT_EQ(hash.bytes(), plain);
  EXPECT_FALSE(hash.keeps_deadlines());
  // The index of deadlines and its first node.
  EXPECT_LT(copy.bytes(), plain + 600);
}

TEST(Hash, ACopyOfOneWithDeadlinesIsChangedApart) {
  Hash hash;
  hash.set("a", "1", {});
  hash.set_deadline("a", 5, {});
  const Hash copy = hash;
  EXPECT_TRUE(hash.drop_deadline("a"));
  EXPECT_FALSE(hash.drop_deadline("a"));
  hash.set("a", "2", {});
  EXPECT_EQ(hash.earliest_deadline_ms(), FieldDeadlines::never);
  EXPECT_EQ(copy.earliest_deadline_ms(), 5);
  EXPECT_EQ(copy.get("a")->integer, 1);
  EXPECT_EQ(copy.encoding(), Encoding::listpackex);
}

}  // namespace
}  // namespace redouble::value::hash_test
