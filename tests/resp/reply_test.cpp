#include "resp/reply.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "resp/reply_run.hpp"

namespace redouble::resp::reply_test {
namespace {

using namespace std::string_literals;

std::string shown(std::string_view bytes) {
  const ReplyRun run = run_replies(bytes);
  return run.replies.size() == 1 ? to_text(run.replies[0]) : "not one reply: " + run.error;
}

TEST(Reply, IsShownAsRedisCliDoes) {
  EXPECT_EQ(shown("+fine\r\n"), "fine\n");
  EXPECT_EQ(shown("-ERR bad\r\n"), "(error) ERR bad\n");
  EXPECT_EQ(shown(":-5\r\n"), "(integer) -5\n");
  EXPECT_EQ(shown("$3\r\na\nb\r\n"), "\"a\\nb\"\n");
  EXPECT_EQ(shown("$-1\r\n"), "(nil)\n");
  EXPECT_EQ(shown("*-1\r\n"), "(nil)\n");
  EXPECT_EQ(shown("_\r\n"), "(nil)\n");
  EXPECT_EQ(shown(",3.5\r\n"), "(double) 3.5\n");
  EXPECT_EQ(shown("#t\r\n"), "(true)\n");
  EXPECT_EQ(shown("#f\r\n"), "(false)\n");
  EXPECT_EQ(shown("=7\r\ntxt:a\nb\r\n"), "a\nb\n");
}

TEST(Reply, IsShownWithItsElementsNumbered) {
  EXPECT_EQ(shown("*0\r\n"), "(empty array)\n");
  EXPECT_EQ(shown("%0\r\n"), "(empty hash)\n");
  EXPECT_EQ(shown("~0\r\n"), "(empty set)\n");
  EXPECT_EQ(shown(">0\r\n"), "(empty push)\n");
  EXPECT_EQ(shown("~2\r\n$1\r\ny\r\n$1\r\nz\r\n"), "1~ \"y\"\n2~ \"z\"\n");
  EXPECT_EQ(shown("%2\r\n:0\r\n#f\r\n:1\r\n#t\r\n"),
            "1# (integer) 0 => (false)\n2# (integer) 1 => (true)\n");
  EXPECT_EQ(shown("%1\r\n$1\r\na\r\n%1\r\n$1\r\nx\r\n:1\r\n"),
            "1# \"a\" => 1# \"x\" => (integer) 1\n");
}

TEST(Reply, IsShownWithInnerElementsBelowOneAnother) {
  EXPECT_EQ(shown("*3\r\n:1\r\n*2\r\n:2\r\n*0\r\n:3\r\n"),
            "1) (integer) 1\n"
            "2) 1) (integer) 2\n"
            "   2) (empty array)\n"
            "3) (integer) 3\n");
  EXPECT_EQ(
      shown("*10\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n:7\r\n:8\r\n:9\r\n*2\r\n:10\r\n:11\r\n"),
      " 1) (integer) 1\n 2) (integer) 2\n 3) (integer) 3\n 4) (integer) 4\n"
      " 5) (integer) 5\n 6) (integer) 6\n 7) (integer) 7\n 8) (integer) 8\n"
      " 9) (integer) 9\n10) 1) (integer) 10\n    2) (integer) 11\n");
}

TEST(Reply, ShowsUnprintableBytesEscaped) {
  EXPECT_EQ(quoted_text("a\r\n\t\a\b\"\\\0\xff\x7f~"s), R"("a\r\n\t\a\b\"\\\x00\xff\x7f~")");
}

TEST(Reply, EqualsOnlyWhatIsEqualOnTheWire) {
  Reply nan{.type = Reply::Type::real, .real = std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(nan, nan);
  const Reply zero{.type = Reply::Type::real, .real = 0.0};
  const Reply minus_zero{.type = Reply::Type::real, .real = -0.0};
  EXPECT_NE(zero, minus_zero);
  Reply simple{.type = Reply::Type::simple, .text = "a"};
  Reply bulk{.type = Reply::Type::bulk, .text = "a"};
  EXPECT_NE(simple, bulk);
  bulk.type = Reply::Type::simple;
  EXPECT_EQ(simple, bulk);
  bulk.attributes = {zero, zero};
  EXPECT_NE(simple, bulk);
}

}  // namespace
}  // namespace redouble::resp::reply_test
