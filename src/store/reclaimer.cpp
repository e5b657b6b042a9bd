#include "store/reclaimer.hpp"

#include <system_error>
#include <utility>

namespace redouble::store {

Reclaimer::~Reclaimer() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Reclaimer::take(Garbage garbage) {
  {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) {
      try {
        thread_ = std::thread([this] { run(); });
      } catch (const std::system_error&) {
        return;  // `garbage` goes here and now
      }
    }
    if (waiting_.size() >= most_waiting) return;
    counts_.waiting += garbage.pieces();
    waiting_.push_back(std::move(garbage));
  }
  changed_.notify_all();
}

Reclaimer::Counts Reclaimer::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Reclaimer::reset_counts() {
  const std::lock_guard lock(mutex_);
  counts_.freed = 0;
}

void Reclaimer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && !busy_; });
}

void Reclaimer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::vector<Garbage> taken = std::exchange(waiting_, {});
    busy_ = true;
    std::uint64_t pieces = 0;
    for (const Garbage& garbage : taken) pieces += garbage.pieces();
    lock.unlock();
    taken.clear();
    lock.lock();
    counts_.waiting -= pieces;
    counts_.freed += pieces;
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace redouble::store
