// The reply reader on any bytes. What must hold: the bytes whole, byte by byte and in odd pieces
// give the same replies and the same error at the same place; what was read, encoded again, is read
// as the same replies; no piece of memory is larger than the input justifies; every reply can be
// shown; protocol 2 reads what protocol 3 reads up to the first type that only 3 has.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "memory_watch.hpp"
#include "resp/reply_run.hpp"
#include "runtime/assert.hpp"

namespace {

using redouble::resp::Reply;
using redouble::resp::ReplyLimits;
using redouble::resp::ReplyRun;

constexpr std::size_t longest_by_byte = 1024;  // longer inputs are split in odd pieces only

// Pieces whose sizes follow from the input, so that a find replays.
std::vector<std::size_t> odd_cuts(std::string_view input) {
  std::vector<std::size_t> cuts;
  std::size_t at = 0;
  for (std::size_t i = 0; at < input.size(); i = (i + 7) % input.size()) {
    at += 1 + static_cast<unsigned char>(input[i]) % 19;
    if (at < input.size()) cuts.push_back(at);
  }
  return cuts;
}

ReplyRun check(std::string_view input, const ReplyLimits& limits) {
  const redouble::fuzz::MemoryWatch memory;
  const ReplyRun whole = redouble::resp::run_replies(input, limits);
  // The smallest reply has three bytes; vectors grow by doubling.
  REDOUBLE_ASSERT(memory.largest() <= sizeof(Reply) * input.size() + 64 * 1024);
  REDOUBLE_ASSERT(redouble::resp::run_replies(input, limits, odd_cuts(input)) == whole);
  if (input.size() <= longest_by_byte) {
    REDOUBLE_ASSERT(redouble::resp::run_replies_by_byte(input, limits) == whole);
  }
  REDOUBLE_ASSERT(whole.consumed <= input.size() && whole.error_position <= input.size());
  std::string written;
  for (const Reply& reply : whole.replies) {
    written += redouble::resp::encode(reply);
    REDOUBLE_ASSERT(redouble::resp::to_text(reply).ends_with('\n'));
  }
  // Encoded, a double may have more digits than it came with: not the small limits again.
  const ReplyRun again = redouble::resp::run_replies(written, {.protocol = limits.protocol});
  REDOUBLE_ASSERT(again.replies == whole.replies && again.at_boundary);
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const ReplyRun in_3 = check(input, {});
  const ReplyRun in_2 = check(input, {.protocol = 2});
  REDOUBLE_ASSERT(in_2.replies.size() <= in_3.replies.size());
  for (std::size_t i = 0; i < in_2.replies.size(); ++i) {
    REDOUBLE_ASSERT(in_2.replies[i] == in_3.replies[i]);
  }
  check(input, {.max_depth = 3, .max_bulk = 16, .max_elements = 5});
  return 0;
}
