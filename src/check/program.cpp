#include "check/program.hpp"

#include <charconv>
#include <utility>

#include "check/reply_text.hpp"

namespace redouble::check {
namespace {

std::string command_line(std::string_view where, const Request& request) {
  std::string line(where);
  for (const std::string& word : request) line += " " + quote_word(word);
  return line + "\n";
}

std::expected<void, std::string> read_command(std::string_view line, Program& program) {
  auto where = read_word(line);
  if (!where) return std::unexpected(where.error());
  Request request;
  for (skip_blanks(line); !line.empty(); skip_blanks(line)) {
    auto word = read_word(line);
    if (!word) return std::unexpected(word.error());
    request.push_back(std::move(*word));
  }
  if (request.empty()) return std::unexpected("the command is missing");
  if (*where == "prefix") {
    program.prefix.push_back(std::move(request));
    return {};
  }
  if (*where == "suffix") {
    program.suffix.push_back(std::move(request));
    return {};
  }
  std::size_t branch = 0;
  const char* end = where->data() + where->size();
  const auto [read, error] = std::from_chars(where->data(), end, branch);
  if (error != std::errc() || read != end || branch < 1 || branch > Program::most_branches) {
    return std::unexpected("a line begins with prefix, suffix or the number of a branch");
  }
  if (program.branches.size() < branch) program.branches.resize(branch);
  program.branches[branch - 1].push_back(std::move(request));
  return {};
}

}  // namespace

std::size_t Program::commands() const {
  std::size_t count = prefix.size();
  for (const auto& branch : branches) count += branch.size();
  return count;
}

std::string write_program(const Program& program) {
  std::string text;
  for (const Request& request : program.prefix) text += command_line("prefix", request);
  for (std::size_t i = 0; i < program.branches.size(); ++i) {
    for (const Request& request : program.branches[i]) {
      text += command_line(std::to_string(i + 1), request);
    }
  }
  for (const Request& request : program.suffix) text += command_line("suffix", request);
  return text;
}

std::expected<Program, std::string> read_program(std::string_view text) {
  Program program;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    skip_blanks(line);
    if (line.empty() || line.front() == '#') continue;
    const auto read = read_command(line, program);
    if (!read) {
      return std::unexpected("line " + std::to_string(number) + ": " + read.error());
    }
  }
  return program;
}

Program random_program(Random& random, const std::function<Request(Random&)>& request,
                       std::vector<Request> suffix) {
  Program program;
  program.suffix = std::move(suffix);
  program.branches.resize(2 + random.below(Program::most_branches - 1));
  for (std::size_t left = random.below(5); left > 0; --left) {
    program.prefix.push_back(request(random));
  }
  for (auto& branch : program.branches) {
    for (std::size_t left = 1 + random.below(Program::most_commands); left > 0; --left) {
      branch.push_back(request(random));
    }
  }
  return program;
}

std::vector<Program> smaller(const Program& program) {
  std::vector<Program> all;
  const auto drop = [](auto& from, std::size_t at) {
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(at));
  };
  for (std::size_t i = 0; i < program.branches.size(); ++i) {
    drop(all.emplace_back(program).branches, i);
  }
  for (std::size_t i = 0; i < program.branches.size(); ++i) {
    for (std::size_t j = program.branches[i].size(); j-- > 0;) {
      if (program.branches[i].size() == 1) break;  // that is dropping the branch
      drop(all.emplace_back(program).branches[i], j);
    }
  }
  for (std::size_t j = program.prefix.size(); j-- > 0;) drop(all.emplace_back(program).prefix, j);
  for (std::size_t i = 0; i < program.branches.size(); ++i) {
    Program& moved = all.emplace_back(program);
    moved.prefix.push_back(std::move(moved.branches[i].front()));
    drop(moved.branches[i], 0);
    if (moved.branches[i].empty()) drop(moved.branches, i);
  }
  return all;
}

}  // namespace redouble::check
