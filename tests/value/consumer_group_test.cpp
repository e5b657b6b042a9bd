#include "value/consumer_group.hpp"

#include <gtest/gtest.h>

#include <string>

#include "value/shared_blocks.hpp"

namespace redouble::value::consumer_group_test {
namespace {

constexpr StreamDelivery first_delivery{.at_ms = 5, .count = 1};

ConsumerGroup group_of(std::uint64_t pending, std::uint64_t consumers) {
  ConsumerGroup group("group", {}, 0);
  for (std::uint64_t number = 0; number < consumers; ++number) {
    group.add_consumer("consumer " + std::to_string(number), 1);
  }
  for (std::uint64_t ms = 1; ms <= pending; ++ms) {
    group.assign({ms, 0}, "consumer " + std::to_string(ms % consumers), first_delivery);
  }
  return group;
}

TEST(ConsumerGroupTest, TheFirstWriteAfterACopyCopiesABoundedPiece) {
  ConsumerGroup group = group_of(100'000, 1000);
  for (std::uint64_t i = 1; i < 40; ++i) {
    const ConsumerGroup copy = group;
    const StreamId id{i * 2401, 0};
    if (i % 3 == 0) {
      EXPECT_TRUE(group.acknowledge(id));
    } else if (i % 3 == 1) {
      group.assign(id, "consumer 7", {.at_ms = 9, .count = 2});
    } else {
      group.assign({1'000'000 + i, 0}, "consumer 8", first_delivery);
    }
    const std::size_t copied = bytes_not_shared(group, copy);
    EXPECT_GT(copied, 0u);
    // In the group's list, in that of the consumers, and in those of two consumers: two leaves and
    // the nodes above.
    EXPECT_LE(copied, 4 * (2 * 1024 + 3 * 2600u));
  }
  group.check();
}

TEST(ConsumerGroupTest, AClaimedEntryLeavesTheConsumerThatHadIt) {
  ConsumerGroup group = group_of(10, 2);
  group.assign({4, 0}, "consumer 1", {.at_ms = 8, .count = 3});
  EXPECT_EQ(group.consumer("consumer 0")->pending().size(), 4u);
  EXPECT_EQ(group.consumer("consumer 1")->pending().size(), 6u);
  EXPECT_EQ(group.find({4, 0})->consumer_name(), "consumer 1");
  EXPECT_EQ(group.find({4, 0})->delivery.count, 3);
  group.check();
}

TEST(ConsumerGroupTest, AConsumerGoesWithItsPendingEntries) {
  ConsumerGroup group = group_of(1000, 10);
  const ConsumerGroup copy = group;
  EXPECT_EQ(group.erase_consumer("consumer 3"), 100u);
  EXPECT_EQ(group.pending().size(), 900u);
  EXPECT_EQ(group.consumer("consumer 3"), nullptr);
  EXPECT_EQ(group.find({13, 0}), nullptr);
  EXPECT_EQ(copy.find({13, 0})->consumer_name(), "consumer 3");
  group.check();
  copy.check();
}

TEST(ConsumerGroupTest, CountsTheBytesOfWhatItHolds) {
  const ConsumerGroup empty("group", {}, 0);
  const ConsumerGroup group = group_of(100'000, 10);
  std::size_t bytes = 0;
  group.for_each_block([&](const void*, std::size_t block) { bytes += block; });
  EXPECT_EQ(group.bytes(), bytes);
  EXPECT_LE(empty.bytes(), 32u);
  // An entry of the group's list, and an ID of the consumer's.
  EXPECT_LE(group.bytes(), 100'000u * 64);
}

}  // namespace
}  // namespace redouble::value::consumer_group_test
