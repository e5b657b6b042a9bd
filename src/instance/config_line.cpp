#include "instance/config_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace redouble::instance {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What follows a backslash within double quotes; removes it from `rest`.
char unescaped(std::string_view& rest) {
  if (rest.size() >= 3 && rest[0] == 'x' && hex_digit(rest[1]) >= 0 && hex_digit(rest[2]) >= 0) {
    const int code = hex_digit(rest[1]) * 16 + hex_digit(rest[2]);
    rest.remove_prefix(3);
    return static_cast<char>(code);
  }
  const char letter = rest.front();
  rest.remove_prefix(1);
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return letter;
  }
}

// Reads up to the closing quote, which `rest` no longer has afterwards. False where there is none
// or where the word goes on behind it.
bool read_quoted(std::string_view& rest, char quote, std::string& word) {
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == quote) return rest.empty() || is_space(rest.front());
    if (c == '\\' && quote == '"' && !rest.empty()) {
      word += unescaped(rest);
    } else if (c == '\\' && quote == '\'' && rest.starts_with('\'')) {
      word += '\'';
      rest.remove_prefix(1);
    } else {
      word += c;
    }
  }
  return false;
}

}  // namespace

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  return line;
}

std::optional<std::vector<std::string>> split_line(std::string_view line) {
  std::vector<std::string> words;
  for (line = trimmed(line); !line.empty(); line = trimmed(line)) {
    std::string word;
    while (!line.empty() && !is_space(line.front())) {
      const char c = line.front();
      line.remove_prefix(1);
      if (c != '"' && c != '\'') {
        word += c;
      } else if (!read_quoted(line, c, word)) {
        return std::nullopt;
      }
    }
    words.push_back(std::move(word));
  }
  return words;
}

std::string quoted(std::string_view word) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != '\'' && c != '\\' && c != '#';
  });
  if (plain) return std::string(word);
  std::string text = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c >= ' ' && c < '\x7f') {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text += '"';
}

}  // namespace redouble::instance
