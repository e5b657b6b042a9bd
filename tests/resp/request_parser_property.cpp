#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "resp/request_run.hpp"

namespace redouble::resp::request_parser_property {
namespace {

using Args = std::vector<std::string>;

// Every byte value, those of the protocol more often.
rc::Gen<char> any_byte() {
  return rc::gen::oneOf(rc::gen::arbitrary<char>(),
                        rc::gen::elementOf(std::string("\r\n$*019-\"'\\x \0", 14)));
}

// Scaled down: a stream cut into single bytes costs the square of its size.
rc::Gen<Args> any_args() {
  return rc::gen::scale(
      0.25,
      rc::gen::nonEmpty(rc::gen::container<Args>(rc::gen::container<std::string>(any_byte()))));
}

// Pieces of requests, whole and broken, so that streams reach deep into the parser.
rc::Gen<std::string> any_piece() {
  return rc::gen::oneOf(
      rc::gen::map(any_args(), [](const Args& args) { return encode_request(args); }),
      rc::gen::container<std::string>(any_byte()),
      rc::gen::elementOf(std::vector<std::string>{
          "*1\r\n", "*2\r\n", "*0\r\n", "*-1\r\n", "$0\r\n\r\n", "$3\r\n", "abc\r\n", "PING\r\n",
          "a \"b\\x41\" 'c'\r\n", "\"\r\n", "\r\n", "$01\r\n"}));
}

rc::Gen<std::string> any_stream() {
  return rc::gen::map(
      rc::gen::scale(0.25, rc::gen::container<std::vector<std::string>>(any_piece())),
      [](const std::vector<std::string>& pieces) {
        std::string bytes;
        for (const std::string& piece : pieces) bytes += piece;
        return bytes;
      });
}

std::vector<std::size_t> any_cuts(std::size_t size) {
  auto cuts =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, size + 1));
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

RC_GTEST_PROP(RequestParserProperty, RequestsComeBackAsTheyWereWritten, ()) {
  const auto requests = *rc::gen::container<std::vector<Args>>(any_args());
  std::string bytes;
  for (const Args& args : requests) bytes += encode_request(args);
  const RequestRun run = run_requests(bytes, {}, any_cuts(bytes.size()));
  RC_ASSERT(run.requests == requests);
  RC_ASSERT(run.consumed == bytes.size());
  RC_ASSERT(run.error.empty());
}

RC_GTEST_PROP(RequestParserProperty, AnySplitOfTheBytesGivesTheSameRequests, ()) {
  const std::string bytes = *any_stream();
  RequestLimits limits;
  // Small limits are met more often.
  limits.max_inline = *rc::gen::element<std::size_t>(8, 16, 64 * 1024);
  limits.max_bulk = *rc::gen::element<std::size_t>(2, 20, 1000);
  limits.authenticated = *rc::gen::arbitrary<bool>();
  const RequestRun whole = run_requests(bytes, limits);
  RC_CLASSIFY(!whole.error.empty(), "ends in an error");
  RC_ASSERT(!whole.broken);
  RC_ASSERT(run_requests(bytes, limits, any_cuts(bytes.size())) == whole);
  RC_ASSERT(run_requests_by_byte(bytes, limits) == whole);
}

}  // namespace
}  // namespace redouble::resp::request_parser_property
