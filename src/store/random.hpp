// Random: the generator behind every random reply; each stripe has one, derived from the seed.
//
// SplitMix64: one addition and a mix a number, eight bytes of state, every seed is good. Not for
// secrets. Thread safety: none, it belongs to its stripe's lock.
// Source: Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
#pragma once

#include <cstdint>

namespace redouble::store {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }
  // Evenly from [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t excess = (0 - bound) % bound;
    for (;;) {
      const std::uint64_t drawn = next();
      if (drawn >= excess) return drawn % bound;
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace redouble::store
