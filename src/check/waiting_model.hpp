// WaitingModel: lists and the commands that wait for them, one at a time: who came first is served
// first.
//
// A command that waits takes place at two moments: it arrives, and some time later it has its
// reply. split_waits() makes two operations of it, ARRIVE and LEAVE, both within the interval of
// the one; LEAVE fits only where the model has served that arrival with the same reply. So a
// history is explained only by an order in which nobody is overtaken. To say that a command has
// arrived, and not just been sent, a history holds observations: WAITING, how many wait.
//
// It knows RPUSH, LPUSH, LPOP, RPOP (without a count), LLEN, LRANGE key 0 -1, BLPOP, BRPOP, BLMOVE
// (without deadlines), WAITING. Other requests throw std::invalid_argument: a wrong guess would be
// a wrong verdict. Replies are RESP2 bytes. Thread safety: const throughout.
// Sources: the command pages of the Redis documentation; "serving order for multiple blocked
// clients" and "blocking behavior" of BLPOP's.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "check/history.hpp"

namespace redouble::check {

// ARRIVE and LEAVE in the place of each command that waits.
History split_waits(const History& history);

class WaitingModel {
 public:
  struct Arrival {
    std::string serial;
    Request request;
    bool operator==(const Arrival&) const = default;
  };
  struct State {
    std::map<std::string, std::deque<std::string>> lists;
    std::deque<Arrival> waiting;                // the oldest first
    std::map<std::string, std::string> served;  // replies by serial, until they leave
    bool operator==(const State&) const = default;
  };

  State initial() const { return {}; }
  bool step(State& state, const Operation& operation) const;
  std::uint64_t hash(const State& state) const;
  std::string describe(const State& state) const;

 private:
  std::string run(State& state, const Request& request) const;
  void arrive(State& state, Arrival arrival) const;
  void serve(State& state, std::string key) const;
};

}  // namespace redouble::check
