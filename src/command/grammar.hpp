// Grammar: a row's grammar text (see command/row.hpp) as a tree of arguments, and back.
//
// COMMAND DOCS writes the tree, the generators of the differential tests and of the fuzzers walk
// it. It is parsed when somebody asks, never at the start of the program.
// print_grammar(parse_grammar(text)) is the canonical form of the text: one blank between
// arguments, quotes only where a token needs them.
// Errors: a position in the text and what was expected there; never an exception.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redouble::command {

// `token` is a word alone; `one_of` and `block` have children; all others are values.
enum class ArgumentType : std::uint8_t {
  key,
  string,
  integer,
  double_,
  pattern,
  unix_time,
  token,
  one_of,
  block,
};

// The name that COMMAND DOCS gives a type.
std::string_view argument_type_name(ArgumentType type);

struct Argument {
  std::string name = {};
  ArgumentType type = ArgumentType::string;
  // The word itself, of the type `token`; of others the word that stands before the value.
  std::optional<std::string> token = {};
  bool optional = false;
  bool multiple = false;        // one or more times
  bool multiple_token = false;  // ... each time with its token; only with `multiple` and `token`
  std::uint8_t key_spec_index = 0;
  std::string since = {};             // empty: as old as the command
  std::string deprecated_since = {};  // empty: not deprecated
  std::vector<Argument> children = {};

  bool operator==(const Argument&) const = default;
};

struct GrammarError {
  std::size_t position = 0;  // in bytes from the beginning of the text
  std::string_view message;
};

// How deep choices and blocks may nest.
inline constexpr std::size_t grammar_depth_limit = 16;

std::expected<std::vector<Argument>, GrammarError> parse_grammar(std::string_view text);
// Drops what came after a compat-version (as compat_number() of command/table.hpp gives it).
void leave_out_later(std::vector<Argument>& arguments, std::uint32_t compat);
std::string print_grammar(const std::vector<Argument>& arguments);

}  // namespace redouble::command
