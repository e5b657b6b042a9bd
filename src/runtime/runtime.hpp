// Runtime: a pool of threads, each with its own queue, reactor and tasks.
//
// Thread 0 may be the caller's: run() serves it there and returns after stop(). start() gives every
// executor a thread of its own instead. A task stays on the thread of the executor it was spawned
// on. Ending: stop() lets each thread finish the step at hand; tasks that sleep then are destroyed
// where they sleep, by the destructor, and their handles say "cancelled".
// Thread safety: stop(), executor(), next_executor() and tasks() from any thread;
// run(), start(), join() and the destructor from one. The destructor must not run on a thread of
// the pool.
// Errors: std::runtime_error (std::system_error among them) where a thread or a reactor cannot be
// had.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/executor.hpp"

namespace redouble::runtime {

class Runtime {
 public:
  // REQUIRES: 1 <= threads <= max_threads.
  static constexpr unsigned max_threads = 256;
  // A thread that serves one descriptor alone polls that long before it sleeps (ready_set.hpp).
  explicit Runtime(unsigned threads = 1, std::chrono::microseconds busy_poll = {});
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  unsigned size() const noexcept { return static_cast<unsigned>(workers_.size()); }
  Executor executor(unsigned thread) const noexcept;
  // Each in turn, to spread what is spawned evenly.
  Executor next_executor() noexcept;

  // One of the two, once.
  void start();
  void run();

  void stop() noexcept;
  // Waits until the threads have ended, after stop().
  void join();

  // Tasks that have started and not ended.
  std::size_t tasks() const noexcept;

 private:
  void start_threads(unsigned first);

  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::jthread> threads_;
  std::atomic<unsigned> next_{0};
};

}  // namespace redouble::runtime
