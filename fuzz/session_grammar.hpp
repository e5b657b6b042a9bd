// Requests made from bytes by the grammars of the command table: well formed for the most part,
// with few keys and many boundary values, now and then an argument too many or too few.
//
// Thread safety: pure functions over the table, which is made at the first call.
#pragma once

#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "byte_source.hpp"
#include "command/grammar.hpp"
#include "command/table.hpp"

namespace redouble::fuzz {

using Request = std::vector<std::string>;

// The frozen clock of every run begins here.
inline constexpr std::int64_t start_s = 1'700'000'000;

// A row with its grammar; only rows that run.
struct Form {
  const command::Row* row = nullptr;
  std::vector<std::string> words;  // the name, of a subcommand both words
  std::vector<command::Argument> arguments;
};

inline const std::vector<Form>& all_forms() {
  static const std::vector<Form> forms = [] {
    const auto& table = command::CommandTable::standard();
    std::vector<Form> made;
    for (const command::Row& row : table.rows()) {
      if (row.handler == nullptr) continue;
      Form form{.row = &row, .words = {}, .arguments = {}};
      if (const command::Row* parent = table.parent(row)) form.words.emplace_back(parent->name);
      form.words.emplace_back(row.name);
      if (auto parsed = command::parse_grammar(row.grammar)) form.arguments = std::move(*parsed);
      made.push_back(std::move(form));
    }
    return made;
  }();
  return forms;
}

// Words that stand in no grammar: the subcommands and samples of DEBUG, sections of INFO,
// directives.
inline constexpr std::string_view free_words[] = {"k",
                                                  "get",
                                                  "set",
                                                  "DIGEST",
                                                  "DIGEST-VALUE",
                                                  "OBJECT",
                                                  "RELOAD",
                                                  "POPULATE",
                                                  "PROTOCOL",
                                                  "ERROR",
                                                  "SET-ACTIVE-EXPIRE",
                                                  "SLEEP",
                                                  "0",
                                                  "1",
                                                  "7",
                                                  "string",
                                                  "integer",
                                                  "double",
                                                  "null",
                                                  "array",
                                                  "map",
                                                  "attrib",
                                                  "push",
                                                  "verbatim",
                                                  "bignum",
                                                  "true",
                                                  "false",
                                                  "help",
                                                  "everything",
                                                  "commandstats",
                                                  "maxmemory",
                                                  "maxmemory-policy",
                                                  "allkeys-lru",
                                                  "volatile-ttl",
                                                  "allkeys-random",
                                                  "2kb",
                                                  "requirepass",
                                                  "secret",
                                                  "timeout",
                                                  "proto-max-bulk-len",
                                                  "1mb",
                                                  "*"};

class RequestMaker {
 public:
  explicit RequestMaker(ByteSource& source) : source_(source) {}

  Request make(const Form& form) {
    Request request = form.words;
    for (const command::Argument& argument : form.arguments) add(argument, request);
    if (form.arguments.empty() && form.row->arity < 0) {
      for (std::size_t count = source_.below(4); count > 0; --count) {
        request.emplace_back(one_of(free_words));
      }
    }
    const std::uint8_t twist = source_.next();
    if (twist == 0xff) request.emplace_back(one_of(free_words));
    if (twist == 0xfe && request.size() > 1) request.pop_back();
    return request;
  }

 private:
  void add(const command::Argument& argument, Request& out) {
    if (argument.optional && source_.next() % 2 == 0) return;
    std::size_t times = argument.multiple ? 1 + source_.next() % 3 : 1;
    for (bool first = true; times > 0; --times, first = false) {
      const bool is_word = argument.type == command::ArgumentType::token;
      if (argument.token && !is_word && (first || argument.multiple_token)) {
        out.push_back(*argument.token);
      }
      add_value(argument, out);
    }
  }

  void add_value(const command::Argument& argument, Request& out) {
    using enum command::ArgumentType;
    switch (argument.type) {
      case token:
        out.push_back(argument.token.value_or(argument.name));
        return;
      case one_of:
        add(argument.children[source_.below(argument.children.size())], out);
        return;
      case block:
        for (const command::Argument& child : argument.children) add(child, out);
        return;
      case key:
        out.emplace_back(this->one_of(keys));
        return;
      case integer:
      case double_:
        out.push_back(number());
        return;
      case unix_time:
        out.push_back(time());
        return;
      case string:
      case pattern:
        out.push_back(text());
        return;
    }
  }

  template <std::size_t size>
  std::string_view one_of(const std::string_view (&words)[size]) {
    return words[source_.below(size)];
  }

  std::string number() {
    const std::uint8_t byte = source_.next();
    if (byte < 0x80) return std::string(numbers[byte % std::size(numbers)]);
    return std::to_string(byte - 0xc0);
  }

  std::string time() {
    const std::uint8_t byte = source_.next();
    if (byte < 0x20) return number();
    const std::int64_t away = byte - 0x60;
    return std::to_string(byte % 2 == 0 ? start_s + away : start_s * 1000 + away * 100);
  }

  std::string text() {
    const std::uint8_t byte = source_.next();
    if (byte < 0x20) return number();
    if (byte < 0x40) return std::string(one_of(free_words));
    if (byte < 0x48) return std::string(one_of(patterns));
    if (byte < 0x50) return std::string(std::size_t{source_.next()} * 8, 'x');
    return std::string(source_.take(byte % 32));
  }

  static constexpr std::string_view keys[] = {"k", "l", "m", "n", "", {"z\0\r\n", 4}};
  static constexpr std::string_view numbers[] = {"0",
                                                 "1",
                                                 "-1",
                                                 "2",
                                                 "3",
                                                 "10",
                                                 "100",
                                                 "15",
                                                 "16",
                                                 "60000",
                                                 "9223372036854775807",
                                                 "9223372036854775808",
                                                 "-9223372036854775808",
                                                 "-9223372036854775809",
                                                 "9223372036854775",
                                                 "2147483647",
                                                 "4294967296",
                                                 "1048576",
                                                 "-0",
                                                 "+1",
                                                 "01",
                                                 " 1",
                                                 "1 ",
                                                 "",
                                                 "a",
                                                 "1.5",
                                                 "-1e3",
                                                 "1e400",
                                                 "inf",
                                                 "nan",
                                                 "0x10",
                                                 "3.0000000000000000001"};
  static constexpr std::string_view patterns[] = {"*",   "?",  "[k-m]", "[^k]",
                                                  "\\k", "k*", "**",    "["};

  ByteSource& source_;
};

// The bytes of a request: an array of bulks.
inline std::string wire_of(const Request& request) {
  std::string bytes = "*" + std::to_string(request.size()) + "\r\n";
  for (const std::string& word : request) {
    bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return bytes;
}

}  // namespace redouble::fuzz
