#include "command/grammar.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace redouble::command {
namespace {

rc::Gen<std::string> word(std::string_view alphabet) {
  return rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string(alphabet))));
}

std::string some_version() { return *rc::gen::element<std::string>("", "6.2.0", "7.0.0", "7"); }

std::string some_token() {
  if (*rc::gen::inRange(0, 4) == 0) {
    return *rc::gen::container<std::string>(rc::gen::elementOf(std::string("=~*$aA |])}")));
  }
  return *word("ABCXYZ019-_");
}

Argument some_argument(int depth) {
  Argument argument;
  argument.name = *word("abcz09-_:/");
  argument.type = static_cast<ArgumentType>(*rc::gen::inRange(0, depth > 0 ? 9 : 7));
  if (argument.type == ArgumentType::token || *rc::gen::arbitrary<bool>()) {
    argument.token = some_token();
  }
  argument.optional = *rc::gen::arbitrary<bool>();
  argument.multiple = *rc::gen::arbitrary<bool>();
  argument.multiple_token = argument.multiple && argument.token &&
                            argument.type != ArgumentType::token && *rc::gen::arbitrary<bool>();
  argument.key_spec_index = static_cast<std::uint8_t>(*rc::gen::inRange(0, 3));
  argument.since = some_version();
  argument.deprecated_since = some_version();
  if (argument.type == ArgumentType::one_of || argument.type == ArgumentType::block) {
    const int children = *rc::gen::inRange(1, 4);
    for (int i = 0; i < children; ++i) argument.children.push_back(some_argument(depth - 1));
  }
  return argument;
}

RC_GTEST_PROP(GrammarProperty, WhatIsPrintedParsesToTheSameTree, ()) {
  std::vector<Argument> arguments;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) arguments.push_back(some_argument(2));
  const std::string text = print_grammar(arguments);
  const auto again = parse_grammar(text);
  if (!again) RC_FAIL(text + ": " + std::string(again.error().message));
  RC_ASSERT(*again == arguments);
  RC_ASSERT(print_grammar(*again) == text);
}

RC_GTEST_PROP(GrammarProperty, AnyTextParsesOrNamesAPositionInIt, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("aA:[]{}()|~=\"#.*@!1 keystring")));
  const auto result = parse_grammar(text);
  if (result) {
    const auto again = parse_grammar(print_grammar(*result));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *result);
  } else {
    RC_ASSERT(result.error().position <= text.size());
    RC_ASSERT(!result.error().message.empty());
  }
}

}  // namespace
}  // namespace redouble::command
