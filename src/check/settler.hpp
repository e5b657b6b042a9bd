// Settler: makes random requests such that there is one right answer.
//
// What the clock, the memory at hand or the order of a hash table would decide is changed:
// deadlines are far from now and from each other, waits are short, draws few, and the order of what
// is sorted, or lies between two texts, is known. Some requests are changed so that SORT finds
// numbers. Thread safety: none.
#pragma once

#include <cstdint>

#include "check/history.hpp"
#include "check/random.hpp"

namespace redouble::check {

// No relative deadline between now and this.
inline constexpr std::int64_t nearest_deadline_s = 5000;
// A deadline in Unix milliseconds between these two was given as it is, never relative to the
// present: the two servers must keep it to the millisecond.
inline constexpr std::int64_t first_exact_deadline_ms = 7'000'000'000'000;
inline constexpr std::int64_t last_exact_deadline_ms = 1'000'000'000'000'000;

class Settler {
 public:
  // `random` outlives it.
  explicit Settler(Random& random) : random_(random) {}

  void settle(Request& request);
  // From here on as a fresh one.
  void begin() { deadlines_ = 0; }

 private:
  void keep_deadlines_apart(Request& request);
  void prepare_sorts(Request& request);
  void keep_orders_known(Request& request);
  void keep_texts_in_order(Request& request);

  Random& random_;
  std::uint64_t deadlines_ = 0;
};

bool is_sort(const Request& request);

// Whether a deadline is so near, or passed in a way, that the clock decides what two servers
// answer. A settled request has none.
bool has_near_deadline(const Request& request);

}  // namespace redouble::check
