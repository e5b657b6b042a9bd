#include "runtime/runtime.hpp"

#include "runtime/assert.hpp"
#include "runtime/worker.hpp"

namespace redouble::runtime {

Runtime::Runtime(unsigned threads, std::chrono::microseconds busy_poll) {
  REDOUBLE_ASSERT(threads >= 1 && threads <= max_threads);
  workers_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(busy_poll));
  }
}

Runtime::~Runtime() {
  stop();
  join();
  for (const auto& worker : workers_) worker->discard_tasks();
  // What is queued may refer to tasks and queues of other threads: all of it runs, or is found to
  // be pointless, while every queue still exists.
  for (bool more = true; more;) {
    more = false;
    for (const auto& worker : workers_) more |= worker->drain();
  }
}

Executor Runtime::executor(unsigned thread) const noexcept {
  REDOUBLE_ASSERT(thread < workers_.size());
  return Executor(*workers_[thread]);
}

Executor Runtime::next_executor() noexcept {
  return executor(next_.fetch_add(1, std::memory_order_relaxed) % size());
}

void Runtime::start_threads(unsigned first) {
  REDOUBLE_ASSERT(threads_.empty());
  for (unsigned i = first; i < size(); ++i) {
    threads_.emplace_back([worker = workers_[i].get()] { worker->run(); });
  }
}

void Runtime::start() { start_threads(0); }

void Runtime::run() {
  start_threads(1);
  workers_[0]->run();
}

void Runtime::stop() noexcept {
  for (const auto& worker : workers_) worker->stop();
}

void Runtime::join() {
  for (std::jthread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t Runtime::tasks() const noexcept {
  std::size_t sum = 0;
  for (const auto& worker : workers_) sum += worker->tasks();
  return sum;
}

}  // namespace redouble::runtime
