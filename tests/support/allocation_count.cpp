// Where a sanitizer owns the heap it tells of each allocation; elsewhere the global operator new is
// this file's.
#include "support/allocation_count.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define REDOUBLE_SANITIZED_HEAP
#include <sanitizer/allocator_interface.h>
#endif
#endif

namespace redouble::testing {
namespace {

thread_local bool counting = false;
thread_local std::size_t total_bytes = 0;
thread_local std::size_t largest_bytes = 0;
thread_local std::size_t pieces_freed = 0;

void count(std::size_t size) {
  if (!counting) return;
  total_bytes += size;
  largest_bytes = std::max(largest_bytes, size);
}
void count_free(const volatile void* memory) {
  if (counting && memory != nullptr) ++pieces_freed;
}

}  // namespace

AllocationCount::AllocationCount() {
#ifdef REDOUBLE_SANITIZED_HEAP
  [[maybe_unused]] static const int installed = __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void*, std::size_t size) { count(size); }, count_free);
#endif
  total_bytes = 0;
  largest_bytes = 0;
  pieces_freed = 0;
  counting = true;
}
AllocationCount::~AllocationCount() { counting = false; }
std::size_t AllocationCount::total() const { return total_bytes; }
std::size_t AllocationCount::largest() const { return largest_bytes; }
std::size_t AllocationCount::frees() const { return pieces_freed; }

}  // namespace redouble::testing

#ifndef REDOUBLE_SANITIZED_HEAP
void* operator new(std::size_t size) {
  redouble::testing::count(size);
  if (void* memory = std::malloc(std::max<std::size_t>(size, 1))) return memory;
  std::abort();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  redouble::testing::count(size);
  const auto step = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept {
  redouble::testing::count_free(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  redouble::testing::count_free(memory);
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  redouble::testing::count_free(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  redouble::testing::count_free(memory);
  std::free(memory);
}
#endif
