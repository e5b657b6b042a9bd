// AnyOutcome<M>: a model of requests that may end in several ways (SPOP, RANDOMKEY, SCAN's order).
//
// M gives every state that an operation with this reply may lead to:
//   State initial()
//   std::vector<State> outcomes(const State&, const Operation&)   empty: the reply is not allowed
//   std::uint64_t hash(const State&), and == on State
// The state of AnyOutcome is the set of all states in which M may be after the operations so far,
// so the search needs no second kind of branching, and its memo stays exact. Thread safety: as M.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "check/history.hpp"
#include "check/seen_set.hpp"

namespace redouble::check {

template <typename M>
class AnyOutcome {
 public:
  // No two elements are equal; the order does not matter.
  struct State {
    std::vector<typename M::State> possible;

    bool operator==(const State& other) const {
      if (possible.size() != other.possible.size()) return false;
      for (const auto& state : possible) {
        if (!other.holds(state)) return false;
      }
      return true;
    }
    bool holds(const typename M::State& state) const {
      for (const auto& known : possible) {
        if (known == state) return true;
      }
      return false;
    }
  };

  explicit AnyOutcome(M model = {}) : model_(std::move(model)) {}

  State initial() { return {{model_.initial()}}; }

  bool step(State& state, const Operation& operation) {
    State after;
    for (const auto& before : state.possible) {
      for (auto& outcome : model_.outcomes(before, operation)) {
        if (!after.holds(outcome)) after.possible.push_back(std::move(outcome));
      }
    }
    state = std::move(after);
    return !state.possible.empty();
  }

  // Does not depend on the order.
  std::uint64_t hash(const State& state) {
    std::uint64_t sum = state.possible.size();
    for (const auto& possible : state.possible) sum += scatter(model_.hash(possible));
    return sum;
  }

 private:
  M model_;
};

}  // namespace redouble::check
