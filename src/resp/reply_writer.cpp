#include "resp/reply_writer.hpp"

#include <array>
#include <cstring>
#include <limits>

#include "resp/number.hpp"
#include "runtime/assert.hpp"

namespace redouble::resp {
namespace {

// A type byte, the digits of 64 bits, CR LF.
constexpr std::size_t header_size = 1 + 20 + 2;

// Writes a header at `place`, which has room for header_size + number_buffer_size; returns its end.
char* put_header(char* place, char type, std::int64_t value) {
  *place++ = type;
  if (value >= 0 && value < 100) {  // nearly every length
    const auto small = static_cast<unsigned>(value);
    if (small >= 10) *place++ = static_cast<char>('0' + small / 10);
    *place++ = static_cast<char>('0' + small % 10);
    *place++ = '\r';
    *place++ = '\n';
    return place;
  }
  place += format_integer(NumberBuffer(place, number_buffer_size), value).size();
  *place++ = '\r';
  *place++ = '\n';
  return place;
}

constexpr std::size_t header_room = header_size + number_buffer_size;

}  // namespace

void ReplyWriter::number(char type, std::int64_t value) {
  char* const place = output_->prepare(header_room);
  output_->commit(static_cast<std::size_t>(put_header(place, type, value) - place));
}

void ReplyWriter::line(char type, std::string_view text) {
  char* const place = output_->prepare(text.size() + 3);
  char* next = place;
  *next++ = type;
  for (const char byte : text) *next++ = byte == '\r' || byte == '\n' ? ' ' : byte;
  *next++ = '\r';
  *next++ = '\n';
  output_->commit(static_cast<std::size_t>(next - place));
}

void ReplyWriter::blob(char type, std::string_view bytes) {
  char* const place = output_->prepare(header_room + bytes.size() + 2);
  char* next = put_header(place, type, static_cast<std::int64_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(next, bytes.data(), bytes.size());
  next += bytes.size();
  *next++ = '\r';
  *next++ = '\n';
  output_->commit(static_cast<std::size_t>(next - place));
}

void ReplyWriter::simple(std::string_view text) { line('+', text); }

void ReplyWriter::error(std::string_view text) {
  const std::size_t first = text.find_first_not_of("\r\n");
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  line('-', text);
}

void ReplyWriter::bulk(const BlockRef& block, std::size_t offset, std::size_t size) {
  number('$', static_cast<std::int64_t>(size));
  output_->append(block, offset, size);
  output_->append("\r\n");
}

void ReplyWriter::bulk_integer(std::int64_t value) {
  std::array<char, number_buffer_size> buffer;
  bulk(format_integer(buffer, value));
}

void ReplyWriter::null() { output_->append(protocol_ == 3 ? "_\r\n" : "$-1\r\n"); }

void ReplyWriter::null_array() { output_->append(protocol_ == 3 ? "_\r\n" : "*-1\r\n"); }

void ReplyWriter::real(double value) {
  std::array<char, number_buffer_size> buffer;
  real_digits(format_double(buffer, value));
}

void ReplyWriter::real_digits(std::string_view digits) {
  if (protocol_ == 3) {
    line(',', digits);
  } else {
    bulk(digits);
  }
}

void ReplyWriter::boolean(bool value) {
  if (protocol_ == 3) {
    output_->append(value ? "#t\r\n" : "#f\r\n");
  } else {
    output_->append(value ? ":1\r\n" : ":0\r\n");
  }
}

void ReplyWriter::big_number(std::string_view digits) {
  if (protocol_ == 3) {
    line('(', digits);
  } else {
    bulk(digits);
  }
}

void ReplyWriter::verbatim(std::string_view format, std::string_view text) {
  REDOUBLE_ASSERT(format.size() == 3);
  if (protocol_ == 2) {
    bulk(text);
    return;
  }
  number('=', static_cast<std::int64_t>(text.size() + 4));
  output_->append(format);
  output_->append(":");
  output_->append(text);
  output_->append("\r\n");
}

void ReplyWriter::blob_error(std::string_view text) {
  if (protocol_ == 3) {
    blob('!', text);
  } else {
    error(text);
  }
}

void ReplyWriter::map(std::size_t pairs) {
  if (protocol_ == 3) {
    number('%', static_cast<std::int64_t>(pairs));
  } else {
    array(pairs * 2);
  }
}

void ReplyWriter::set(std::size_t count) {
  number(protocol_ == 3 ? '~' : '*', static_cast<std::int64_t>(count));
}

void ReplyWriter::push(std::size_t count) {
  number(protocol_ == 3 ? '>' : '*', static_cast<std::int64_t>(count));
}

void ReplyWriter::attribute(std::size_t pairs) {
  REDOUBLE_ASSERT(protocol_ == 3);
  number('|', static_cast<std::int64_t>(pairs));
}

void ReplyWriter::insert_header(const Deferred& place, char type, std::size_t count) {
  std::array<char, header_room> header;
  const char* const end = put_header(header.data(), type, static_cast<std::int64_t>(count));
  output_->insert(place, {header.data(), static_cast<std::size_t>(end - header.data())});
}

void ReplyWriter::end_array(const Deferred& place, std::size_t count) {
  insert_header(place, '*', count);
}

void ReplyWriter::end_map(const Deferred& place, std::size_t pairs) {
  insert_header(place, protocol_ == 3 ? '%' : '*', protocol_ == 3 ? pairs : pairs * 2);
}

void ReplyWriter::end_set(const Deferred& place, std::size_t count) {
  insert_header(place, protocol_ == 3 ? '~' : '*', count);
}

}  // namespace redouble::resp
