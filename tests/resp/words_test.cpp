#include "resp/words.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace redouble::resp::words_test {
namespace {

using Words = std::vector<std::string>;
using namespace std::string_literals;

std::optional<Words> split(std::string_view line) {
  std::vector<std::string_view> words;
  std::string scratch;
  if (!split_words(line, words, scratch)) return std::nullopt;
  return Words(words.begin(), words.end());
}

TEST(Words, AreSeparatedByAnyWhiteSpace) {
  EXPECT_EQ(split(""), Words{});
  EXPECT_EQ(split(" \t\r\n\v\f"), Words{});
  EXPECT_EQ(split("a b\tc\rd\ne"), (Words{"a", "b", "c", "d", "e"}));
}

TEST(Words, HoldAVerticalTabAndAFormFeedBehindTheirFirstByte) {
  EXPECT_EQ(split("\va\vb\fc"), (Words{"a\vb\fc"}));
}

TEST(Words, KeepABackslashOutsideQuotes) {
  EXPECT_EQ(split(R"(a\n \x41)"), (Words{R"(a\n)", R"(\x41)"}));
}

TEST(Words, ResolveTheEscapesOfDoubleQuotes) {
  EXPECT_EQ(split(R"("\n\r\t\b\a\\\"\q\x4A\xfF\xg1\x1")"), (Words{"\n\r\t\b\a\\\"qJ\xffxg1x1"}));
}

TEST(Words, ResolveOnlyTheQuoteInSingleQuotes) {
  EXPECT_EQ(split(R"('a\'b\n"c"')"), (Words{R"(a'b\n"c")"}));
}

TEST(Words, MayBeEmptyInQuotes) { EXPECT_EQ(split(R"("" '')"), (Words{"", ""})); }

TEST(Words, MayOpenAQuoteInTheirMiddle) {
  EXPECT_EQ(split(R"(foo"bar baz" x'y z')"), (Words{"foobar baz", "xy z"}));
}

TEST(Words, HaveNothingBehindAClosingQuote) {
  EXPECT_EQ(split(R"("a"b)"), std::nullopt);
  EXPECT_EQ(split(R"('a''b')"), std::nullopt);
  EXPECT_EQ(split("\"a\"\vb"), (Words{"a", "b"}));
}

TEST(Words, NeedTheirQuotesClosed) {
  EXPECT_EQ(split(R"(a "b)"), std::nullopt);
  EXPECT_EQ(split(R"(a "b\)"), std::nullopt);
  EXPECT_EQ(split(R"(a "b\")"), std::nullopt);
  EXPECT_EQ(split(R"(a 'b)"), std::nullopt);
  EXPECT_EQ(split(R"(a 'b\')"), std::nullopt);
}

TEST(Words, EndAtANulByte) {
  EXPECT_EQ(split("a b\0c d"s), (Words{"a", "b"}));
  EXPECT_EQ(split("a \"b\0c\""s), std::nullopt);
}

TEST(Words, StayGoodWhileLaterOnesAreResolved) {
  std::string line;
  Words expected;
  for (int i = 0; i < 1000; ++i) {
    line += "\"word \\x4" + std::to_string(i % 10) + "\" ";
    expected.push_back(std::string("word ") + static_cast<char>(0x40 + i % 10));
  }
  EXPECT_EQ(split(line), expected);
}

}  // namespace
}  // namespace redouble::resp::words_test
