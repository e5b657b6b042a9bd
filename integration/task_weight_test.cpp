// Weighs a spawned task, as malloc counts it in the build that is shipped.
#include <gtest/gtest.h>
#include <malloc.h>

#include <vector>

#include "runtime/runtime.hpp"
#include "runtime/spawn.hpp"

namespace redouble::runtime {
namespace {

TEST(TaskWeight, OfAnEmptyTaskWithItsHandleAndItsPlaceInTheQueueIsSmall) {
  constexpr std::size_t limit_bytes = 256;
  constexpr std::size_t count = 10'000;
  Runtime runtime(1);
  std::vector<JoinHandle<void>> handles;
  handles.reserve(count);
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < count; ++i) {
    handles.push_back(spawn(runtime.executor(0), []() -> task<> { co_return; }));
  }
  const std::size_t bytes = (mallinfo2().uordblks - before + count - 1) / count;
  RecordProperty("bytes of heap of a spawned empty task", static_cast<int>(bytes));
  EXPECT_LE(bytes, limit_bytes);
}

}  // namespace
}  // namespace redouble::runtime
