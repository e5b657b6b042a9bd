#include "value/deadline_index.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace redouble::value::deadline_index_test {
namespace {

struct Item {
  int number = 0;
};

TEST(DeadlineIndex, AnEmptyIndexHoldsNoMemory) {
  DeadlineIndex<Item> index;
  EXPECT_EQ(index.bytes(), 0u);
  EXPECT_EQ(index.earliest(), nullptr);
  EXPECT_EQ(index.pop(), nullptr);
  EXPECT_FALSE(index.when().is_set());
}

TEST(DeadlineIndex, EqualTimesGoByTheirSequence) {
  DeadlineIndex<Item> index;
  Item first{1}, second{2}, third{3};
  index.set({10, 7}, &second);
  index.set({10, 3}, &first);
  index.set({11, 1}, &third);
  EXPECT_EQ(index.when(), (Deadline{10, 3}));
  EXPECT_EQ(index.pop(), &first);
  EXPECT_EQ(index.pop(), &second);
  EXPECT_EQ(index.pop(), &third);
  EXPECT_TRUE(index.empty());
}

TEST(DeadlineIndex, AnyOrderOfSettingComesOutSortedAndTheMemoryGoesBack) {
  constexpr std::int64_t count = 20000;
  std::vector<Item> items(count);
  for (const std::int64_t step : {1, -1, 7919}) {
    DeadlineIndex<Item> index;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t at = ((i * step) % count + count) % count;
      index.set({at, 0}, &items[at]);
    }
    EXPECT_LT(index.bytes(), count * 60u);
    for (std::int64_t at = 0; at < count; ++at) ASSERT_EQ(index.pop(), &items[at]);
    EXPECT_EQ(index.bytes(), 0u);
  }
}

TEST(DeadlineIndex, ACopyKeepsWhatItHadAndChangesNothingInTheOriginal) {
  std::vector<Item> items(5000);
  DeadlineIndex<Item> index;
  for (int i = 0; i < 5000; ++i) index.set({i, 0}, &items[i]);
  DeadlineIndex<Item> copy = index;
  for (int i = 0; i < 4900; ++i) index.remove({i, 0}, &items[i]);
  Item other;
  copy.repoint({0, 0}, &items[0], &other);
  EXPECT_EQ(index.size(), 100u);
  EXPECT_EQ(index.earliest(), &items[4900]);
  EXPECT_EQ(copy.size(), 5000u);
  EXPECT_EQ(copy.earliest(), &other);
  EXPECT_TRUE(copy.contains({4000, 0}, &items[4000]));
}

TEST(DeadlineIndexDeathTest, AnEntryThatIsNotThereIsFoundAtOnce) {
  Item item;
  DeadlineIndex<Item> index;
  index.set({1, 1}, &item);
  EXPECT_DEATH(index.remove({1, 2}, &item), "broken invariant");
  EXPECT_DEATH(index.set({1, 1}, &item), "broken invariant");
}

}  // namespace
}  // namespace redouble::value::deadline_index_test
