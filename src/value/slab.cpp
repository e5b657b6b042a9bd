#include "value/slab.hpp"

#include <sys/mman.h>

#include <atomic>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "runtime/assert.hpp"

namespace redouble::value {

thread_local constinit Slab::Magazine Slab::magazines[classes];

// Where slabs come from. A chunk lies at a multiple of its size and begins with a few words of its
// own, so the first slab's first page stays when the slab goes.
class Slab::Chunks {
 public:
  char* take() {
    const std::lock_guard lock(mutex_);
    if (open_ == nullptr) link(map_chunk());
    Chunk* chunk = open_;
    const auto index = static_cast<std::size_t>(std::countr_zero(chunk->free));
    chunk->free &= chunk->free - 1;
    if (chunk->free == 0) unlink(chunk);
    slabs_.fetch_add(1, std::memory_order_relaxed);
    return reinterpret_cast<char*>(chunk) + index * slab_size;
  }
  void give_back(char* slab) {
    constexpr std::size_t page_size = 4096;
    const auto address = reinterpret_cast<std::uintptr_t>(slab);
    auto* chunk = reinterpret_cast<Chunk*>(address & ~(chunk_size - 1));
    const std::size_t index = address % chunk_size / slab_size;
    const std::size_t kept = index == 0 ? page_size : 0;
    ::madvise(slab + kept, slab_size - kept, MADV_DONTNEED);
    slabs_.fetch_sub(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (chunk->free == 0) link(chunk);
    chunk->free |= std::uint32_t{1} << index;
    if (chunk->free != ~std::uint32_t{0} || (open_ == chunk && chunk->next == nullptr)) return;
    unlink(chunk);
    ::munmap(chunk, chunk_size);
  }
  std::size_t slabs() const { return slabs_.load(std::memory_order_relaxed); }

 private:
  struct Chunk {
    std::uint32_t free = ~std::uint32_t{0};  // one bit a slab
    Chunk* next = nullptr;
    Chunk* previous = nullptr;
  };
  static_assert(chunk_size / slab_size == 32);

  static Chunk* map_chunk() {
    // The kernel aligns to pages only: map twice as much and give back what lies around.
    void* mapped = ::mmap(nullptr, 2 * chunk_size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
      std::fputs("out of memory\n", stderr);
      std::abort();
    }
    char* begin = static_cast<char*>(mapped);
    const std::size_t before = (0 - reinterpret_cast<std::uintptr_t>(begin)) & (chunk_size - 1);
    if (before != 0) ::munmap(begin, before);
    ::munmap(begin + before + chunk_size, chunk_size - before);
    return new (begin + before) Chunk;
  }
  void link(Chunk* chunk) {
    chunk->previous = nullptr;
    chunk->next = open_;
    if (open_ != nullptr) open_->previous = chunk;
    open_ = chunk;
  }
  void unlink(Chunk* chunk) {
    (chunk->previous == nullptr ? open_ : chunk->previous->next) = chunk->next;
    if (chunk->next != nullptr) chunk->next->previous = chunk->previous;
  }

  std::mutex mutex_;
  Chunk* open_ = nullptr;  // those with a free slab
  std::atomic<std::size_t> slabs_{0};
};

// At a fixed distance from a slab's beginning, because a chunk's first words stand there.
struct Slab::Header {
  static constexpr std::size_t offset = 64;
  static constexpr std::size_t first_block = 128;

  static Header* of(void* block) {
    const auto address = reinterpret_cast<std::uintptr_t>(block) & ~(slab_size - 1);
    return reinterpret_cast<Header*>(address + offset);
  }
  char* slab() { return reinterpret_cast<char*>(this) - offset; }
  bool is_full(std::size_t block_bytes) const {
    return free == nullptr && untouched + block_bytes > slab_size;
  }

  Free* free = nullptr;
  Header* next = nullptr;
  Header* previous = nullptr;
  std::uint32_t used = 0;                 // blocks in use, or in a thread's magazine
  std::uint32_t untouched = first_block;  // where blocks begin that nobody had yet
};

// The slabs of one size of block that have a free one; those without are not remembered.
class Slab::Depot {
 public:
  // Chains up to `count` free blocks, at least one.
  Free* take(std::size_t block_bytes, std::uint32_t count) {
    const std::lock_guard lock(mutex_);
    Free* chain = nullptr;
    while (count > 0) {
      if (first_ == nullptr) {
        if (chain != nullptr) break;
        link(new (chunks().take() + Header::offset) Header);
      }
      Header* slab = first_;
      for (; count > 0 && !slab->is_full(block_bytes); --count, ++slab->used) {
        Free* block = slab->free;
        if (block != nullptr) {
          slab->free = block->next;
        } else {
          block = reinterpret_cast<Free*>(slab->slab() + slab->untouched);
          slab->untouched += static_cast<std::uint32_t>(block_bytes);
        }
        chain = new (block) Free{chain};
      }
      if (slab->is_full(block_bytes)) unlink(slab);
    }
    return chain;
  }
  // Takes a chain of blocks back.
  void give_back(std::size_t block_bytes, Free* chain) {
    Header* empty = nullptr;
    {
      const std::lock_guard lock(mutex_);
      while (chain != nullptr) {
        Free* block = std::exchange(chain, chain->next);
        Header* slab = Header::of(block);
        if (slab->is_full(block_bytes)) link(slab);
        slab->free = new (block) Free{slab->free};
        REDOUBLE_ASSERT(slab->used > 0);
        if (--slab->used > 0 || (slab == first_ && slab->next == nullptr)) continue;
        unlink(slab);
        slab->next = std::exchange(empty, slab);
      }
    }
    while (empty != nullptr) chunks().give_back(std::exchange(empty, empty->next)->slab());
  }

  static Chunks& chunks() {
    static constinit Chunks all;
    return all;
  }

 private:
  void link(Header* slab) {
    slab->previous = nullptr;
    slab->next = first_;
    if (first_ != nullptr) first_->previous = slab;
    first_ = slab;
  }
  void unlink(Header* slab) {
    (slab->previous == nullptr ? first_ : slab->previous->next) = slab->next;
    if (slab->next != nullptr) slab->next->previous = slab->previous;
  }

  std::mutex mutex_;
  Header* first_ = nullptr;
};

Slab::Depot& Slab::depot(std::size_t size_class) {
  static constinit Depot depots[classes];
  return depots[size_class];
}

// Gives a thread's blocks back when it ends. Blocks that are freed later still, by destructors of
// objects that live longer, go to the depot one by one.
struct Slab::AtThreadEnd {
  ~AtThreadEnd() {
    ended = true;
    for (std::size_t size_class = 0; size_class < classes; ++size_class) {
      Magazine& magazine = magazines[size_class];
      magazine.room = 0;
      depot(size_class).give_back((size_class + 1) * step, std::exchange(magazine.first, nullptr));
    }
  }
  static thread_local constinit bool ended;
};
thread_local constinit bool Slab::AtThreadEnd::ended = false;

bool Slab::thread_lives() {
  if (AtThreadEnd::ended) return false;
  static thread_local AtThreadEnd at_end;
  return true;
}

void* Slab::refill(std::size_t size_class) {
  const std::uint32_t count = thread_lives() ? batch(size_class) : 1;
  Free* chain = depot(size_class).take((size_class + 1) * step, count);
  if (AtThreadEnd::ended) return chain;
  Magazine& magazine = magazines[size_class];
  magazine.first = chain->next;
  magazine.room = 2 * batch(size_class);
  for (const Free* block = magazine.first; block != nullptr; block = block->next) --magazine.room;
  return chain;
}

void Slab::flush(std::size_t size_class, void* block) {
  Free* chain = new (block) Free{nullptr};
  Magazine& magazine = magazines[size_class];
  const bool lives = thread_lives();
  if (lives && magazine.first == nullptr) {  // the first block that this thread sees
    magazine.first = chain;
    magazine.room = 2 * batch(size_class) - 1;
    return;
  }
  for (std::uint32_t count = 0; lives && count < batch(size_class); ++count) {
    Free* cached = magazine.first;
    magazine.first = cached->next;
    chain = new (cached) Free{chain};
    ++magazine.room;
  }
  depot(size_class).give_back((size_class + 1) * step, chain);
}

std::size_t Slab::bytes_held() { return Depot::chunks().slabs() * slab_size; }

}  // namespace redouble::value
