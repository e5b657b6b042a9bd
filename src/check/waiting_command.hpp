// waiting::Command: a request that may have to wait, taken apart; and what it does to values.
//
// BLPOP, BRPOP, BLMPOP, BZPOPMIN, BZPOPMAX, BZMPOP, BLMOVE, BRPOPLPUSH, XREAD and XREADGROUP, with
// deadlines of 0 only. XREAD and XREADGROUP also as what never waits: without BLOCK; XREADGROUP
// with IDs in the place of `>` (of every key), which asks for what the consumer has got already.
// Thread safety: values and pure functions.
// Errors: std::invalid_argument where it is no such request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/history.hpp"
#include "check/waiting_values.hpp"

namespace redouble::check::waiting {

struct Command {
  enum class Kind : std::uint8_t { pop, pop_scored, move, read, read_group };

  Kind kind = Kind::pop;
  std::vector<std::string> keys;  // that it waits for
  bool waits = true;
  bool first = false;     // pops take from the front, or the lowest
  bool several = false;   // BLMPOP and BZMPOP, which reply otherwise
  std::size_t count = 1;  // at most; 0 is all
  std::string target;     // of a move
  bool to_front = false;
  std::vector<std::string> ids;  // as many as keys; $ is an ID from attempt() on
  std::string group;
  std::string consumer;
  bool noack = false;

  bool operator==(const Command&) const = default;
};

// Is it a request that attempt() may leave waiting?
bool may_wait(const Request& request);

Command parse_waiting(const Request& request);

// When it arrives: its reply, or nothing where it has to wait.
std::optional<std::string> attempt(Values& values, Command& command);

// Of one that waits: can it be answered with this of its keys as it is?
bool is_ready(Values& values, const Command& command, const std::string& key);

// Its reply then. REQUIRES: is_ready().
std::string perform(Values& values, const Command& command, const std::string& key);

}  // namespace redouble::check::waiting
