#include "instance/config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "value/glob.hpp"

namespace redouble::instance {
namespace {

// A reply is one line, and what is quoted in it ends where a string of C would.
std::string in_reply(std::string_view text) {
  std::string clean(text.substr(0, text.find('\0')));
  std::ranges::replace_if(clean, [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return clean;
}

std::string in_lower_case(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::string failed(std::string_view name, std::string_view why) {
  return fmt::format("ERR CONFIG SET failed (possibly related to argument '{}') - {}",
                     in_reply(name), why);
}

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

}  // namespace

Config::Config() {
  struct Defaults {
    Settings settings;
    std::vector<Value> values;
  };
  // Judging every default takes longer than all else of making an instance: it is done once.
  static const Defaults defaults = [] {
    const auto rows = directives();
    Defaults made;
    made.values.resize(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      // What is not set may be no value that can be set.
      Parsed parsed{Value{}};
      if (!rows[row].initial.empty())
        parsed = parse_text(rows[row], rows[row].initial, rows[row].initial);
      REDOUBLE_ASSERT(parsed.has_value());
      made.values[row] = std::move(*parsed);
      if (rows[row].store != nullptr) rows[row].store(made.settings, made.values[row]);
    }
    return made;
  }();
  settings_ = defaults.settings;
  values_ = defaults.values;
}

void Config::store(std::size_t row, Value value) {
  const Directive& directive = directives()[row];
  values_[row] = std::move(value);
  if (directive.store != nullptr) directive.store(settings_, values_[row]);
}

bool Config::exists(const Directive& directive) const {
  return directive.since <= settings_.compat_version;
}

std::optional<std::size_t> Config::find(std::string_view name) const {
  const auto row = find_directive(name.substr(0, name.find('\0')));
  if (!row || !exists(directives()[*row])) return std::nullopt;
  return row;
}

std::vector<std::string> Config::warnings() const {
  std::vector<std::string> lines = notes_;
  for (std::size_t row = 0; row < values_.size(); ++row) {
    const Directive& directive = directives()[row];
    const std::string& text = values_[row].text;
    if (directive.meaning != Meaning::no_effect || text == directive.initial) continue;
    if (directive.has_calm_value && text == directive.calm_value) continue;
    lines.push_back(
        fmt::format("'{} {}' has no effect: {}", directive.name, in_reply(text), directive.reason));
  }
  return lines;
}

std::vector<Config::Pair> Config::get(std::span<const std::string_view> patterns) const {
  std::vector<Pair> found;
  std::vector<bool> seen(2 * values_.size());
  const auto add = [&](std::string_view name, std::size_t row, bool own_name) {
    if (seen[2 * row + own_name]) return;
    seen[2 * row + own_name] = true;
    found.emplace_back(name, values_[row].text);
  };
  for (const std::string_view pattern : patterns) {
    if (!is_pattern(pattern)) {
      if (const auto row = find(pattern))
        add(pattern, *row, equal_ignoring_case(pattern, directives()[*row].name));
      continue;
    }
    for (std::size_t row = 0; row < values_.size(); ++row) {
      const Directive& directive = directives()[row];
      if (!exists(directive)) continue;
      for (const std::string_view name : {directive.name, directive.alias})
        if (!name.empty() && value::glob_match(pattern, name, true))
          add(name, row, name == directive.name);
    }
  }
  std::ranges::sort(found, {}, &Pair::first);
  return found;
}

std::optional<std::string_view> Config::get_one(std::string_view name) const {
  const auto row = find(name);
  if (!row) return std::nullopt;
  return values_[*row].text;
}

std::expected<Config::Change, std::string> Config::admit(const NameValue& pair) const {
  const auto row = find(pair.first);
  if (!row)
    return std::unexpected(fmt::format(
        "ERR Unknown option or number of arguments for CONFIG SET - '{}'", in_reply(pair.first)));
  const Directive& directive = directives()[*row];
  if (directive.change == instance::Change::at_start)
    return std::unexpected(failed(pair.first, "can't set immutable config"));
  if (directive.change == instance::Change::guarded &&
      settings_.enable_protected_configs == Permission::no)
    return std::unexpected(failed(pair.first, "can't set protected config"));
  return Change{*row, equal_ignoring_case(pair.first, directive.name)};
}

std::optional<std::string> Config::judge(std::size_t row, const Value& value) const {
  const Directive& directive = directives()[row];
  if (directive.meaning == Meaning::refused && value.text != directive.initial &&
      !(directive.has_calm_value && value.text == directive.calm_value))
    return std::string(directive.reason);
  return std::nullopt;
}

std::optional<std::string> Config::change(const Change& change, std::string_view text) {
  const Directive& directive = directives()[change.row];
  auto parsed = parse_text(directive, text, values_[change.row].text);
  if (!parsed) return std::move(parsed.error());
  if (auto refusal = judge(change.row, *parsed)) return refusal;
  if (!directive.fixed.empty() && *parsed != values_[change.row])
    return std::string(directive.fixed);
  if (directive.name == "maxclients" && clients_ceiling_ >= 0 && parsed->number > clients_ceiling_)
    return fmt::format(
        "The operating system is not able to handle the specified number of clients, try with {}",
        clients_ceiling_);
  store(change.row, std::move(*parsed));
  return std::nullopt;
}

// `name`: of bind and port what was given first and is new. As in Redis that is blamed for both.
std::optional<std::string> Config::move_listeners(std::string_view name, Host& host) {
  if (!host.has_sockets()) return failed(name, "this instance has no sockets");
  const auto port = host.listen(settings_);
  if (!port)
    return failed(name, name == "port" ? "Unable to listen on this port. Check server logs."
                                       : "Failed to bind to specified addresses.");
  if (!settings_.bind.empty()) report("port", std::to_string(*port));
  return std::nullopt;
}

std::optional<std::string> Config::set(std::span<const NameValue> pairs, Host& host) {
  std::vector<Change> changes;
  for (const NameValue& pair : pairs) {
    const auto admitted = admit(pair);
    if (!admitted) return admitted.error();
    // Of a directive and its older name, both may be given: the later one wins, as in Redis.
    if (std::ranges::find(changes, *admitted) != changes.end())
      return failed(pair.first, "duplicate parameter");
    changes.push_back(*admitted);
  }
  const Settings settings_before = settings_;
  const std::vector<Value> values_before = values_;
  std::optional<std::string> refused;
  std::string_view moves;
  for (std::size_t at = 0; at < pairs.size() && !refused; ++at) {
    if (const auto why = change(changes[at], pairs[at].second))
      refused = failed(in_lower_case(pairs[at].first), *why);
    const Directive& directive = directives()[changes[at].row];
    const bool is_new = values_[changes[at].row] != values_before[changes[at].row];
    if (directive.moves_listeners && is_new && moves.empty()) moves = directive.name;
  }
  if (!refused && !moves.empty()) refused = move_listeners(moves, host);
  if (refused && !mutant("config_set_keeps_first")) {
    settings_ = settings_before;
    values_ = values_before;
  }
  return refused;
}

void Config::report(std::string_view name, std::string_view text) {
  const auto row = find(name);
  REDOUBLE_ASSERT(row.has_value());
  auto parsed = parse_text(directives()[*row], text, values_[*row].text);
  REDOUBLE_ASSERT(parsed.has_value());
  store(*row, std::move(*parsed));
}

}  // namespace redouble::instance
