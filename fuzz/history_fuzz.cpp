// The texts of histories and programs, and the notation of replies, on any bytes. What must hold: a
// history that was read is written and read as the same operations; so is a program; and any bytes,
// taken as a reply, come back from their notation.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "check/history.hpp"
#include "check/program.hpp"
#include "check/reply_text.hpp"
#include "runtime/assert.hpp"

namespace {

using namespace redouble::check;

// Operations of equal times may be written in any order.
std::vector<std::string> lines_of(const History& history) {
  std::vector<std::string> lines;
  for (const Operation& operation : history) lines.push_back(to_line(operation));
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto history = read_history(input)) {
    const auto again = read_history(write_history(*history));
    REDOUBLE_ASSERT(again && lines_of(*again) == lines_of(*history));
  }
  if (const auto program = read_program(input)) {
    const auto again = read_program(write_program(*program));
    REDOUBLE_ASSERT(again && write_program(*again) == write_program(*program));
  }
  const std::string notation = reply_notation(input);
  std::string_view rest = notation;
  const auto reply = read_reply_notation(rest);
  REDOUBLE_ASSERT(reply && *reply == input && rest.empty());
  return 0;
}
