#include "resp/output.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace redouble::resp::output_test {
namespace {

std::string gathered(const Output& output, std::size_t most_parts = 64) {
  std::vector<iovec> parts(most_parts);
  parts.resize(output.gather(parts));
  std::string bytes;
  for (const iovec& part : parts) {
    EXPECT_GT(part.iov_len, 0u);
    bytes.append(static_cast<const char*>(part.iov_base), part.iov_len);
  }
  return bytes;
}

BlockRef block_of(std::size_t size, char byte) { return BlockRef::of(std::string(size, byte)); }

TEST(Output, IsEmptyAtFirst) {
  const Output output;
  EXPECT_TRUE(output.empty());
  EXPECT_EQ(gathered(output), "");
  EXPECT_EQ(output.to_string(), "");
}

TEST(Output, GivesSmallPiecesAsOneChunk) {
  Output output;
  output.append("+OK\r\n");
  output.append("");
  output.append(":1\r\n");
  std::array<iovec, 4> parts;
  EXPECT_EQ(output.gather(parts), 1u);
  EXPECT_EQ(gathered(output), "+OK\r\n:1\r\n");
  EXPECT_EQ(output.size(), 9u);
}

TEST(Output, CopiesABlockUpToTheLimitAndReferencesItAbove) {
  for (const std::size_t size :
       {Output::zero_copy_limit - 1, Output::zero_copy_limit, Output::zero_copy_limit + 1}) {
    const BlockRef block = block_of(size, 'b');
    Output output;
    output.append(block);
    EXPECT_EQ(block.unique(), size <= Output::zero_copy_limit) << size;
    EXPECT_EQ(gathered(output), block->view());
    std::array<iovec, 1> part;
    ASSERT_EQ(output.gather(part), 1u);
    EXPECT_EQ(part[0].iov_base == block->view().data(), size > Output::zero_copy_limit);
    output.clear();
    EXPECT_TRUE(block.unique());
  }
}

TEST(Output, JudgesARangeOfABlockByItsOwnSize) {
  const BlockRef block = block_of(100'000, 'b');
  Output output;
  output.append(block, 99'990, 10);
  EXPECT_TRUE(block.unique());
  output.append(block, 10, 50'000);
  EXPECT_FALSE(block.unique());
  EXPECT_EQ(output.size(), 50'010u);
  EXPECT_EQ(gathered(output), std::string(50'010, 'b'));
}

// Bytes in which every place can be told apart, with blocks at the front, in a row, in the middle
// and at the end.
std::pair<Output, std::string> mixed_output() {
  Output output;
  std::string expected;
  const auto add = [&](const BlockRef& block) {
    output.append(block);
    expected += block->view();
  };
  add(block_of(20'000, 'a'));
  output.append("one");
  expected += "one";
  add(block_of(20'001, 'b'));
  add(block_of(20'002, 'c'));
  for (int i = 0; i < 3000; ++i) {
    output.append(std::to_string(i));
    expected += std::to_string(i);
  }
  add(block_of(20'003, 'd'));
  return {std::move(output), expected};
}

TEST(Output, KeepsTheOrderOfCopiesAndBlocks) {
  const auto [output, expected] = mixed_output();
  EXPECT_EQ(gathered(output), expected);
  EXPECT_EQ(output.to_string(), expected);
  EXPECT_EQ(output.size(), expected.size());
}

TEST(Output, GathersOnlyWhatThereIsRoomFor) {
  const auto [output, expected] = mixed_output();
  for (std::size_t room = 0; room < 8; ++room) {
    const std::string bytes = gathered(output, room);
    EXPECT_EQ(bytes, expected.substr(0, bytes.size())) << room;
  }
}

// Takes at most `most` bytes from the first chunk, as a send would.
std::string send_some(Output& output, std::size_t most) {
  std::array<iovec, 1> part;
  if (output.gather(part) == 0) return "";
  const std::string sent(static_cast<const char*>(part[0].iov_base),
                         std::min(most, part[0].iov_len));
  output.consume(sent.size());
  return sent;
}

TEST(Output, GoesOnWhereAPartialSendStopped) {
  for (const std::size_t step : {1u, 7u, 5000u, 19'999u, 20'000u, 20'001u, 1u << 20}) {
    auto [output, expected] = mixed_output();
    std::string sent;
    while (!output.empty()) {
      sent += send_some(output, step);
      ASSERT_EQ(output.size(), expected.size() - sent.size());
    }
    EXPECT_EQ(sent, expected) << step;
  }
}

TEST(Output, GoesOnWhereASendOfManyChunksStopped) {
  auto [output, expected] = mixed_output();
  for (const std::size_t size : {30'000u, 25'000u, 9u, 5'000u, 1u}) {
    output.consume(size);
    expected.erase(0, size);
    EXPECT_EQ(output.to_string(), expected);
    EXPECT_EQ(gathered(output), expected);
  }
}

TEST(Output, TakesMoreWhileTheRestIsUnsent) {
  auto [output, expected] = mixed_output();
  std::string sent;
  for (int round = 0; round < 2000; ++round) {
    output.append("more");
    expected += "more";
    sent += send_some(output, 40);
  }
  EXPECT_EQ(sent + output.to_string(), expected);
}

TEST(Output, DoesNotGrowWhileWhatComesIsSent) {
  Output output;
  output.append("rest");
  for (int i = 0; i < 100'000; ++i) {
    output.append("0123456789");
    output.consume(10);
  }
  EXPECT_EQ(output.size(), 4u);
  EXPECT_LE(output.memory(), 64u * 1024);
}

TEST(Output, MovesTheUnsentRestToAnOwnerOfItsOwn) {
  for (const std::size_t sent : {0u, 5u, 20'002u, 30'000u, 62'000u}) {
    auto [output, expected] = mixed_output();
    output.consume(sent);
    const Output rest = output.detach();
    EXPECT_EQ(rest.to_string(), expected.substr(sent));
    EXPECT_TRUE(output.empty());
    output.append("next");
    EXPECT_EQ(output.to_string(), "next");
    EXPECT_EQ(rest.to_string(), expected.substr(sent));
  }
}

TEST(Output, MovesALargeRestWithoutCopyingIt) {
  Output output;
  output.append(std::string(1 << 20, 'x'));
  std::array<iovec, 1> before;
  std::array<iovec, 1> after;
  output.gather(before);
  const Output rest = output.detach();
  rest.gather(after);
  EXPECT_EQ(before[0].iov_base, after[0].iov_base);
  EXPECT_TRUE(output.empty());
}

TEST(Output, KeepsABoundedBufferWhenCleared) {
  Output output;
  output.append(std::string(Output::kept_capacity / 2, 'x'));
  output.clear();
  EXPECT_GE(output.memory(), Output::kept_capacity / 2);
  output.append(std::string(Output::kept_capacity + 1, 'x'));
  output.clear();
  EXPECT_EQ(output.memory(), 0u);
}

TEST(Output, DropsWhatWasAppendedSinceAMark) {
  auto [output, expected] = mixed_output();
  const Output::Mark mark = output.mark();
  const BlockRef block = block_of(20'000, 'z');
  output.append("dropped");
  output.append(block);
  output.append("dropped");
  output.truncate(mark);
  EXPECT_TRUE(block.unique());
  EXPECT_EQ(output.to_string(), expected);
  EXPECT_EQ(output.size(), expected.size());
  output.append("kept");
  EXPECT_EQ(output.to_string(), expected + "kept");
}

TEST(Output, PutsBytesInAtAMarkBeforeLaterBlocks) {
  Output output;
  output.append("head");
  output.append(block_of(20'000, 'a'));
  output.append("x");
  const Output::Mark mark = output.mark();
  output.append("y");
  output.append(block_of(20'001, 'b'));
  output.append("z");
  output.insert(mark, "<inserted>");
  EXPECT_EQ(output.to_string(),
            "head" + std::string(20'000, 'a') + "x<inserted>y" + std::string(20'001, 'b') + "z");
}

TEST(Output, RefusesAMarkFromBeforeASend) {
  Output output;
  output.append("ab");
  const Output::Mark mark = output.mark();
  output.consume(1);
  EXPECT_DEATH(output.truncate(mark), "broken invariant");
}

}  // namespace
}  // namespace redouble::resp::output_test
