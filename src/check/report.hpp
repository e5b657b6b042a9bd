// Reports: what a person reads when a history has no explanation.
//
// shortest_unexplained() cuts the history at the earliest return that already makes it
// inexplicable: linearizability is prefix-closed, so the cut is found by halving. Operations that
// stood open at the cut stay, as calls whose reply is not known yet. What is left is the smallest
// window in time; its last reply is the culprit: all before it has an explanation. Thread safety:
// none needed.
#pragma once

#include <string>

#include "check/history.hpp"
#include "check/linearizability.hpp"

namespace redouble::check {

// The history as it stood right after the return at `time`: later calls are gone, later replies not
// known yet.
History cut_after(const History& history, Ticket time);

// The times at which operations returned, ascending, each once.
std::vector<Ticket> return_times(const History& history);

// A few lines: the verdict, the order found so far, and what cannot come next.
std::string describe(const History& history, const Judgement& judgement);

struct Window {
  History history;
  Judgement judgement;
};

// REQUIRES: `history` is not linearizable within the budget.
template <Model M>
Window shortest_unexplained(M& model, const History& history, Budget budget = {}) {
  const std::vector<Ticket> times = return_times(history);
  Window best{history, check(model, history, budget)};
  // Invariant: cut after times[high - 1] there is no explanation; up to times[low - 1] there is one
  // (or none was found within the budget, which is not taken for a proof).
  std::size_t low = 0;
  std::size_t high = times.size();
  while (low + 1 < high) {
    const std::size_t middle = (low + high) / 2;
    History cut = cut_after(history, times[middle - 1]);
    Judgement judgement = check(model, cut, budget);
    if (judgement.verdict == Verdict::not_linearizable) {
      high = middle;
      best = {std::move(cut), std::move(judgement)};
    } else {
      low = middle;
    }
  }
  return best;
}

}  // namespace redouble::check
