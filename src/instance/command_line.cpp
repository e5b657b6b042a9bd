#include "instance/command_line.hpp"

#include "instance/config_line.hpp"
#include "instance/directive.hpp"

namespace redouble::instance {
namespace {

bool may_stand_alone(const std::string& name) {
  const auto row = find_directive(name);
  return row && (directives()[*row].bare_means_yes || directives()[*row].name == "save");
}

}  // namespace

CommandLine parse_command_line(std::span<const std::string> arguments) {
  CommandLine result;
  if (arguments.empty()) return result;
  const std::string& first = arguments.front();
  if (first == "-v" || first == "--version") result.request = CommandLine::Request::version;
  if (first == "-h" || first == "--help") result.request = CommandLine::Request::help;
  if (result.request != CommandLine::Request::serve) return result;

  std::size_t at = 0;
  if (!first.starts_with('-')) {
    result.file = first;
    at = 1;
  }
  bool wants_value = false;
  for (; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    const bool last = at + 1 == arguments.size();
    if (argument == "-" && (at == 0 || last)) {
      result.standard_input = true;
      continue;
    }
    if (!wants_value && argument.starts_with("--")) {
      result.options.push_back({argument.substr(2), {}});
      const auto words = split_line(result.options.back().line);
      const bool alone = words && words->size() == 1;
      wants_value = alone;
      if (alone && may_stand_alone(words->front()) && (last || arguments[at + 1].starts_with("--")))
        wants_value = false;
      continue;
    }
    // A word before any directive makes one of its own, which is then unknown by that name.
    if (result.options.empty()) result.options.emplace_back();
    result.options.back().words.push_back(argument);
    wants_value = false;
  }
  return result;
}

}  // namespace redouble::instance
