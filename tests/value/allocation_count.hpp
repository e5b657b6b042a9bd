// AllocationCount: the bytes that this thread has asked the heap for, in all and at once, since the
// object was made. For tests that say how much a change may copy. One at a time.
#pragma once

#include <cstddef>

namespace redouble::value {

class AllocationCount {
 public:
  AllocationCount();
  ~AllocationCount();
  AllocationCount(const AllocationCount&) = delete;
  AllocationCount& operator=(const AllocationCount&) = delete;

  std::size_t total() const;
  std::size_t largest() const;
};

}  // namespace redouble::value
