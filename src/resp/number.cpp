#include "resp/number.hpp"

#include <locale.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <system_error>
#include <type_traits>

#include "resp/words.hpp"
#include "runtime/assert.hpp"

namespace redouble::resp {
namespace {

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

// strtod and strtold in the C locale, whatever the process's is. The "C" locale object is a
// constant of the C library: making one allocates nothing, and there is nothing to free.
template <typename Float>
Float convert(const char* text, char** end) {
  const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
  REDOUBLE_ASSERT(c_locale != nullptr);
  Float value;
  if constexpr (std::is_same_v<Float, double>) {
    value = strtod_l(text, end, c_locale);
  } else {
    value = strtold_l(text, end, c_locale);
  }
  freelocale(c_locale);
  return value;
}

enum class Range { strict, lenient, exact };

// The number that is the whole text. Strict: nothing where it is too large, or so small that only 0
// is left; lenient: then it is infinite, or 0; exact: nothing either where it is so small that
// digits are lost.
template <typename Float>
std::optional<Float> parse_float(std::string_view text, Range range) {
  std::array<char, 128> small;
  std::string large;
  const char* terminated = small.data();
  if (text.size() < small.size()) {
    *std::copy(text.begin(), text.end(), small.begin()) = '\0';
  } else {
    large = text;
    terminated = large.c_str();
  }
  char* end = nullptr;
  errno = 0;
  const Float value = convert<Float>(terminated, &end);
  if (end != terminated + text.size() || std::isnan(value)) return std::nullopt;
  if (range == Range::strict && errno == ERANGE && (std::isinf(value) || value == 0)) {
    return std::nullopt;
  }
  if (range == Range::exact && errno == ERANGE) return std::nullopt;
  return value;
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
  text = text.substr(0, text.find('\0'));
  return text.empty() ? 0 : parse_wrapping(text);
}

std::optional<double> parse_double(std::string_view text) {
  if (text.empty() || is_space(text.front())) return std::nullopt;
  return parse_float<double>(text, Range::strict);
}

std::optional<double> parse_bound(std::string_view text) {
  return parse_float<double>(text.substr(0, text.find('\0')), Range::lenient);
}

std::optional<double> parse_weight(std::string_view text) {
  return parse_float<double>(text.substr(0, text.find('\0')), Range::exact);
}

std::optional<long double> parse_long_double(std::string_view text) {
  constexpr std::size_t max_size = 5 * 1024 - 1;
  if (text.empty() || is_space(text.front()) || text.size() > max_size) return std::nullopt;
  return parse_float<long double>(text, Range::strict);
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
