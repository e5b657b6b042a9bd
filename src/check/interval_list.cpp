#include "check/interval_list.hpp"

#include <algorithm>
#include <tuple>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::check {
namespace {

struct Event {
  Ticket time;
  bool is_return;
  IntervalList::Node node;
};

bool before(const Event& a, const Event& b) {
  if (mutant("check-open-intervals")) {
    return std::tuple(a.time, !a.is_return, a.node) < std::tuple(b.time, !b.is_return, b.node);
  }
  return std::tuple(a.time, a.is_return, a.node) < std::tuple(b.time, b.is_return, b.node);
}

}  // namespace

IntervalList::IntervalList(const History& history)
    : links_(2 * history.size() + 1),
      returns_(history.size(), false),
      end_(static_cast<Node>(2 * history.size())) {
  std::vector<Event> events;
  events.reserve(2 * history.size());
  for (std::uint32_t i = 0; i < history.size(); ++i) {
    const Operation& operation = history[i];
    REDOUBLE_ASSERT(operation.called <= operation.returned);
    events.push_back({operation.called, false, 2 * i});
    if (operation.returned == never) continue;
    events.push_back({operation.returned, true, 2 * i + 1});
    returns_[i] = true;
    ++completed_;
  }
  std::sort(events.begin(), events.end(), before);
  Node last = end_;
  for (const Event& event : events) {
    links_[last].next = event.node;
    links_[event.node].previous = last;
    last = event.node;
  }
  links_[last].next = end_;
  links_[end_].previous = last;
}

void IntervalList::unlink(Node node) {
  const Links& links = links_[node];
  links_[links.previous].next = links.next;
  links_[links.next].previous = links.previous;
}

void IntervalList::link(Node node) {
  const Links& links = links_[node];
  links_[links.previous].next = node;
  links_[links.next].previous = node;
}

void IntervalList::lift(std::uint32_t operation) {
  unlink(call_of(operation));
  if (returns_[operation]) unlink(call_of(operation) + 1);
}

void IntervalList::put_back(std::uint32_t operation) {
  if (mutant("check-lifted-for-good")) return;
  if (returns_[operation]) link(call_of(operation) + 1);
  link(call_of(operation));
}

}  // namespace redouble::check
