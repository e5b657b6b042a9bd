// MemoryFigures: what INFO and MEMORY STATS tell of memory, taken once, so that both agree.
//
// The allocator is the C library's, which does not say what its pages hold: as redis-server does
// with that one, what is in use counts as allocated, and what is resident as active and resident.
// Thread safety: a value; taken in a step that holds the gate exclusively.
// Units: bytes. Source: the fields as the Redis documentation of MEMORY STATS names them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "command/call.hpp"

namespace redouble::command {

struct MemoryFigures {
  std::uint64_t used = 0;
  std::uint64_t peak = 0;
  std::uint64_t startup = 0;
  std::uint64_t overhead = 0;  // of `used`: what is neither key nor value
  std::uint64_t dataset = 0;
  std::uint64_t keys = 0;
  std::uint64_t clients = 0;
  std::uint64_t resident = 0;

  double dataset_percent() const { return percent(dataset, used - startup); }
  double peak_percent() const { return percent(used, peak); }
  // Of what is resident to what is in use.
  double fragmentation() const { return static_cast<double>(resident) / static_cast<double>(used); }
  std::int64_t fragmentation_bytes() const {
    return static_cast<std::int64_t>(resident) - static_cast<std::int64_t>(used);
  }
  std::uint64_t bytes_per_key() const { return keys == 0 ? 0 : (used - startup) / keys; }

 private:
  static double percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  }
};

// Notes the memory in use for the peak first.
MemoryFigures memory_figures(const Call& call);

}  // namespace redouble::command
