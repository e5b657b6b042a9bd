#include "support/allocation_count.hpp"

#include <gtest/gtest.h>

#include <new>

namespace redouble::value {
namespace {

using testing::AllocationCount;

TEST(AllocationCountTest, CountsWhatIsAllocatedWhileItLives) {
  const AllocationCount before;
  // Called by name: of a new-expression, or a string that nobody reads, a compiler may leave out
  // the allocation.
  void* const first = ::operator new(1000);
  void* const second = ::operator new(3000);
  EXPECT_GE(before.total(), 4000u);
  EXPECT_LT(before.total(), 4200u);
  EXPECT_GE(before.largest(), 3000u);
  EXPECT_LT(before.largest(), 3100u);
  ::operator delete(first);
  EXPECT_EQ(before.frees(), 1u);
  ::operator delete(second);
  EXPECT_EQ(before.frees(), 2u);
}

}  // namespace
}  // namespace redouble::value
