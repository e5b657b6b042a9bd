// Vocabulary: the words that random requests are made of.
//
// Values are drawn by the argument's name and type from pools in which the boundaries stand, and
// the mistakes of people. Keys are few, so that requests meet; each type of value has some of its
// own. No two servers need agree about the clock for any of these words.
// To add a group of commands: its keys in keys_of_groups (check/word_pools.hpp), and a pool for
// each name of an argument that is not any string or number. The same random numbers give the same
// words. Thread safety: none.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/history.hpp"
#include "check/random.hpp"
#include "command/grammar.hpp"
#include "command/row.hpp"

namespace redouble::check {

class Vocabulary {
 public:
  // `random` outlives it.
  explicit Vocabulary(Random& random);

  // The text in lower or upper case or a mixture.
  std::string word(std::string_view text);
  // A value for an argument that is neither a word, a choice nor a block, of a command of `group`.
  std::string value(const command::Argument& argument, command::Group group);
  // A directive that may be set, and a value, right or wrong.
  std::pair<std::string, std::string> setting();
  std::string key(command::Group group);
  std::string string();
  std::string integer();
  // Long, empty, or with any bytes.
  std::string odd();

 private:
  // A place, a distance, a member, a count of a geo command; nothing for other names.
  std::optional<std::string> geo_value(std::string_view name);
  std::string pick(std::span<const std::string_view> pool) {
    return std::string(pool[random_.below(pool.size())]);
  }

  Random& random_;
  std::set<command::Group> groups_;  // those that the table has
};

}  // namespace redouble::check
