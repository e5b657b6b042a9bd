#include "store/reclaimer.hpp"

#include <system_error>
#include <utility>

#include "runtime/give_way.hpp"

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
    if (garbage_.size() >= most_waiting) return;
    waiting_ += garbage.pieces();
    garbage_.push_back(std::move(garbage));
  }
  changed_.notify_all();
}

std::uint64_t Reclaimer::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void Reclaimer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return garbage_.empty() && !busy_; });
}

void Reclaimer::run() {
  const runtime::GiveWay gives_way(ends_, stops_);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ends_ || !garbage_.empty(); });
    if (garbage_.empty()) return;
    std::vector<Garbage> taken = std::exchange(garbage_, {});
    busy_ = true;
    std::uint64_t pieces = 0;
    for (const Garbage& garbage : taken) pieces += garbage.pieces();
    lock.unlock();
    for (Garbage& garbage : taken) {
      for (EntryPtr& entry : garbage.entries) {
        runtime::GiveWay::pieces(1);
        entry = EntryPtr();
      }
    }
    taken.clear();
    lock.lock();
    waiting_ -= pieces;
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace redouble::store
