// AllocationCount: the bytes that this thread has asked the heap for, in all and at once, and how
// many pieces it has given back, since the object was made. For tests that say how much a change
// may copy, and what it leaves to others. One at a time.
#pragma once

#include <cstddef>

namespace redouble::testing {

class AllocationCount {
 public:
  AllocationCount();
  ~AllocationCount();
  AllocationCount(const AllocationCount&) = delete;
  AllocationCount& operator=(const AllocationCount&) = delete;

  std::size_t total() const;
  std::size_t largest() const;
  std::size_t frees() const;
};

}  // namespace redouble::testing
