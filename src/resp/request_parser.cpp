#include "resp/request_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "resp/number.hpp"
#include "resp/words.hpp"
#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::resp {

namespace {

unsigned digit(char c) { return static_cast<unsigned>(static_cast<unsigned char>(c)) - '0'; }

// A length as it is nearly always sent: up to six digits, no sign, no leading zero but for 0
// itself, then CR and one more byte. Leaves `at` behind them; -1 where it is anything else, or
// where the input ends too soon for a bulk to follow.
[[gnu::noinline]] std::int64_t usual_length(const char*& at, const char* end) {
  constexpr int most_digits = 6;
  constexpr std::ptrdiff_t least_bulk = 5;  // one digit, two bytes, the two bytes of an empty bulk
  if (end - at < least_bulk) return -1;
  std::int64_t length = digit(at[0]);
  if (length > 9) return -1;
  if (at[1] == '\r') {
    at += 3;
    return length;
  }
  if (length == 0) return -1;
  for (int digits = 1; digits < most_digits && end - at > digits + 1; ++digits) {
    const unsigned next = digit(at[digits]);
    if (next > 9) return -1;
    length = length * 10 + next;
    if (at[digits + 1] == '\r' && end - at > digits + 2) {
      at += digits + 3;
      return length;
    }
  }
  return -1;
}

// The same for most lengths, of one or two digits, where at least five bytes are there.
inline std::int64_t short_length(const char*& at, const char* end) {
  const unsigned first = digit(at[0]);
  if (at[1] == '\r' && first <= 9) {
    at += 3;
    return first;
  }
  const unsigned second = digit(at[1]);
  if (at[2] == '\r' && second <= 9 && first - 1 <= 8) {
    at += 4;
    return first * 10 + second;
  }
  const char* behind = at;  // a copy, so that `at` itself needs no place in memory
  const std::int64_t length = usual_length(behind, end);
  at = behind;
  return length;
}

}  // namespace

void RequestParser::make_room(std::size_t arguments) {
  constexpr std::size_t usual = 16;
  args_.resize(std::max(arguments, usual));
}

bool RequestParser::parse_whole(std::string_view input, const RequestLimits& limits) {
  // "*1", CR, LF and "$0", CR, LF, and the two bytes behind an empty bulk.
  constexpr std::size_t least_request = 10;
  constexpr std::ptrdiff_t least_bulk = 6;
  if (input.size() < least_request || input.front() != '*' || !limits.authenticated) return false;
  const char* at = input.data() + 1;
  const char* const end = input.data() + input.size();
  const std::int64_t count = short_length(at, end);
  if (count <= 0 || static_cast<std::size_t>(count) > kept_args) return false;
  if (args_.size() < static_cast<std::size_t>(count)) [[unlikely]]
    make_room(static_cast<std::size_t>(count));
  std::string_view* arg = args_.data();
  std::string_view* const behind = arg + count;
  const auto max_bulk = static_cast<std::uint64_t>(limits.max_bulk);
  const char* const last_bulk = end - least_bulk;
  do {
    if (at > last_bulk || *at != '$') return false;
    ++at;
    const std::int64_t size = short_length(at, end);
    // Of -1 the unsigned value is larger than any limit.
    if (static_cast<std::uint64_t>(size) > max_bulk) return false;
    *arg++ = {at, static_cast<std::size_t>(size)};
    // At most six digits: it cannot wrap around.
    at += size + (mutant("parser_bulk_end") ? 1 : 2);
    if (at > end) return false;
    if (mutant("parser_bulk_end")) ++at;
  } while (arg != behind);
  count_ = static_cast<std::size_t>(count);
  position_ = static_cast<std::size_t>(at - input.data());
  missing_ = 0;
  state_ = State::done;
  return true;
}

RequestParser::Status RequestParser::parse_on(std::string_view input, const RequestLimits& limits) {
  REDOUBLE_ASSERT(state_ != State::done);
  was_slow_ = true;
  missing_ = 0;
  if (state_ == State::whole) return finish_array(input);
  if (state_ == State::start) {
    if (input.empty()) return Status::need_more;
    state_ = input.front() == '*' ? State::count : State::inline_line;
  }
  return state_ == State::inline_line ? parse_inline(input, limits) : parse_array(input, limits);
}

RequestParser::Status RequestParser::parse_inline(std::string_view input,
                                                  const RequestLimits& limits) {
  switch (find_line_end(input, '\n', limits.max_inline)) {
    case Line::need_more:
      return Status::need_more;
    case Line::too_long:
      return fail("Protocol error: too big inline request");
    case Line::found:
      break;
  }
  std::string_view line = input.substr(0, scan_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!split_words(line, args_, scratch_)) {
    return fail("Protocol error: unbalanced quotes in request");
  }
  count_ = args_.size();
  position_ = scan_ + 1;
  state_ = State::done;
  return Status::request;
}

RequestParser::Status RequestParser::parse_array(std::string_view input,
                                                 const RequestLimits& limits) {
  while (true) {
    if (state_ == State::bulk) {
      const std::size_t needed = bulk_size_ + (mutant("parser_bulk_end") ? 1 : 2);
      const std::size_t present = input.size() - position_;
      if (present < needed) {
        missing_ = needed - present;
        return Status::need_more;
      }
      extents_.push_back({position_, bulk_size_});
      position_ += bulk_size_ + 2;
      scan_ = position_;
      state_ = State::bulk_length;
      if (--remaining_ == 0) return finish_array(input);
    }

    const bool counting = state_ == State::count;
    const Line line = find_line_end(input, '\r', limits.max_inline);
    if (line == Line::too_long) {
      return fail(counting ? "Protocol error: too big mbulk count string"
                           : "Protocol error: too big bulk count string");
    }
    // The byte behind the CR belongs to the line, whatever it is.
    if (line == Line::need_more || input.size() - scan_ < 2) return Status::need_more;
    if (!(counting ? read_count(input, limits) : read_bulk_length(input, limits))) {
      return Status::error;
    }
    position_ = scan_ + 2;
    scan_ = position_;
    if (state_ == State::done) return Status::request;
  }
}

// Leaves scan_ at the line's end, or where the search goes on.
RequestParser::Line RequestParser::find_line_end(std::string_view input, char end,
                                                 std::size_t max_size) {
  if (mutant("parser_inline_limit")) --max_size;
  const std::size_t present = input.size() - position_;
  const std::size_t stop = position_ + std::min(present, max_size + 1);
  while (scan_ < stop && input[scan_] != '\0') {
    if (input[scan_] == end) return Line::found;
    ++scan_;
  }
  return present > max_size ? Line::too_long : Line::need_more;
}

bool RequestParser::read_count(std::string_view input, const RequestLimits& limits) {
  const std::optional<std::int64_t> count = parse_integer(input.substr(1, scan_ - 1));
  if (!count || (*count > 0 && static_cast<std::size_t>(*count) > limits.max_multibulk)) {
    fail("Protocol error: invalid multibulk length");
    return false;
  }
  if (*count <= 0) {
    state_ = State::done;
    return true;
  }
  remaining_ = static_cast<std::size_t>(*count);
  if (!limits.authenticated && remaining_ > limits.max_unauthenticated_multibulk) {
    fail("Protocol error: unauthenticated multibulk length");
    return false;
  }
  state_ = State::bulk_length;
  return true;
}

bool RequestParser::read_bulk_length(std::string_view input, const RequestLimits& limits) {
  const char type = input[position_];
  if (type != '$') {
    // The line's end itself cannot be shown in the line of an error.
    const char shown = type == '\r' || type == '\n' ? ' ' : type;
    fail("Protocol error: expected '$', got '");
    error_.append({shown, '\''});
    return false;
  }
  const std::optional<std::int64_t> size =
      parse_integer(input.substr(position_ + 1, scan_ - position_ - 1));
  if (!size || *size < 0 || static_cast<std::size_t>(*size) > limits.max_bulk) {
    fail("Protocol error: invalid bulk length");
    return false;
  }
  bulk_size_ = static_cast<std::size_t>(*size);
  if (!limits.authenticated && bulk_size_ > limits.max_unauthenticated_bulk) {
    fail("Protocol error: unauthenticated bulk length");
    return false;
  }
  state_ = State::bulk;
  return true;
}

RequestParser::Status RequestParser::finish_array(std::string_view input) {
  count_ = extents_.size();
  if (args_.size() < count_) args_.resize(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    args_[i] = input.substr(extents_[i].offset, extents_[i].size);
  }
  for (const Outside& arg : outside_) args_[arg.index] = arg.bytes;
  state_ = State::done;
  return Status::request;
}

RequestParser::Detached RequestParser::detach_bulk() {
  REDOUBLE_ASSERT(state_ == State::bulk && missing_ != 0);
  return {extents_.size(), bulk_size_, bulk_size_ + 2 - std::exchange(missing_, 0)};
}

void RequestParser::attach_bulk(std::string_view bulk) {
  REDOUBLE_ASSERT(state_ == State::bulk && bulk.size() == bulk_size_);
  outside_.push_back({extents_.size(), bulk});
  extents_.push_back({position_, 0});
  scan_ = position_;
  state_ = --remaining_ == 0 ? State::whole : State::bulk_length;
}

void RequestParser::again() {
  REDOUBLE_ASSERT(state_ == State::done);
  if (outside_.empty()) return reset();
  count_ = 0;
  state_ = State::whole;
}

RequestParser::Status RequestParser::fail(std::string_view text) {
  count_ = 0;
  error_ = text;
  state_ = State::done;
  return Status::error;
}

void RequestParser::reset_slow() {
  was_slow_ = false;
  if (extents_.capacity() > kept_args) extents_ = {};
  if (args_.capacity() > kept_args) args_ = {};
  if (scratch_.capacity() > kept_scratch) scratch_ = {};
  extents_.clear();
  outside_.clear();
  error_.clear();
  scan_ = remaining_ = bulk_size_ = missing_ = 0;
}

void RequestParser::release() {
  reset();
  extents_ = {};
  outside_ = {};
  args_ = {};
  scratch_ = {};
  error_ = {};
}

}  // namespace redouble::resp
