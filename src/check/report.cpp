#include "check/report.hpp"

#include <algorithm>
#include <utility>

namespace redouble::check {

// Enough to see how it came about, and few enough to be read.
constexpr std::size_t shown_operations = 30;

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::linearizable:
      return "linearizable";
    case Verdict::not_linearizable:
      return "not linearizable";
    case Verdict::unknown:
      return "unknown";
  }
  std::unreachable();
}

History cut_after(const History& history, Ticket time) {
  History cut;
  for (const Operation& operation : history) {
    if (operation.called > time) continue;
    cut.push_back(operation);
    if (operation.returned > time) {
      cut.back().returned = never;
      cut.back().reply.reset();
    }
  }
  return cut;
}

std::vector<Ticket> return_times(const History& history) {
  std::vector<Ticket> times;
  for (const Operation& operation : history) {
    if (operation.returned != never) times.push_back(operation.returned);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

std::string describe(const History& history, const Judgement& judgement) {
  std::string text = std::string(to_string(judgement.verdict)) + ": " +
                     std::to_string(history.size()) + " operations, " +
                     std::to_string(judgement.steps) + " steps\n";
  const std::size_t shown = std::min(judgement.order.size(), shown_operations);
  if (shown > 0) {
    text += judgement.verdict == Verdict::linearizable ? "in this order" : "explained so far";
    text += shown < judgement.order.size() ? " (the last " + std::to_string(shown) + " of " +
                                                 std::to_string(judgement.order.size()) + "):\n"
                                           : ":\n";
    for (std::size_t i = judgement.order.size() - shown; i < judgement.order.size(); ++i) {
      text += "  " + to_line(history[judgement.order[i]]) + "\n";
    }
  }
  if (!judgement.state.empty()) text += "then the state is: " + judgement.state + "\n";
  if (judgement.verdict == Verdict::not_linearizable) {
    text += "and none of these can come next (or none that leads to an end):\n";
    for (const std::uint32_t index : judgement.candidates) {
      text += "  " + to_line(history[index]) + "\n";
    }
  }
  return text;
}

}  // namespace redouble::check
