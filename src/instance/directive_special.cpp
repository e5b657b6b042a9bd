#include "instance/directive_special.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "instance/notify_events.hpp"

namespace redouble::instance {
namespace {

constexpr std::size_t max_bind_addresses = 16;
constexpr std::int64_t max_oom_score = 2000;
constexpr std::size_t max_host_name = 255;
constexpr std::int64_t max_port = 65535;
constexpr std::int64_t max_threads = 256;

using Failure = std::unexpected<std::string>;

std::string join(std::span<const std::string> words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// In a file the empty word alone stands for no words at all.
bool no_words(const SpecialInput& input) {
  return input.words.empty() || (input.words.size() == 1 && input.words.front().empty());
}

// Decimal as the C library reads it: leading space and a sign are allowed, no digits at all are a
// zero, too many stop at the limits. Nothing where something else follows.
std::optional<std::int64_t> loose_integer(const std::string& text) {
  char* end = nullptr;
  const long long number = std::strtoll(text.c_str(), &end, 10);
  if (*end != '\0') return std::nullopt;
  return number;
}

Parsed file_name(const SpecialInput& input, std::string_view error_if_path,
                 std::string_view error_if_empty) {
  const std::string& name = input.words.front();
  if (name.find('/') != std::string::npos) return Failure(std::string(error_if_path));
  if (name.empty() && !error_if_empty.empty()) return Failure(std::string(error_if_empty));
  return Value{name, 0};
}

std::optional<std::size_t> limited_class(std::string_view name) {
  if (equal_ignoring_case(name, "replica")) return 1;
  for (std::size_t index = 0; index < class_names.size(); ++index)
    if (equal_ignoring_case(name, class_names[index])) return index;
  return std::nullopt;
}

std::optional<OutputBufferLimit> parse_limit(std::span<const std::string> words) {
  const auto hard = parse_memory(words[0]);
  const auto soft = parse_memory(words[1]);
  const auto seconds = loose_integer(words[2]);
  if (!hard || !soft || !seconds) return std::nullopt;
  // Kept in 32 bits, the higher ones are lost: that is how Redis reads it.
  const auto soft_seconds = static_cast<std::int32_t>(*seconds);
  if (soft_seconds < 0) return std::nullopt;
  return OutputBufferLimit{*hard, *soft, soft_seconds};
}

// Redis prints six decimals and drops the zeros at their end.
std::string percentile_text(double percentile) {
  std::string text = fmt::format("{:.6f}", percentile);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// What a title would be filled in with; only whether it is empty matters. The title's own part and
// the server's mode are empty in a server that stands alone.
std::optional<std::string_view> title_part(std::string_view name) {
  if (name == "title" || name == "server-mode" || name == "unixsocket") return "";
  if (name == "config-file") return "-";
  if (name == "listen-addr") return "*:0";
  if (name == "port" || name == "tls-port") return "0";
  return std::nullopt;
}

}  // namespace

Parsed append_dir_name(const SpecialInput& input) {
  return file_name(input, "appenddirname can't be a path, just a dirname",
                   "appenddirname can't be empty");
}

Parsed append_file_name(const SpecialInput& input) {
  return file_name(input, "appendfilename can't be a path, just a filename",
                   "appendfilename can't be empty");
}

Parsed db_file_name(const SpecialInput& input) {
  return file_name(input, "dbfilename can't be a path, just a filename", "");
}

Parsed bind_addresses(const SpecialInput& input) {
  if (input.words.size() > max_bind_addresses) return Failure("Too many bind addresses specified.");
  return Value{join(input.words), 0};
}

Parsed buffer_limits(const SpecialInput& input) {
  if (input.words.size() % 4 != 0)
    return Failure("Wrong number of arguments in buffer limit configuration.");
  auto limits = limits_of(input.present);
  for (std::size_t at = 0; at < input.words.size(); at += 4) {
    const auto of = limited_class(input.words[at]);
    if (!of) return Failure("Invalid client class specified in buffer limit configuration.");
    const auto limit = parse_limit(input.words.subspan(at + 1, 3));
    if (!limit)
      return Failure("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    limits[*of] = *limit;
  }
  std::string text;
  for (std::size_t index = 0; index < limits.size(); ++index)
    text += fmt::format("{}{} {} {} {}", index == 0 ? "" : " ", class_names[index],
                        limits[index].hard, limits[index].soft, limits[index].soft_seconds);
  return Value{text, 0};
}

Parsed event_letters(const SpecialInput& input) {
  const auto events = parse_notify_events(input.words.front());
  if (!events) return Failure("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
  return Value{notify_letters(*events), *events};
}

Parsed host_name(const SpecialInput& input) {
  const std::string& name = input.words.front();
  if (name.size() > max_host_name) return Failure("Hostnames must be less than 256 characters");
  const bool valid = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
  if (!valid) return Failure("Hostnames may only contain alphanumeric characters, hyphens or dots");
  return Value{name, 0};
}

Parsed master_address(const SpecialInput& input) {
  if (input.words.size() != 2) return Failure("wrong number of arguments");
  if (equal_ignoring_case(input.words[0], "no") && equal_ignoring_case(input.words[1], "one"))
    return Value{};
  const auto port = loose_integer(input.words[1]);
  if (!port || *port < 0 || *port > max_port) return Failure("Invalid master port");
  return Value{fmt::format("{} {}", input.words[0], *port), 0};
}

Parsed oom_scores(const SpecialInput& input) {
  if (input.words.size() != 3) return Failure("wrong number of arguments");
  std::vector<std::string> scores;
  for (const std::string& word : input.words) {
    const auto score = loose_integer(word);
    if (!score || *score < -max_oom_score || *score > max_oom_score)
      return Failure("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    scores.push_back(std::to_string(*score));
  }
  return Value{join(scores), 0};
}

Parsed percentiles(const SpecialInput& input) {
  std::vector<std::string> texts;
  if (no_words(input)) return Value{};
  for (const std::string& word : input.words) {
    char* end = nullptr;
    const double percentile = std::strtod(word.c_str(), &end);
    const bool starts_as_number = !word.empty() && static_cast<unsigned char>(word[0]) > ' ';
    if (!starts_as_number || *end != '\0' || std::isnan(percentile))
      return Failure("Invalid latency-tracking-info-percentiles parameters");
    if (percentile < 0.0 || percentile > 100.0)
      return Failure("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
    texts.push_back(percentile_text(percentile));
  }
  return Value{join(texts), 0};
}

Parsed save_points(const SpecialInput& input) {
  const Failure invalid("Invalid save parameters");
  if (no_words(input)) return Value{};
  if (input.words.size() % 2 != 0) return invalid;
  std::string text(input.adds ? input.present : "");
  for (std::size_t at = 0; at < input.words.size(); at += 2) {
    const auto seconds = loose_integer(input.words[at]);
    const auto changes = loose_integer(input.words[at + 1]);
    if (!seconds || *seconds < 1 || !changes || *changes < 0) return invalid;
    // Redis takes more and keeps 32 bits of them, so that CONFIG GET may answer what CONFIG SET
    // and its own rewritten file are refused for.
    if (*changes > std::numeric_limits<std::int32_t>::max()) return invalid;
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", *seconds, *changes);
  }
  return Value{text, 0};
}

Parsed seed_number(const SpecialInput& input) {
  const std::string& text = input.words.front();
  if (text.empty()) return Value{};
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size())
    return Failure("argument must be an unsigned number of 64 bits");
  return Value{std::to_string(seed), static_cast<std::int64_t>(seed)};
}

Parsed shutdown_options(const SpecialInput& input) {
  constexpr std::array<std::string_view, 4> options{"save", "nosave", "now", "force"};
  std::array<bool, options.size()> given{};
  for (const std::string& word : input.words) {
    if (equal_ignoring_case(word, "default")) continue;
    const auto* const option = std::ranges::find_if(
        options, [&](std::string_view known) { return equal_ignoring_case(known, word); });
    if (option == options.end())
      return Failure("argument(s) must be one of the following: default, save, nosave, now, force");
    given[static_cast<std::size_t>(option - options.begin())] = true;
  }
  if (input.words.empty())
    return Failure("argument(s) must be one of the following: default, save, nosave, now, force");
  if (given[0] && given[1])
    return Failure("shutdown options SAVE and NOSAVE can't be used simultaneously");
  std::string text;
  for (std::size_t index = 0; index < options.size(); ++index)
    if (given[index]) text += fmt::format("{}{}", text.empty() ? "" : " ", options[index]);
  return Value{text.empty() ? "default" : text, 0};
}

Parsed thread_count(const SpecialInput& input) {
  const std::string& text = input.words.front();
  if (equal_ignoring_case(text, "auto")) return Value{"auto", 0};
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1 || count > max_threads)
    return Failure(fmt::format("argument must be auto or between 1 and {}", max_threads));
  return Value{std::to_string(count), count};
}

Parsed title_template(const SpecialInput& input) {
  const Failure invalid("template format is invalid or contains unknown variables");
  const std::string_view text = input.words.front();
  bool empty = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{' || text.substr(at, 2) == "{{") {
      if (text[at] == '{') ++at;
      if (text[at] != ' ') empty = false;
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) return invalid;
    const auto part = title_part(text.substr(at + 1, end - at - 1));
    if (!part) return invalid;
    if (!part->empty()) empty = false;
    at = end;
  }
  if (empty) return invalid;
  return Value{std::string(text), 0};
}

std::array<OutputBufferLimit, 3> limits_of(std::string_view text) {
  std::array<OutputBufferLimit, 3> limits{};
  const std::vector<std::string> words = split_at_spaces(text);
  for (std::size_t at = 0; at + 4 <= words.size(); at += 4) {
    const auto of = limited_class(words[at]);
    const auto limit = parse_limit(std::span(words).subspan(at + 1, 3));
    if (of && limit) limits[*of] = *limit;
  }
  return limits;
}

void store_bind(Settings& settings, const Value& value) {
  settings.bind = split_at_spaces(value.text);
}

void store_buffer_limits(Settings& settings, const Value& value) {
  settings.client_output_buffer_limit = limits_of(value.text);
}

void store_seed(Settings& settings, const Value& value) {
  settings.seed.reset();
  if (!value.text.empty()) settings.seed = static_cast<std::uint64_t>(value.number);
}

void store_threads(Settings& settings, const Value& value) { settings.threads = value.number; }

}  // namespace redouble::instance
