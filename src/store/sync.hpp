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

// One word, no call while nobody contends. Free, held, or held while others may sleep: the third
// form of the mutex in Ulrich Drepper's "Futexes Are Tricky".
class CAPABILITY("mutex") Mutex {
 public:
  void lock(const Sync& sync, Point kind) ACQUIRE() NO_THREAD_SAFETY_ANALYSIS {
    sync.point(kind);
    if (try_lock()) [[likely]]
      return;
    if (sync.scheduled()) {
      while (!try_lock()) sync.stall(kind);
    } else {
      lock_contended();
    }
  }
  void unlock() RELEASE() NO_THREAD_SAFETY_ANALYSIS {
    if (word_.exchange(free, std::memory_order_release) == contended) [[unlikely]]
      word_.notify_one();
  }

 private:
  enum State : std::uint32_t { free, held, contended };

  bool try_lock() {
    std::uint32_t expected = free;
    return word_.compare_exchange_strong(expected, held, std::memory_order_acquire);
  }
  void lock_contended() {
    // Most holders are gone within a fraction of what sleeping costs.
    constexpr int most_spins = 64;
    for (int spin = 0; spin < most_spins; ++spin) {
      if (word_.load(std::memory_order_relaxed) == free && try_lock()) return;
    }
    while (word_.exchange(contended, std::memory_order_acquire) != free) {
      word_.wait(contended, std::memory_order_relaxed);
    }
  }

  std::atomic<std::uint32_t> word_{free};
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
