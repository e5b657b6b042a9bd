// Texts of configuration files. Whatever the text, loading ends with a configuration or with one
// line that tells why not; what loads is rewritten to a text that loads as the same configuration,
// and rewriting that once more changes nothing.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "instance/config.hpp"
#include "instance/config_line.hpp"
#include "runtime/assert.hpp"

namespace {

using redouble::instance::Config;

// A fuzzer must not wander about the disk.
bool includes(std::string_view text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = text.substr(at).find('\n');
    const auto words = redouble::instance::split_line(text.substr(at, end));
    if (words && !words->empty() &&
        redouble::instance::equal_ignoring_case(words->front(), "include"))
      return true;
    if (end == std::string_view::npos) return false;
    at += end + 1;
  }
  return false;
}

Config loaded(std::string_view text) {
  Config config;
  const auto result = config.load_text(text, "text");
  REDOUBLE_ASSERT(result.has_value());
  return config;
}

// What belongs to one start is not written, so it is not compared either.
void compare(const Config& config, const Config& again) {
  const std::string_view all = "*";
  const auto left = config.get(std::span(&all, 1));
  const auto right = again.get(std::span(&all, 1));
  REDOUBLE_ASSERT(left.size() == right.size());
  for (std::size_t at = 0; at < left.size(); ++at) {
    const auto row = redouble::instance::find_directive(left[at].first);
    if (redouble::instance::directives()[*row].rewritten) REDOUBLE_ASSERT(left[at] == right[at]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (includes(text)) return 0;
  Config config;
  const auto result = config.load_text(text, "text");
  if (!result) {
    REDOUBLE_ASSERT(!result.error().empty() && result.error().find('\n') == std::string::npos);
    REDOUBLE_ASSERT(config == Config());
    return 0;
  }
  const std::string once = config.rewritten(text);
  compare(config, loaded(once));
  REDOUBLE_ASSERT(config.rewritten(once) == once);
  const std::string anew = config.rewritten("");
  compare(config, loaded(anew));
  for (const std::string& line : config.warnings())
    REDOUBLE_ASSERT(line.find('\n') == std::string::npos);
  return 0;
}
