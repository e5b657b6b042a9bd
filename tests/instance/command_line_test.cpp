#include "instance/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "instance/config.hpp"

namespace redouble::instance {
namespace {

using testing::ElementsAre;
using Option = CommandLine::Option;
using Request = CommandLine::Request;

CommandLine parse(const std::vector<std::string>& arguments) {
  return parse_command_line(arguments);
}

// What the command line makes of a directive, or the error.
std::string effect(const std::vector<std::string>& arguments, std::string_view name) {
  Config config;
  if (const auto loaded = config.load(parse(arguments)); !loaded) return "! " + loaded.error();
  return std::string(config.get_one(name).value_or("(none)"));
}

TEST(CommandLine, NothingAsksToServe) {
  const CommandLine nothing = parse({});
  EXPECT_EQ(nothing.request, Request::serve);
  EXPECT_EQ(nothing.file, "");
  EXPECT_FALSE(nothing.standard_input);
  EXPECT_TRUE(nothing.options.empty());
}

TEST(CommandLine, AsksForVersionAndHelpOnlyAtTheStart) {
  for (const char* const first : {"-v", "--version"})
    EXPECT_EQ(parse({first, "x"}).request, Request::version);
  for (const char* const first : {"-h", "--help"}) EXPECT_EQ(parse({first}).request, Request::help);
  EXPECT_EQ(effect({"--port", "1", "--version"}, "port"),
            "! command line: unknown directive 'version'");
}

TEST(CommandLine, AFileComesFirst) {
  const CommandLine line = parse({"a.conf", "--port", "7000"});
  EXPECT_EQ(line.file, "a.conf");
  EXPECT_THAT(line.options, ElementsAre(Option{"port", {"7000"}}));
}

TEST(CommandLine, StandardInputIsALoneDashAtEitherEnd) {
  EXPECT_TRUE(parse({"-"}).standard_input);
  EXPECT_TRUE(parse({"-", "--port", "1"}).standard_input);
  EXPECT_TRUE(parse({"--port", "1", "-"}).standard_input);
  const CommandLine within = parse({"--port", "1", "-", "--hz", "5"});
  EXPECT_FALSE(within.standard_input);
  EXPECT_THAT(within.options, ElementsAre(Option{"port", {"1", "-"}}, Option{"hz", {"5"}}));
}

TEST(CommandLine, ADirectiveTakesAllWordsUpToTheNext) {
  EXPECT_EQ(effect({"--save", "900", "1", "300", "10", "--hz", "5"}, "save"), "900 1 300 10");
  EXPECT_EQ(effect({"--save", "900 1"}, "save"), "900 1");
  EXPECT_EQ(effect({"--bind", "127.0.0.1", "-::1"}, "bind"), "127.0.0.1 -::1");
  EXPECT_EQ(effect({"--port 7000"}, "port"), "7000");
  EXPECT_EQ(effect({"--PORT", "7000"}, "port"), "7000");
}

TEST(CommandLine, SaveWithoutAValueIsNone) {
  EXPECT_EQ(effect({"--save"}, "save"), "");
  EXPECT_EQ(effect({"--save", ""}, "save"), "");
  EXPECT_EQ(effect({"--save", "--appendonly", "no"}, "save"), "");
  EXPECT_EQ(effect({"--save", "900", "1", "--save", "300", "10"}, "save"), "900 1 300 10");
  EXPECT_EQ(effect({"--save", "900", "1", "--save", ""}, "save"), "");
  EXPECT_EQ(effect({"--save", "", "--save", "900", "1"}, "save"), "900 1");
}

TEST(CommandLine, TheValueMayLookLikeADirective) {
  EXPECT_EQ(effect({"--requirepass", "--hz"}, "requirepass"), "--hz");
  EXPECT_EQ(effect({"--requirepass", "a b\"c"}, "requirepass"), "a b\"c");
  EXPECT_EQ(effect({"--requirepass", ""}, "requirepass"), "");
}

TEST(CommandLine, AFlagMayStandAlone) {
  EXPECT_EQ(effect({"--exit-with-parent"}, "exit-with-parent"), "yes");
  EXPECT_EQ(effect({"--exit-with-parent", "--hz", "5"}, "exit-with-parent"), "yes");
  EXPECT_EQ(effect({"--exit-with-parent", "--hz", "5"}, "hz"), "5");
  EXPECT_EQ(effect({"--exit-with-parent", "no"}, "exit-with-parent"), "no");
  EXPECT_EQ(effect({"--clock-frozen", "--seed", "5"}, "clock-frozen"), "yes");
  EXPECT_EQ(effect({"--clock-frozen yes", "--seed", "5"}, "seed"), "5");
}

TEST(CommandLine, ErrorsNameTheDirective) {
  EXPECT_EQ(effect({"--foo", "1"}, "hz"), "! command line: unknown directive 'foo'");
  EXPECT_EQ(effect({"-x", "1"}, "hz"), "! command line: unknown directive '-x'");
  EXPECT_EQ(effect({"---hz", "1"}, "hz"), "! command line: unknown directive '-hz'");
  EXPECT_EQ(effect({"--port"}, "hz"), "! command line: 'port': wrong number of arguments");
  EXPECT_EQ(effect({"--port", "1", "2"}, "hz"),
            "! command line: 'port': wrong number of arguments");
  EXPECT_EQ(effect({"--port", "70000"}, "hz"),
            "! command line: 'port': argument must be between 0 and 65535 inclusive");
  EXPECT_EQ(effect({"--appendonly", "yes"}, "hz"),
            "! command line: 'appendonly' cannot be 'yes': nothing is kept on disk");
  EXPECT_EQ(effect({"--replicaof", "127.0.0.1", "6380"}, "hz"),
            "! command line: 'replicaof' cannot be \"127.0.0.1 6380\": nothing is replicated");
  EXPECT_EQ(effect({"--requirepass \"x"}, "hz"),
            "! command line: unbalanced quotes in \"--requirepass \\\"x\"");
}

TEST(CommandLine, TwoDashesAloneAreNothing) { EXPECT_EQ(effect({"--"}, "hz"), "10"); }

}  // namespace
}  // namespace redouble::instance
