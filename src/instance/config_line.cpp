#include "instance/config_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "resp/words.hpp"

namespace redouble::instance {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  return line;
}

std::optional<std::vector<std::string>> split_line(std::string_view line) {
  std::vector<std::string_view> views;
  std::string scratch;
  if (!resp::split_words(line, views, scratch)) return std::nullopt;
  return std::vector<std::string>(views.begin(), views.end());
}

std::string quoted_word(std::string_view word) {
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
