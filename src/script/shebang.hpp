// Shebang: the first line of a script that begins with "#!": what the script says of itself.
//
//   #!lua flags=no-writes,allow-stale
//
// A script without one is judged by what it does. Thread safety: any thread. Errors: the error
// reply's text, word for word as redis-server 7.0.15 gives it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace redouble::script {

enum ScriptFlag : std::uint8_t {
  no_writes = 1u << 0,
  allow_oom = 1u << 1,
  allow_stale = 1u << 2,
  no_cluster = 1u << 3,
  allow_cross_slot_keys = 1u << 4,
};

struct Shebang {
  bool present = false;
  std::uint8_t flags = 0;  // ScriptFlag
  std::size_t size = 0;    // of the line, its end left out
};

std::expected<Shebang, std::string> parse_shebang(std::string_view script);

}  // namespace redouble::script
