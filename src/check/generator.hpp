// Generator: random requests made from the grammars of the command table, mistakes among them.
//
// Every option, block, choice and repetition of a grammar comes, in random order and random case,
// with values from a Vocabulary; one request in four then gets a mistake (an argument too few, one
// too many, two exchanged, a wrong word, an odd string). No deadline lies near the present:
// relative ones are above `nearest_deadline_s` or not positive, so two servers asked one after the
// other agree on what has expired, and no two relative ones that are compared are the same.
// Counts say what was generated, by row and by each part of its grammar: a test demands all of it.
// The same seed gives the same requests. Thread safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/history.hpp"
#include "check/random.hpp"
#include "check/vocabulary.hpp"
#include "command/grammar.hpp"
#include "command/row.hpp"
#include "command/table.hpp"

namespace redouble::check {

// The version of the real server: what came later is not asked for.
inline constexpr std::uint32_t judged_version = command::compat_number("7.0");

// No relative deadline between now and this.
inline constexpr std::int64_t nearest_deadline_s = 5000;
// A deadline in Unix milliseconds between these two was given as it is, never relative to the
// present: the two servers must keep it to the millisecond.
inline constexpr std::int64_t first_exact_deadline_ms = 7'000'000'000'000;
inline constexpr std::int64_t last_exact_deadline_ms = 1'000'000'000'000'000;

class Generator {
 public:
  // Which rows to make requests of, by full name ("get", "config|set"); all where nothing is given.
  using Wanted = std::function<bool(std::string_view full_name)>;

  explicit Generator(std::uint64_t seed, const Wanted& wanted = {});

  // One request of any row, rows that change data more often; most are of the group that focus()
  // has chosen last.
  Request next();
  // Chooses a group, for a sequence whose requests are to meet.
  void focus();
  // What a sequence of the chosen group's requests begins with, so that they do not meet nothing:
  // of streams some groups of consumers, or nothing at all.
  std::vector<Request> prologue();
  // One request of the row with this full name, without a mistake.
  Request of(std::string_view full_name);

  // How often each row, and each part of its grammar ("set/expiration/EX"), was generated.
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
  // What was never generated.
  std::vector<std::string> missing() const;

 private:
  struct Source {
    std::string full_name;
    Request names;  // the words that begin the request
    command::Group group = command::Group::generic;
    std::vector<command::Argument> grammar;
    std::size_t weight = 1;
    bool mistakes = true;
  };

  void expect_parts(const std::string& path, const command::Argument& argument);
  void count(const std::string& path) { ++counts_[path]; }
  Request make(const Source& source, bool mistakes);
  Request any_kind();
  Request any_request();
  // By weight, of this group or of all.
  const Source& draw(std::optional<command::Group> group);
  void write(const std::string& path, const command::Argument& argument, command::Group group,
             Request& out);
  void write_once(const std::string& path, const command::Argument& argument, command::Group group,
                  Request& out);
  void write_value(const command::Argument& argument, command::Group group, Request& out);
  void spoil(Request& request, std::size_t names);
  void keep_draws_few(Request& request);
  void keep_deadlines_apart(Request& request);
  void prepare_sorts(Request& request);
  void keep_orders_known(Request& request);

  Random random_;
  Vocabulary words_;
  std::vector<Source> sources_;
  std::size_t total_weight_ = 0;
  std::map<command::Group, std::size_t> group_weights_;
  std::optional<command::Group> focus_;
  std::optional<Request> held_;  // what comes next
  std::uint64_t deadlines_ = 0;
  std::map<std::string, std::uint64_t> counts_;
};

// Whether a deadline is so near, or passed in a way, that the clock decides what two servers
// answer. The generator makes no such request.
bool has_near_deadline(const Request& request);

}  // namespace redouble::check
