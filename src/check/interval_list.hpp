// IntervalList: the calls and returns of a history in the order of time, as a doubly linked list
// from which an operation is lifted while the search holds it linearized, and put back.
//
// Lifting and putting back are O(1), and must nest: the last one lifted is the first one put back
// (each node keeps its neighbours, so it finds its place again).
// Operations are numbers 0 .. size - 1. One that never returns has a call here and no return.
// Of equal times a call comes before a return: intervals are closed (history.hpp says why).
// Thread safety: none; one search, one list.
// Source: G. Lowe, "Testing for linearizability", Concurrency and Computation: Practice and
// Experience 29(4), 2017, after J. M. Wing and C. Gong, "Testing and verifying concurrent objects",
// Journal of Parallel and Distributed Computing 17(1-2), 1993.
#pragma once

#include <cstdint>
#include <vector>

#include "check/history.hpp"

namespace redouble::check {

class IntervalList {
 public:
  using Node = std::uint32_t;

  explicit IntervalList(const History& history);

  Node first() const { return links_[end_].next; }
  Node next(Node node) const { return links_[node].next; }
  Node end() const { return end_; }
  bool is_call(Node node) const { return node != end_ && node % 2 == 0; }
  // The operation that a node belongs to; `node` is not end().
  std::uint32_t operation(Node node) const { return node / 2; }
  Node call_of(std::uint32_t operation) const { return 2 * operation; }
  bool returns(std::uint32_t operation) const { return returns_[operation]; }
  // How many operations of the history return.
  std::uint32_t completed() const { return completed_; }

  void lift(std::uint32_t operation);
  void put_back(std::uint32_t operation);

 private:
  struct Links {
    Node next;
    Node previous;
  };

  void unlink(Node node);
  void link(Node node);

  std::vector<Links> links_;  // node 2n is the call of n, 2n + 1 its return, the last one is end_
  std::vector<bool> returns_;
  std::uint32_t completed_ = 0;
  Node end_;
};

}  // namespace redouble::check
