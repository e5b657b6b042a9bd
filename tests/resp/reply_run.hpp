// ReplyRun: what the reply reader makes of bytes that come in given pieces. For the tests and the
// fuzzer of the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resp/reply_reader.hpp"

namespace redouble::resp {

struct ReplyRun {
  std::vector<Reply> replies;
  std::string error;
  std::uint64_t error_position = 0;
  std::uint64_t consumed = 0;
  bool at_boundary = false;

  friend bool operator==(const ReplyRun&, const ReplyRun&) = default;
};

// `cuts` ascending: the bytes come in pieces that end there, and at the end.
inline ReplyRun run_replies(std::string_view bytes, const ReplyLimits& limits = {},
                            std::span<const std::size_t> cuts = {}) {
  using Status = ReplyReader::Status;
  ReplyRun run;
  ReplyReader reader(limits);
  std::vector<std::size_t> ends(cuts.begin(), cuts.end());
  ends.push_back(bytes.size());
  std::size_t fed = 0;
  Status status = Status::need_more;
  for (const std::size_t end : ends) {
    reader.feed(bytes.substr(fed, end - fed));
    fed = end;
    Reply reply;
    while ((status = reader.next(reply)) == Status::reply) {
      run.replies.push_back(std::move(reply));
      reply = Reply();
    }
    if (status == Status::error) break;
  }
  run.consumed = reader.consumed();
  run.at_boundary = status == Status::need_more && reader.at_boundary();
  if (status == Status::error) {
    run.error = reader.error();
    run.error_position = reader.error_position();
  }
  return run;
}

// Every byte alone.
inline ReplyRun run_replies_by_byte(std::string_view bytes, const ReplyLimits& limits = {}) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < bytes.size(); ++i) cuts.push_back(i);
  return run_replies(bytes, limits, cuts);
}

}  // namespace redouble::resp
