// Gate: what stands above the stripes; shared by commands, exclusive for the whole instance.
//
// A command enters shared and then locks its stripes; who reads or changes the whole instance
// (FLUSHALL, SWAPDB, CONFIG SET, KEYS, a snapshot) enters exclusively and needs no stripe. Entering
// shared touches one cache line that belongs to the caller's slot, so threads with slots of their
// own do not disturb each other. Exclusive entry waits until every slot is empty, and holds back
// new shared entries meanwhile, so that it is not starved.
// Order of locking: gate, then stripes ascending, then leaf locks. Not recursive.
// Thread safety: every member may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "store/annotations.hpp"
#include "store/sync.hpp"

namespace redouble::store {

class CAPABILITY("gate") Gate {
 public:
  static constexpr unsigned slot_count = 16;

  explicit Gate(const Sync& sync) : sync_(sync) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // `slot` may be any number; threads with different slots modulo slot_count share no cache line.
  //
  // Both sides are sequentially consistent: either the one who enters sees the gate closed, or the
  // one who closes it sees the slot taken. The same pair decides who wakes whom on leaving.
  void enter_shared(unsigned slot) ACQUIRE_SHARED() NO_THREAD_SAFETY_ANALYSIS {
    sync_.point(Point::gate);
    slots_[slot % slot_count].inside.fetch_add(1, std::memory_order_seq_cst);
    if (closed_.load(std::memory_order_seq_cst) != 0) [[unlikely]]
      enter_closed(slot);
  }
  void leave_shared(unsigned slot) RELEASE_SHARED() NO_THREAD_SAFETY_ANALYSIS {
    auto& inside = slots_[slot % slot_count].inside;
    inside.fetch_sub(1, std::memory_order_seq_cst);
    if (closed_.load(std::memory_order_seq_cst) != 0) [[unlikely]]
      inside.notify_all();
  }
  void enter_exclusive() ACQUIRE();
  void leave_exclusive() RELEASE();

 private:
  struct alignas(64) Slot {
    std::atomic<std::uint32_t> inside{0};
  };

  void enter_closed(unsigned slot);

  const Sync sync_;
  std::array<Slot, slot_count> slots_;
  alignas(64) std::atomic<std::uint32_t> closed_{0};
  Mutex exclusive_;
};

}  // namespace redouble::store
