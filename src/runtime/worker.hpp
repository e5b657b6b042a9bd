// Worker: one thread's part of a Runtime: its io_context and the tasks that live there.
//
// For the runtime's own files only: it brings Asio. Thread safety: context() is Asio's; the list of
// tasks belongs to the worker's thread, or to the Runtime once that thread has ended.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>

#include "runtime/ready_set.hpp"
#include "runtime/task_context.hpp"

namespace redouble::runtime {

class Worker {
 public:
  using IoExecutor = boost::asio::io_context::executor_type;

  explicit Worker(std::chrono::microseconds busy_poll);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  boost::asio::io_context& context() noexcept { return context_; }
  ReadySet& ready_set() noexcept { return ready_set_; }
  // Runs tasks on the calling thread until stop().
  void run();
  void stop() noexcept;

  std::size_t tasks() const noexcept { return tasks_.load(std::memory_order_relaxed); }
  bool ending() const noexcept { return ending_; }
  // REQUIRES: run() has returned and is not called again. Ends every task that sleeps here; then
  // drain() runs what is queued, starting nothing, and says whether there was anything.
  void discard_tasks() noexcept;
  bool drain();

 private:
  friend class TaskContext;
  friend class Executor;
  void link(TaskContext& task) noexcept;
  void unlink(TaskContext& task) noexcept;

  // Its one descriptor is used by this thread alone; others only post.
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  boost::asio::executor_work_guard<IoExecutor> work_{context_.get_executor()};
  ReadySet ready_set_;
  TaskContext* first_ = nullptr;
  std::atomic<std::size_t> tasks_{0};
  bool ending_ = false;
};

}  // namespace redouble::runtime
