// What the tree promises of copies: a change after one copies a bounded piece.
#include "value/tree.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>

#include "value/counted_slot.hpp"
#include "value/shared_blocks.hpp"
#include "value/slot_tree.hpp"

namespace redouble::value::tree_test {
namespace {

using OneTree = SlotTree<CountedSlot>;

OneTree tree_of(int count) {
  OneTree tree;
  for (int key = 0; key < count; ++key) tree.insert(tree.at(tree.size()), CountedSlot(2 * key));
  return tree;
}
auto before(int key) {
  return [key](int other) { return other < key; };
}

TEST(TreeTest, AChangeAfterACopyCopiesTwoLeavesAtMostAndTheWayToThem) {
  OneTree tree = tree_of(100'000);
  for (int i = 0; i < 400; ++i) {
    const OneTree copy = tree;
    const auto at = tree.lower_bound(before(i * 499));
    if (i % 2 == 0) {
      tree.insert(at, CountedSlot(i * 499));
    } else {
      tree.erase(at);
    }
    EXPECT_LE(bytes_not_shared(tree, copy), 2 * 1024u + 3 * 2048u);
    EXPECT_GT(bytes_not_shared(tree, copy), 0u);
  }
  tree.check();
}

TEST(TreeTest, ACopyOfALargeTreeSeesNothingOfLaterChanges) {
  OneTree tree = tree_of(5000);
  const OneTree copy = tree;
  for (int i = 0; i < 3000; ++i) tree.erase(tree.at(static_cast<std::size_t>(i) % tree.size()));
  for (int i = 0; i < 3000; ++i) tree.insert(tree.lower_bound(before(i)), CountedSlot(i));
  EXPECT_EQ(copy.size(), 5000u);
  int key = 0;
  copy.for_each([&](const CountedSlot& slot) {
    EXPECT_EQ(slot.key(), key);
    key += 2;
  });
  tree.check();
  copy.check();
}

TEST(TreeTest, LeavesThatFillInOrderAreFull) {
  const OneTree ascending = tree_of(100'000);
  OneTree descending;
  for (int key = 100'000; key > 0; --key) descending.insert(descending.first(), CountedSlot(key));
  for (const OneTree* tree : {&ascending, static_cast<const OneTree*>(&descending)}) {
    EXPECT_LE(tree->bytes(), 100'000 * sizeof(CountedSlot) * 21 / 20);
  }
}

TEST(TreeTest, RemovingNearlyAllGivesTheMemoryBack) {
  OneTree tree = tree_of(100'000);
  for (int i = 0; i < 100'000; ++i) {
    if (i % 100 != 0) tree.erase(tree.lower_bound(before(2 * i)));
  }
  tree.check();
  EXPECT_EQ(tree.size(), 1000u);
  EXPECT_LE(tree.bytes(), 1000 * sizeof(CountedSlot) * 4);
}

TEST(TreeTest, RanksAreErasedByWholeLeaves) {
  OneTree tree = tree_of(100'000);
  const OneTree copy = tree;
  tree.erase_ranks(10, 99'990);
  tree.check();
  EXPECT_EQ(tree.size(), 20u);
  EXPECT_EQ(tree.at(10)->key(), 2 * 99'990);
  EXPECT_EQ(copy.size(), 100'000u);
  tree.erase_ranks(0, 20);
  EXPECT_TRUE(tree.empty());
  EXPECT_EQ(tree.bytes(), 0u);
}

}  // namespace
}  // namespace redouble::value::tree_test
