#include "check/reply_text.hpp"

#include <charconv>
#include <optional>

namespace redouble::check {
namespace {

constexpr int max_depth = 32;

using Text = std::expected<std::string, std::string>;

bool is_plain(char c) {
  return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '[' && c != ']' && c != '#';
}

bool is_plain_word(std::string_view bytes) {
  // A history's line ends its request with an arrow, and a reply that is not known is a mark.
  if (bytes.empty() || bytes.starts_with("=>") || bytes == "?") return false;
  for (const char c : bytes) {
    if (!is_plain(c)) return false;
  }
  return true;
}

std::string quoted(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : bytes) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
          out += c;
        } else {
          out += "\\x";
          out += digits[byte >> 4];
          out += digits[byte & 15];
        }
      }
    }
  }
  return out + '"';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// `line` stands on the opening quote.
Text read_quoted(std::string_view& line) {
  std::string out;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      line.remove_prefix(i + 1);
      return out;
    }
    if (c != '\\') {
      out += c;
      continue;
    }
    if (++i == line.size()) break;
    switch (line[i]) {
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case '"':
        out += '"';
        break;
      case '\\':
        out += '\\';
        break;
      case 'x': {
        const int high = i + 1 < line.size() ? hex_value(line[i + 1]) : -1;
        const int low = i + 2 < line.size() ? hex_value(line[i + 2]) : -1;
        if (high < 0 || low < 0) return std::unexpected("two hexadecimal digits must follow \\x");
        out += static_cast<char>(high * 16 + low);
        i += 2;
        break;
      }
      default:
        return std::unexpected(std::string("unknown escape \\") + line[i]);
    }
  }
  return std::unexpected("a quote is not closed");
}

// One CRLF-ended line of RESP2, or nothing where there is none.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

std::optional<long long> to_number(std::string_view text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // Only the one way of writing a number round-trips.
  if (std::to_string(number) != text) return std::nullopt;
  return number;
}

std::optional<std::string> notation_of(std::string_view& rest, int depth) {
  if (rest.empty() || depth > max_depth) return std::nullopt;
  const char type = rest.front();
  rest.remove_prefix(1);
  const auto line = take_line(rest);
  if (!line) return std::nullopt;
  if (type == '+' || type == '-') {
    if (line->find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
    return type + quote_word(*line);
  }
  const auto number = to_number(*line);
  if (!number) return std::nullopt;
  if (type == ':') return ":" + std::string(*line);
  if (type == '$') {
    if (*number == -1) return "nil";
    if (*number < 0 || rest.size() < 2 || rest.size() - 2 < static_cast<std::size_t>(*number)) {
      return std::nullopt;
    }
    const std::string_view bytes = rest.substr(0, static_cast<std::size_t>(*number));
    if (rest.substr(bytes.size(), 2) != "\r\n") return std::nullopt;
    rest.remove_prefix(bytes.size() + 2);
    return quoted(bytes);
  }
  if (type != '*') return std::nullopt;
  if (*number == -1) return "nil*";
  if (*number < 0) return std::nullopt;
  std::string out = "[";
  for (long long i = 0; i < *number; ++i) {
    const auto element = notation_of(rest, depth + 1);
    if (!element) return std::nullopt;
    if (i > 0) out += ' ';
    out += *element;
  }
  return out + "]";
}

Text read_notation(std::string_view& line, int depth) {
  skip_blanks(line);
  if (line.empty()) return std::unexpected("a reply is missing");
  if (depth > max_depth) return std::unexpected("arrays are nested too deeply");
  const char first = line.front();
  if (first == '"') {
    const auto bytes = read_quoted(line);
    return bytes ? Text(bulk_reply(*bytes)) : bytes;
  }
  if (first == '[') {
    line.remove_prefix(1);
    std::vector<std::string> elements;
    while (true) {
      skip_blanks(line);
      if (line.empty()) return std::unexpected("a bracket is not closed");
      if (line.front() == ']') break;
      auto element = read_notation(line, depth + 1);
      if (!element) return element;
      elements.push_back(std::move(*element));
    }
    line.remove_prefix(1);
    return array_reply(elements);
  }
  if (first == '+' || first == '-') {
    line.remove_prefix(1);
    auto text = read_word(line);
    if (!text) return text;
    if (text->find_first_of("\r\n") != std::string::npos) {
      return std::unexpected("a simple string or an error holds no line end");
    }
    return first == '+' ? simple_reply(*text) : error_reply(*text);
  }
  if (line.starts_with("raw\"")) {
    line.remove_prefix(3);
    return read_quoted(line);
  }
  auto word = read_word(line);
  if (!word) return word;
  if (*word == "nil") return null_reply();
  if (*word == "nil*") return "*-1\r\n";
  if (word->front() == ':') {
    const auto number = to_number(std::string_view(*word).substr(1));
    if (number) return integer_reply(*number);
  }
  return std::unexpected("not a reply: " + quote_word(*word));
}

}  // namespace

std::string simple_reply(std::string_view text) { return "+" + std::string(text) + "\r\n"; }
std::string error_reply(std::string_view text) { return "-" + std::string(text) + "\r\n"; }
std::string integer_reply(long long number) { return ":" + std::to_string(number) + "\r\n"; }
std::string bulk_reply(std::string_view bytes) {
  return "$" + std::to_string(bytes.size()) + "\r\n" + std::string(bytes) + "\r\n";
}
std::string null_reply() { return "$-1\r\n"; }
std::string array_reply(const std::vector<std::string>& elements) {
  std::string out = "*" + std::to_string(elements.size()) + "\r\n";
  for (const std::string& element : elements) out += element;
  return out;
}

std::string quote_word(std::string_view bytes) {
  return is_plain_word(bytes) ? std::string(bytes) : quoted(bytes);
}

std::string reply_notation(std::string_view resp2) {
  std::string_view rest = resp2;
  auto notation = notation_of(rest, 0);
  if (!notation || !rest.empty()) return "raw" + quoted(resp2);
  return std::move(*notation);
}

void skip_blanks(std::string_view& line) {
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
}

std::expected<std::string, std::string> read_word(std::string_view& line) {
  if (line.empty()) return std::unexpected("a word is missing");
  if (line.front() == '"') return read_quoted(line);
  std::size_t end = 0;
  while (end < line.size() && is_plain(line[end])) ++end;
  if (end == 0) return std::unexpected(std::string("a word cannot begin with ") + line.front());
  std::string word(line.substr(0, end));
  line.remove_prefix(end);
  return word;
}

std::expected<std::string, std::string> read_reply_notation(std::string_view& line) {
  return read_notation(line, 0);
}

}  // namespace redouble::check
