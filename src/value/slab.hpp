// Slab: memory for small blocks in steps of 8 bytes, with no word of its own in or beside a block.
//
// - A slab is 32 KiB, aligned to its size, cut into blocks of one size. A block finds its slab by
//   its address; whoever frees it must know its size. Slabs are parts of chunks of 1 MiB from the
//   operating system; they are touched only as far as blocks were handed out, and their memory goes
//   back as soon as all of their blocks are free (but for one slab of each size).
// - Each thread keeps a few free blocks of each size (the magazines of Bonwick and Adams,
// "Magazines
//   and Vmem", USENIX 2001), so that most calls take no lock; when it ends they go back.
// - A new block comes from the slab that lost one last, so that sparse slabs run empty.
// - It belongs to the process, like malloc, and not to an instance: a block may be freed on any
//   thread, and outlive the instance that made it.
// - allocate_block() and free_block() are what others call: blocks above largest_block, and all
//   blocks in builds with a sanitizer (which then sees each of them), go to operator new instead.
// Thread safety: any thread. Units: bytes. Errors: out of memory ends the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

namespace redouble::value {

class Slab {
 public:
  static constexpr std::size_t step = 8;
  static constexpr std::size_t largest_block = 512;
  static constexpr std::size_t slab_size = std::size_t{32} << 10;
  static constexpr std::size_t chunk_size = 32 * slab_size;

  // REQUIRES: 0 < bytes <= largest_block; free()'s `bytes` round up to the same step.
  static void* allocate(std::size_t bytes) {
    Magazine& magazine = magazines[class_of(bytes)];
    if (magazine.first == nullptr) [[unlikely]]
      return refill(class_of(bytes));
    Free* block = magazine.first;
    magazine.first = block->next;
    ++magazine.room;
    return block;
  }
  static void free(void* block, std::size_t bytes) {
    Magazine& magazine = magazines[class_of(bytes)];
    if (magazine.room == 0) [[unlikely]]
      return flush(class_of(bytes), block);
    --magazine.room;
    magazine.first = new (block) Free{magazine.first};
  }

  // Slabs in use or kept, in bytes.
  static std::size_t bytes_held();

 private:
  class Chunks;
  struct Header;
  class Depot;
  struct AtThreadEnd;
  struct Free {
    Free* next;
  };
  // `room` is 0 before a thread's first use and after its end: then every call is a slow one.
  struct Magazine {
    Free* first = nullptr;
    std::uint32_t room = 0;
  };
  static constexpr std::size_t classes = largest_block / step;
  // How many blocks go to and from a thread at a time; it keeps at most twice as many.
  static constexpr std::uint32_t batch(std::size_t size_class) {
    return static_cast<std::uint32_t>(2048 / ((size_class + 1) * step) + 1);
  }
  static constexpr std::size_t class_of(std::size_t bytes) { return (bytes - 1) / step; }
  static bool thread_lives();
  static Depot& depot(std::size_t size_class);
  static void* refill(std::size_t size_class);
  static void flush(std::size_t size_class, void* block);

  static thread_local constinit Magazine magazines[classes];
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool blocks_from_slabs = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool blocks_from_slabs = false;
#else
constexpr bool blocks_from_slabs = true;
#endif
#else
constexpr bool blocks_from_slabs = true;
#endif

// What a block of `bytes` really takes: two sizes that agree here can live in the same block.
constexpr std::size_t block_size(std::size_t bytes) {
  const std::size_t step = bytes <= Slab::largest_block ? Slab::step : 16;
  return (bytes + step - 1) & ~(step - 1);
}
inline void* allocate_block(std::size_t bytes) {
  if (blocks_from_slabs && bytes <= Slab::largest_block) return Slab::allocate(bytes);
  return ::operator new(block_size(bytes));
}
inline void free_block(void* block, std::size_t bytes) {
  if (blocks_from_slabs && bytes <= Slab::largest_block) return Slab::free(block, bytes);
  ::operator delete(block);
}

}  // namespace redouble::value
