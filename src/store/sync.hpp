// Sync: the one policy through which shared state is acquired, and Mutex, the lock that obeys it.
//
// Without a scheduler (every real run) a Sync costs one predicted branch per acquisition. A test
// gives it a Scheduler, which is asked before each acquisition and may let other threads run first;
// when it lets only one thread run at a time and chooses by a seed, a run of several threads
// replays from that seed. Under a scheduler nothing here ever blocks in the operating system: who
// cannot go on says so by stall() and tries again when it is chosen next.
// Thread safety: a Sync is immutable; Mutex is a mutex.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "store/annotations.hpp"

namespace redouble::store {

// The kinds of shared state that a step can reach.
enum class Point : std::uint8_t { gate, stripe, mailbox, claim, clock, registry, journal };

class Scheduler {
 public:
  virtual ~Scheduler() = default;
  // The calling thread is about to acquire shared state of this kind.
  virtual void point(Point kind) = 0;
  // The calling thread found the state held by another; returns when it may try again.
  virtual void stall(Point kind) = 0;
};

class Sync {
 public:
  explicit Sync(Scheduler* scheduler = nullptr) : scheduler_(scheduler) {}

  bool scheduled() const { return scheduler_ != nullptr; }
  void point(Point kind) const {
    if (scheduler_ != nullptr) [[unlikely]]
      scheduler_->point(kind);
  }
  // REQUIRES: scheduled().
  void stall(Point kind) const { scheduler_->stall(kind); }

 private:
  Scheduler* scheduler_;
};

class CAPABILITY("mutex") Mutex {
 public:
  void lock(const Sync& sync, Point kind) ACQUIRE() {
    sync.point(kind);
    if (!sync.scheduled()) [[likely]] {
      mutex_.lock();
      return;
    }
    while (!mutex_.try_lock()) sync.stall(kind);
  }
  void unlock() RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a leaf mutex for a scope. Never across a co_await: only this floor and instance/ name it.
class SCOPED_CAPABILITY LeafLock {
 public:
  LeafLock(Mutex& mutex, const Sync& sync, Point kind) ACQUIRE(mutex) : mutex_(mutex) {
    mutex_.lock(sync, kind);
  }
  ~LeafLock() RELEASE() { mutex_.unlock(); }
  LeafLock(const LeafLock&) = delete;
  LeafLock& operator=(const LeafLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace redouble::store
