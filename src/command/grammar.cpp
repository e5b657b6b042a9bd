#include "command/grammar.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "command/table.hpp"

namespace redouble::command {
namespace {

constexpr std::array<std::pair<std::string_view, ArgumentType>, 9> type_names = {{
    {"key", ArgumentType::key},
    {"string", ArgumentType::string},
    {"integer", ArgumentType::integer},
    {"double", ArgumentType::double_},
    {"pattern", ArgumentType::pattern},
    {"unix-time", ArgumentType::unix_time},
    {"pure-token", ArgumentType::token},
    {"oneof", ArgumentType::one_of},
    {"block", ArgumentType::block},
}};

// A value's type may be written behind its name; the last three show by their form.
constexpr std::size_t written_types = 6;

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
// The characters of a name or a token without quotes; a colon belongs to it where another follows.
constexpr bool is_word(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_' || c == ':' || c == '/';
}
constexpr bool is_version(char c) { return (c >= '0' && c <= '9') || c == '.'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return result;
}

// Tokens without quotes have no small letters: a name that lost its type is not taken for one.
bool is_plain_token(std::string_view token) {
  for (const char c : token) {
    if (!is_alphanumeric(c) && c != '-' && c != '_') return false;
    if (c >= 'a' && c <= 'z') return false;
  }
  return !token.empty();
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::expected<std::vector<Argument>, GrammarError> run() {
    std::vector<Argument> arguments;
    skip_blanks();
    while (at_ < text_.size()) {
      if (!parse_argument(arguments.emplace_back(), 0)) return std::unexpected(error_);
      skip_blanks();
    }
    return arguments;
  }

 private:
  bool fail(std::string_view message) {
    error_ = {at_, message};
    return false;
  }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (take(' ')) {
    }
  }
  template <typename Predicate>
  std::string_view take_while(Predicate predicate) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && predicate(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool parse_argument(Argument& argument, std::size_t depth) {
    if (!take('[')) return parse_bare(argument, depth);
    argument.optional = true;
    skip_blanks();
    if (!parse_bare(argument, depth)) return false;
    skip_blanks();
    return take(']') || fail("expected ]");
  }

  bool parse_bare(Argument& argument, std::size_t depth) {
    if (depth > grammar_depth_limit) return fail("nested too deep");
    std::string_view word;
    if (next_is('"')) {
      if (!parse_quoted(argument.token.emplace())) return false;
    } else {
      word = take_while(is_word);
      if (word.empty()) return fail("expected a name or a token");
    }
    if (take('~')) {
      if (!argument.token && !is_plain_token(word)) return fail("expected a token before ~");
      if (!argument.token) argument.token = word;
      word = take_while(is_word);
      if (word.empty()) return fail("expected a name");
    } else if (argument.token) {  // a token in quotes, and alone
      argument.type = ArgumentType::token;
      argument.name = lower(*argument.token);
      return parse_marks(argument);
    }
    if (!parse_body(argument, word, depth)) return false;
    return parse_marks(argument);
  }

  // What follows the name: =TOKEN, the parts of a choice or a block, or nothing, where the type
  // stands in the word or the word is a token.
  bool parse_body(Argument& argument, std::string_view word, std::size_t depth) {
    argument.name = word;
    if (take('(')) {
      argument.type = ArgumentType::one_of;
      return parse_children(argument, ')', depth);
    }
    if (take('{')) {
      argument.type = ArgumentType::block;
      return parse_children(argument, '}', depth);
    }
    if (next_is('=')) {
      if (argument.token) return fail("a second token");
      ++at_;
      argument.type = ArgumentType::token;
      if (next_is('"')) return parse_quoted(argument.token.emplace());
      argument.token = take_while(is_word);
      return is_plain_token(*argument.token) || fail("expected a token");
    }
    const std::size_t colon = word.rfind(':');
    if (colon == std::string_view::npos) {
      if (argument.token || !is_plain_token(word)) return fail("expected : and a type");
      argument.type = ArgumentType::token;
      argument.token = word;
      argument.name = lower(word);
      return true;
    }
    argument.name = word.substr(0, colon);
    if (argument.name.empty()) return fail("expected a name before the colon");
    const std::string_view type = word.substr(colon + 1);
    for (std::size_t i = 0; i < written_types; ++i) {
      if (type_names[i].first == type) {
        argument.type = type_names[i].second;
        return true;
      }
    }
    return fail("unknown type");
  }

  bool parse_children(Argument& argument, char end, std::size_t depth) {
    const bool choice = end == ')';
    while (true) {
      skip_blanks();
      if (!parse_argument(argument.children.emplace_back(), depth + 1)) return false;
      skip_blanks();
      if (take(end)) return true;
      if (choice && !take('|')) return fail("expected | or )");
      if (at_ == text_.size()) return fail("expected }");
    }
  }

  bool parse_quoted(std::string& token) {
    ++at_;
    token = take_while([](char c) { return c != '"'; });
    return take('"') || fail("expected a closing quote");
  }

  bool parse_marks(Argument& argument) {
    if (take('#')) {
      if (at_ == text_.size() || text_[at_] < '0' || text_[at_] > '9') {
        return fail("expected the digit of a key spec");
      }
      argument.key_spec_index = static_cast<std::uint8_t>(text_[at_++] - '0');
    }
    if (take('.')) {
      if (!take('.') || !take('.')) return fail("expected ...");
      argument.multiple = true;
    } else if (next_is('*')) {
      if (!argument.token || argument.type == ArgumentType::token) {
        return fail("* needs a token before a value");
      }
      ++at_;
      argument.multiple = argument.multiple_token = true;
    }
    return parse_version('@', argument.since) && parse_version('!', argument.deprecated_since) &&
           ends_here();
  }

  bool parse_version(char mark, std::string& version) {
    if (!take(mark)) return true;
    version = take_while(is_version);
    return !version.empty() || fail("expected a version");
  }

  bool ends_here() {
    if (at_ == text_.size() || std::string_view(" ]|)}").contains(text_[at_])) return true;
    return fail("expected a blank behind the argument");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  GrammarError error_;
};

void print_token(const std::string& token, std::string& out) {
  const bool quoted = !is_plain_token(token);
  if (quoted) out += '"';
  out += token;
  if (quoted) out += '"';
}

void print_argument(const Argument& argument, std::string& out);

void print_children(const Argument& argument, std::string_view between, std::string& out) {
  bool first = true;
  for (const Argument& child : argument.children) {
    if (!std::exchange(first, false)) out += between;
    print_argument(child, out);
  }
}

void print_argument(const Argument& argument, std::string& out) {
  if (argument.optional) out += '[';
  if (argument.type == ArgumentType::token) {
    if (lower(*argument.token) != argument.name) out += argument.name + "=";
    print_token(*argument.token, out);
  } else {
    if (argument.token) {
      print_token(*argument.token, out);
      out += '~';
    }
    out += argument.name;
    if (argument.type == ArgumentType::one_of) {
      out += '(';
      print_children(argument, " | ", out);
      out += ')';
    } else if (argument.type == ArgumentType::block) {
      out += '{';
      print_children(argument, " ", out);
      out += '}';
    } else {
      out += ':';
      out += argument_type_name(argument.type);
    }
  }
  if (argument.key_spec_index != 0) out += "#" + std::to_string(argument.key_spec_index);
  if (argument.multiple) out += argument.multiple_token ? "*" : "...";
  if (!argument.since.empty()) out += "@" + argument.since;
  if (!argument.deprecated_since.empty()) out += "!" + argument.deprecated_since;
  if (argument.optional) out += ']';
}

}  // namespace

std::string_view argument_type_name(ArgumentType type) {
  for (const auto& [name, value] : type_names) {
    if (value == type) return name;
  }
  return {};
}

std::expected<std::vector<Argument>, GrammarError> parse_grammar(std::string_view text) {
  return Parser(text).run();
}

void leave_out_later(std::vector<Argument>& arguments, std::uint32_t compat) {
  std::erase_if(arguments,
                [&](const Argument& argument) { return version_number(argument.since) > compat; });
  for (Argument& argument : arguments) leave_out_later(argument.children, compat);
}

std::string print_grammar(const std::vector<Argument>& arguments) {
  std::string out;
  for (const Argument& argument : arguments) {
    if (!out.empty()) out += ' ';
    print_argument(argument, out);
  }
  return out;
}

}  // namespace redouble::command
