#include "resp/request_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "resp/request_run.hpp"

namespace redouble::resp::request_parser_test {
namespace {

using Requests = std::vector<std::vector<std::string>>;
using namespace std::string_literals;
using namespace std::string_view_literals;

// The bytes give these requests and then wait or end, whole and byte by byte.
void expect_requests(std::string_view bytes, const Requests& requests) {
  const RequestRun run = run_requests(bytes);
  EXPECT_EQ(run.requests, requests) << bytes;
  EXPECT_EQ(run.error, "") << bytes;
  EXPECT_FALSE(run.broken) << bytes;
  EXPECT_EQ(run, run_requests_by_byte(bytes)) << bytes;
}

void expect_error(std::string_view bytes, std::string_view error, const RequestLimits& limits = {},
                  const Requests& before = {}) {
  const RequestRun run = run_requests(bytes, limits);
  EXPECT_EQ(run.error, "Protocol error: " + std::string(error)) << bytes.substr(0, 100);
  EXPECT_EQ(run.requests, before) << bytes.substr(0, 100);
  EXPECT_EQ(run, run_requests_by_byte(bytes, limits)) << bytes.substr(0, 100);
}

TEST(RequestParser, ReadsAnArrayOfBulks) {
  expect_requests("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", {{"GET", "k"}});
}

TEST(RequestParser, ReadsPipelinedRequestsOneByOne) {
  expect_requests("*1\r\n$4\r\nPING\r\nECHO a\r\n*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
                  {{"PING"}, {"ECHO", "a"}, {"ECHO", ""}});
}

TEST(RequestParser, TakesAnyByteInABulk) {
  expect_requests("*1\r\n$6\r\n\r\n\0*$1\r\n"sv, {{"\r\n\0*$1"s}});
}

TEST(RequestParser, DoesNotLookAtTheTwoBytesBehindABulk) {
  expect_requests("*1\r\n$4\r\nPINGXY*1\r\n$4\r\nPING\r\n", {{"PING"}, {"PING"}});
}

TEST(RequestParser, DoesNotLookAtTheByteBehindTheCarriageReturnOfALength) {
  expect_requests("*1\r\r$4\rxPING\r\n", {{"PING"}});
}

TEST(RequestParser, GivesARequestWithoutArgumentsForWhatAsksForNothing) {
  expect_requests("*0\r\n", {{}});
  expect_requests("*-10\r\nPING\r\n", {{}, {"PING"}});
  expect_requests("*-9223372036854775808\r\n", {{}});
  expect_requests("\r\n", {{}});
  expect_requests("\n", {{}});
  expect_requests(" \t \r\n", {{}});
}

TEST(RequestParser, WaitsForWhatIsNotWhole) {
  for (const std::string_view bytes :
       {"*"sv, "*1"sv, "*1\r"sv, "*1\r\n"sv, "*1\r\n$"sv, "*1\r\n$1\r"sv, "*1\r\n$1\r\na\r"sv,
        "*1048577\r\n"sv, "*2147483647\r\n"sv, "PING"sv, "PING\r"sv, "*1\r\nfoo"sv}) {
    expect_requests(bytes, {});
  }
}

TEST(RequestParser, ReadsInlineWords) {
  expect_requests("PING\r\n", {{"PING"}});
  expect_requests("PING\n", {{"PING"}});
  expect_requests("  SET\tk   v  \r\n", {{"SET", "k", "v"}});
  expect_requests("$3\r\nabc\r\n", {{"$3"}, {"abc"}});
  expect_requests(R"(SET "a b\x41\n" 'it\'s "x"')"
                  "\r\n",
                  {{"SET", "a bA\n", "it's \"x\""}});
}

TEST(RequestParser, KeepsACarriageReturnInsideAnInlineLineAsSpace) {
  expect_requests("a\rb\r\r\n", {{"a", "b"}});
}

TEST(RequestParser, WaitsBehindANulByteOfALine) {
  expect_requests("PING\0\r\nPING\r\n"sv, {});
  expect_requests("*1\0\r\n$4\r\nPING\r\n"sv, {});
  expect_requests("*1\r\n\0$4\r\nPING\r\n"sv, {});
}

TEST(RequestParser, RefusesALineBehindANulByteOnceItIsTooLong) {
  RequestLimits limits;
  limits.max_inline = 1000;
  const std::string rest = std::string(1001, 'x') + "\r\n";
  expect_error("PING\0\r\n"s + rest, "too big inline request", limits);
  expect_error("*1\0\r\n"s + rest, "too big mbulk count string", limits);
  expect_error("*1\r\n\0"s + rest, "too big bulk count string", limits);
}

TEST(RequestParser, RefusesUnbalancedQuotes) {
  for (const std::string line : {R"(set """k""" v)", "\"", "'", R"("a)", R"('a)", R"("a"b)",
                                 R"('a'b)", R"("a\)", R"("a\")"}) {
    expect_error(line + "\r\n", "unbalanced quotes in request");
  }
  expect_error("PING\r\n\"x\r\n", "unbalanced quotes in request", {}, {{"PING"}});
}

TEST(RequestParser, RefusesACountThatIsNone) {
  for (const std::string count :
       {"", "01", "+1", " 1", "1 ", "-0", "-", "x", "1x", "2147483648", "9223372036854775807",
        "9223372036854775808", "18446744073709551617", "-9223372036854775809"}) {
    expect_error("*" + count + "\r\n", "invalid multibulk length");
  }
}

TEST(RequestParser, RefusesALengthThatIsNone) {
  for (const std::string size : {"", "01", "+1", " 4", "-1", "-0", "x", "536870913", "2000000000",
                                 "18446744073709551615", "18446744073709551617"}) {
    expect_error("*1\r\n$" + size + "\r\n", "invalid bulk length");
  }
}

TEST(RequestParser, RefusesWhatIsNoBulkInAnArray) {
  expect_error("*1\r\nfooz\r\n", "expected '$', got 'f'");
  expect_error("*1\r\n*1\r\n", "expected '$', got '*'");
  expect_error("*2\r\n$1\r\nabcd$1\r\n", "expected '$', got 'd'");
  expect_error("*1\r\n\r\n", "expected '$', got ' '");
  expect_error("*1\r\n\nx\r\n", "expected '$', got ' '");
  expect_error("*1\r\n\xff\r\n", "expected '$', got '\xff'");
}

TEST(RequestParser, TakesAnInlineLineUpToTheLimitAndNotAByteMore) {
  RequestLimits limits;
  limits.max_inline = 100;
  for (const std::size_t size : {98, 99}) {
    const std::string word(size, 'a');
    EXPECT_EQ(run_requests(word + "\r\n", limits).requests, Requests{{word}});
    EXPECT_EQ(run_requests_by_byte(word + "\r\n", limits).requests, Requests{{word}});
  }
  // A carriage return counts, the line feed does not.
  const std::string word(100, 'a');
  EXPECT_EQ(run_requests(word + "\n", limits).requests, Requests{{word}});
  EXPECT_EQ(run_requests(word, limits).error, "");
  expect_error(word + "\r\n", "too big inline request", limits);
  expect_error(word + "a\n", "too big inline request", limits);
  expect_error(word + "a", "too big inline request", limits);
}

TEST(RequestParser, LimitsAnInlineLineTo64KiB) {
  EXPECT_EQ(run_requests(std::string(65536, 'a')).error, "");
  EXPECT_EQ(run_requests(std::string(65536, 'a') + "\n").requests.size(), 1u);
  EXPECT_EQ(run_requests(std::string(65537, 'a')).error, "Protocol error: too big inline request");
}

TEST(RequestParser, TakesTheLineOfALengthUpToTheLimitAndNotAByteMore) {
  RequestLimits limits;
  limits.max_inline = 10;
  EXPECT_EQ(run_requests("*123456789", limits).error, "");
  EXPECT_EQ(run_requests("*123456789\r\n", limits).error, "");
  expect_error("*1234567891", "too big mbulk count string", limits);
  EXPECT_EQ(run_requests("*1\r\n$123456789", limits).error, "");
  EXPECT_EQ(run_requests("*1\r\n$123456789\r\n", limits).error, "");
  expect_error("*1\r\n$1234567890", "too big bulk count string", limits);
}

TEST(RequestParser, TakesABulkUpToTheLimitAndNotAByteMore) {
  RequestLimits limits;
  limits.max_bulk = 100;
  EXPECT_EQ(run_requests("*1\r\n$99\r\n", limits).missing, 101u);
  EXPECT_EQ(run_requests("*1\r\n$100\r\n", limits).missing, 102u);
  expect_error("*1\r\n$101\r\n", "invalid bulk length", limits);
}

TEST(RequestParser, TakesAnArrayUpToTheLimitAndNotAnElementMore) {
  RequestLimits limits;
  limits.max_multibulk = 100;
  EXPECT_EQ(run_requests("*99\r\n", limits).error, "");
  EXPECT_EQ(run_requests("*100\r\n", limits).error, "");
  expect_error("*101\r\n", "invalid multibulk length", limits);
}

TEST(RequestParser, GivesAnUnauthenticatedClientSmallerLimits) {
  RequestLimits limits;
  limits.authenticated = false;
  EXPECT_EQ(run_requests("*9\r\n", limits).error, "");
  EXPECT_EQ(run_requests("*10\r\n", limits).error, "");
  expect_error("*11\r\n", "unauthenticated multibulk length", limits);
  expect_error("*2147483648\r\n", "invalid multibulk length", limits);
  EXPECT_EQ(run_requests("*1\r\n$16383\r\n", limits).error, "");
  EXPECT_EQ(run_requests("*1\r\n$16384\r\n", limits).error, "");
  expect_error("*1\r\n$16385\r\n", "unauthenticated bulk length", limits);
  expect_error("*1\r\n$536870913\r\n", "invalid bulk length", limits);
}

TEST(RequestParser, SaysHowManyBytesTheBulkUnderWayLacks) {
  EXPECT_EQ(run_requests("*1\r\n$4\r\n").missing, 6u);
  EXPECT_EQ(run_requests("*1\r\n$4\r\nPI").missing, 4u);
  EXPECT_EQ(run_requests("*1\r\n$4\r\nPING\r").missing, 1u);
  EXPECT_EQ(run_requests("*1\r\n$4").missing, 0u);
  EXPECT_EQ(run_requests("*2\r\n$1\r\na\r\n").missing, 0u);
  EXPECT_EQ(run_requests("PING").missing, 0u);
}

TEST(RequestParser, FindsARequestWhoseBytesMovedBetweenTheCalls) {
  RequestParser parser;
  const std::string whole = "*2\r\n$3\r\nGET\r\n$5\r\nabcde\r\n";
  std::string first = whole.substr(0, 20);
  ASSERT_EQ(parser.parse(first, {}), RequestParser::Status::need_more);
  first.assign(first.size(), '?');
  ASSERT_EQ(parser.parse(whole, {}), RequestParser::Status::request);
  EXPECT_EQ(parser.args()[0].data(), whole.data() + 8);
  EXPECT_EQ(parser.args()[1], "abcde");
  EXPECT_EQ(parser.consumed(), whole.size());
}

TEST(RequestParser, StartsAfreshAfterAReset) {
  RequestParser parser;
  ASSERT_EQ(parser.parse("*1\r\n$x\r\n", {}), RequestParser::Status::error);
  parser.reset();
  ASSERT_EQ(parser.parse("*1\r\n$4\r\nPI", {}), RequestParser::Status::need_more);
  parser.release();
  ASSERT_EQ(parser.parse("PING\r\n", {}), RequestParser::Status::request);
  EXPECT_EQ(parser.args()[0], "PING");
}

TEST(RequestParser, JudgesEachLengthByTheLimitsOfItsCall) {
  RequestParser parser;
  RequestLimits limits;
  ASSERT_EQ(parser.parse("*2\r\n$4\r\nPING\r\n", limits), RequestParser::Status::need_more);
  limits.max_bulk = 3;
  EXPECT_EQ(parser.parse("*2\r\n$4\r\nPING\r\n$4\r\n", limits), RequestParser::Status::error);
}

// A parser that began again with every piece would need 10^11 steps here.
TEST(RequestParser, IsLinearInARequestOfManyArgumentsThatDripsIn) {
  constexpr std::size_t count = 200'000;
  std::string bytes = "*" + std::to_string(count) + "\r\n";
  for (std::size_t i = 0; i < count; ++i) bytes += "$1\r\nx\r\n";
  RequestParser parser;
  for (std::size_t end = 1; end < bytes.size(); ++end) {
    ASSERT_EQ(parser.parse(std::string_view(bytes).substr(0, end), {}),
              RequestParser::Status::need_more);
  }
  ASSERT_EQ(parser.parse(bytes, {}), RequestParser::Status::request);
  EXPECT_EQ(parser.args().size(), count);
  EXPECT_EQ(parser.consumed(), bytes.size());
}

}  // namespace
}  // namespace redouble::resp::request_parser_test
