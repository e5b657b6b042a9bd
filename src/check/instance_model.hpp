// InstanceModel: the server's own handlers, run one at a time, as the model of what they do
// together; and InstanceSubject: sessions on an instance, for parallel programs.
//
// One at a time the handlers are held against the real Redis; here, that together they equal one at
// a time. A state is what an instance holds, known by its digest (databases, keys, values and
// deadlines; what belongs to a connection is no part of it, so requests must not depend on it). To
// take a step, a fresh instance is led to the state by the requests that reached it first, and
// asked. Steps are remembered, so a search that comes back to a state costs nothing.
//
// A reply whose order means nothing (KEYS, SMEMBERS: the row's tips say so) must be brought into
// one order before it is compared: normal_reply() does, on both sides. Thread safety: InstanceModel
// none; InstanceSubject as Subject says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "check/history.hpp"
#include "check/local_client.hpp"
#include "check/parallel.hpp"
#include "instance/instance.hpp"
#include "store/sync.hpp"

namespace redouble::check {

// Makes a fresh instance; all that one maker makes are equal. Its clock stands still.
using MakeInstance = std::function<std::unique_ptr<instance::Instance>(store::Scheduler*)>;

// The reply of protocol 2, with the elements of an array whose order means nothing sorted; of
// HGETALL the pairs.
std::string normal_reply(const Request& request, std::string reply);

class InstanceModel {
 public:
  // The number of a state that this model has seen.
  using State = std::uint32_t;

  explicit InstanceModel(MakeInstance make);

  State initial() const { return 0; }
  bool step(State& state, const Operation& operation);
  std::uint64_t hash(State state) const { return state; }
  std::string describe(State state) const;

  // How many steps were taken on an instance, and not remembered.
  std::size_t executed() const { return executed_; }

 private:
  struct Known {
    std::vector<Request> path;  // from the empty instance
    std::uint64_t digest;
  };
  struct Outcome {
    std::string reply;
    State state;
  };

  const Outcome& outcome(State state, const Request& request);
  State number_of(std::uint64_t digest, const std::vector<Request>& path);

  MakeInstance make_;
  std::vector<Known> states_;
  std::map<std::uint64_t, State> by_digest_;
  std::map<std::pair<State, Request>, Outcome> outcomes_;
  std::size_t executed_ = 0;
};

class InstanceSubject : public Subject {
 public:
  InstanceSubject(std::unique_ptr<instance::Instance> instance);

  std::optional<std::string> execute(std::uint32_t client, const Request& request) override;

 private:
  std::unique_ptr<instance::Instance> instance_;
  std::vector<std::unique_ptr<LocalClient>> clients_;  // of the prefix, and of every branch
};

}  // namespace redouble::check
