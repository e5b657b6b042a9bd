// ReplyReader: reads replies from the bytes that a server sends, and says what is wrong with them.
//
//   ReplyReader reader;
//   reader.feed(received);
//   Reply reply;
//   while (reader.next(reply) == ReplyReader::Status::reply) ...
//
// It is strict, to be an oracle: every line ends in CR LF and holds neither before, every length
// and integer is plain decimal digits in range, what follows a bulk is CR LF, a push stands at the
// top only, and types of protocol 3 are refused where protocol 2 was asked for. Streamed strings
// and aggregates ("$?", "*?") are not supported and refused: no Redis sends them.
//
// Invariants: any split of the bytes gives the same replies or the same error at the same position.
// Nothing is allocated for a length or count before its bytes have come. Depth is a number, not the
// stack's: reading does not recurse. Each byte is looked at once (bulks: not at all).
// After an error the reader is stuck: every further next() is the same error.
// Thread safety: one thread at a time. Errors: Status::error; std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resp/reply.hpp"

namespace redouble::resp {

struct ReplyLimits {
  int protocol = 3;             // 2: the types of protocol 3 are errors
  std::size_t max_depth = 128;  // aggregates inside one another, attributes counted in
  std::size_t max_bulk = 1024ull * 1024 * 1024;  // also of a line
  std::size_t max_elements = 0x7fffffff;         // of one aggregate; a map's keys and values
};

class ReplyReader {
 public:
  enum class Status { reply, need_more, error };

  explicit ReplyReader(ReplyLimits limits = {}) : limits_(limits) {}

  void feed(std::string_view bytes);
  // reply: `reply` is the next one, and the reader is past it. need_more: feed() first; `reply` is
  // untouched.
  Status next(Reply& reply);

  // Bytes before the first that no reply has been made of yet.
  std::uint64_t consumed() const { return reply_start_; }
  // No byte of an unfinished reply has come.
  bool at_boundary() const { return dropped_ + buffer_.size() == reply_start_; }
  // After error: what is wrong, and at which byte of all that were fed.
  const std::string& error() const { return error_; }
  std::uint64_t error_position() const { return error_position_; }

  // To go on after HELLO.
  void set_protocol(int protocol) { limits_.protocol = protocol; }

 private:
  struct Frame {
    Reply reply;
    std::size_t remaining;  // elements still to come
    bool is_attribute;
    std::vector<Reply> attributes;  // read, waiting for the element that they describe
  };
  enum class Step { value, opened, need_more, error };

  Step read_value(Reply& value);
  Step read_line(std::string_view& line);
  Step read_typed(char type, std::string_view line, Reply& value);
  Step read_body(Reply& value);
  Step begin_bulk(char type, std::string_view line, Reply& value);
  Step open(char type, std::string_view line, Reply& value);
  Step fail(std::string_view what, std::size_t at);  // at a byte of the buffer
  Step fail(std::string_view what);                  // at the value under way
  bool complete(Reply& value);

  ReplyLimits limits_;
  std::string buffer_;
  std::uint64_t dropped_ = 0;  // bytes that were before the buffer's first
  std::size_t position_ = 0;   // of the value under way, in the buffer
  std::size_t scan_ = 0;       // up to here its line holds no end
  std::uint64_t reply_start_ = 0;
  bool in_body_ = false;  // the value's line is read, its bytes are to come
  Reply::Type body_type_ = Reply::Type::bulk;
  std::size_t body_size_ = 0;
  std::vector<Frame> stack_;
  std::vector<Reply> attributes_;  // as Frame::attributes, of the top
  std::string error_;
  std::uint64_t error_position_ = 0;
  bool failed_ = false;
};

}  // namespace redouble::resp
