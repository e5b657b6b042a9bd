// MemoryWatch: the largest piece of memory that was asked for since the watch began. For harnesses
// whose oracle bounds memory by the input: a count that only announces must not be believed.
//
// One at a time, in one thread; it counts in programs built with AddressSanitizer.
#pragma once

#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <cstddef>

namespace redouble::fuzz {

class MemoryWatch {
 public:
  MemoryWatch() {
    [[maybe_unused]] static const int installed =
        __sanitizer_install_malloc_and_free_hooks(&MemoryWatch::allocated, &MemoryWatch::freed);
    largest_size = 0;
  }
  std::size_t largest() const { return largest_size; }

 private:
  static void allocated(const volatile void*, std::size_t size) {
    largest_size = std::max(largest_size, size);
  }
  static void freed(const volatile void*) {}

  // A hook is a plain function: what it counts cannot belong to an object.
  inline static thread_local std::size_t largest_size = 0;
};

}  // namespace redouble::fuzz
