// check(model, history): can the replies of a concurrent history be explained by an order in which
// the operations happened one at a time, each at some moment between its call and its return?
//
// The search is Wing and Gong's in Lowe's form: it walks the calls that no return precedes, tries
// each on the model, lifts the one that fits and goes on from the beginning; at a return it must
// step back. A configuration (what is linearized, and the state) is never entered twice.
//   M. Herlihy, J. M. Wing: Linearizability: a correctness condition for concurrent objects.
//     ACM TOPLAS 12(3), 1990.
//   J. M. Wing, C. Gong: Testing and verifying concurrent objects. JPDC 17(1-2), 1993.
//   G. Lowe: Testing for linearizability. Concurrency and Computation 29(4), 2017.
//
// Three verdicts. `unknown` means that the budget was used up: it is never a pass, count it.
// An operation without a return may be linearized anywhere after its call, or be left out.
//
// Two short cuts, both exact. An operation without a return that would leave the state as it is, is
// left out at that place. And where an operation that only reads fits, it is linearized there once
// and for all: any explanation that has it later can have it here, since nobody sees it move; so
// when the search steps back over it, it need not try without it.
//
// A model says what one operation at a time does (concept Model):
//   State initial()                             the state before the history
//   bool step(State&, const Operation&)         does the operation in this state; false where the
//                                               reply that it has could not have been given. Where
//                                               the operation has no reply, every outcome fits.
//                                               What is left in the state after false does not
//                                               matter.
//   std::uint64_t hash(const State&)            and State has ==
//   std::string describe(const State&)          optional, for reports
//   bool only_reads(const Operation&)           optional, for speed: true where it changes no state
//                                               at all, whatever it is
// Where a request may have several outcomes (a random reply), use AnyOutcome (any_outcome.hpp).
//
// Thread safety: none; a model may keep a cache, so it is taken by reference.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/history.hpp"
#include "check/interval_list.hpp"
#include "check/seen_set.hpp"

namespace redouble::check {

enum class Verdict { linearizable, not_linearizable, unknown };
std::string_view to_string(Verdict verdict);

template <typename M>
concept Model = requires(M& model, typename M::State& state, const typename M::State& seen,
                         const Operation& operation) {
  { model.initial() } -> std::same_as<typename M::State>;
  { model.step(state, operation) } -> std::same_as<bool>;
  { model.hash(seen) } -> std::convertible_to<std::uint64_t>;
  { seen == seen } -> std::convertible_to<bool>;
};

// What a search may use before it answers `unknown`.
struct Budget {
  std::uint64_t steps = 20'000'000;      // calls of model.step
  std::uint64_t remembered = 8'000'000;  // configurations kept, about 60 bytes each
};

struct Judgement {
  Verdict verdict = Verdict::unknown;
  // Indexes into the history: an order that explains it, or else the longest beginning of one that
  // was found.
  std::vector<std::uint32_t> order;
  // Where it is not linearizable: the operations that stood open after `order`, none of which fits.
  std::vector<std::uint32_t> candidates;
  std::string state;  // the model's state after `order`, where the model can describe it
  std::uint64_t steps = 0;
};

template <Model M>
class Search {
 public:
  using State = typename M::State;

  // `history` is in the order of its calls.
  Search(M& model, const History& history, Budget budget)
      : model_(model),
        history_(history),
        budget_(budget),
        list_(history),
        done_(history.size()),
        remaining_(list_.completed()) {
    State first = model_.initial();
    state_ = number_of(first);
  }

  Judgement run() {
    IntervalList::Node node = list_.first();
    while (remaining_ > 0) {
      if (!list_.is_call(node)) {
        note_deepest();
        if (!step_back(node)) return finish(Verdict::not_linearizable);
        continue;
      }
      if (++steps_ > budget_.steps || seen_.size() >= budget_.remembered) {
        note_deepest();
        return finish(Verdict::unknown);
      }
      const std::uint32_t operation = list_.operation(node);
      node = advance(operation) ? list_.first() : list_.next(node);
    }
    note();  // a deeper path may have led nowhere: it held operations that never return
    return finish(Verdict::linearizable);
  }

 private:
  struct Step {
    std::uint32_t operation;
    std::uint32_t state_before;
    bool for_good;  // it only reads: what fails with it fails without it
  };

  std::uint32_t number_of(State& state) {
    const auto same = [&](std::uint32_t number) { return states_[number] == state; };
    const auto [number, added] = index_.find_or_add(scatter(model_.hash(state)), same);
    if (added) states_.push_back(std::move(state));
    return number;
  }

  bool advance(std::uint32_t operation) {
    scratch_ = states_[state_];
    if (!model_.step(scratch_, history_[operation])) return false;
    const std::uint32_t after = number_of(scratch_);
    if (after == state_ && !list_.returns(operation)) return false;
    done_.add(operation);
    if (!seen_.add(done_, after)) {
      done_.remove(operation);
      return false;
    }
    path_.push_back({operation, state_, only_reads(history_[operation])});
    state_ = after;
    list_.lift(operation);
    if (list_.returns(operation)) --remaining_;
    return true;
  }

  bool only_reads(const Operation& operation) {
    if constexpr (requires { model_.only_reads(operation); }) return model_.only_reads(operation);
    return false;
  }

  // Undoes operations up to the last one without which the search may go on, and gives the node
  // from which to do that; false where there is none.
  bool step_back(IntervalList::Node& node) {
    while (!path_.empty()) {
      const Step last = path_.back();
      path_.pop_back();
      state_ = last.state_before;
      done_.remove(last.operation);
      list_.put_back(last.operation);
      if (list_.returns(last.operation)) ++remaining_;
      node = list_.next(list_.call_of(last.operation));
      if (!last.for_good) return true;
    }
    return false;
  }

  void note_deepest() {
    if (path_.size() < deepest_.order.size() || (noted_ && path_.size() == deepest_.order.size())) {
      return;
    }
    note();
  }

  void note() {
    noted_ = true;
    deepest_.order.clear();
    for (const Step& step : path_) deepest_.order.push_back(step.operation);
    deepest_.candidates.clear();
    for (auto node = list_.first(); list_.is_call(node); node = list_.next(node)) {
      deepest_.candidates.push_back(list_.operation(node));
    }
    deepest_state_ = state_;
  }

  Judgement finish(Verdict verdict) {
    deepest_.verdict = verdict;
    deepest_.steps = steps_;
    if (verdict == Verdict::linearizable) deepest_.candidates.clear();
    if constexpr (requires(const State& state) { model_.describe(state); }) {
      deepest_.state = model_.describe(states_[deepest_state_]);
    }
    return std::move(deepest_);
  }

  M& model_;
  const History& history_;
  const Budget budget_;
  IntervalList list_;
  OperationSet done_;
  SeenSet seen_;
  HashIndex index_;  // of states_
  std::vector<State> states_;
  State scratch_;
  std::vector<Step> path_;
  std::uint32_t state_ = 0;
  std::uint32_t remaining_;
  std::uint64_t steps_ = 0;
  Judgement deepest_;
  std::uint32_t deepest_state_ = 0;
  bool noted_ = false;
};

template <Model M>
Judgement check(M& model, const History& history, Budget budget = {}) {
  // The set of linearized operations is short only where their numbers follow their calls.
  std::vector<std::uint32_t> by_call(history.size());
  std::iota(by_call.begin(), by_call.end(), 0u);
  std::sort(by_call.begin(), by_call.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(history[a].called, a) < std::pair(history[b].called, b);
  });
  History sorted;
  sorted.reserve(history.size());
  for (const std::uint32_t index : by_call) sorted.push_back(history[index]);
  Judgement judgement = Search<M>(model, sorted, budget).run();
  for (std::uint32_t& index : judgement.order) index = by_call[index];
  for (std::uint32_t& index : judgement.candidates) index = by_call[index];
  return judgement;
}

}  // namespace redouble::check
