// Campaign: random sequences with every group of commands in focus, on several pairs of servers.
//
// Each has a group in focus and a seed of its own: it is the same whoever works on it and whatever
// else is under way, so a campaign of the same plan asks the same. Groups are dealt so that of each
// type of value about as many commands are asked. A sequence is long, as emptying two servers and
// comparing what is left costs more than a hundred requests; so that no open transaction and no
// subscription takes all of it, every few dozen requests the connection is mostly set back. Thread
// safety: work() may run in several threads at once, each with servers of its own; all else is for
// before and after.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "check/differential.hpp"
#include "check/generator.hpp"
#include "command/row.hpp"

namespace redouble::check {

class Campaign {
 public:
  using Clock = std::chrono::steady_clock;

  struct Plan {
    std::uint64_t seed = 1;
    std::size_t sequences = 1;
    Clock::time_point end = Clock::time_point::max();  // no sequence is begun after this
    std::size_t most_finds = 1;
    int databases = 16;  // of the servers
    Generator::Wanted wanted{};
  };
  struct Find {
    int protocol;
    Sequence least;
    Mismatch mismatch;
  };

  explicit Campaign(Plan plan);

  // Works on sequences until none is left, or enough has been found.
  void work(const Target& ours, const Target& reference);
  // Sequences of their own for what chance has not met.
  void make_up(const Target& ours, const Target& reference);

  const std::vector<Find>& finds() const { return finds_; }
  std::uint64_t commands() const { return commands_; }
  std::uint64_t sequences() const { return sequences_; }
  // Those answered alike, by the group of the row, whichever group was in focus.
  std::map<command::Group, std::uint64_t> commands_by_group() const;
  const Differential::Tallies& tallies() const { return tallies_; }
  // What was generated of which row and which part of its grammar, and what never was.
  const Counts& counts() const { return counts_; }
  std::vector<std::string> missing() const { return never_met(counts_); }

 private:
  class Worker;

  bool goes_on() const;
  void report(int protocol, Sequence least, Mismatch mismatch);
  void add(const Worker& worker);

  Plan plan_;
  std::vector<command::Group> deck_;  // the groups in focus, over and over
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> found_ = 0;
  std::mutex mutex_;  // of all that follows
  std::vector<Find> finds_;
  std::set<std::string> kinds_;
  std::uint64_t commands_ = 0;
  std::uint64_t sequences_ = 0;
  Differential::Tallies tallies_;
  Counts counts_;
};

// Whether the group is that of a type of value, or of what all types have in common.
bool is_of_values(command::Group group);

}  // namespace redouble::check
