#include "value/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace redouble::value::glob_test {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

TEST(Glob, MatchesWhatItsElementsSay) {
  const Case cases[] = {
      {"h?llo", "hello", true},
      {"h?llo", "hllo", false},
      {"h*llo", "hllo", true},
      {"h*llo", "heeeello", true},
      {"h[ae]llo", "hello", true},
      {"h[ae]llo", "hillo", false},
      {"h[^e]llo", "hallo", true},
      {"h[^e]llo", "hello", false},
      {"h[a-b]llo", "hbllo", true},
      {"*", "anything", true},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "a-b-b-", false},
      {"a\\*c", "a*c", true},
      {"a\\*c", "abc", false},
      {"**a**", "a", true},
      {"a?\0c"sv, "ab\0c"sv, true},
      {"", "", true},
      {"", "a", false},
  };
  for (const Case& c : cases) EXPECT_EQ(glob_match(c.pattern, c.text), c.matches) << c.pattern;
}

// Each asked of redis-server 7.0.15.
TEST(Glob, OddPatternsAnswerAsTheReferenceDoes) {
  const Case cases[] = {
      {"*", "", false},           {"**", "", false},          {"?", "", false},
      {"[", "[", false},          {"[]", "]", false},         {"[^", "x", true},
      {"[^]", "x", true},         {"[ab", "b", true},         {"[ab", "c", false},
      {"[a-", "-", true},         {"[a-", "a", true},         {"[a-]", "^", true},
      {"[a-]", "b", false},       {"[z-a]", "m", true},       {"[a^]", "^", true},
      {"[\\]]", "]", true},       {"[\\a-c]", "b", false},    {"[\\a-c]", "-", true},
      {"[a-\\]", "^", true},      {"[a\\", "\\", true},       {"\\", "\\", true},
      {"a\\", "a\\", true},       {"[a-\x80]", "\x05", true}, {"[a-\x80]", "z", false},
      {"[a-\x80]", "\xff", true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(glob_match(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
  }
}

TEST(Glob, CaseIsIgnoredButForAnEscapedByteInASet) {
  EXPECT_FALSE(glob_match("SAVE", "save"));
  EXPECT_TRUE(glob_match("SaVe", "save", true));
  EXPECT_TRUE(glob_match("[S]ave", "save", true));
  EXPECT_TRUE(glob_match("[R-T]ave", "save", true));
  EXPECT_TRUE(glob_match("\\Save", "save", true));
  EXPECT_FALSE(glob_match("[\\S]ave", "save", true));
}

// Backtracking over every star would take longer than the universe has.
TEST(Glob, ManyStarsDoNotBlowUp) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(20000, 'a')));
  EXPECT_TRUE(glob_match(pattern, std::string(20000, 'a')));
}

}  // namespace
}  // namespace redouble::value::glob_test
