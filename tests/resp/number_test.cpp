#include "resp/number.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace redouble::resp::number_test {
namespace {

using namespace std::string_literals;

std::string integer_digits(std::int64_t value) {
  std::array<char, number_buffer_size> buffer;
  return std::string(format_integer(buffer, value));
}

std::string double_digits(double value) {
  std::array<char, number_buffer_size> buffer;
  return std::string(format_double(buffer, value));
}

TEST(Number, AnIntegerIsPlainDigitsInRange) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("-1"), -1);
  EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  for (const std::string& text :
       {""s, "-"s, "-0"s, "+1"s, "01"s, "-01"s, "00"s, " 1"s, "1 "s, "1\n"s, "0x1"s, "1.0"s, "1\0"s,
        "--1"s, "9223372036854775808"s, "-9223372036854775809"s, "18446744073709551617"s,
        "100000000000000000000000000"s}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
}

TEST(Number, AnUnsignedOfAnIdIsAnIntegerOrWhatStrtoullTakes) {
  EXPECT_EQ(parse_unsigned("0"), 0u);
  EXPECT_EQ(parse_unsigned("007"), 7u);
  EXPECT_EQ(parse_unsigned(" +5"), 5u);
  EXPECT_EQ(parse_unsigned("-05"), std::uint64_t{0} - 5);
  EXPECT_EQ(parse_unsigned("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  for (const std::string& text :
       {""s, "-1"s, "x"s, "5 "s, "+-5"s, "- 5"s, "18446744073709551616"s}) {
    EXPECT_EQ(parse_unsigned(text), std::nullopt) << text;
  }
}

TEST(Number, ACursorIsWhatStrtoulTakesWithoutSpace) {
  EXPECT_EQ(parse_cursor(""), 0u);
  EXPECT_EQ(parse_cursor(std::string_view("\0", 1)), 0u);
  EXPECT_EQ(parse_cursor(std::string_view("7\0x", 3)), 7u);
  EXPECT_EQ(parse_cursor("007"), 7u);
  EXPECT_EQ(parse_cursor("+5"), 5u);
  EXPECT_EQ(parse_cursor("-1"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_cursor("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  for (const std::string& text : {" 5"s, "5 "s, "x"s, "-"s, "18446744073709551616"s}) {
    EXPECT_EQ(parse_cursor(text), std::nullopt) << text;
  }
}

// Each was asked of the real server with ZADD.
TEST(Number, ADoubleIsWhatZaddTakes) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<std::string, double>> good = {
      {"0.1", 0.1},
      {"-0", -0.0},
      {"1e100", 1e100},
      {"0x10", 16},
      {"0X1P-3", 0.125},
      {"-0x.8", -.5},
      {"inf", infinite},
      {"+inf", infinite},
      {"INF", infinite},
      {"+1", 1},
      {".5", 0.5},
      {"5.", 5},
      {"1e-310", 1e-310},
      {"4.9e-324", 4.9e-324},
      {"1E5", 1e5},
      {"-Infinity", -infinite},
      {"9007199254740993", 9007199254740992.0}};
  for (const auto& [text, value] : good) EXPECT_EQ(parse_double(text), value) << text;
  EXPECT_TRUE(std::signbit(*parse_double("-0")));
  for (const std::string& text :
       {""s,    "1e400"s, "-1e400"s, "1e-400"s, "nan"s, "-nan"s, "nan(1)"s, "infin"s,
        " 1"s,  "1 "s,    "1e"s,     "1_0"s,    "0x"s,  "0x-1"s, "0xinf"s,  "--1"s,
        "+-1"s, "1\0"s,   "."s,      "e5"s,     "-"s,   "0xg"s,  "0x1p"s,   "1.5.5"s}) {
    EXPECT_EQ(parse_double(text), std::nullopt) << text;
  }
}

TEST(Number, ADoubleMayHaveAnyNumberOfDigits) {
  EXPECT_EQ(parse_double("1" + std::string(100, '0')), 1e100);
  EXPECT_EQ(parse_double("1" + std::string(1000, '0')), std::nullopt);
  EXPECT_EQ(parse_double("0." + std::string(1000, '0')), 0.0);
  EXPECT_EQ(parse_double("0." + std::string(1000, '0') + "1"), std::nullopt);
  EXPECT_EQ(parse_double(std::string(10'000, '0') + "1"), 1.0);
}

TEST(Number, ABoundOfARangeIsLenient) {
  EXPECT_EQ(parse_bound(""), 0.0);
  EXPECT_EQ(parse_bound(" 1"), 1.0);
  EXPECT_EQ(parse_bound("1e400"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_bound("-1e400"), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_bound("-1" + std::string(1000, '0')), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_bound("0x1p99999"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_bound("1e-400"), 0.0);
  EXPECT_EQ(parse_bound("0.00001e-400"), 0.0);
  EXPECT_EQ(parse_bound("1" + std::string(400, '0') + "e-1000"), 0.0);
  EXPECT_EQ(parse_bound("0." + std::string(400, '0') + "1e1000"),
            std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_bound("1\0x"s), 1.0);
  for (const std::string& text : {"nan"s, "x"s, "1 "s, " "s, "-"s}) {
    EXPECT_EQ(parse_bound(text), std::nullopt) << text;
  }
}

TEST(Number, ALongDoubleIsWhatIncrbyfloatTakes) {
  EXPECT_EQ(parse_long_double("0.1"), 0.1L);
  EXPECT_EQ(parse_long_double("1e4932"), 1e4932L);
  EXPECT_EQ(parse_long_double("0x10"), 16.0L);
  EXPECT_EQ(parse_long_double("1e-400"), 1e-400L);
  EXPECT_EQ(parse_long_double("inf"), std::numeric_limits<long double>::infinity());
  for (const std::string& text :
       {""s, "1e5000"s, "1e-5000"s, "nan"s, " 1"s, "1 "s, "1\0"s, "x"s, "--1"s}) {
    EXPECT_EQ(parse_long_double(text), std::nullopt) << text;
  }
}

TEST(Number, ALongDoubleHasAtMost5119Bytes) {
  EXPECT_EQ(parse_long_double(std::string(5117, '0') + "1"), 1.0L);
  EXPECT_EQ(parse_long_double(std::string(5118, '0') + "1"), 1.0L);
  EXPECT_EQ(parse_long_double(std::string(5119, '0') + "1"), std::nullopt);
}

TEST(Number, IntegersAreShownWhole) {
  EXPECT_EQ(integer_digits(0), "0");
  EXPECT_EQ(integer_digits(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  std::array<char, number_buffer_size> buffer;
  EXPECT_EQ(format_unsigned(buffer, std::numeric_limits<std::uint64_t>::max()),
            "18446744073709551615");
}

// As ZSCORE shows them.
TEST(Number, DoublesAreShownWith17Digits) {
  EXPECT_EQ(double_digits(0.1), "0.10000000000000001");
  EXPECT_EQ(double_digits(3.0), "3");
  EXPECT_EQ(double_digits(1e16), "10000000000000000");
  EXPECT_EQ(double_digits(1e17), "1e+17");
  EXPECT_EQ(double_digits(123456789012345678.0), "1.2345678901234568e+17");
  EXPECT_EQ(double_digits(1.5e300), "1.5000000000000001e+300");
  EXPECT_EQ(double_digits(0.0001), "0.0001");
  EXPECT_EQ(double_digits(0.00001), "1.0000000000000001e-05");
  EXPECT_EQ(double_digits(4.9e-324), "4.9406564584124654e-324");
  EXPECT_EQ(double_digits(-0.0), "-0");
  EXPECT_EQ(double_digits(-HUGE_VAL), "-inf");
  EXPECT_EQ(double_digits(std::copysign(std::nan(""), -1)), "-nan");
  EXPECT_EQ(double_digits(-std::numeric_limits<double>::denorm_min()), "-4.9406564584124654e-324");
  EXPECT_EQ(double_digits(-std::numeric_limits<double>::max()), "-1.7976931348623157e+308");
}

// As INCRBYFLOAT shows them.
TEST(Number, LongDoublesAreShownPlainly) {
  EXPECT_EQ(format_long_double(0.1L), "0.1");
  EXPECT_EQ(format_long_double(3.0L), "3");
  EXPECT_EQ(format_long_double(100.0L), "100");
  EXPECT_EQ(format_long_double(-0.0L), "0");
  EXPECT_EQ(format_long_double(-1e-30L), "0");
  EXPECT_EQ(format_long_double(123456789.123456789L), "123456789.12345678899873747");
  EXPECT_EQ(format_long_double(1e17L), "100000000000000000");
  EXPECT_EQ(
      format_long_double(1e100L),
      "9999999999999999999669353532207342619498699019828496079271391541752018669482644324418977"
      "840117055488");
  EXPECT_EQ(format_long_double(std::numeric_limits<long double>::max()).size(), 4933u);
  EXPECT_EQ(format_long_double(-std::numeric_limits<long double>::infinity()), "-inf");
}

}  // namespace
}  // namespace redouble::resp::number_test
