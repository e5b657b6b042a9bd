#include "resp/reply.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

#include "resp/number.hpp"

namespace redouble::resp {
namespace {

bool same_real(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return std::isnan(left) && std::isnan(right);
  return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}

bool same_value(const Reply& left, const Reply& right) {
  switch (left.type) {
    case Reply::Type::null_bulk:
    case Reply::Type::null_array:
    case Reply::Type::null:
      return true;
    case Reply::Type::integer:
      return left.integer == right.integer;
    case Reply::Type::real:
      return same_real(left.real, right.real);
    case Reply::Type::boolean:
      return left.boolean == right.boolean;
    case Reply::Type::verbatim:
      return left.format == right.format && left.text == right.text;
    default:
      return left.is_aggregate() ? left.elements == right.elements : left.text == right.text;
  }
}

std::string_view empty_text(Reply::Type type) {
  switch (type) {
    case Reply::Type::map:
      return "(empty hash)\n";
    case Reply::Type::set:
      return "(empty set)\n";
    case Reply::Type::push:
      return "(empty push)\n";
    default:
      return "(empty array)\n";
  }
}

char index_mark(Reply::Type type) {
  if (type == Reply::Type::set) return '~';
  return type == Reply::Type::map ? '#' : ')';
}

std::string digits_of(double value) {
  std::array<char, number_buffer_size> buffer;
  return std::string(format_double(buffer, value));
}

std::string show(const Reply& reply, const std::string& prefix);

// Elements after the first get `prefix`: whoever shows the aggregate has written the first's place.
std::string show_elements(const Reply& reply, const std::string& prefix) {
  if (reply.elements.empty()) return std::string(empty_text(reply.type));
  const bool is_map = reply.type == Reply::Type::map;
  const std::size_t step = is_map ? 2 : 1;
  const std::size_t index_size = std::to_string(reply.elements.size() / step).size();
  const std::string inner_prefix = prefix + std::string(index_size + 2, ' ');
  std::string text;
  for (std::size_t i = 0; i + step <= reply.elements.size(); i += step) {
    if (i > 0) text += prefix;
    const std::string index = std::to_string(i / step + 1);
    text.append(index_size - index.size(), ' ');
    text += index;
    text += index_mark(reply.type);
    text += ' ';
    text += show(reply.elements[i], inner_prefix);
    if (is_map) {
      text.pop_back();
      text += " => ";
      text += show(reply.elements[i + 1], inner_prefix);
    }
  }
  return text;
}

std::string show(const Reply& reply, const std::string& prefix) {
  switch (reply.type) {
    case Reply::Type::simple:
    case Reply::Type::big_number:
    case Reply::Type::verbatim:
      return reply.text + '\n';
    case Reply::Type::error:
    case Reply::Type::blob_error:
      return "(error) " + reply.text + '\n';
    case Reply::Type::integer:
      return "(integer) " + std::to_string(reply.integer) + '\n';
    case Reply::Type::bulk:
      return quoted_text(reply.text) + '\n';
    case Reply::Type::null_bulk:
    case Reply::Type::null_array:
    case Reply::Type::null:
      return "(nil)\n";
    case Reply::Type::real:
      return "(double) " + digits_of(reply.real) + '\n';
    case Reply::Type::boolean:
      return reply.boolean ? "(true)\n" : "(false)\n";
    case Reply::Type::array:
    case Reply::Type::map:
    case Reply::Type::set:
    case Reply::Type::push:
      return show_elements(reply, prefix);
  }
  std::unreachable();
}

void put_line(std::string& bytes, char type, std::string_view text) {
  bytes += type;
  bytes += text;
  bytes += "\r\n";
}

void put_blob(std::string& bytes, char type, std::string_view text) {
  put_line(bytes, type, std::to_string(text.size()));
  bytes += text;
  bytes += "\r\n";
}

void put(std::string& bytes, const Reply& reply);

void put_elements(std::string& bytes, char type, const std::vector<Reply>& elements,
                  std::size_t step) {
  put_line(bytes, type, std::to_string(elements.size() / step));
  for (const Reply& element : elements) put(bytes, element);
}

void put(std::string& bytes, const Reply& reply) {
  if (!reply.attributes.empty()) put_elements(bytes, '|', reply.attributes, 2);
  switch (reply.type) {
    case Reply::Type::simple:
      return put_line(bytes, '+', reply.text);
    case Reply::Type::error:
      return put_line(bytes, '-', reply.text);
    case Reply::Type::integer:
      return put_line(bytes, ':', std::to_string(reply.integer));
    case Reply::Type::bulk:
      return put_blob(bytes, '$', reply.text);
    case Reply::Type::null_bulk:
      return put_line(bytes, '$', "-1");
    case Reply::Type::null_array:
      return put_line(bytes, '*', "-1");
    case Reply::Type::null:
      return put_line(bytes, '_', "");
    case Reply::Type::real:
      return put_line(bytes, ',', digits_of(reply.real));
    case Reply::Type::boolean:
      return put_line(bytes, '#', reply.boolean ? "t" : "f");
    case Reply::Type::big_number:
      return put_line(bytes, '(', reply.text);
    case Reply::Type::verbatim:
      return put_blob(bytes, '=',
                      std::string(reply.format.data(), reply.format.size()) + ':' + reply.text);
    case Reply::Type::blob_error:
      return put_blob(bytes, '!', reply.text);
    case Reply::Type::array:
      return put_elements(bytes, '*', reply.elements, 1);
    case Reply::Type::map:
      return put_elements(bytes, '%', reply.elements, 2);
    case Reply::Type::set:
      return put_elements(bytes, '~', reply.elements, 1);
    case Reply::Type::push:
      return put_elements(bytes, '>', reply.elements, 1);
  }
}

}  // namespace

bool operator==(const Reply& left, const Reply& right) {
  return left.type == right.type && same_value(left, right) && left.attributes == right.attributes;
}

std::string to_text(const Reply& reply) { return show(reply, ""); }

std::string encode(const Reply& reply) {
  std::string bytes;
  put(bytes, reply);
  return bytes;
}

std::string quoted_text(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr std::string_view plain_escapes = "\n\r\t\a\b\\\"";
  constexpr std::string_view letters = "nrtab\\\"";
  std::string text = "\"";
  for (const char byte : bytes) {
    const std::size_t escape = plain_escapes.find(byte);
    const auto value = static_cast<unsigned char>(byte);
    if (escape != std::string_view::npos) {
      text += {'\\', letters[escape]};
    } else if (value >= 0x20 && value < 0x7f) {
      text += byte;
    } else {
      text += {'\\', 'x', hex[value >> 4], hex[value & 15]};
    }
  }
  return text + '"';
}

}  // namespace redouble::resp
