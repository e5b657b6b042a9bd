#include "value/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "value/counted_node.hpp"

namespace redouble::value::table_test {
namespace {

constexpr std::uint64_t low_bits = 64 - NodeTable::cursor_bits;

template <class SomeTable = NodeTable>
SomeTable table_of(int count) {
  SomeTable table;
  for (int key = 0; key < count; ++key) table.insert(made_node(mixed(key), key, key));
  return table;
}
template <class SomeTable>
CountedNode* find(const SomeTable& table, int key) {
  return table.find(mixed(key), std::to_string(key));
}
template <class SomeTable>
NodeRef erase(SomeTable& table, int key) {
  return table.erase(mixed(key), std::to_string(key));
}
CountedNode* writable(NodeTable& table, int key) {
  return table.writable(mixed(key), std::to_string(key), clone_node);
}

class TableTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(CountedNode::live.load(), before_) << "leaked nodes"; }
  std::int64_t before_ = CountedNode::live.load();
};

TEST_F(TableTest, AnEmptyTableHoldsNoMemoryAndAnswersEverything) {
  NodeTable table;
  EXPECT_EQ(table.bytes(), 0u);
  EXPECT_EQ(find(table, 1), nullptr);
  EXPECT_FALSE(erase(table, 1));
  EXPECT_EQ(writable(table, 1), nullptr);
  EXPECT_EQ(table.random(7), nullptr);
  EXPECT_EQ(table.deadlines().earliest(), nullptr);
  EXPECT_EQ(table.scan(0, 10, [](CountedNode&) { FAIL(); }), 0u);
  EXPECT_TRUE(table.clear().empty());
  table.check();
}

TEST_F(TableTest, ATableOfEightElementsCostsTwoCacheLines) { EXPECT_EQ(table_of(8).bytes(), 128u); }

TEST_F(TableTest, AnElementIsThereFromItsInsertToItsErase) {
  NodeTable table = table_of(5000);
  table.check();
  for (int key = 0; key < 5000; ++key) {
    ASSERT_NE(find(table, key), nullptr);
    EXPECT_EQ(find(table, key)->content(), key);
    const NodeRef erased = erase(table, key);
    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->content(), key);
    EXPECT_EQ(find(table, key), nullptr);
    EXPECT_EQ(table.size(), 4999u - key);
    if (key % 100 == 0) table.check();
  }
  EXPECT_EQ(table.bytes(), 0u);
}

TEST_F(TableTest, ReplaceGivesBackTheNodeThatWasThere) {
  NodeTable table = table_of(100);
  const NodeRef old = table.replace(made_node(mixed(42), 42, -1));
  EXPECT_EQ(old->content(), 42);
  EXPECT_EQ(find(table, 42)->content(), -1);
  EXPECT_EQ(table.size(), 100u);
}

TEST_F(TableTest, WritableClonesOnlyWhatASnapshotShares) {
  NodeTable table = table_of(1000);
  CountedNode* before = find(table, 5);
  EXPECT_EQ(writable(table, 5), before);
  NodeTable snapshot = table.snapshot();
  CountedNode* own = writable(table, 5);
  EXPECT_NE(own, before);
  own->set_content(-5);
  EXPECT_EQ(writable(table, 5), own);
  EXPECT_EQ(find(snapshot, 5)->content(), 5);
  EXPECT_EQ(find(table, 5)->content(), -5);
  snapshot = NodeTable();
  CountedNode* again = find(table, 6);
  EXPECT_EQ(writable(table, 6), again);
}

TEST_F(TableTest, ASnapshotSeesNothingOfLaterChangesAndRestores) {
  NodeTable table = table_of(3000);
  const NodeTable snapshot = table;
  for (int key = 0; key < 2000; ++key) erase(table, key);
  for (int key = 3000; key < 9000; ++key) table.insert(made_node(mixed(key), key));
  table.check();
  snapshot.check();
  EXPECT_EQ(snapshot.size(), 3000u);
  for (int key = 0; key < 3000; ++key) ASSERT_NE(find(snapshot, key), nullptr);
  EXPECT_EQ(find(snapshot, 3000), nullptr);
  table = snapshot;
  table.check();
  EXPECT_EQ(table.size(), 3000u);
  EXPECT_EQ(find(table, 8999), nullptr);
  EXPECT_NE(find(table, 0), nullptr);
}

TEST_F(TableTest, ReadingOrMissingAKeyCopiesNothingOfASharedTable) {
  MeteredTable table = table_of<MeteredTable>(3000);
  WorkMeter::reset();
  const MeteredTable snapshot = table.snapshot();
  EXPECT_EQ(erase(table, -1).get(), nullptr);
  EXPECT_EQ(table.writable(mixed(-1), "-1", clone_node), nullptr);
  EXPECT_NE(find(table, 1), nullptr);
  EXPECT_EQ(WorkMeter::nodes_touched + WorkMeter::entries_written + WorkMeter::largest_bytes, 0u);
}

TEST_F(TableTest, ClearHandsOutTheOldContent) {
  NodeTable table = table_of(500);
  const NodeTable old = table.clear();
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.bytes(), 0u);
  EXPECT_EQ(old.size(), 500u);
}

TEST_F(TableTest, TheStructureCostsAtMostThirtyBytesAnElementWhileItGrowsAndShrinks) {
  NodeTable table;
  double most = 0;
  for (int key = 0; key < 60000; ++key) {
    table.insert(made_node(mixed(key), key));
    if (key > 1000) most = std::max(most, double(table.bytes()) / double(table.size()));
  }
  EXPECT_LT(most, 30);
  for (int key = 0; key < 59000; ++key) {
    erase(table, key);
    if (key % 1000 == 0) table.check();
    most = std::max(most, double(table.bytes()) / double(table.size()));
  }
  EXPECT_LT(most, 90) << "after erases, until segments merge";
}

// The promise of the header: nodes moved or referenced, page entries written, size of a part.
TEST_F(TableTest, OneChangeDoesABoundedAmountOfWorkAtAnySize) {
  MeteredTable table;
  MeteredTable snapshot;
  std::size_t most_nodes = 0;
  std::size_t most_entries = 0;
  std::size_t most_bytes = 0;
  std::size_t most_nodes_unshared = 0;
  const auto judge = [&](bool shared) {
    most_nodes = std::max(most_nodes, WorkMeter::nodes_touched);
    if (!shared) most_nodes_unshared = std::max(most_nodes_unshared, WorkMeter::nodes_touched);
    most_entries = std::max(most_entries, WorkMeter::entries_written);
    most_bytes = std::max(most_bytes, WorkMeter::largest_bytes);
    WorkMeter::reset();
  };
  WorkMeter::reset();
  constexpr int count = 100000;  // pages on two levels
  for (int key = 0; key < 2 * count; ++key) {
    if (key % 30 == 0) snapshot = table;
    if (key % 30 == 2) snapshot = MeteredTable();
    WorkMeter::reset();
    if (key < count) {
      table.insert(made_node(mixed(key), key));
    } else {
      erase(table, key - count);
    }
    judge(key % 30 < 2);
  }
  EXPECT_LE(most_nodes, 1200u);
  EXPECT_LE(most_nodes_unshared, 800u);
  RecordProperty("most nodes that a change of a table touches, a snapshot kept",
                 static_cast<int>(most_nodes));
  RecordProperty("most nodes that a change of a table touches, none kept",
                 static_cast<int>(most_nodes_unshared));
  RecordProperty("most entries of pages that a change of a table writes",
                 static_cast<int>(most_entries));
  EXPECT_LE(most_entries, 1200u);
  EXPECT_LE(most_bytes, 4096u);
}

TEST_F(TableTest, HashesThatAgreeInManyBitsDoNotDivideForEver) {
  for (const unsigned equal_bits : {8u, 20u, 39u, 40u, 50u, 64u}) {
    SCOPED_TRACE(equal_bits);
    const auto hash_of = [&](int key) {
      const std::uint64_t prefix = 0x5a5a'5a5a'5a5a'5a5a;
      if (equal_bits == 64) return prefix;
      const std::uint64_t mask = ~std::uint64_t{0} >> equal_bits;
      return (prefix & ~mask) | (mixed(key) & mask);
    };
    MeteredTable table;
    std::size_t most_entries = 0;
    for (int key = 0; key < 1500; ++key) {
      WorkMeter::reset();
      table.insert(made_node(hash_of(key), key, key));
      most_entries = std::max(most_entries, WorkMeter::entries_written);
    }
    EXPECT_LE(most_entries, 40u * 1024u);
    table.check();
    EXPECT_LT(table.bytes(), 80000u);
    for (int key = 0; key < 1500; ++key) {
      ASSERT_NE(table.find(hash_of(key), std::to_string(key)), nullptr);
    }
    std::set<std::string> seen;
    std::uint64_t cursor = 0;
    do {
      cursor = table.scan(cursor, 10, [&](CountedNode& node) {
        EXPECT_TRUE(seen.insert(std::string(node.key())).second);
      });
      EXPECT_LT(cursor, std::uint64_t{1} << NodeTable::cursor_bits);
    } while (cursor != 0);
    EXPECT_EQ(seen.size(), 1500u);
    EXPECT_NE(table.random(1), nullptr);
    for (int key = 0; key < 1500; ++key) {
      ASSERT_TRUE(table.erase(hash_of(key), std::to_string(key)));
    }
    EXPECT_EQ(table.bytes(), 0u);
  }
}

TEST_F(TableTest, AScanReturnsAboutAsManyElementsAsItIsAskedFor) {
  const NodeTable table = table_of(20000);
  std::uint64_t cursor = 0;
  std::uint64_t last = 0;
  do {
    std::size_t given = 0;
    cursor = table.scan(cursor, 10, [&](CountedNode&) { ++given; });
    EXPECT_LE(given, 40u);
    if (cursor != 0) {
      EXPECT_GE(given, 10u);
      EXPECT_GT(cursor, last);
    }
    last = cursor;
  } while (cursor != 0);
}

TEST_F(TableTest, EveryNumberBelowTheLimitIsACursor) {
  const NodeTable table = table_of(3000);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::uint64_t start = mixed(i) >> low_bits;
    std::size_t expected = 0;
    table.for_each([&](CountedNode& node) { expected += (node.hash() >> low_bits) >= start; });
    std::size_t given = 0;
    std::uint64_t cursor = start;
    do {
      cursor = table.scan(cursor, 500, [&](CountedNode&) { ++given; });
    } while (cursor != 0);
    ASSERT_EQ(given, expected);
  }
}

TEST_F(TableTest, ACursorThatNobodyWasGivenIsTheEnd) {
  const Table<CountedNode> table = table_of(100);
  for (const std::uint64_t cursor : {std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    EXPECT_EQ(table.scan(cursor, 10, [](CountedNode&) { FAIL(); }), 0u);
  }
}

TEST_F(TableTest, WhatStaysDuringAScanIsReturnedOnceWhileTheTableGrowsAndShrinks) {
  for (const bool growing : {true, false}) {
    constexpr int stay = 2000;
    NodeTable table = table_of(growing ? stay : 30000);
    int next = growing ? stay : 29999;
    std::map<std::string, int> seen;
    std::uint64_t cursor = 0;
    do {
      cursor = table.scan(cursor, 50, [&](CountedNode& node) { ++seen[std::string(node.key())]; });
      for (int i = 0; i < 1500; ++i) {
        if (growing && next < 30000) {
          table.insert(made_node(mixed(next), next));
          ++next;
        } else if (!growing && next >= stay) {
          erase(table, next);
          --next;
        }
      }
    } while (cursor != 0);
    for (int key = 0; key < stay; ++key) ASSERT_EQ(seen[std::to_string(key)], 1) << key;
  }
}

TEST_F(TableTest, APileUpAtOnePositionIsReturnedInOneCall) {
  NodeTable table = table_of(100);
  for (int key = 0; key < 1000; ++key) {
    table.insert(made_node((std::uint64_t{77} << low_bits) | key, 1000 + key));
  }
  std::size_t given = 0;
  std::uint64_t cursor = 77;
  cursor = table.scan(cursor, 1, [&](CountedNode&) { ++given; });
  EXPECT_GE(given, 1000u);
  EXPECT_GT(cursor, 77u);
}

TEST_F(TableTest, EveryElementIsAsLikelyAsAnyOtherToBeDrawn) {
  for (const int count : {1, 7, 100, 1000, 5000}) {
    const NodeTable table = table_of(count);
    std::vector<int> drawn(count);
    const int rounds = 100;
    for (int i = 0; i < rounds * count; ++i) ++drawn[table.random(mixed(i))->content()];
    double chi_square = 0;
    for (const int times : drawn) chi_square += double(times - rounds) * (times - rounds) / rounds;
    // Mean count - 1, deviation sqrt(2 * (count - 1)).
    EXPECT_LT(chi_square, count - 1 + 6 * std::sqrt(2.0 * count)) << count;
  }
}

TEST_F(TableTest, ErasingReplacingAndWritingKeepTheDeadlinesInStep) {
  NodeTable table;
  for (int key = 0; key < 1000; ++key) {
    const Deadline deadline = key % 2 == 0 ? Deadline{1000 - key, std::uint64_t(key)} : Deadline{};
    table.insert(made_node(mixed(key), key, key, deadline));
  }
  EXPECT_EQ(table.deadlines().size(), 500u);
  EXPECT_EQ(table.deadlines().earliest()->content(), 998);
  const NodeTable snapshot = table.snapshot();
  erase(table, 998);
  EXPECT_EQ(table.deadlines().earliest()->content(), 996);
  table.replace(made_node(mixed(996), 996, 996));
  EXPECT_EQ(table.deadlines().earliest()->content(), 994);
  const CountedNode* clone = writable(table, 994);
  EXPECT_EQ(table.deadlines().earliest(), clone) << "and not the node that the snapshot has";
  table.set_due(*writable(table, 1), {1, 1});
  EXPECT_EQ(table.deadlines().earliest()->content(), 1);
  table.set_due(*writable(table, 1), {});
  EXPECT_EQ(table.deadlines().earliest()->content(), 994);
  table.check();
  snapshot.check();
  EXPECT_EQ(snapshot.deadlines().earliest()->content(), 998);
  table = snapshot;
  EXPECT_EQ(table.deadlines().size(), 500u);
  EXPECT_EQ(table.deadlines().earliest()->content(), 998);
  table.check();
}

TEST_F(TableTest, ADeadlineIsNotChangedThroughANodeThatASnapshotShares) {
  NodeTable table = table_of(10);
  const NodeTable snapshot = table.snapshot();
  EXPECT_DEATH(table.set_due(*find(table, 1), {1, 1}), "broken invariant");
}

TEST_F(TableTest, ASnapshotIsReadAndDroppedOnAnotherThreadWhileTheOriginalChanges) {
  NodeTable table;
  std::uint64_t sequence = 0;
  for (int key = 0; key < 4000; ++key) {
    table.insert(made_node(mixed(key), key, key, {key, ++sequence}));
  }
  for (int round = 0; round < 4; ++round) {
    std::thread reader([snapshot = table.snapshot(), round]() mutable {
      std::size_t seen = 0;
      std::int64_t last = -1;
      snapshot.for_each([&](CountedNode&) { ++seen; });
      EXPECT_EQ(seen, snapshot.size());
      snapshot.deadlines().for_each([&](Deadline at, CountedNode& node) {
        EXPECT_EQ(at, node.due());
        EXPECT_GE(at.at_ms, last);
        last = at.at_ms;
      });
      // A snapshot is a table like any other: it may change, too.
      for (int key = round; key < 4000; key += 7) erase(snapshot, key);
      snapshot.check();
    });
    for (int i = 0; i < 6000; ++i) {
      const int key = static_cast<int>(mixed(round * 10000 + i) % 8000);
      if (i % 3 == 0) {
        erase(table, key);
      } else if (CountedNode* node = writable(table, key); node != nullptr) {
        node->set_content(i);
        table.set_due(*node, {i, ++sequence});
      } else {
        table.insert(made_node(mixed(key), key, key, {key, ++sequence}));
      }
    }
    reader.join();
    table.check();
  }
}

}  // namespace
}  // namespace redouble::value::table_test
