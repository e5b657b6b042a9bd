// RequestRun: what a session makes of a client's bytes when they come in given pieces. For the
// tests and the fuzzer of the request parser.
//
// Every call of the parser gets the unread bytes in a heap block of exactly their size, at a new
// address: a sanitizer sees any byte read beyond, or through an old address.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resp/request_parser.hpp"

namespace redouble::resp {

struct RequestRun {
  std::vector<std::vector<std::string>> requests;  // an empty one asked for nothing
  std::string error;
  std::size_t consumed = 0;  // by whole requests
  std::size_t missing = 0;   // at the end
  bool broken = false;       // the parser took more than there was, or a request without a byte

  friend bool operator==(const RequestRun&, const RequestRun&) = default;
};

// `cuts` ascending: the bytes come in pieces that end there, and at the end.
inline RequestRun run_requests(std::string_view bytes, const RequestLimits& limits = {},
                               std::span<const std::size_t> cuts = {}) {
  using Status = RequestParser::Status;
  RequestRun run;
  RequestParser parser;
  std::vector<std::size_t> ends(cuts.begin(), cuts.end());
  ends.push_back(bytes.size());
  for (const std::size_t end : ends) {
    while (run.consumed < end) {
      const std::string_view unread = bytes.substr(run.consumed, end - run.consumed);
      const auto copy = std::make_unique<char[]>(unread.size());
      std::copy(unread.begin(), unread.end(), copy.get());
      const Status status = parser.parse({copy.get(), unread.size()}, limits);
      run.missing = parser.missing();
      if (status == Status::need_more) break;
      if (status == Status::error) {
        run.error = parser.error();
        return run;
      }
      if (parser.consumed() == 0 || parser.consumed() > unread.size()) {
        run.broken = true;
        return run;
      }
      run.requests.emplace_back(parser.args().begin(), parser.args().end());
      run.consumed += parser.consumed();
      run.missing = 0;
      parser.reset();
    }
  }
  return run;
}

// Every byte alone.
inline RequestRun run_requests_by_byte(std::string_view bytes, const RequestLimits& limits = {}) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < bytes.size(); ++i) cuts.push_back(i);
  return run_requests(bytes, limits, cuts);
}

inline std::string encode_request(std::span<const std::string> args) {
  std::string bytes = "*" + std::to_string(args.size()) + "\r\n";
  for (const std::string& arg : args) {
    bytes += "$" + std::to_string(arg.size()) + "\r\n" + arg + "\r\n";
  }
  return bytes;
}

}  // namespace redouble::resp
