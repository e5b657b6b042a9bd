// The number formats of Redis: which texts are numbers, and which digits a number is shown with.
//
// All are exactly redis-server 7.0.15's on x86-64 (a long double has 64 bits of mantissa), and none
// depends on the process's locale. A text that is not a number of the kind asked for gives nothing.
// Thread safety: any thread. Errors: std::bad_alloc where a text of thousands of digits is parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace redouble::resp {

// An integer as Redis stores and accepts it: an optional '-', then digits without a zero in front;
// no "-0", no '+', no space, nothing outside 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text);
// An unsigned number of a stream's ID: as parse_integer, and what else strtoull takes whole (spaces
// and zeros in front, a sign: "-05" wraps round), up to 2^64 - 1.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
// The cursor of SCAN: what strtoul takes whole, no space in front, nothing from
// a NUL byte on; the empty text is 0.
std::optional<std::uint64_t> parse_cursor(std::string_view text);
// A score, a coordinate, a weight: decimal or hexadecimal, inf and infinity in any case; no space,
// no NaN, nothing too large or too small for a double.
std::optional<double> parse_double(std::string_view text);
// A bound of a range of scores (without its '('): as parse_double, and more lenient: spaces in
// front are skipped, what is too large is infinite, what is too small is 0, no digits at all are 0,
// and a NUL byte ends the text.
std::optional<double> parse_bound(std::string_view text);
// A weight of SORT: as parse_bound, but blanks alone are no number, and so is what a double cannot
// hold: too large, or so small that digits are lost.
std::optional<double> parse_weight(std::string_view text);
// An operand of INCRBYFLOAT, a timeout: as parse_double in a long double's range, at most 5119
// bytes.
std::optional<long double> parse_long_double(std::string_view text);

// Enough for every format_* of an integer or a double, without a NUL.
inline constexpr std::size_t number_buffer_size = 32;
using NumberBuffer = std::span<char, number_buffer_size>;

// The digits, at the start of `buffer`.
std::string_view format_integer(NumberBuffer buffer, std::int64_t value);
std::string_view format_unsigned(NumberBuffer buffer, std::uint64_t value);
// 17 significant digits without zeros at the end ("3.1000000000000001", "1e+100"); "inf", "-inf",
// "nan" or "-nan".
std::string_view format_double(NumberBuffer buffer, double value);
// Plain notation with up to 17 digits behind the point, zeros at the end dropped: INCRBYFLOAT's.
std::string format_long_double(long double value);

}  // namespace redouble::resp
