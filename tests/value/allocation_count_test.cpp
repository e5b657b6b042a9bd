// Where a sanitizer owns the heap it tells of each allocation; elsewhere the global operator new is
// this file's.
#include "value/allocation_count.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define REDOUBLE_SANITIZED_HEAP
#include <sanitizer/allocator_interface.h>
#endif
#endif

namespace redouble::value {
namespace {

thread_local bool counting = false;
thread_local std::size_t total_bytes = 0;
thread_local std::size_t largest_bytes = 0;

void count(std::size_t size) {
  if (!counting) return;
  total_bytes += size;
  largest_bytes = std::max(largest_bytes, size);
}

}  // namespace

AllocationCount::AllocationCount() {
#ifdef REDOUBLE_SANITIZED_HEAP
  [[maybe_unused]] static const int installed = __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void*, std::size_t size) { count(size); }, [](const volatile void*) {});
#endif
  total_bytes = 0;
  largest_bytes = 0;
  counting = true;
}
AllocationCount::~AllocationCount() { counting = false; }
std::size_t AllocationCount::total() const { return total_bytes; }
std::size_t AllocationCount::largest() const { return largest_bytes; }

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
  ::operator delete(second);
}

}  // namespace redouble::value

#ifndef REDOUBLE_SANITIZED_HEAP
void* operator new(std::size_t size) {
  redouble::value::count(size);
  if (void* memory = std::malloc(std::max<std::size_t>(size, 1))) return memory;
  std::abort();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  redouble::value::count(size);
  const auto step = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif
