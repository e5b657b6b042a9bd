#include "command/grammar.hpp"

#include <gtest/gtest.h>

#include "command/table.hpp"

namespace redouble::command {
namespace {

std::vector<Argument> parsed(std::string_view text) {
  auto result = parse_grammar(text);
  EXPECT_TRUE(result) << text << " at " << result.error().position << ": "
                      << result.error().message;
  return result ? *result : std::vector<Argument>{};
}

// Position and message of the error, as one text.
std::string error_of(std::string_view text) {
  const auto result = parse_grammar(text);
  if (result) return "no error";
  return std::to_string(result.error().position) + ": " + std::string(result.error().message);
}

TEST(Grammar, OfEveryRowIsInItsCanonicalForm) {
  for (const Row& row : CommandTable::standard().rows()) {
    EXPECT_EQ(print_grammar(parsed(row.grammar)), row.grammar);
  }
}

void expect_keys_have_specs(const Row& row, const std::vector<Argument>& arguments) {
  for (const Argument& argument : arguments) {
    if (argument.type == ArgumentType::key) {
      ASSERT_LT(argument.key_spec_index, row.keys.size());
      EXPECT_NE(row.keys[argument.key_spec_index].flags, 0) << row.name << " " << argument.name;
    }
    expect_keys_have_specs(row, argument.children);
  }
}

TEST(Grammar, OfEveryKeyNamesASpecThatIsThere) {
  for (const Row& row : CommandTable::standard().rows()) {
    expect_keys_have_specs(row, parsed(row.grammar));
  }
}

TEST(Grammar, HoldsValuesTokensAndBoth) {
  const auto arguments =
      parsed("key:key EX~seconds:integer NX change=CH equal=\"=\" ip:port:string");
  ASSERT_EQ(arguments.size(), 6u);
  EXPECT_EQ(arguments[0], (Argument{.name = "key", .type = ArgumentType::key}));
  EXPECT_EQ(arguments[1],
            (Argument{.name = "seconds", .type = ArgumentType::integer, .token = "EX"}));
  EXPECT_EQ(arguments[2], (Argument{.name = "nx", .type = ArgumentType::token, .token = "NX"}));
  EXPECT_EQ(arguments[3], (Argument{.name = "change", .type = ArgumentType::token, .token = "CH"}));
  EXPECT_EQ(arguments[4], (Argument{.name = "equal", .type = ArgumentType::token, .token = "="}));
  EXPECT_EQ(arguments[5], (Argument{.name = "ip:port", .type = ArgumentType::string}));
}

TEST(Grammar, NestsChoicesAndBlocks) {
  const auto arguments =
      parsed("[LIMIT~range{ offset:integer count:integer }@6.2.0] a(X|Y@7.0.0 )");
  ASSERT_EQ(arguments.size(), 2u);
  EXPECT_EQ(arguments[0].type, ArgumentType::block);
  EXPECT_EQ(arguments[0].token, "LIMIT");
  EXPECT_TRUE(arguments[0].optional);
  EXPECT_EQ(arguments[0].since, "6.2.0");
  ASSERT_EQ(arguments[0].children.size(), 2u);
  EXPECT_EQ(arguments[0].children[1].name, "count");
  EXPECT_EQ(arguments[1].type, ArgumentType::one_of);
  ASSERT_EQ(arguments[1].children.size(), 2u);
  EXPECT_EQ(arguments[1].children[1].since, "7.0.0");
  EXPECT_EQ(print_grammar(arguments),
            "[LIMIT~range{offset:integer count:integer}@6.2.0] a(X | Y@7.0.0)");
}

TEST(Grammar, TellsOnceForAllTokensFromOnceForEach) {
  const auto arguments = parsed("[KEYS~key:key#1...@3.0.6!4.0.0] [PREFIX~prefix:string*]");
  ASSERT_EQ(arguments.size(), 2u);
  EXPECT_TRUE(arguments[0].multiple);
  EXPECT_FALSE(arguments[0].multiple_token);
  EXPECT_EQ(arguments[0].key_spec_index, 1);
  EXPECT_EQ(arguments[0].since, "3.0.6");
  EXPECT_EQ(arguments[0].deprecated_since, "4.0.0");
  EXPECT_TRUE(arguments[1].multiple);
  EXPECT_TRUE(arguments[1].multiple_token);
}

TEST(Grammar, OfNothingIsEmpty) {
  EXPECT_TRUE(parsed("").empty());
  EXPECT_TRUE(parsed("   ").empty());
}

TEST(Grammar, ErrorsNameTheirPosition) {
  EXPECT_EQ(error_of("key:key value"), "13: expected : and a type");
  EXPECT_EQ(error_of("key:keys"), "8: unknown type");
  EXPECT_EQ(error_of(":key"), "4: expected a name before the colon");
  EXPECT_EQ(error_of("[NX"), "3: expected ]");
  EXPECT_EQ(error_of("[NX XX]"), "4: expected ]");
  EXPECT_EQ(error_of("a(NX XX)"), "5: expected | or )");
  EXPECT_EQ(error_of("a{NX"), "4: expected }");
  EXPECT_EQ(error_of("a{NX | XX}"), "5: expected a name or a token");
  EXPECT_EQ(error_of("a()"), "2: expected a name or a token");
  EXPECT_EQ(error_of("a:string.."), "10: expected ...");
  EXPECT_EQ(error_of("a:string*"), "8: * needs a token before a value");
  EXPECT_EQ(error_of("a:string@"), "9: expected a version");
  EXPECT_EQ(error_of("a:string#"), "9: expected the digit of a key spec");
  EXPECT_EQ(error_of("a=\"="), "4: expected a closing quote");
  EXPECT_EQ(error_of("a=b"), "3: expected a token");
  EXPECT_EQ(error_of("EX~"), "3: expected a name");
  EXPECT_EQ(error_of("EX~a"), "4: expected : and a type");
  EXPECT_EQ(error_of("EX~a=B"), "4: a second token");
  EXPECT_EQ(error_of("ex~a:string"), "3: expected a token before ~");
  EXPECT_EQ(error_of("a:string!1.0@1.0"), "12: expected a blank behind the argument");
  EXPECT_EQ(error_of("\"x\"y"), "3: expected a blank behind the argument");
}

TEST(Grammar, NestsAsDeepAsItsLimitAndNoDeeper) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "a{";
    return text + "X" + std::string(depth, '}');
  };
  EXPECT_TRUE(parse_grammar(nested(grammar_depth_limit - 1)));
  EXPECT_TRUE(parse_grammar(nested(grammar_depth_limit)));
  EXPECT_FALSE(parse_grammar(nested(grammar_depth_limit + 1)));
}

}  // namespace
}  // namespace redouble::command
