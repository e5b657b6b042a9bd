#include "resp/reply_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "resp/reply_run.hpp"

namespace redouble::resp::reply_writer_test {
namespace {

using namespace std::string_literals;
using Write = std::function<void(ReplyWriter&)>;

std::string written(int protocol, const Write& write) {
  Output output;
  ReplyWriter writer(output, protocol);
  write(writer);
  return output.to_string();
}

void expect_written(const Write& write, std::string_view in_2, std::string_view in_3) {
  EXPECT_EQ(written(2, write), in_2);
  EXPECT_EQ(written(3, write), in_3);
}

void expect_in_both(const Write& write, std::string_view bytes) {
  expect_written(write, bytes, bytes);
}

TEST(ReplyWriter, WritesWhatBothProtocolsShare) {
  expect_in_both([](ReplyWriter& to) { to.simple("PONG"); }, "+PONG\r\n");
  expect_in_both([](ReplyWriter& to) { to.ok(); }, "+OK\r\n");
  expect_in_both([](ReplyWriter& to) { to.error("ERR syntax error"); }, "-ERR syntax error\r\n");
  expect_in_both([](ReplyWriter& to) { to.integer(std::numeric_limits<std::int64_t>::min()); },
                 ":-9223372036854775808\r\n");
  expect_in_both([](ReplyWriter& to) { to.bulk("a\r\n\0"s); }, "$4\r\na\r\n\0\r\n"s);
  expect_in_both([](ReplyWriter& to) { to.bulk(""); }, "$0\r\n\r\n");
  expect_in_both([](ReplyWriter& to) { to.bulk_integer(-12); }, "$3\r\n-12\r\n");
  expect_in_both([](ReplyWriter& to) { to.array(3); }, "*3\r\n");
}

TEST(ReplyWriter, WritesEachTypeInTheFormOfItsProtocol) {
  expect_written([](ReplyWriter& to) { to.null(); }, "$-1\r\n", "_\r\n");
  expect_written([](ReplyWriter& to) { to.null_array(); }, "*-1\r\n", "_\r\n");
  expect_written([](ReplyWriter& to) { to.boolean(true); }, ":1\r\n", "#t\r\n");
  expect_written([](ReplyWriter& to) { to.boolean(false); }, ":0\r\n", "#f\r\n");
  expect_written([](ReplyWriter& to) { to.big_number("-123"); }, "$4\r\n-123\r\n", "(-123\r\n");
  expect_written([](ReplyWriter& to) { to.verbatim("txt", "a\nb"); }, "$3\r\na\nb\r\n",
                 "=7\r\ntxt:a\nb\r\n");
  expect_written([](ReplyWriter& to) { to.blob_error("ERR a\nb"); }, "-ERR a b\r\n",
                 "!7\r\nERR a\nb\r\n");
  expect_written([](ReplyWriter& to) { to.map(2); }, "*4\r\n", "%2\r\n");
  expect_written([](ReplyWriter& to) { to.set(2); }, "*2\r\n", "~2\r\n");
  expect_written([](ReplyWriter& to) { to.push(3); }, "*3\r\n", ">3\r\n");
  EXPECT_EQ(written(3, [](ReplyWriter& to) { to.attribute(1); }), "|1\r\n");
}

TEST(ReplyWriter, WritesDoublesWith17Digits) {
  const auto real = [](double value) { return [=](ReplyWriter& to) { to.real(value); }; };
  expect_written(real(0.1), "$19\r\n0.10000000000000001\r\n", ",0.10000000000000001\r\n");
  expect_written(real(3), "$1\r\n3\r\n", ",3\r\n");
  expect_written(real(1e17), "$5\r\n1e+17\r\n", ",1e+17\r\n");
  expect_written(real(HUGE_VAL), "$3\r\ninf\r\n", ",inf\r\n");
  expect_written(real(-HUGE_VAL), "$4\r\n-inf\r\n", ",-inf\r\n");
  expect_written(real(std::nan("")), "$3\r\nnan\r\n", ",nan\r\n");
  expect_written(real(-0.0), "$2\r\n-0\r\n", ",-0\r\n");
}

TEST(ReplyWriter, MakesLineEndsInALineSpaces) {
  expect_in_both([](ReplyWriter& to) { to.simple("\r\na\r\nb\n"); }, "+  a  b \r\n");
  expect_in_both([](ReplyWriter& to) { to.error("ERR a\r\nb"); }, "-ERR a  b\r\n");
}

TEST(ReplyWriter, DropsLineEndsAtTheEndsOfAnError) {
  expect_in_both([](ReplyWriter& to) { to.error("\r\nERR a\n\r"); }, "-ERR a\r\n");
  expect_in_both([](ReplyWriter& to) { to.error("\r\n"); }, "-\r\n");
  expect_in_both([](ReplyWriter& to) { to.error(""); }, "-\r\n");
}

TEST(ReplyWriter, SendsALargeBlockFromWhereItIs) {
  const std::string bytes(Output::zero_copy_limit + 1, 'x');
  const BlockRef block = BlockRef::of(bytes);
  Output output;
  ReplyWriter(output, 2).bulk(block);
  EXPECT_FALSE(block.unique());
  EXPECT_EQ(output.to_string(), "$16385\r\n" + bytes + "\r\n");
}

TEST(ReplyWriter, SendsARangeOfABlock) {
  const BlockRef block = BlockRef::of("0123456789");
  expect_in_both([&](ReplyWriter& to) { to.bulk(block, 2, 3); }, "$3\r\n234\r\n");
  expect_in_both([&](ReplyWriter& to) { to.bulk(block, 10, 0); }, "$0\r\n\r\n");
}

TEST(ReplyWriter, PutsACountKnownOnlyLaterInFront) {
  const Write write = [](ReplyWriter& to) {
    to.ok();
    const ReplyWriter::Deferred outer = to.begin();
    to.integer(1);
    const ReplyWriter::Deferred empty = to.begin();
    to.end_set(empty, 0);
    const ReplyWriter::Deferred inner = to.begin();
    to.bulk("k");
    to.bulk("v");
    to.end_map(inner, 1);
    to.end_array(outer, 3);
    to.ok();
  };
  expect_written(write, "+OK\r\n*3\r\n:1\r\n*0\r\n*2\r\n$1\r\nk\r\n$1\r\nv\r\n+OK\r\n",
                 "+OK\r\n*3\r\n:1\r\n~0\r\n%1\r\n$1\r\nk\r\n$1\r\nv\r\n+OK\r\n");
}

TEST(ReplyWriter, PutsALateCountBeforeLargeBlocks) {
  const BlockRef block = BlockRef::of(std::string(20'000, 'b'));
  Output output;
  ReplyWriter writer(output, 3);
  const ReplyWriter::Deferred place = writer.begin();
  for (int i = 0; i < 12; ++i) writer.bulk(block);
  writer.end_array(place, 12);
  const ReplyRun run = run_replies(output.to_string());
  ASSERT_EQ(run.replies.size(), 1u);
  EXPECT_TRUE(run.at_boundary);
  EXPECT_EQ(run.replies[0].elements.size(), 12u);
}

TEST(ReplyWriter, WritesUsualRepliesWithoutGrowingTheOutput) {
  Output output;
  ReplyWriter writer(output, 3);
  writer.bulk(std::string(100, 'x'));
  const std::size_t memory = output.memory();
  for (int i = 0; i < 1000; ++i) {
    output.clear();
    writer.integer(i);
    writer.real(0.1);
    writer.end_array(writer.begin(), 0);
  }
  EXPECT_EQ(output.memory(), memory);
}

}  // namespace
}  // namespace redouble::resp::reply_writer_test
