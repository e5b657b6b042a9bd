#include "resp/reply_reader.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "resp/reply_run.hpp"

namespace redouble::resp::reply_reader_test {
namespace {

using Type = Reply::Type;
using namespace std::string_literals;
using namespace std::string_view_literals;

// The bytes are exactly one reply, whole and byte by byte, and encode to themselves.
Reply only_reply(std::string_view bytes) {
  const ReplyRun run = run_replies(bytes);
  EXPECT_EQ(run.error, "") << bytes;
  EXPECT_TRUE(run.at_boundary) << bytes;
  EXPECT_EQ(run, run_replies_by_byte(bytes)) << bytes;
  if (run.replies.size() != 1) {
    ADD_FAILURE() << run.replies.size() << " replies: " << bytes;
    return {};
  }
  EXPECT_EQ(encode(run.replies[0]), bytes);
  return run.replies[0];
}

void expect_error(std::string_view bytes, std::string_view error, std::uint64_t position = 0,
                  const ReplyLimits& limits = {}) {
  const ReplyRun run = run_replies(bytes, limits);
  EXPECT_EQ(run.error, error) << bytes;
  EXPECT_EQ(run.error_position, position) << bytes;
  EXPECT_EQ(run, run_replies_by_byte(bytes, limits)) << bytes;
}

void expect_waiting(std::string_view bytes, const ReplyLimits& limits = {}) {
  const ReplyRun run = run_replies(bytes, limits);
  EXPECT_TRUE(run.replies.empty()) << bytes;
  EXPECT_EQ(run.error, "") << bytes;
  EXPECT_FALSE(run.at_boundary) << bytes;
  EXPECT_EQ(run, run_replies_by_byte(bytes, limits)) << bytes;
}

TEST(ReplyReader, ReadsTextsOfALine) {
  EXPECT_EQ(only_reply("+OK\r\n").type, Type::simple);
  EXPECT_EQ(only_reply("+\r\n").text, "");
  EXPECT_EQ(only_reply("-ERR no\r\n").type, Type::error);
  EXPECT_EQ(only_reply("-ERR no\r\n").text, "ERR no");
  EXPECT_EQ(only_reply("(-123456789012345678901234567890\r\n").text,
            "-123456789012345678901234567890");
}

TEST(ReplyReader, ReadsNumbers) {
  EXPECT_EQ(only_reply(":-9223372036854775808\r\n").integer,
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(only_reply(":9223372036854775807\r\n").integer,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(only_reply(",3.141\r\n").real, 3.141);
  EXPECT_EQ(only_reply(",-inf\r\n").real, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(only_reply(",1e+100\r\n").real, 1e100);
  EXPECT_TRUE(std::signbit(only_reply(",-0\r\n").real));
  EXPECT_TRUE(std::isnan(only_reply(",nan\r\n").real));
  EXPECT_TRUE(std::isnan(run_replies(",-nan\r\n").replies.at(0).real));
  EXPECT_EQ(run_replies(",+1.50E-1\r\n").replies.at(0).real, 0.15);
}

TEST(ReplyReader, ReadsBooleansAndTellsTheNullsApart) {
  EXPECT_TRUE(only_reply("#t\r\n").boolean);
  EXPECT_FALSE(only_reply("#f\r\n").boolean);
  EXPECT_EQ(only_reply("_\r\n").type, Type::null);
  EXPECT_EQ(only_reply("$-1\r\n").type, Type::null_bulk);
  EXPECT_EQ(only_reply("*-1\r\n").type, Type::null_array);
  EXPECT_NE(only_reply("$-1\r\n"), only_reply("*-1\r\n"));
}

TEST(ReplyReader, ReadsBulksOfAnyBytes) {
  EXPECT_EQ(only_reply("$6\r\n\r\n\0+\xff\n\r\n"sv).text, "\r\n\0+\xff\n"s);
  EXPECT_EQ(only_reply("$0\r\n\r\n").text, "");
  EXPECT_EQ(only_reply("!8\r\nERR\r\nno\n\r\n").type, Type::blob_error);
  const Reply verbatim = only_reply("=6\r\ntxt:a\n\r\n");
  EXPECT_EQ(verbatim.text, "a\n");
  EXPECT_EQ(std::string(verbatim.format.data(), 3), "txt");
  EXPECT_EQ(only_reply("=4\r\nmkd:\r\n").text, "");
}

TEST(ReplyReader, ReadsAggregatesInOneAnother) {
  const Reply array = only_reply("*3\r\n:1\r\n%1\r\n+k\r\n~2\r\n:2\r\n:3\r\n*0\r\n");
  ASSERT_EQ(array.elements.size(), 3u);
  EXPECT_EQ(array.elements[1].type, Type::map);
  ASSERT_EQ(array.elements[1].elements.size(), 2u);
  EXPECT_EQ(array.elements[1].elements[1].elements.at(1).integer, 3);
  EXPECT_EQ(array.elements[2], only_reply("*0\r\n"));
  EXPECT_EQ(only_reply("%0\r\n").type, Type::map);
  EXPECT_EQ(only_reply("~0\r\n").type, Type::set);
}

TEST(ReplyReader, TellsAPushFromAReply) {
  const ReplyRun run = run_replies(">2\r\n+message\r\n+a\r\n+OK\r\n>0\r\n");
  ASSERT_EQ(run.replies.size(), 3u);
  EXPECT_EQ(run.replies[0].type, Type::push);
  EXPECT_EQ(run.replies[1].type, Type::simple);
  EXPECT_EQ(run.replies[2].type, Type::push);
}

TEST(ReplyReader, HangsAttributesOnTheReplyThatTheyDescribe) {
  const Reply top =
      only_reply("|1\r\n+ttl\r\n:5\r\n*2\r\n|1\r\n+a\r\n|1\r\n+x\r\n+y\r\n+b\r\n:1\r\n:2\r\n");
  ASSERT_EQ(top.attributes.size(), 2u);
  EXPECT_EQ(top.attributes[1].integer, 5);
  ASSERT_EQ(top.elements.size(), 2u);
  ASSERT_EQ(top.elements[0].attributes.size(), 2u);
  EXPECT_EQ(top.elements[0].attributes[1].attributes.size(), 2u);
  EXPECT_EQ(top.elements[0].integer, 1);
  EXPECT_TRUE(top.elements[1].attributes.empty());
}

TEST(ReplyReader, JoinsAttributesInARowAndForgetsEmptyOnes) {
  const ReplyRun run = run_replies("|0\r\n|1\r\n+a\r\n:1\r\n|1\r\n+b\r\n:2\r\n+OK\r\n");
  ASSERT_EQ(run.replies.size(), 1u);
  EXPECT_EQ(run.replies[0].attributes.size(), 4u);
}

TEST(ReplyReader, WaitsForWhatIsNotWhole) {
  for (const std::string_view bytes :
       {"+"sv, "+OK"sv, "+OK\r"sv, ":"sv, "$5\r\nabc"sv, "$0\r\n"sv, "$0\r\n\r"sv, "*1\r\n"sv,
        "*2\r\n:1\r\n"sv, "|1\r\n+a\r\n+b\r\n"sv, "|0\r\n"sv, "%1\r\n+a\r\n"sv, "=4\r\ntxt:"sv}) {
    expect_waiting(bytes);
  }
}

TEST(ReplyReader, RefusesAnUnknownType) {
  expect_error("x", "unknown type");
  expect_error("\r\n", "unknown type");
  expect_error("+OK\r\n\n", "unknown type", 5);
  expect_error("*1\r\n;", "unknown type", 4);
}

TEST(ReplyReader, RefusesTypesOfProtocol3InProtocol2) {
  for (const char type : "_,#(=!%~>|"sv) {
    expect_error(std::string(1, type), "a type of protocol 3 in protocol 2", 0, {.protocol = 2});
  }
  EXPECT_EQ(run_replies("*5\r\n+\r\n-\r\n:1\r\n$0\r\n\r\n*0\r\n", {.protocol = 2}).replies.size(),
            1u);
}

TEST(ReplyReader, RefusesALineThatDoesNotEndInBothBytes) {
  expect_error("+OK\n", "LF without CR", 3);
  expect_error("+O\rK\r\n", "CR without LF", 2);
  expect_error("+OK\r\r\n", "CR without LF", 3);
  expect_error(":1\n", "LF without CR", 2);
}

TEST(ReplyReader, RefusesWhatIsNoInteger) {
  for (const std::string digits : {"", "+1", "01", "-0", " 1", "1 ", "1.0", "x", "-",
                                   "9223372036854775808", "-9223372036854775809"}) {
    expect_error(":" + digits + "\r\n", "not an integer");
  }
}

TEST(ReplyReader, RefusesWhatIsNoDouble) {
  for (const std::string digits : {"", "+inf", "infinity", "NaN", ".5", "5.", "1e", "0x10", "1_0",
                                   "1e999", "--1", "1.e5", " 1", "e5"}) {
    expect_error("," + digits + "\r\n", "not a double");
  }
}

TEST(ReplyReader, RefusesOtherBadLines) {
  expect_error("_x\r\n", "a null with text");
  expect_error("#\r\n", "not a boolean");
  expect_error("#true\r\n", "not a boolean");
  expect_error("(\r\n", "not a big number");
  expect_error("(1.5\r\n", "not a big number");
  expect_error("(-\r\n", "not a big number");
}

TEST(ReplyReader, RefusesALengthThatIsNone) {
  for (const std::string size : {"", "-2", "-0", "+1", "01", "1x", "18446744073709551615",
                                 "18446744073709551617", "9223372036854775808"}) {
    expect_error("$" + size + "\r\n", "not a length");
    expect_error("*" + size + "\r\n", "not a count");
    expect_error("%" + size + "\r\n", "not a count");
  }
  expect_error("!-1\r\n", "not a length");
  expect_error("=-1\r\n", "not a length");
  expect_error("~-1\r\n", "not a count");
  expect_error(">-1\r\n", "not a count");
}

TEST(ReplyReader, RefusesStreamedTypes) {
  expect_error("$?\r\n", "streamed strings are not supported");
  expect_error("*?\r\n", "streamed aggregates are not supported");
}

TEST(ReplyReader, RefusesABulkWithoutItsEnd) {
  expect_error("$3\r\nabcd\r\n", "no CR LF behind a bulk", 7);
  expect_error("$3\r\nabc\n\r", "no CR LF behind a bulk", 7);
  expect_error("$0\r\n+OK\r\n", "no CR LF behind a bulk", 4);
  expect_error("=3\r\ntxt\r\n", "too short a verbatim text");
  expect_error("=5\r\ntxtab\r\n", "no colon behind a format", 7);
}

TEST(ReplyReader, RefusesAPushInsideAnotherReply) {
  expect_error("*1\r\n>1\r\n:1\r\n", "a push inside another reply", 4);
}

TEST(ReplyReader, CountsErrorPositionsFromTheFirstByteEver) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += "+line\r\n";
  expect_error(bytes + "*2\r\n:1\r\n:x\r\n", "not an integer", bytes.size() + 8);
}

TEST(ReplyReader, StaysAtItsError) {
  ReplyReader reader;
  Reply reply;
  reader.feed("x");
  ASSERT_EQ(reader.next(reply), ReplyReader::Status::error);
  reader.feed("+OK\r\n");
  EXPECT_EQ(reader.next(reply), ReplyReader::Status::error);
  EXPECT_EQ(reader.error(), "unknown type");
}

TEST(ReplyReader, TakesAsDeepAsTheLimitAndNotALevelMore) {
  const ReplyLimits limits{.max_depth = 10};
  const auto nested = [](int depth, std::string_view open) {
    std::string bytes;
    for (int i = 0; i < depth; ++i) bytes += open;
    return bytes;
  };
  for (const std::string_view open : {"*1\r\n"sv, "|1\r\n"sv, "~1\r\n"sv}) {
    expect_waiting(nested(9, open), limits);
    expect_waiting(nested(10, open), limits);
    expect_error(nested(11, open), "too deep", 40, limits);
  }
  EXPECT_EQ(run_replies(nested(10, "*1\r\n") + "+x\r\n", limits).replies.size(), 1u);
  expect_error(nested(100'000, "*1\r\n").substr(0, 2000), "too deep", 512);
}

TEST(ReplyReader, TakesAsManyBytesAsTheLimitAndNotOneMore) {
  const ReplyLimits limits{.max_bulk = 10};
  expect_waiting("$9\r\n", limits);
  expect_waiting("$10\r\n", limits);
  expect_error("$11\r\n", "too long a bulk", 0, limits);
  EXPECT_EQ(run_replies("+123456789\r\n", limits).replies.size(), 1u);
  EXPECT_EQ(run_replies("+1234567890\r\n", limits).replies.size(), 1u);
  expect_error("+12345678901\r\n", "too long a line", 0, limits);
}

TEST(ReplyReader, TakesAsManyElementsAsTheLimitAndNotOneMore) {
  const ReplyLimits limits{.max_elements = 10};
  expect_waiting("*9\r\n", limits);
  expect_waiting("*10\r\n", limits);
  expect_error("*11\r\n", "too many elements", 0, limits);
  expect_waiting("%5\r\n", limits);
  expect_error("%6\r\n", "too many elements", 0, limits);
  expect_error("|6\r\n", "too many elements", 0, limits);
  expect_error("%9223372036854775807\r\n", "too many elements");
}

// A count of two thousand million at each of 128 levels: nothing is made for what has not come.
TEST(ReplyReader, TakesNoMemoryForACount) {
  std::string bytes;
  for (int i = 0; i < 128; ++i) bytes += "*2147483647\r\n";
  expect_waiting(bytes);
}

TEST(ReplyReader, KnowsWhetherAReplyIsUnderWay) {
  ReplyReader reader;
  Reply reply;
  EXPECT_TRUE(reader.at_boundary());
  reader.feed("+O");
  EXPECT_EQ(reader.next(reply), ReplyReader::Status::need_more);
  EXPECT_FALSE(reader.at_boundary());
  reader.feed("K\r\n");
  EXPECT_EQ(reader.next(reply), ReplyReader::Status::reply);
  EXPECT_TRUE(reader.at_boundary());
  EXPECT_EQ(reader.consumed(), 5u);
}

}  // namespace
}  // namespace redouble::resp::reply_reader_test
