// ReadySet: the descriptors of one thread in an epoll set of their own, which Asio waits for as one
// descriptor.
//
// Asio arms a descriptor anew for every wait, one system call each; here a wait that is the same as
// the last one costs none, and whoever is ready in one look is resumed directly, without a hop
// through Asio's queue. Interest is level-triggered and is given up lazily: only when something
// comes that nobody waits for.
// After something came the thread stays and polls the set, without asking Asio: a sleep and the
// wake-up from it cost both sides more than the system calls, and the next request of a client is
// often near. It stays a bounded time, only while nothing is queued, and polls in vain no longer
// than `busy_poll`, and that only where one descriptor alone has been ready in the last two looks:
// with several, sleeping costs less. After a stay in vain the next stays are left out, the
// more of them the more stays were in vain.
// Each poll in vain gives way to whoever wants the processor.
// Invariants: forget() is called before a descriptor's state dies; nobody is told of it afterwards,
// also if it was ready in the look under way. Whoever queues something for the thread calls
// to_queue() before that, and ran() is called when it runs.
// Thread safety: belongs to its worker's thread; to_queue() from any thread.
// Errors: add() and change() give errno; the constructor throws std::system_error.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "runtime/wait_state.hpp"

namespace redouble::runtime {

// Who is told what came of its descriptor.
class Watcher {
 public:
  // May resume a task, and `this` may be gone then.
  virtual void ready(Wake what) noexcept = 0;

 protected:
  ~Watcher() = default;
};

class ReadySet {
 public:
  ReadySet(boost::asio::io_context& context, std::chrono::microseconds busy_poll);
  ReadySet(const ReadySet&) = delete;
  ReadySet& operator=(const ReadySet&) = delete;

  // Watches a descriptor for a part of readable and writable; 0 or an errno.
  int add(int descriptor, Watcher& watcher, Wake interest) noexcept;
  int change(int descriptor, Watcher& watcher, Wake interest) noexcept;
  void remove(int descriptor) noexcept;
  // The descriptor is about to be closed, which takes it out of the set.
  void forget(const Watcher& watcher) noexcept;

  void to_queue() noexcept { queued_.fetch_add(1, std::memory_order_release); }
  void ran() noexcept { ++ran_; }

 private:
  static constexpr int most_events = 128;
  // Before Asio's queue and timers get their turn.
  static constexpr auto longest_stay = std::chrono::milliseconds(1);
  // Stays left out after one that ended in vain.
  static constexpr int least_skipped = 4;
  static constexpr int most_skipped = 64;

  void wait();
  void look();
  void stay();
  bool dispatch() noexcept;
  std::chrono::microseconds patience() const noexcept {
    return alone_ ? busy_poll_ : std::chrono::microseconds(0);
  }

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
  const std::chrono::microseconds busy_poll_;
  std::array<epoll_event, most_events> events_;
  int next_ = 0;
  int count_ = 0;
  // The only one in the latest look, to be compared; whether it was the only one before, too.
  const void* only_ = nullptr;
  bool alone_ = false;
  int to_skip_ = 0;
  int next_skip_ = least_skipped;
  std::uint64_t ran_ = 0;
  alignas(64) std::atomic<std::uint64_t> queued_{0};  // other threads write it
};

}  // namespace redouble::runtime
