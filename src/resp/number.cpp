#include "resp/number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace redouble::resp {
namespace {

bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

void skip_space(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return false;
  const bool negative = text.front() == '-';
  text.remove_prefix(1);
  return negative;
}

// What strtoull takes whole in base 10: white space, a sign, digits; a negative number wraps.
std::optional<std::uint64_t> parse_wrapping(std::string_view text) {
  skip_space(text);
  const bool negative = take_sign(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return negative ? 0 - value : value;
}

// What strtod does with a text, told apart.
template <typename Float>
struct Parsed {
  enum class Kind { number, too_large, too_small, malformed };
  Kind kind;
  Float value;
};

// The digits, or the lack of any that are not zero, decide between too large and too small.
template <typename Float>
Parsed<Float> out_of_range(std::string_view digits, std::chars_format format) {
  using Kind = typename Parsed<Float>::Kind;
  const bool hex = format == std::chars_format::hex;
  const std::size_t exponent_at = digits.find_first_of(hex ? "pP" : "eE");
  const std::string_view mantissa = digits.substr(0, exponent_at);
  const std::size_t point = mantissa.find('.');
  const std::string_view whole = mantissa.substr(0, point);
  // Without a written exponent the number is large if it has a digit before the point. With one,
  // its sign decides, unless the mantissa is very long; that is told by the first digit's place.
  const std::size_t first_whole = whole.find_first_not_of('0');
  long double place = 0;  // of the first digit, in digits
  if (first_whole != std::string_view::npos) {
    place = static_cast<long double>(whole.size() - first_whole);
  } else if (point != std::string_view::npos) {
    const std::size_t first = mantissa.find_first_not_of('0', point + 1);
    place = -static_cast<long double>((first == std::string_view::npos ? mantissa.size() : first) -
                                      point - 1);
  }
  if (hex) place *= 4;
  long double exponent = 0;
  if (exponent_at != std::string_view::npos) {
    std::string_view written = digits.substr(exponent_at + 1);
    const bool negative = take_sign(written);
    for (const char digit : written) exponent = exponent * 10 + (digit - '0');
    if (negative) exponent = -exponent;
  }
  return {place + exponent > 0 ? Kind::too_large : Kind::too_small, 0};
}

template <typename Float>
Parsed<Float> parse_float(std::string_view text) {
  using Kind = typename Parsed<Float>::Kind;
  const bool negative = take_sign(text);
  // from_chars would take a second '-'.
  if (text.empty() || text.front() == '-') return {Kind::malformed, 0};
  std::chars_format format = std::chars_format::general;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    format = std::chars_format::hex;
    text.remove_prefix(2);
    // Only digits may follow the prefix, not a word or another sign.
    if (text.front() == '-' || text.front() == 'i' || text.front() == 'I' || text.front() == 'n' ||
        text.front() == 'N') {
      return {Kind::malformed, 0};
    }
  }
  Float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, format);
  if (end != text.data() + text.size()) return {Kind::malformed, 0};
  Parsed<Float> parsed{Kind::number, value};
  if (error == std::errc::result_out_of_range) {
    parsed = out_of_range<Float>(text, format);
  } else if (error != std::errc() || std::isnan(value)) {
    return {Kind::malformed, 0};
  }
  if (parsed.kind == Kind::too_large) parsed.value = std::numeric_limits<Float>::infinity();
  if (negative) parsed.value = -parsed.value;
  return parsed;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.size() == 1 && text.front() == '0') return 0;
  const bool negative = !text.empty() && text.front() == '-';
  const std::size_t digits = negative ? 1 : 0;
  if (text.size() <= digits || text[digits] < '1' || text[digits] > '9') return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  if (const std::optional<std::int64_t> value = parse_integer(text)) {
    if (*value < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
  }
  return parse_wrapping(text);
}

std::optional<std::uint64_t> parse_cursor(std::string_view text) {
  if (text.empty()) return 0;
  if (is_space(text.front())) return std::nullopt;
  return parse_wrapping(text);
}

std::optional<double> parse_double(std::string_view text) {
  const Parsed<double> parsed = parse_float<double>(text);
  if (parsed.kind != Parsed<double>::Kind::number) return std::nullopt;
  return parsed.value;
}

std::optional<double> parse_bound(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (text.empty()) return 0;
  skip_space(text);
  const Parsed<double> parsed = parse_float<double>(text);
  if (parsed.kind == Parsed<double>::Kind::malformed) return std::nullopt;
  return parsed.value;
}

std::optional<long double> parse_long_double(std::string_view text) {
  constexpr std::size_t max_size = 5 * 1024 - 1;
  if (text.size() > max_size) return std::nullopt;
  const Parsed<long double> parsed = parse_float<long double>(text);
  if (parsed.kind != Parsed<long double>::Kind::number) return std::nullopt;
  return parsed.value;
}

std::string_view format_integer(NumberBuffer buffer, std::int64_t value) {
  char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string_view format_unsigned(NumberBuffer buffer, std::uint64_t value) {
  char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string_view format_double(NumberBuffer buffer, double value) {
  char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                  std::chars_format::general, 17)
                        .ptr;
  return {buffer.data(), end};
}

std::string format_long_double(long double value) {
  // 4933 digits before the point, 17 behind it, the sign and the point.
  std::array<char, 5000> buffer;
  const char* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                  std::chars_format::fixed, 17)
                        .ptr;
  std::string digits(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  if (!std::isfinite(value)) return digits;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits.pop_back();
  if (digits == "-0") digits = "0";
  return digits;
}

}  // namespace redouble::resp
