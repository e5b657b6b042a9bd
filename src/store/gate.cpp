#include "store/gate.hpp"

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::store {

// Both sides are sequentially consistent: either the one who enters sees the gate closed, or the
// one who closes it sees the slot taken. The same pair decides who wakes whom on leaving.
void Gate::enter_shared(unsigned slot) NO_THREAD_SAFETY_ANALYSIS {
  sync_.point(Point::gate);
  auto& inside = slots_[slot % slot_count].inside;
  for (;;) {
    inside.fetch_add(1, std::memory_order_seq_cst);
    if (closed_.load(std::memory_order_seq_cst) == 0) [[likely]]
      return;
    if (mutant("gate-shared-enters-closed")) return;
    inside.fetch_sub(1, std::memory_order_seq_cst);
    inside.notify_all();
    if (sync_.scheduled()) {
      sync_.stall(Point::gate);
    } else {
      closed_.wait(1, std::memory_order_seq_cst);
    }
  }
}

void Gate::leave_shared(unsigned slot) NO_THREAD_SAFETY_ANALYSIS {
  auto& inside = slots_[slot % slot_count].inside;
  const std::uint32_t before = inside.fetch_sub(1, std::memory_order_seq_cst);
  REDOUBLE_ASSERT(before > 0);
  if (closed_.load(std::memory_order_seq_cst) != 0) [[unlikely]]
    inside.notify_all();
}

void Gate::enter_exclusive() NO_THREAD_SAFETY_ANALYSIS {
  exclusive_.lock(sync_, Point::gate);
  closed_.store(1, std::memory_order_seq_cst);
  for (Slot& slot : slots_) {
    for (;;) {
      const std::uint32_t inside = slot.inside.load(std::memory_order_seq_cst);
      if (inside == 0) break;
      if (sync_.scheduled()) {
        sync_.stall(Point::gate);
      } else {
        slot.inside.wait(inside, std::memory_order_seq_cst);
      }
    }
  }
}

void Gate::leave_exclusive() NO_THREAD_SAFETY_ANALYSIS {
  closed_.store(0, std::memory_order_seq_cst);
  closed_.notify_all();
  exclusive_.unlock();
}

}  // namespace redouble::store
