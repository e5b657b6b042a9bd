#include "check/history.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "check/reply_text.hpp"

namespace redouble::check {
namespace {

using Error = std::unexpected<std::string>;

bool take(std::string_view& line, std::string_view word) {
  skip_blanks(line);
  if (!line.starts_with(word)) return false;
  line.remove_prefix(word.size());
  return true;
}

template <typename Number>
bool take_number(std::string_view& line, Number& number) {
  skip_blanks(line);
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc()) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  return true;
}

std::expected<Operation, std::string> read_operation(std::string_view line) {
  Operation operation;
  if (!take(line, "c") || !take_number(line, operation.client)) {
    return Error("a line begins with its client, as in c1");
  }
  if (!take(line, "[") || !take_number(line, operation.called)) {
    return Error("the call's ticket must follow the client, as in c1 [3 7]");
  }
  if (!take(line, "never") && !take_number(line, operation.returned)) {
    return Error("the second ticket must be a number or never");
  }
  if (!take(line, "]")) return Error("the two tickets must be closed by ]");
  while (!take(line, "=>")) {
    if (line.empty()) return Error("=> and the reply are missing");
    auto word = read_word(line);
    if (!word) return Error(word.error());
    operation.request.push_back(std::move(*word));
  }
  if (operation.request.empty()) return Error("the request is empty");
  if (!take(line, "?")) {
    auto reply = read_reply_notation(line);
    if (!reply) return Error(reply.error());
    operation.reply = std::move(*reply);
  }
  skip_blanks(line);
  if (!line.empty()) return Error("more follows the reply: " + std::string(line));
  if (operation.returned < operation.called) return Error("it returns before it is called");
  if (operation.reply && operation.returned == never) return Error("never returned, yet a reply");
  return operation;
}

void sort_by_call(History& history) {
  std::sort(history.begin(), history.end(), [](const Operation& a, const Operation& b) {
    return std::tie(a.called, a.returned, a.client) < std::tie(b.called, b.returned, b.client);
  });
}

}  // namespace

std::string to_line(const Operation& operation) {
  std::string line =
      "c" + std::to_string(operation.client) + " [" + std::to_string(operation.called) + " " +
      (operation.returned == never ? "never" : std::to_string(operation.returned)) + "]";
  for (const std::string& word : operation.request) line += " " + quote_word(word);
  return line + " => " + (operation.reply ? reply_notation(*operation.reply) : "?");
}

std::string write_history(const History& history) {
  History sorted = history;
  sort_by_call(sorted);
  std::string text;
  for (const Operation& operation : sorted) text += to_line(operation) + "\n";
  return text;
}

std::expected<History, std::string> read_history(std::string_view text) {
  History history;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    skip_blanks(line);
    if (line.empty() || line.front() == '#') continue;
    auto operation = read_operation(line);
    if (!operation) return Error("line " + std::to_string(number) + ": " + operation.error());
    history.push_back(std::move(*operation));
  }
  return history;
}

History Recorder::history() const {
  History all;
  for (const Log& log : logs_) {
    all.insert(all.end(), log.operations.begin(), log.operations.end());
  }
  sort_by_call(all);
  return all;
}

}  // namespace redouble::check
