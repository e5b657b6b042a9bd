// Host: what a running script sees of the world outside: the function that runs one command, and a
// few questions around it.
//
// The engine knows no table of commands, no keys and no clock. Each function is called in the
// script's own thread, while it runs. Errors: an error reply; an exception fails the script as a
// want of memory does.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "resp/reply.hpp"

namespace redouble::script {

// Runs one command and gives its reply in protocol 2 or 3. What the script may not do (an unknown
// command, one that scripts may not use) is an error reply like any other.
using RunCommand = std::function<resp::Reply(std::span<const std::string_view> args, int protocol)>;

enum class LogLevel : int { debug = 0, verbose = 1, notice = 2, warning = 3 };

struct Host {
  RunCommand run_command;
  // May this client run this command? Nothing: there is no such command.
  std::function<std::optional<bool>(std::span<const std::string_view> args)> may_run;
  // Asked every Engine::Limits::instructions_between_asks: true ends the script.
  std::function<bool()> should_stop;
  std::function<void(LogLevel level, std::string_view text)> log;
};

}  // namespace redouble::script
