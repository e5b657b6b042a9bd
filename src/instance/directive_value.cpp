#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "instance/config_line.hpp"
#include "instance/directive.hpp"
#include "instance/directive_special.hpp"
#include "resp/number.hpp"

namespace redouble::instance {
namespace {

// More digits than this are no number (as in Redis, whose buffer they do not fit in).
constexpr std::size_t max_memory_digits = 127;
constexpr std::int64_t max_percent = 100;

using Failure = std::unexpected<std::string>;

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string out_of(const Directive& directive) {
  return fmt::format("argument must be between {} and {} inclusive", directive.low, directive.high);
}

Value numbered(std::int64_t number) { return {std::to_string(number), number}; }

Parsed parse_boolean(std::string_view text) {
  if (equal_ignoring_case(text, "yes")) return Value{"yes", 1};
  if (equal_ignoring_case(text, "no")) return Value{"no", 0};
  return Failure("argument must be 'yes' or 'no'");
}

Parsed parse_number(const Directive& directive, std::string_view text) {
  auto number = resp::parse_integer(text);
  if (!number) return Failure("argument couldn't be parsed into an integer");
  if (*number < directive.low || *number > directive.high) return Failure(out_of(directive));
  if (directive.most != 0) number = std::clamp(*number, directive.least, directive.most);
  return numbered(*number);
}

Parsed parse_octal(const Directive& directive, std::string_view text) {
  char* end = nullptr;
  const std::string digits(text);
  const std::int64_t number = std::strtoll(digits.c_str(), &end, 8);
  if (*end != '\0') return Failure("argument couldn't be parsed as an octal number");
  if (number < directive.low || number > directive.high)
    return Failure(fmt::format("argument must be between {:o} and {:o} inclusive", directive.low,
                               directive.high));
  return Value{fmt::format("{:o}", number), number};
}

Parsed parse_bytes(const Directive& directive, std::string_view text) {
  auto bytes = parse_memory(text);
  if (!bytes) return Failure("argument must be a memory value");
  if (directive.high != unbounded) {
    if (*bytes > static_cast<std::uint64_t>(directive.high) ||
        *bytes < static_cast<std::uint64_t>(directive.low))
      return Failure(out_of(directive));
    if (directive.most != 0)
      bytes = std::clamp(*bytes, static_cast<std::uint64_t>(directive.least),
                         static_cast<std::uint64_t>(directive.most));
  }
  return Value{std::to_string(*bytes), static_cast<std::int64_t>(*bytes)};
}

// A percentage is kept as a negative number. A size that does not fit in 63 bits reads as one too:
// that is how Redis behaves.
Parsed parse_bytes_or_percent(std::string_view text) {
  std::int64_t number = 0;
  if (text.ends_with('%')) {
    const auto percent = resp::parse_integer(text.substr(0, text.size() - 1));
    if (!percent || *percent < 0) return Failure("argument must be a memory or percent value");
    number = *percent > max_percent ? -max_percent - 1 : -*percent;
  } else {
    const auto bytes = parse_memory(text);
    if (!bytes) return Failure("argument must be a memory or percent value");
    number = static_cast<std::int64_t>(*bytes);
  }
  if (number < -max_percent) return Failure("percentage argument must be less or equal to 100");
  if (number < 0) return Value{fmt::format("{}%", -number), number};
  return numbered(number);
}

Parsed parse_word(const Directive& directive, std::string_view text) {
  std::int64_t index = 0;
  for (std::string_view rest = directive.words; !rest.empty(); ++index) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (equal_ignoring_case(word, text)) return Value{std::string(word), index};
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  return Failure(fmt::format("argument(s) must be one of the following: {}",
                             fmt::join(split_at_spaces(directive.words), ", ")));
}

Parsed parse_one(const Directive& directive, std::string_view text) {
  switch (directive.kind) {
    case Kind::boolean:
      return parse_boolean(text);
    case Kind::integer:
      return parse_number(directive, text);
    case Kind::octal:
      return parse_octal(directive, text);
    case Kind::memory:
      return parse_bytes(directive, text);
    case Kind::memory_percent:
      return parse_bytes_or_percent(text);
    case Kind::word:
      return parse_word(directive, text);
    case Kind::text:
    case Kind::special:
      break;
  }
  return Value{std::string(text), 0};
}

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t at = 0; at < left.size(); ++at)
    if (lower(left[at]) != lower(right[at])) return false;
  return true;
}

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (;;) {
    const std::size_t space = text.find(' ');
    parts.emplace_back(text.substr(0, space));
    if (space == std::string_view::npos) return parts;
    text.remove_prefix(space + 1);
  }
}

std::optional<std::uint64_t> parse_memory(std::string_view text) {
  const auto letter = std::ranges::find_if_not(text, [](char c) { return c >= '0' && c <= '9'; });
  const std::string_view digits(text.begin(), letter);
  const std::string_view unit(letter, text.end());
  if (digits.size() > max_memory_digits) return std::nullopt;
  constexpr std::pair<std::string_view, std::uint64_t> units[] = {
      {"", 1},          {"b", 1},         {"k", 1000},          {"kb", 1U << 10},
      {"m", 1'000'000}, {"mb", 1U << 20}, {"g", 1'000'000'000}, {"gb", 1U << 30}};
  for (const auto& [name, factor] : units) {
    if (!equal_ignoring_case(name, unit)) continue;
    std::uint64_t number = 0;  // no digits at all are a zero
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec == std::errc::result_out_of_range)
      number = std::numeric_limits<std::uint64_t>::max();
    return number * factor;
  }
  return std::nullopt;
}

Parsed parse_value(const Directive& directive, const SpecialInput& input) {
  if (directive.takes_many_words) {
    if (input.words.size() != 1 || input.words.front().empty()) return directive.special(input);
    // A lone word of a line is a line of its own; so `"normal 1 2 3"` is four words.
    const auto parts = split_line(input.words.front());
    if (!parts) return Failure("unbalanced quotes");
    return directive.special({*parts, input.present, input.adds});
  }
  if (input.words.empty() && directive.bare_means_yes) return Value{"yes", 1};
  if (input.words.size() != 1) return Failure("wrong number of arguments");
  std::string text = input.words.front();
  // As in Redis a zero byte ends a text, but is no part of a number.
  const bool whole = directive.holds_binary || directive.kind == Kind::integer ||
                     (directive.kind == Kind::memory_percent && text.find('%') != text.npos);
  if (!whole) text.resize(std::min(text.size(), text.find('\0')));
  if (directive.special == nullptr) return parse_one(directive, text);
  return directive.special({std::span(&text, 1), input.present, input.adds});
}

Parsed parse_text(const Directive& directive, std::string_view text, std::string_view present) {
  if (directive.takes_many_words) {
    const std::vector<std::string> parts = split_at_spaces(text.substr(0, text.find('\0')));
    return directive.special({parts, present, false});
  }
  const std::string word(text);
  return parse_value(directive, {std::span(&word, 1), present, false});
}

}  // namespace redouble::instance
