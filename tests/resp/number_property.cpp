#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "resp/number.hpp"

namespace redouble::resp::number_property {
namespace {

// Texts that are numbers, nearly numbers, and far from it.
rc::Gen<std::string> any_text() {
  return rc::gen::oneOf(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789"))),
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("0019+-.eE xXpPaAiInNfF\t"))),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                   [](std::int64_t value) { return std::to_string(value); }),
      rc::gen::map(rc::gen::tuple(rc::gen::arbitrary<double>(), rc::gen::inRange(-5200, 5200)),
                   [](const std::tuple<double, int>& parts) {
                     return std::to_string(std::get<0>(parts)).substr(0, 20) + "e" +
                            std::to_string(std::get<1>(parts));
                   }),
      rc::gen::map(
          rc::gen::tuple(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(-1200, 1200)),
          [](const std::tuple<std::uint64_t, int>& parts) {
            std::array<char, 64> buffer;
            std::snprintf(buffer.data(), buffer.size(), "-0x%lxp%d",
                          static_cast<unsigned long>(std::get<0>(parts)), std::get<1>(parts));
            return std::string(buffer.data());
          }));
}

double any_double() { return std::bit_cast<double>(*rc::gen::arbitrary<std::uint64_t>()); }

bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

template <typename Float>
bool same(Float left, Float right) {
  return left == right && std::signbit(left) == std::signbit(right);
}

template <typename Float>
bool same(const std::optional<Float>& left, const std::optional<Float>& right) {
  return left.has_value() == right.has_value() && (!left || same(*left, *right));
}

// The rule of the real server for a float, over the C library's parser.
template <typename Float, typename Parse>
std::optional<Float> judged(const std::string& text, Parse parse) {
  char* end = nullptr;
  errno = 0;
  const Float value = parse(text.c_str(), &end);
  const bool out_of_range = errno == ERANGE && (std::isinf(value) || value == 0);
  if (text.empty() || is_space(text[0]) || end != text.c_str() + text.size() || out_of_range ||
      std::isnan(value)) {
    return std::nullopt;
  }
  return value;
}

RC_GTEST_PROP(NumberProperty, IntegersComeBackFromTheirDigits, ()) {
  const auto value = *rc::gen::arbitrary<std::int64_t>();
  std::array<char, number_buffer_size> buffer;
  RC_ASSERT(parse_integer(format_integer(buffer, value)) == value);
}

RC_GTEST_PROP(NumberProperty, AnIntegerIsWhatStrtollReadsAndPrintsTheSame, ()) {
  const std::string text = *any_text();
  errno = 0;
  const long long value = std::strtoll(text.c_str(), nullptr, 10);
  const bool exact = errno == 0 && std::to_string(value) == text;
  RC_ASSERT(parse_integer(text) == (exact ? std::optional<std::int64_t>(value) : std::nullopt));
}

RC_GTEST_PROP(NumberProperty, ACursorIsWhatStrtoulReads, ()) {
  const std::string text = *any_text();
  errno = 0;
  char* end = nullptr;
  const unsigned long value = std::strtoul(text.c_str(), &end, 10);
  const bool good = !(text.size() > 0 && is_space(text[0])) && *end == '\0' && errno != ERANGE;
  RC_ASSERT(parse_cursor(text) == (good ? std::optional<std::uint64_t>(value) : std::nullopt));
}

RC_GTEST_PROP(NumberProperty, DoublesComeBackFromTheirDigitsBitForBit, ()) {
  const double value = any_double();
  RC_PRE(!std::isnan(value));
  std::array<char, number_buffer_size> buffer;
  const auto parsed = parse_double(format_double(buffer, value));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(same(*parsed, value));
}

RC_GTEST_PROP(NumberProperty, DoublesAreShownAsPrintfDoes, ()) {
  const double value = *rc::gen::arbitrary<bool>() ? any_double() : *rc::gen::arbitrary<double>();
  std::array<char, 64> printed;
  std::snprintf(printed.data(), printed.size(), "%.17g", value);
  std::array<char, number_buffer_size> buffer;
  RC_ASSERT(format_double(buffer, value) == printed.data());
}

RC_GTEST_PROP(NumberProperty, ADoubleIsWhatStrtodTakes, ()) {
  const std::string text = *any_text();
  RC_ASSERT(same(parse_double(text), judged<double>(text, std::strtod)));
}

RC_GTEST_PROP(NumberProperty, ABoundIsWhatStrtodTakesLeniently, ()) {
  const std::string text = *any_text();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const auto parsed = parse_bound(text);
  RC_ASSERT(parsed.has_value() == (*end == '\0' && !std::isnan(value)));
  if (parsed) RC_ASSERT(same(*parsed, value));
}

RC_GTEST_PROP(NumberProperty, ALongDoubleIsWhatStrtoldTakes, ()) {
  const std::string text = *any_text();
  RC_ASSERT(same(parse_long_double(text), judged<long double>(text, std::strtold)));
}

RC_GTEST_PROP(NumberProperty, LongDoublesAreShownAsPrintfDoesWithoutZerosAtTheEnd, ()) {
  const auto mantissa = static_cast<long double>(*rc::gen::arbitrary<std::int64_t>());
  const long double value = std::ldexp(mantissa, *rc::gen::inRange(-200, 200));
  std::array<char, 5000> printed;
  std::snprintf(printed.data(), printed.size(), "%.17Lf", value);
  std::string expected = printed.data();
  while (expected.ends_with('0')) expected.pop_back();
  if (expected.ends_with('.')) expected.pop_back();
  if (expected == "-0") expected = "0";
  RC_ASSERT(format_long_double(value) == expected);
}

}  // namespace
}  // namespace redouble::resp::number_property
