#include <fmt/format.h>

#include <algorithm>

#include "instance/config.hpp"
#include "instance/config_file.hpp"
#include "instance/config_line.hpp"
#include "instance/directive_special.hpp"

namespace redouble::instance {
namespace {

constexpr std::string_view heading = "# Written by CONFIG REWRITE";

struct Line {
  std::string text;
  std::optional<std::size_t> row;
};

std::vector<Line> lines_in(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    Line line{std::string(text.substr(0, end)), std::nullopt};
    const std::string_view content = trimmed(line.text);
    if (!content.empty() && content.front() != '#')
      if (const auto words = split_line(content); words && !words->empty())
        line.row = find_directive(words->front());
    lines.push_back(std::move(line));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string joined(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) text += line.text + '\n';
  return text;
}

std::string line_of(std::string_view name, std::span<const std::string> words) {
  std::string line(name);
  for (const std::string& word : words) line += ' ' + quoted_word(word);
  return line;
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::pair<std::string_view, unsigned> units[] = {{"gb", 30}, {"mb", 20}, {"kb", 10}};
  for (const auto& [unit, shift] : units)
    if (bytes != 0 && bytes % (std::uint64_t{1} << shift) == 0)
      return fmt::format("{}{}", bytes >> shift, unit);
  return std::to_string(bytes);
}

std::vector<std::string> save_lines(const std::vector<std::string>& words) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at + 2 <= words.size(); at += 2)
    lines.push_back(line_of("save", std::span(words).subspan(at, 2)));
  if (lines.empty()) lines.emplace_back("save \"\"");
  return lines;
}

std::vector<std::string> limit_lines(std::string_view text) {
  std::vector<std::string> lines;
  const auto limits = limits_of(text);
  for (std::size_t index = 0; index < limits.size(); ++index)
    lines.push_back(fmt::format("client-output-buffer-limit {} {} {} {}", class_names[index],
                                bytes_text(limits[index].hard), bytes_text(limits[index].soft),
                                limits[index].soft_seconds));
  return lines;
}

// Puts `wanted` in the place of the lines of `row`: each takes the place of one, what is too many
// follows the last, what is left over goes.
void replace_lines(std::vector<Line>& lines, std::size_t row, std::vector<std::string> wanted) {
  std::vector<Line> result;
  std::size_t next = 0;
  std::size_t behind_last = 0;
  for (Line& line : lines) {
    if (line.row != row) {
      result.push_back(std::move(line));
      continue;
    }
    if (next < wanted.size()) result.push_back({std::move(wanted[next++]), row});
    behind_last = result.size();
  }
  for (; next < wanted.size(); ++next)
    result.insert(result.begin() + static_cast<std::ptrdiff_t>(behind_last++),
                  {std::move(wanted[next]), row});
  lines = std::move(result);
}

}  // namespace

std::vector<std::string> Config::lines_of(std::size_t row) const {
  const Directive& directive = directives()[row];
  const std::string& text = values_[row].text;
  if (directive.name == "save") return save_lines(split_at_spaces(text));
  if (directive.name == "client-output-buffer-limit") return limit_lines(text);
  std::vector<std::string> words{text};
  if (directive.takes_many_words) words = split_at_spaces(text);
  if (directive.kind == Kind::memory)
    words = {bytes_text(static_cast<std::uint64_t>(values_[row].number))};
  if (words.empty()) words.emplace_back();
  // A lone word is split as a line is, so it is quoted once more.
  if (directive.takes_many_words && words.size() == 1 && !words.front().empty())
    words.front() = quoted_word(words.front());
  return {line_of(directive.name, words)};
}

std::string Config::rewritten(std::string_view old_text) const {
  std::vector<Line> lines = lines_in(old_text);
  Config told;  // what the old text says
  const bool readable = told.load_text(old_text, file_).has_value();
  const auto stale = [&](const Config& config, std::size_t row) {
    return directives()[row].rewritten && exists(directives()[row]) &&
           config.values_[row] != values_[row];
  };
  const auto has_line = [&](std::size_t row) {
    return std::ranges::any_of(lines, [&](const Line& line) { return line.row == row; });
  };
  std::vector<std::string> added;
  for (std::size_t row = 0; row < values_.size(); ++row) {
    if (has_line(row)) {
      if (!readable || stale(told, row)) replace_lines(lines, row, lines_of(row));
    } else if (stale(told, row)) {
      std::ranges::move(lines_of(row), std::back_inserter(added));
    }
  }
  // An included file may stand behind a line and say otherwise: then the last word is ours.
  Config result;
  std::string text = joined(lines);
  for (const std::string& line : added) text += line + '\n';
  if (result.load_text(text, file_))
    for (std::size_t row = 0; row < values_.size(); ++row) {
      if (!stale(result, row)) continue;
      if (directives()[row].name == "save") added.emplace_back("save \"\"");
      std::ranges::move(lines_of(row), std::back_inserter(added));
    }
  if (added.empty()) return joined(lines);
  const bool headed =
      std::ranges::any_of(lines, [](const Line& line) { return line.text == heading; });
  if (!headed) {
    if (!lines.empty()) lines.push_back({"", std::nullopt});
    lines.push_back({std::string(heading), std::nullopt});
  }
  for (std::string& line : added) lines.push_back({std::move(line), std::nullopt});
  return joined(lines);
}

std::optional<std::string> Config::rewrite() const {
  if (file_.empty()) return "ERR The server is running without a config file";
  const auto failure = [](std::string_view why) {
    return fmt::format("ERR Rewriting config file: {}", why);
  };
  // A file that is gone is written anew; one that is there and cannot be read is left alone.
  const auto old_text = read_config_file(file_);
  if (!old_text && !config_file_missing(file_)) return failure(old_text.error());
  const auto replaced = replace_config_file(file_, rewritten(old_text.value_or("")));
  if (!replaced) return failure(replaced.error());
  return std::nullopt;
}

}  // namespace redouble::instance
