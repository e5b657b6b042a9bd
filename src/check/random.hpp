// Random: the seeded generator of this floor; the same seed gives the same numbers everywhere.
//
// Not for secrets. Thread safety: none.
// Source: splitmix64 (G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom number
// generators. OOPSLA 2014).
#pragma once

#include <cstddef>
#include <cstdint>

#include "check/seen_set.hpp"

namespace redouble::check {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() { return scatter(state_ += 0x9e3779b97f4a7c15u); }
  // Of 0 .. bound - 1; `bound` is not 0. (The bias of the remainder does not matter to a test.)
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  // True once in `times`.
  bool one_in(std::size_t times) { return below(times) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace redouble::check
