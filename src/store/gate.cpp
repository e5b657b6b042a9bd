#include "store/gate.hpp"

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::store {

// The slot was entered, and the gate found closed.
void Gate::enter_closed(unsigned slot) {
  auto& inside = slots_[slot % slot_count].inside;
  do {
    if (mutant("gate-shared-enters-closed")) return;
    inside.fetch_sub(1, std::memory_order_seq_cst);
    inside.notify_all();
    if (sync_.scheduled()) {
      sync_.stall(Point::gate);
    } else {
      closed_.wait(1, std::memory_order_seq_cst);
    }
    inside.fetch_add(1, std::memory_order_seq_cst);
  } while (closed_.load(std::memory_order_seq_cst) != 0);
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
