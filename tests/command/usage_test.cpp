#include "command/usage.hpp"

#include <gtest/gtest.h>

namespace redouble::command {
namespace {

std::string usage_of(std::string_view grammar) { return usage(*parse_grammar(grammar)); }

TEST(Usage, ShowsAGrammarAsPeopleReadIt) {
  EXPECT_EQ(usage_of(""), "");
  EXPECT_EQ(usage_of("key:key"), "<key>");
  EXPECT_EQ(usage_of("key:key [SAMPLES~count:integer]"), "<key> [SAMPLES <count>]");
  EXPECT_EQ(usage_of("on_off_skip(ON | OFF | SKIP)"), "<ON|OFF|SKIP>");
  EXPECT_EQ(usage_of("a(name:string | ID~id:integer)"), "(<name>|ID <id>)");
  EXPECT_EQ(usage_of("[mode(WRITE | ALL)@6.2.0]"), "[WRITE|ALL]");
  EXPECT_EQ(usage_of("[TYPE~type(NORMAL | PUBSUB)]"), "[TYPE <NORMAL|PUBSUB>]");
  EXPECT_EQ(usage_of("pair{parameter:string value:string}..."), "<parameter> <value> [...]");
  EXPECT_EQ(usage_of("[PREFIX~prefix:string*] [NOLOOP]"), "[PREFIX <prefix> [...]] [NOLOOP]");
}

}  // namespace
}  // namespace redouble::command
