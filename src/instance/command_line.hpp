// CommandLine: the arguments of the program, in redis-server's own syntax.
//
//   [file] [-] [--directive value ...] ... [-]
// The first argument, where it does not begin with '-', is a configuration file. A lone '-' as the
// first or the last argument stands for a configuration on standard input. Each directive is read
// as a line of a file: "--port 7000" may be one argument or two, and a directive takes all
// arguments up to the next one that begins with "--"; the argument right after a bare name is its
// value also where it begins so. `--save` without a value means `--save ""`; a directive that is a
// mere flag may stand alone. As the first argument, -v, --version, -h and --help ask for that.
// Thread safety: plain values and a pure function.
// Source: as observed from redis-server 7.0.15.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace redouble::instance {

struct CommandLine {
  enum class Request : std::uint8_t { serve, version, help };

  // A directive as it was given: its name (with its value, where both were one argument), without
  // the leading "--", and the arguments after it, each one word.
  struct Option {
    std::string line;
    std::vector<std::string> words;
    friend bool operator==(const Option&, const Option&) = default;
  };

  Request request = Request::serve;
  std::string file;  // empty: none
  bool standard_input = false;
  std::vector<Option> options;
};

// `arguments` are those behind the program's name.
CommandLine parse_command_line(std::span<const std::string> arguments);

}  // namespace redouble::instance
