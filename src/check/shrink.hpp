// shortest(): the smallest sequence of requests next to a failing one that still fails.
//
// Commands are dropped in halves, quarters and so on down to single ones; then arguments are
// dropped, and what is left of them is shortened; again from the start, until nothing helps any
// more or the budget of runs is used up.
// Thread safety: none of its own. Source: A. Zeller, R. Hildebrandt: Simplifying and isolating
// failure-inducing input. IEEE Transactions on Software Engineering 28(2), 2002.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "check/history.hpp"

namespace redouble::check {

using Sequence = std::vector<Request>;

// REQUIRES: fails(sequence). fails() is asked at most `budget` times.
Sequence shortest(Sequence sequence, const std::function<bool(const Sequence&)>& fails,
                  std::size_t budget = 2000);

}  // namespace redouble::check
