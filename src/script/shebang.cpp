#include "script/shebang.hpp"

#include <array>
#include <utility>
#include <vector>

#include "resp/words.hpp"

namespace redouble::script {
namespace {

constexpr std::array<std::pair<std::string_view, ScriptFlag>, 5> names{{
    {"no-writes", no_writes},
    {"allow-oom", allow_oom},
    {"allow-stale", allow_stale},
    {"no-cluster", no_cluster},
    {"allow-cross-slot-keys", allow_cross_slot_keys},
}};

// The words behind "flags=", separated by commas; no words at all are no flags.
std::expected<std::uint8_t, std::string> parse_flags(std::string_view list) {
  std::uint8_t flags = 0;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view word = list.substr(0, comma);
    std::uint8_t flag = 0;
    for (const auto& [name, value] : names) {
      if (name == word) flag = value;
    }
    if (flag == 0) {
      return std::unexpected("ERR Unexpected flag in script shebang: " + std::string(word));
    }
    flags |= flag;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return flags;
}

}  // namespace

std::expected<Shebang, std::string> parse_shebang(std::string_view script) {
  Shebang shebang;
  if (!script.starts_with("#!")) return shebang;
  shebang.present = true;
  shebang.size = script.find('\n');
  if (shebang.size == std::string_view::npos) {
    return std::unexpected(std::string("ERR Invalid script shebang"));
  }
  std::vector<std::string_view> words;
  std::string scratch;
  if (!resp::split_words(script.substr(0, shebang.size), words, scratch) || words.empty()) {
    return std::unexpected(std::string("ERR Invalid engine in script shebang"));
  }
  if (words[0] != "#!lua") {
    return std::unexpected("ERR Unexpected engine in script shebang: " + std::string(words[0]));
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    constexpr std::string_view option = "flags=";
    if (!words[i].starts_with(option)) {
      return std::unexpected("ERR Unknown lua shebang option: " + std::string(words[i]));
    }
    const auto flags = parse_flags(words[i].substr(option.size()));
    if (!flags) return std::unexpected(flags.error());
    shebang.flags |= *flags;
  }
  return shebang;
}

}  // namespace redouble::script
