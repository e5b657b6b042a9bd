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
#include "check/settler.hpp"
#include "check/source.hpp"
#include "check/vocabulary.hpp"
#include "command/grammar.hpp"
#include "command/row.hpp"
#include "command/table.hpp"

namespace redouble::check {

// The names that were counted and never met.
std::vector<std::string> never_met(const std::map<std::string, std::uint64_t>& counts);

class Generator {
 public:
  // Which rows to make requests of, by full name ("get", "config|set"); all where nothing is given.
  using Wanted = std::function<bool(std::string_view full_name)>;

  explicit Generator(std::uint64_t seed, const Wanted& wanted = {});
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  // One request of any row, rows that change data more often; most are of the group that focus()
  // has chosen last.
  Request next();
  // Chooses a group, for a sequence whose requests are to meet.
  void focus();
  // As a generator of this seed, with this group, which is one of groups(), chosen; the counts
  // stay.
  void begin(std::uint64_t seed, command::Group focus);
  // Those that requests are made of, each with its part of the requests of any group.
  std::map<command::Group, double> groups() const;
  // Of requests with a group in focus one in so many is of any group.
  static constexpr std::size_t away = 3;
  // What a sequence of the chosen group's requests begins with, so that they do not meet nothing:
  // of streams some groups of consumers, or nothing at all.
  std::vector<Request> prologue();
  // One request of the row with this full name, without a mistake.
  Request of(std::string_view full_name);

  // How often each row, and each part of its grammar ("set/expiration/EX"), was generated.
  const Counts& counts() const { return counts_; }
  // What was never generated.
  std::vector<std::string> missing() const { return never_met(counts_); }

 private:
  Request make(const Source& source, bool mistakes);
  Request any_kind();
  Request any_request();
  // By weight, of this group or of all.
  const Source& draw(std::optional<command::Group> group);
  void write(const Part& part, command::Group group, Request& out);
  void write_once(const Part& part, command::Group group, Request& out);
  void write_value(const command::Argument& argument, command::Group group, Request& out);
  void spoil(Request& request, std::size_t names);

  Counts counts_;  // the sources point into it
  Random random_;
  Vocabulary words_;
  Settler settler_;
  std::vector<Source> sources_;
  std::size_t total_weight_ = 0;
  std::map<command::Group, std::size_t> group_weights_;
  std::optional<command::Group> focus_;
  std::optional<Request> held_;  // what comes next
};

}  // namespace redouble::check
