#include "resp/reply_reader.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "resp/number.hpp"
#include "runtime/mutant.hpp"

namespace redouble::resp {
namespace {

constexpr std::string_view types_of_2 = "+-:$*";
constexpr std::string_view types_of_3 = "+-:$*_,#(=!%~>|";

// Takes the digits at the front; false where there are none.
bool take_digits(std::string_view& text) {
  const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(size);
  return size > 0;
}

void drop_sign(std::string_view& text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
}

bool is_big_number(std::string_view text) {
  drop_sign(text);
  return take_digits(text) && text.empty();
}

// The decimal notation of the specification; parse_double() takes more.
bool is_decimal(std::string_view text) {
  drop_sign(text);
  if (!take_digits(text)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!take_digits(text)) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    drop_sign(text);
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

std::optional<double> parse_real(std::string_view text) {
  if (text == "nan" || text == "-nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf" || text == "-inf" || is_decimal(text)) return parse_double(text);
  return std::nullopt;
}

Reply::Type aggregate_type(char type) {
  switch (type) {
    case '%':
      return Reply::Type::map;
    case '~':
      return Reply::Type::set;
    case '>':
      return Reply::Type::push;
    default:
      return Reply::Type::array;
  }
}

Reply::Type blob_type(char type) {
  if (type == '=') return Reply::Type::verbatim;
  return type == '!' ? Reply::Type::blob_error : Reply::Type::bulk;
}

}  // namespace

void ReplyReader::feed(std::string_view bytes) {
  // What was read is dropped once it is more than half: each byte is moved at most once on average.
  if (position_ > buffer_.size() / 2) {
    buffer_.erase(0, position_);
    dropped_ += position_;
    scan_ -= std::min(scan_, position_);
    position_ = 0;
  }
  buffer_.append(bytes);
}

ReplyReader::Status ReplyReader::next(Reply& reply) {
  if (failed_) return Status::error;
  while (true) {
    Reply value;
    switch (read_value(value)) {
      case Step::need_more:
        return Status::need_more;
      case Step::error:
        return Status::error;
      case Step::opened:
        break;
      case Step::value:
        if (!complete(value)) break;
        reply = std::move(value);
        reply_start_ = dropped_ + position_;
        return Status::reply;
    }
  }
}

ReplyReader::Step ReplyReader::read_value(Reply& value) {
  if (in_body_) return read_body(value);
  if (position_ == buffer_.size()) return Step::need_more;
  const char type = buffer_[position_];
  if (types_of_3.find(type) == std::string_view::npos) return fail("unknown type");
  if (limits_.protocol == 2 && types_of_2.find(type) == std::string_view::npos) {
    return fail("a type of protocol 3 in protocol 2");
  }
  std::string_view line;
  if (const Step step = read_line(line); step != Step::value) return step;
  const std::size_t after = scan_ + 2;
  const Step step = read_typed(type, line, value);
  if (step == Step::error) return step;
  position_ = after;
  scan_ = after;
  return in_body_ ? read_body(value) : step;
}

// The line under way without its type and its end; scan_ is left at its end.
ReplyReader::Step ReplyReader::read_line(std::string_view& line) {
  const std::size_t first = position_ + 1;
  const std::size_t stop = std::min(buffer_.size() - first, limits_.max_bulk + 1) + first;
  scan_ = std::max(scan_, first);
  while (scan_ < stop && buffer_[scan_] != '\r' && buffer_[scan_] != '\n') ++scan_;
  if (scan_ == stop) {
    if (stop - first > limits_.max_bulk) return fail("too long a line");
    return Step::need_more;
  }
  if (buffer_[scan_] == '\n') return fail("LF without CR", scan_);
  if (scan_ + 1 == buffer_.size()) return Step::need_more;
  if (buffer_[scan_ + 1] != '\n') return fail("CR without LF", scan_);
  line = std::string_view(buffer_).substr(first, scan_ - first);
  return Step::value;
}

ReplyReader::Step ReplyReader::read_typed(char type, std::string_view line, Reply& value) {
  switch (type) {
    case '+':
    case '-':
      value.type = type == '+' ? Reply::Type::simple : Reply::Type::error;
      value.text = line;
      return Step::value;
    case ':': {
      const std::optional<std::int64_t> number = parse_integer(line);
      if (!number) return fail("not an integer");
      value.type = Reply::Type::integer;
      value.integer = *number;
      return Step::value;
    }
    case '_':
      if (!line.empty()) return fail("a null with text");
      value.type = Reply::Type::null;
      return Step::value;
    case ',': {
      const std::optional<double> number = parse_real(line);
      if (!number) return fail("not a double");
      value.type = Reply::Type::real;
      value.real = *number;
      return Step::value;
    }
    case '#':
      if (line != "t" && line != "f") return fail("not a boolean");
      value.type = Reply::Type::boolean;
      value.boolean = line == "t";
      return Step::value;
    case '(':
      if (!is_big_number(line)) return fail("not a big number");
      value.type = Reply::Type::big_number;
      value.text = line;
      return Step::value;
    case '$':
    case '=':
    case '!':
      return begin_bulk(type, line, value);
    default:
      return open(type, line, value);
  }
}

ReplyReader::Step ReplyReader::begin_bulk(char type, std::string_view line, Reply& value) {
  if (type == '$' && line == "-1") {
    value.type = Reply::Type::null_bulk;
    return Step::value;
  }
  if (line == "?") return fail("streamed strings are not supported");
  const std::optional<std::int64_t> size = parse_integer(line);
  if (!size || *size < 0) return fail("not a length");
  if (static_cast<std::uint64_t>(*size) > limits_.max_bulk) return fail("too long a bulk");
  // A verbatim text starts with its format and a colon.
  if (type == '=' && *size < 4) return fail("too short a verbatim text");
  body_type_ = blob_type(type);
  body_size_ = static_cast<std::size_t>(*size);
  in_body_ = true;
  return Step::value;
}

ReplyReader::Step ReplyReader::read_body(Reply& value) {
  const std::size_t present = buffer_.size() - position_;
  const std::size_t needed = body_size_ + 2;
  if (present < needed) return Step::need_more;
  const std::string_view body = std::string_view(buffer_).substr(position_, body_size_);
  const std::string_view end = std::string_view(buffer_).substr(position_ + body_size_, 2);
  if (end != "\r\n" && !mutant("reader_bulk_end")) {
    return fail("no CR LF behind a bulk", position_ + body_size_);
  }
  value.type = body_type_;
  if (value.type == Reply::Type::verbatim) {
    if (body[3] != ':') return fail("no colon behind a format", position_ + 3);
    std::copy_n(body.begin(), value.format.size(), value.format.begin());
    value.text = body.substr(4);
  } else {
    value.text = body;
  }
  in_body_ = false;
  position_ += needed;
  scan_ = position_;
  return Step::value;
}

ReplyReader::Step ReplyReader::open(char type, std::string_view line, Reply& value) {
  if (type == '*' && line == "-1") {
    value.type = Reply::Type::null_array;
    return Step::value;
  }
  if (line == "?") return fail("streamed aggregates are not supported");
  const std::optional<std::int64_t> count = parse_integer(line);
  if (!count || *count < 0) return fail("not a count");
  const bool paired = type == '%' || type == '|';
  const std::size_t limit = paired ? limits_.max_elements / 2 : limits_.max_elements;
  if (static_cast<std::uint64_t>(*count) > limit) return fail("too many elements");
  if (type == '>' && !stack_.empty()) return fail("a push inside another reply");
  if (stack_.size() == limits_.max_depth) return fail("too deep");
  value.type = aggregate_type(type);
  if (*count == 0) return type == '|' ? Step::opened : Step::value;
  const auto elements = static_cast<std::size_t>(*count) * (paired ? 2 : 1);
  // Room at once, but no more than a liar of a count can do little harm with.
  constexpr std::size_t most_reserved = 64;
  value.elements.reserve(std::min(elements, most_reserved));
  stack_.push_back({std::move(value), elements, type == '|', {}});
  return Step::opened;
}

// Puts a value where it belongs, and closes what it was the last element of. True: `value` is now a
// whole reply.
bool ReplyReader::complete(Reply& value) {
  while (!stack_.empty()) {
    Frame& frame = stack_.back();
    value.attributes = std::exchange(frame.attributes, {});
    frame.reply.elements.push_back(std::move(value));
    if (--frame.remaining > 0) return false;
    Frame done = std::move(frame);
    stack_.pop_back();
    if (done.is_attribute) {
      std::vector<Reply>& waiting = stack_.empty() ? attributes_ : stack_.back().attributes;
      std::move(done.reply.elements.begin(), done.reply.elements.end(),
                std::back_inserter(waiting));
      return false;
    }
    value = std::move(done.reply);
  }
  value.attributes = std::exchange(attributes_, {});
  return true;
}

ReplyReader::Step ReplyReader::fail(std::string_view what, std::size_t at) {
  failed_ = true;
  error_ = what;
  error_position_ = dropped_ + at;
  return Step::error;
}

ReplyReader::Step ReplyReader::fail(std::string_view what) { return fail(what, position_); }

}  // namespace redouble::resp
