// Config: the configuration of one instance, and what CONFIG GET, SET and REWRITE do.
//
// A Config begins with the defaults of the table of directives (instance/directive.hpp); a file, a
// text or a command line is loaded over it, later lines over earlier ones. Every value exists
// twice: as the text that CONFIG GET answers, and, where the instance has a use for it, as a typed
// field of settings().
// Thread safety: none of its own. set(), report() and load are called with the gate held
// exclusively or before the instance is shared; all else with the gate held shared.
// Invariants: text and field of a directive always agree; a set() or a load that fails changes
// nothing at all.
// Errors: as texts. Those of set() are the error reply without its leading '-'; those of loading
// are one line without a program's name before it. Nothing here prints or exits.
// Files: read while loading, written by rewrite(); nothing else is touched.
// Source: the Redis documentation, "Redis configuration" and the CONFIG commands; every text and
// limit as observed from redis-server 7.0.15.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "instance/directive.hpp"
#include "instance/host.hpp"
#include "instance/settings.hpp"

namespace redouble::instance {

struct CommandLine;

class Config {
 public:
  Config();

  const Settings& settings() const& { return settings_; }
  const Settings& settings() const&& = delete;

  // --- Loading (before serving) ---

  using Loaded = std::expected<void, std::string>;
  // What a parsed command line asks for: its file, then standard input (read from `input_fd`),
  // then its directives.
  Loaded load(const CommandLine& command_line, int input_fd = 0);
  Loaded load_file(const std::string& path);
  // The text of a configuration file; `origin` names it in errors ("configuration file x.conf").
  Loaded load_text(std::string_view text, std::string_view origin);

  // One line for each directive that was set to a value which has no effect here: name, value,
  // reason. In the order of the table; main prints them at start.
  std::vector<std::string> warnings() const;

  // The configuration file's absolute path; empty where there is none.
  const std::string& file() const { return file_; }

  // --- CONFIG ---

  using Pair = std::pair<std::string, std::string>;
  // CONFIG GET: the directives that match any of the patterns, each name once, in the order of
  // their names. A name without wildcards is answered as it was asked for.
  std::vector<Pair> get(std::span<const std::string_view> patterns) const;
  // The text of one directive by its name; nothing where there is no such directive.
  std::optional<std::string_view> get_one(std::string_view name) const;

  using NameValue = std::pair<std::string_view, std::string_view>;
  // CONFIG SET: all pairs or none. Where bind or port change, `host` is asked to listen there. The
  // error reply, without '-', where it is refused.
  std::optional<std::string> set(std::span<const NameValue> pairs, Host& host);

  // CONFIG REWRITE: writes the present values into the configuration file, keeping its comments,
  // its order and every line that still says the truth. The file is replaced at once or not at
  // all. The error reply without '-' where that fails.
  std::optional<std::string> rewrite() const;
  // The text that rewrite() would write over `old_text`.
  std::string rewritten(std::string_view old_text) const;

  // --- For the server ---

  // What only the server learns: the port it was given, the directory it stands in, the seed that
  // was drawn. The value must be a valid one of its directive.
  void report(std::string_view name, std::string_view value);
  // The most clients that this process can hold; CONFIG SET maxclients above it is refused.
  void limit_clients(std::int64_t ceiling) { clients_ceiling_ = ceiling; }

  // Same value of every directive; where it was loaded from does not matter.
  friend bool operator==(const Config& left, const Config& right) {
    return left.values_ == right.values_;
  }

 private:
  friend class ConfigLoader;

  // One pair of a set(): its row, and whether it was named by its own name or its alias.
  struct Change {
    std::size_t row = 0;
    bool own_name = true;
    friend bool operator==(const Change&, const Change&) = default;
  };

  void store(std::size_t row, Value value);
  bool exists(const Directive& directive) const;
  std::optional<std::size_t> find(std::string_view name) const;
  std::optional<std::string> judge(std::size_t row, const Value& value) const;
  std::expected<Change, std::string> admit(const NameValue& pair) const;
  std::optional<std::string> change(const Change& change, std::string_view text);
  std::optional<std::string> move_listeners(std::string_view name, Host& host);
  std::vector<std::string> lines_of(std::size_t row) const;

  Settings settings_;
  std::vector<Value> values_;  // one for each row of the table
  std::vector<std::string> notes_;
  std::string file_;
  std::int64_t clients_ceiling_ = -1;
};

}  // namespace redouble::instance
