#include "value/stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "value/shared_blocks.hpp"

namespace redouble::value::stream_test {
namespace {

using Trim = Stream::Trim;

Stream& stream_in(const ObjectRef& owner) { return static_cast<Stream&>(*owner); }

ObjectRef stream_of(std::uint64_t count) {
  ObjectRef made = make_object<Stream>();
  for (std::uint64_t ms = 1; ms <= count; ++ms) {
    const std::string value = "value " + std::to_string(ms);
    const std::array<std::string_view, 4> texts = {"sensor", "1234", "text", value};
    stream_in(made).append({ms, 0}, texts, {});
  }
  return made;
}

TEST(StreamTest, ANewNodeMakesNoRoomForAsMuchAsAGiantOneHolds) {
  const Stream::Limits limits{.node_bytes = 0, .node_entries = 2};
  Stream stream;
  const std::string giant(100'000, 'x');
  const std::array<std::string_view, 2> large{"f", giant};
  stream.append({1, 0}, large, limits);
  stream.append({2, 0}, large, limits);
  const std::size_t before = stream.bytes();
  stream.append({3, 0}, std::array<std::string_view, 2>{"f", "v"}, limits);
  EXPECT_EQ(stream.node_count(), 2u);
  EXPECT_LT(stream.bytes() - before, 10'000u);
}

TEST(StreamTest, AChangeAfterACopyCopiesOneNodeAndTheWayToIt) {
  const ObjectRef owner = stream_of(50'000);
  Stream& stream = stream_in(owner);
  for (std::uint64_t i = 1; i < 100; ++i) {
    const ObjectRef copy = stream.copy();
    const std::array<std::string_view, 2> texts = {"f", "v"};
    if (i % 2 == 0) {
      stream.append({100'000 + i, 0}, texts, {});
    } else {
      EXPECT_TRUE(stream.erase({i * 333, 0}));
    }
    const std::size_t copied = bytes_not_shared(stream, stream_in(copy));
    EXPECT_GT(copied, 0u);
    EXPECT_LE(copied, 5000 + 3 * 2100u);
  }
  stream.check();
}

TEST(StreamTest, ACopySharesAMillionPendingEntries) {
  const ObjectRef owner = make_object<Stream>();
  Stream& stream = stream_in(owner);
  stream.groups().insert(ConsumerGroup("group", {}, 0));
  stream.groups().change("group", [](ConsumerGroup& group) {
    group.add_consumer("consumer", 1);
    for (std::uint64_t ms = 1; ms <= 1'000'000; ++ms) {
      group.assign({ms, 0}, "consumer", {.at_ms = 1, .count = 1});
    }
  });
  const ObjectRef copy = stream.copy();
  stream.groups().change("group",
                         [](ConsumerGroup& group) { EXPECT_TRUE(group.acknowledge({500, 0})); });
  EXPECT_LE(bytes_not_shared(stream, stream_in(copy)), 40'000u);
  EXPECT_EQ(stream_in(copy).groups().find("group")->pending().size(), 1'000'000u);
  stream.check();
}

TEST(StreamTest, KnowsHowManyEntriesWereAddedUntilAnIdUnlessDeletionsHideIt) {
  const ObjectRef owner = stream_of(10);
  Stream& stream = stream_in(owner);
  EXPECT_EQ(stream.entries_added_until({10, 0}), 10u);
  EXPECT_EQ(stream.entries_added_until({1, 0}), 1u);
  EXPECT_EQ(stream.entries_added_until({0, 5}), 0u);
  EXPECT_EQ(stream.entries_added_until({5, 0}), std::nullopt);
  EXPECT_EQ(stream.entries_added_until({11, 0}), std::nullopt);
  stream.trim({.kind = Trim::Kind::length, .length = 5});
  EXPECT_EQ(stream.entries_added_until({6, 0}), 6u);
  EXPECT_EQ(stream.entries_added_until({3, 0}), 5u);
  stream.erase({8, 0});
  stream.set_max_deleted_id({8, 0});
  EXPECT_EQ(stream.entries_added_until({6, 0}), std::nullopt);
  EXPECT_TRUE(stream.has_deletions_from({8, 0}));
  EXPECT_FALSE(stream.has_deletions_from({8, 1}));
}

TEST(StreamTest, AnApproximateTrimTakesWholeNodesOfAHundred) {
  const ObjectRef owner = stream_of(1000);
  Stream& stream = stream_in(owner);
  EXPECT_EQ(stream.node_count(), 10u);
  EXPECT_EQ(stream.trim({.kind = Trim::Kind::length, .length = 150, .whole_nodes = true}), 800u);
  EXPECT_EQ(stream.size(), 200u);
  EXPECT_EQ(stream.first_id(), (StreamId{801, 0}));
  EXPECT_EQ(stream.trim({.kind = Trim::Kind::least, .least = {901, 0}, .whole_nodes = true}), 100u);
  EXPECT_EQ(stream.trim({.kind = Trim::Kind::length, .length = 7}), 93u);
  EXPECT_EQ(stream.first_id(), (StreamId{994, 0}));
  EXPECT_EQ(stream.trim({.kind = Trim::Kind::length, .length = 0}), 7u);
  EXPECT_TRUE(stream.empty());
  EXPECT_EQ(stream.last_id(), (StreamId{1000, 0}));
  EXPECT_EQ(stream.entries_added(), 1000u);
}

TEST(StreamTest, ATrimKeepsToItsLimit) {
  const ObjectRef owner = stream_of(1000);
  Stream& stream = stream_in(owner);
  const Trim trim{.kind = Trim::Kind::length, .length = 0, .whole_nodes = true, .limit = 250};
  EXPECT_EQ(stream.trim(trim), 200u);
}

TEST(StreamTest, ALongEntryHasANodeOfItsOwn) {
  Stream stream;
  const std::string large(10'000, 'x');
  const std::array<std::string_view, 2> small_texts = {"f", "v"};
  const std::array<std::string_view, 2> large_texts = {"f", large};
  stream.append({1, 0}, small_texts, {});
  stream.append({2, 0}, large_texts, {});
  stream.append({3, 0}, small_texts, {});
  EXPECT_EQ(stream.node_count(), 3u);
}

TEST(StreamTest, CostsLittleMoreThanItsValues) {
  const ObjectRef owner = stream_of(100'000);
  EXPECT_LE(stream_in(owner).bytes(), 100'000u * 36);
}

}  // namespace
}  // namespace redouble::value::stream_test
