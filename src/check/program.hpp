// Program: a small parallel program, as text, at random, and every smaller one next to it.
//
// A prefix is executed alone; then the branches run beside each other, each a client of its own;
// the suffix is executed alone when they have ended (reads that show what is left behind). As text
// a command is a line: `prefix SET k 1`, `1 INCR k` (branch 1), `suffix GET k`. Thread safety: a
// value.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "check/history.hpp"
#include "check/random.hpp"

namespace redouble::check {

struct Program {
  static constexpr std::size_t most_branches = 3;
  static constexpr std::size_t most_commands = 8;  // of a branch, and of the prefix

  std::vector<Request> prefix;
  std::vector<std::vector<Request>> branches;
  std::vector<Request> suffix;

  std::size_t commands() const;  // without the suffix
  bool operator==(const Program&) const = default;
};

std::string write_program(const Program& program);
// The error names the line, as read_history's does.
std::expected<Program, std::string> read_program(std::string_view text);

// Two or three branches of one to eight commands behind a prefix of none to four.
Program random_program(Random& random, const std::function<Request(Random&)>& request,
                       std::vector<Request> suffix);

// Programs one step smaller: without one branch, without one command, or with the head of a branch
// moved to the end of the prefix, where it runs alone. Repeated, they come to an end. Most
// promising first.
std::vector<Program> smaller(const Program& program);

}  // namespace redouble::check
