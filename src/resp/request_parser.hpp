// RequestParser: finds the requests in the bytes that a client sends.
//
// A request is an array of bulk strings ("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n") or one line of words
// (inline, "GET k\r\n"). The parser owns no input: the caller keeps the bytes and hands them over
// again, with what came since, until the request is whole. The parser remembers offsets only, so
// the bytes may have moved; it goes on where it stopped, so a request that drips in byte by byte is
// linear in its size too.
//
//   RequestParser parser;
//   switch (parser.parse(unread, limits)) {
//     case RequestParser::Status::request:    // execute parser.args() (empty: nothing to execute)
//       unread.remove_prefix(parser.consumed());
//       parser.reset();
//     case RequestParser::Status::need_more:  // receive; parser.missing() tells how much at least
//     case RequestParser::Status::error:      // send "-ERR " parser.error(), close
//   }
//
// Invariants:
//  1. Any split of the same bytes gives the same requests, the same error, at the same place. Where
//     the real server's answer depends on the split (a line about as long as the limit), ours is
//     what it answers when each byte comes alone.
//  2. Memory: 32 bytes an argument whose bytes have arrived, at most; a count that only announces
//     arguments takes none. After reset() at most `kept_args` arguments' worth stays.
//  3. A usual request (at most kept_args arguments, no quoted word) allocates nothing.
// What redis-server 7.0.15 accepts, this accepts: the two bytes behind a bulk and the byte behind
// the CR of a length are not looked at; a NUL byte in a length or an inline line hides the rest of
// the line until the line is too long; an array of no or less elements and an empty line are
// requests without arguments. Its texts of errors are this parser's, word for word.
// Thread safety: one thread at a time. Units: bytes. Errors: Status::error; std::bad_alloc.
// Sources: https://redis.io/docs/reference/protocol-spec/ and the behaviour of redis-server 7.0.15.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redouble::resp {

// What a request may have at most; judged as each length is read, so that a session may change it
// at any time. An unauthenticated client gets the two smaller limits.
struct RequestLimits {
  std::size_t max_bulk = 512ull * 1024 * 1024;  // proto-max-bulk-len
  std::size_t max_multibulk = std::numeric_limits<int>::max();
  std::size_t max_inline = 64 * 1024;  // also of the line that holds a length
  bool authenticated = true;
  std::size_t max_unauthenticated_bulk = 16384;
  std::size_t max_unauthenticated_multibulk = 10;
};

class RequestParser {
 public:
  enum class Status { request, need_more, error };
  // Room for so many arguments outlives a request.
  static constexpr std::size_t kept_args = 256;
  // Room for so many bytes of unquoted words outlives a request.
  static constexpr std::size_t kept_scratch = 1024;

  // REQUIRES: `input` starts with the first byte after the last request's, and since the last
  // reset() it has only grown at its end. After request or error: reset() before the next call.
  Status parse(std::string_view input, const RequestLimits& limits) {
    if (state_ == State::start && parse_whole(input, limits)) [[likely]]
      return Status::request;
    return parse_on(input, limits);
  }

  // After request. The arguments are views into `input` (quoted words: into the parser), good until
  // the bytes move or the parser is reset. Empty: these bytes ask for nothing, go on behind them.
  std::span<const std::string_view> args() const { return {args_.data(), count_}; }
  // After request: how many bytes of `input` it took; after need_more: how many of them are lines
  // and arguments that are whole.
  std::size_t consumed() const { return position_; }
  // After error: the text that follows "-ERR " in the reply; good until reset().
  std::string_view error() const { return error_; }
  // After need_more: how many bytes the bulk under way still lacks, its two last included; 0 when
  // no bulk is under way.
  std::size_t missing() const { return missing_; }
  // The size of that bulk, without its two last bytes.
  std::size_t bulk_size() const { return bulk_size_; }

  // After need_more with a bulk under way: the caller takes it out of the input, to receive the
  // rest of it elsewhere. What of it is there, perhaps with one of its two last bytes, is the end
  // of the input, which ends before it from now on. No parse() until attach_bulk() has given the
  // whole bulk, without its two last bytes; args() show it there, where it must stay until reset().
  struct Detached {
    std::size_t argument;  // its place among the arguments
    std::size_t size;
    std::size_t there;
  };
  Detached detach_bulk();
  void attach_bulk(std::string_view bulk);

  // After request: the same request is to come once more, from the same input, which may have moved
  // and grown. In place of reset().
  void again();

  // Makes ready for the next request.
  void reset() {
    if (was_slow_) [[unlikely]]
      reset_slow();
    count_ = 0;
    state_ = State::start;
    position_ = 0;
  }
  // As reset(), and gives all memory back: for a parser that stays with an idle connection. (One
  // parser per thread is enough for all connections that have no request under way.)
  void release();

 private:
  // whole: an array whose arguments are all there.
  enum class State { start, inline_line, count, bulk_length, bulk, whole, done };
  struct Extent {
    std::size_t offset;
    std::size_t size;
  };
  enum class Line { found, need_more, too_long };

  // The usual request, an array that is there as a whole, in one go; false, and nothing done, where
  // it is anything else.
  [[gnu::noinline]] void make_room(std::size_t arguments);
  bool parse_whole(std::string_view input, const RequestLimits& limits);
  Status parse_on(std::string_view input, const RequestLimits& limits);
  void reset_slow();
  Status parse_inline(std::string_view input, const RequestLimits& limits);
  Status parse_array(std::string_view input, const RequestLimits& limits);
  Line find_line_end(std::string_view input, char end, std::size_t max_size);
  bool read_count(std::string_view input, const RequestLimits& limits);
  bool read_bulk_length(std::string_view input, const RequestLimits& limits);
  Status finish_array(std::string_view input);
  Status fail(std::string_view text);

  State state_ = State::start;
  bool was_slow_ = false;      // more than args_ and position_ may be set
  std::size_t position_ = 0;   // where the line or bulk under way starts
  std::size_t scan_ = 0;       // up to here its line is known to hold no end
  std::size_t remaining_ = 0;  // bulks of the array still to come
  std::size_t bulk_size_ = 0;
  std::size_t missing_ = 0;
  std::vector<Extent> extents_;
  // The arguments that are not in the input: their places, and where they are.
  struct Outside {
    std::size_t index;
    std::string_view bytes;
  };
  std::vector<Outside> outside_;
  std::size_t count_ = 0;               // of the arguments
  std::vector<std::string_view> args_;  // the first count_ of them; the rest is room
  std::string scratch_;                 // quoted words, their escapes resolved
  std::string error_;
};

}  // namespace redouble::resp
