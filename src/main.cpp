// redouble [file] [--directive value ...]: the command line, in redis-server's own syntax.
//
// Prints one line, `ready port=N pid=N`, on standard output when it serves; everything else goes to
// standard error. Exit code 0 after a shutdown, 1 with one clear line where it cannot start.
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "instance/command_line.hpp"
#include "instance/config.hpp"
#include "instance/version.hpp"
#include "server/process.hpp"
#include "server/server.hpp"

namespace {

using redouble::instance::CommandLine;
using redouble::instance::Config;

constexpr std::string_view usage =
    "Usage: redouble [file] [--directive value ...]\n"
    "       redouble -                 (configuration from standard input)\n"
    "       redouble -v | --version | -h | --help\n"
    "\n"
    "The directives are redis-server's, and these:\n"
    "  --port 0              a free port; the line `ready port=N pid=N` on standard output names "
    "it\n"
    "  --ready-fd N          the same line to descriptor N\n"
    "  --threads N|auto      threads that serve connections (default 1)\n"
    "  --busy-poll-us N      how long a thread polls for the next request before it sleeps "
    "(default 200)\n"
    "  --clock-frozen        the clock stands still until it is moved\n"
    "  --seed N              where random replies come from (default: drawn)\n"
    "  --exit-with-parent    ends when the process that started it ends\n"
    "  --compat-version V    7.0, 7.2, 7.4 or 8.0 (default 7.0)\n";

int complain(std::string_view text) {
  fmt::print(stderr, "redouble: {}\n", text);
  return 1;
}

// Writes the line whole, or says why it cannot.
bool announce(int descriptor, std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(descriptor, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

int serve(const CommandLine& command_line) {
  Config config;
  if (const auto loaded = config.load(command_line); !loaded) return complain(loaded.error());
  for (const std::string& warning : config.warnings())
    fmt::print(stderr, "redouble: {}\n", warning);
  const std::string directory = config.settings().dir;
  if (!directory.empty() && ::chdir(directory.c_str()) != 0) {
    return complain(fmt::format("dir: cannot change to '{}': {}", directory,
                                std::generic_category().message(errno)));
  }
  config.report("dir", redouble::server::working_directory());
  const auto ready_fd = static_cast<int>(config.settings().ready_fd);
  redouble::server::Server server(std::move(config));
  if (const auto opened = server.open(); !opened) return complain(opened.error());
  const std::string line =
      fmt::format("ready port={} pid={}\n", server.port(), redouble::server::process_id());
  if (ready_fd >= 0 && !announce(ready_fd, line)) {
    return complain(fmt::format("ready-fd: cannot write to descriptor {}: {}", ready_fd,
                                std::generic_category().message(errno)));
  }
  if (ready_fd != STDOUT_FILENO) announce(STDOUT_FILENO, line);  // nobody need listen there
  return server.run();
}

// The GNU C library keeps small pieces that are freed in lists of their own, and joins them all
// when somebody next asks for a large one: behind a DEL of a hash of a million fields 70 to 140 ms,
// for whose request that was. Joined at once, it is the reclaimer's time.
void join_small_pieces_at_once() {
#ifdef M_MXFAST
  ::mallopt(M_MXFAST, 0);
#endif
}

}  // namespace

int main(int count, char** values) {
  join_small_pieces_at_once();
  try {
    const std::vector<std::string> arguments(values + 1, values + count);
    const CommandLine command_line = redouble::instance::parse_command_line(arguments);
    switch (command_line.request) {
      case CommandLine::Request::version:
        // In redis-server's form, which tools that start one look for a version in.
        fmt::print("Redis server v={} sha=00000000:0 malloc=libc bits={} build=redouble-0.1.0\n",
                   redouble::instance::version_text(redouble::instance::CompatVersion::v7_0),
                   sizeof(void*) * 8);
        return 0;
      case CommandLine::Request::help:
        fmt::print("{}", usage);
        return 0;
      case CommandLine::Request::serve:
        return serve(command_line);
    }
  } catch (const std::exception& thrown) {
    return complain(thrown.what());
  }
  return 1;
}
