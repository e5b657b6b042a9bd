// WaitingModel: lists, sorted sets, streams and the commands that wait for them, one at a time: who
// came first is served first.
//
// A command that waits takes place at two moments: it arrives, and some time later it has its
// reply. split_waits() makes two operations of it, ARRIVE and LEAVE, both within the interval of
// the one; LEAVE fits only where the model has served that arrival with the same reply. So a
// history is explained only by an order in which nobody is overtaken. To say that a command has
// arrived, and not just been sent, a history holds observations: WAITING, how many wait. Who sees
// when a command begins to wait may record the two himself: began_to_wait() and was_served().
//
// What it knows: waiting_command.hpp, plain_command.hpp, WAITING. Other requests throw
// std::invalid_argument: a wrong guess would be a wrong verdict. Replies are RESP2 bytes. Thread
// safety: const throughout.
// Sources: the command pages of the Redis documentation; "serving order for multiple blocked
// clients" and "blocking behavior" of BLPOP's; redis-server 7.0.15, whose histories it explains
// (integration/waiting_histories_test.cpp).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "check/history.hpp"
#include "check/waiting_command.hpp"
#include "check/waiting_values.hpp"

namespace redouble::check {

// ARRIVE and LEAVE in the place of each command that waits.
History split_waits(const History& history);

// The operations of a command known to wait from `returned` on, and to have its reply at the time
// of the second. `serial` names the command; one of digits alone may be split_waits's.
Operation began_to_wait(std::string serial, const Request& request, Ticket called, Ticket returned);
Operation was_served(std::string serial, std::string reply, Ticket called, Ticket returned);

class WaitingModel {
 public:
  struct Arrival {
    std::string serial;
    waiting::Command command;
    bool operator==(const Arrival&) const = default;
  };
  struct State {
    waiting::Values values;
    std::deque<Arrival> waiting;                // the oldest first
    std::map<std::string, std::string> served;  // replies by serial, until they leave
    bool operator==(const State&) const = default;
  };

  State initial() const { return {}; }
  bool step(State& state, const Operation& operation) const;
  bool only_reads(const Operation& operation) const;
  std::uint64_t hash(const State& state) const;
  std::string describe(const State& state) const;

 private:
  std::string run(State& state, const Request& request) const;
  void arrive(State& state, Arrival arrival) const;
  void serve(State& state, std::string key) const;
};

}  // namespace redouble::check
