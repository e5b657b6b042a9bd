#include "instance/config_loader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>

#include "instance/config_file.hpp"
#include "instance/config_line.hpp"
#include "runtime/mutant.hpp"

namespace redouble::instance {
namespace {

// Files that include each other would never end.
constexpr std::size_t max_include_depth = 16;

using Failure = std::unexpected<std::string>;

struct Reason {
  std::string_view name;
  std::string_view reason;
};

// What a configuration file of Redis may hold beside directives, and why it is not taken here.
constexpr std::array<Reason, 4> refused_lines{
    {{"loadmodule", "modules cannot be loaded"},
     {"rename-command", "commands keep their names"},
     {"sentinel", "redouble is no sentinel"},
     {"user", "there are no users beside the default one, whose password is requirepass"}}};

// Directives that Redis 7.0 takes from old files and forgets.
constexpr std::array<Reason, 2> forgotten_lines{
    {{"list-max-ziplist-entries", "it was replaced by list-max-listpack-size"},
     {"list-max-ziplist-value", "it was replaced by list-max-listpack-size"}}};

std::string_view reason_of(std::span<const Reason> lines, std::string_view name) {
  for (const Reason& line : lines)
    if (equal_ignoring_case(line.name, name)) return line.reason;
  return {};
}

// Names come from files: whatever they hold, an error stays one readable line.
std::string shown(std::string_view name) {
  const std::string text = quoted_word(name);
  return text.starts_with('"') ? text : fmt::format("'{}'", text);
}

Failure at(const std::string& place, std::string_view what) {
  return Failure(fmt::format("{}: {}", place, what));
}

}  // namespace

ConfigLoader::Loaded ConfigLoader::main_file(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  if (error)
    return Failure(fmt::format("configuration file {} cannot be found: {}", path, error.message()));
  draft_.file_ = absolute.string();
  return file(path);
}

ConfigLoader::Loaded ConfigLoader::file(const std::string& path) {
  const auto content = read_config_file(path);
  if (!content)
    return Failure(fmt::format("configuration file {} cannot be read: {}", path, content.error()));
  return text(*content, fmt::format("configuration file {}", path));
}

ConfigLoader::Loaded ConfigLoader::descriptor(int fd, std::string_view origin) {
  const auto content = read_config(fd);
  if (!content) return Failure(fmt::format("{} cannot be read: {}", origin, content.error()));
  return text(*content, origin);
}

ConfigLoader::Loaded ConfigLoader::text(std::string_view text, std::string_view origin) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (auto loaded = line(text.substr(0, end), fmt::format("{}, line {}", origin, number));
        !loaded)
      return loaded;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return {};
}

ConfigLoader::Loaded ConfigLoader::option(const CommandLine::Option& option) {
  const std::string place = "command line";
  auto all = split_line(option.line);
  if (!all)
    return at(place,
              fmt::format("unbalanced quotes in {}", shown(fmt::format("--{}", option.line))));
  // Several lines in one argument are several words here: then there are too many of them.
  all->insert(all->end(), option.words.begin(), option.words.end());
  return words(std::move(*all), place);
}

ConfigLoader::Loaded ConfigLoader::line(std::string_view line, const std::string& place) {
  line = trimmed(line);
  if (line.empty() || line.front() == '#') return {};
  auto all = split_line(line);
  if (!all) return at(place, "unbalanced quotes");
  return words(std::move(*all), place);
}

ConfigLoader::Loaded ConfigLoader::words(std::vector<std::string> words, const std::string& place) {
  if (words.empty()) return {};
  const std::string name = words.front();
  words.erase(words.begin());
  if (equal_ignoring_case(name, "include") && words.size() == 1)
    return include(words.front(), place);
  if (const auto reason = reason_of(refused_lines, name); !reason.empty())
    return at(place, fmt::format("{} is not taken: {}", shown(name), reason));
  if (const auto reason = reason_of(forgotten_lines, name); !reason.empty() && words.size() == 1) {
    draft_.notes_.push_back(
        fmt::format("'{} {}' has no effect: {}", name, quoted_word(words.front()), reason));
    return {};
  }
  const auto row = find_directive(name);
  if (!row) return at(place, fmt::format("unknown directive {}", shown(name)));
  const Directive& directive = directives()[*row];
  if (directive.since != CompatVersion::v7_0) later_.push_back({*row, place, name});

  const bool is_save = directive.name == "save";
  auto parsed = parse_value(directive, {words, draft_.values_[*row].text, is_save && save_seen_});
  if (!parsed) return at(place, fmt::format("{}: {}", shown(name), parsed.error()));
  if (const auto refusal = draft_.judge(*row, *parsed))
    return at(place,
              fmt::format("{} cannot be {}: {}", shown(name), shown(parsed->text), *refusal));
  if (is_save && !mutant("config_save_forgets")) save_seen_ = true;
  draft_.store(*row, std::move(*parsed));
  return {};
}

ConfigLoader::Loaded ConfigLoader::include(const std::string& pattern, const std::string& place) {
  if (depth_ == max_include_depth)
    return at(place, fmt::format("files include each other more than {} deep", max_include_depth));
  ++depth_;
  Loaded loaded;
  if (pattern.find_first_of("*?[") == std::string::npos) {
    loaded = file(pattern);
  } else {
    // A pattern that matches nothing includes nothing; its matches come in the order of names.
    ::glob_t matches{};
    if (::glob(pattern.c_str(), 0, nullptr, &matches) == 0)
      for (std::size_t match = 0; match < matches.gl_pathc && loaded; ++match)
        loaded = file(matches.gl_pathv[match]);
    ::globfree(&matches);
  }
  --depth_;
  return loaded;
}

ConfigLoader::Loaded ConfigLoader::finish() {
  for (const Later& later : later_)
    if (!draft_.exists(directives()[later.row]))
      return at(later.place, fmt::format("unknown directive {}: it begins with a later "
                                         "compat-version",
                                         shown(later.name)));
  return {};
}

Config::Loaded Config::load(const CommandLine& command_line, int input_fd) {
  ConfigLoader loader(*this);
  Loaded loaded;
  if (!command_line.file.empty()) loaded = loader.main_file(command_line.file);
  if (loaded && command_line.standard_input) loaded = loader.descriptor(input_fd, "standard input");
  for (const CommandLine::Option& option : command_line.options)
    if (loaded) loaded = loader.option(option);
  if (loaded) loaded = loader.finish();
  if (loaded) *this = loader.draft();
  return loaded;
}

Config::Loaded Config::load_file(const std::string& path) {
  CommandLine command_line;
  command_line.file = path;
  return load(command_line);
}

Config::Loaded Config::load_text(std::string_view text, std::string_view origin) {
  ConfigLoader loader(*this);
  Loaded loaded = loader.text(text, origin);
  if (loaded) loaded = loader.finish();
  if (loaded) *this = loader.draft();
  return loaded;
}

}  // namespace redouble::instance
