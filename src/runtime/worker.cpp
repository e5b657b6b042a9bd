#include "runtime/worker.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "runtime/assert.hpp"

namespace redouble::runtime {

Worker::Worker(std::chrono::microseconds busy_poll) : ready_set_(context_, busy_poll) {}
Worker::~Worker() { REDOUBLE_ASSERT(first_ == nullptr); }

void Worker::run() {
  // Nothing that is queued here throws: tasks keep their exceptions.
  context_.run();
}

void Worker::link(TaskContext& task) noexcept {
  Ref<TaskContext>(&task).release();
  task.next_ = first_;
  if (first_ != nullptr) first_->previous_ = &task;
  first_ = &task;
  tasks_.fetch_add(1, std::memory_order_relaxed);
}

void Worker::unlink(TaskContext& task) noexcept {
  (task.previous_ != nullptr ? task.previous_->next_ : first_) = task.next_;
  if (task.next_ != nullptr) task.next_->previous_ = task.previous_;
  task.previous_ = task.next_ = nullptr;
  tasks_.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::discard_tasks() noexcept {
  ending_ = true;
  while (first_ != nullptr) first_->discard();
}

bool Worker::drain() {
  context_.restart();
  return context_.poll() != 0;
}

void Worker::stop() noexcept {
  ready_set_.to_queue();  // and never run: there is no staying any more
  context_.stop();
}

void Executor::post(Ref<Queueable> object, int what) const {
  ReadySet& set = worker_->ready_set_;
  set.to_queue();
  boost::asio::post(worker_->context_, [object = std::move(object), what, &set]() noexcept {
    set.ran();
    object->run_queued(what);
  });
}

bool Executor::running_here() const noexcept {
  return worker_->context_.get_executor().running_in_this_thread();
}

boost::asio::io_context& Executor::context() const noexcept { return worker_->context_; }

}  // namespace redouble::runtime
