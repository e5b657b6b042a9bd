// The request parser on any bytes. What must hold: the bytes whole, byte by byte and in odd pieces
// give the same requests and the same error at the same place; every request takes at least a byte
// and no more than there are; no byte beyond the input is read (each call gets a heap block of the
// exact size); no piece of memory is larger than the input justifies; what was parsed, written as
// plain arrays, parses to itself.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "memory_watch.hpp"
#include "resp/request_run.hpp"
#include "runtime/assert.hpp"

namespace {

using redouble::resp::RequestLimits;
using redouble::resp::RequestRun;

constexpr std::size_t longest_by_byte = 512;  // pieces of one byte cost a copy of the rest each

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

void check(std::string_view input, const RequestLimits& limits) {
  const redouble::fuzz::MemoryWatch memory;
  const RequestRun whole = redouble::resp::run_requests(input, limits);
  REDOUBLE_ASSERT(memory.largest() <= 64 * input.size() + 64 * 1024);
  REDOUBLE_ASSERT(!whole.broken);
  REDOUBLE_ASSERT(redouble::resp::run_requests(input, limits, odd_cuts(input)) == whole);
  if (input.size() <= longest_by_byte) {
    REDOUBLE_ASSERT(redouble::resp::run_requests_by_byte(input, limits) == whole);
  }
  std::string written;
  for (const auto& args : whole.requests) written += redouble::resp::encode_request(args);
  // An inline line may hold more words than an unauthenticated array.
  const RequestRun again = redouble::resp::run_requests(written);
  REDOUBLE_ASSERT(again.requests == whole.requests && again.error.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(input, {});
  RequestLimits small;
  small.authenticated = false;
  small.max_inline = 32;
  small.max_bulk = 64;
  small.max_unauthenticated_bulk = 16;
  small.max_unauthenticated_multibulk = 3;
  check(input, small);
  return 0;
}
