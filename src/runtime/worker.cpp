#include "runtime/worker.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "runtime/assert.hpp"

namespace redouble::runtime {

Worker::Worker() = default;
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

void Executor::post(Ref<Queueable> object, int what) const {
  boost::asio::post(worker_->context_,
                    [object = std::move(object), what]() noexcept { object->run_queued(what); });
}

bool Executor::running_here() const noexcept {
  return worker_->context_.get_executor().running_in_this_thread();
}

boost::asio::io_context& Executor::context() const noexcept { return worker_->context_; }

}  // namespace redouble::runtime
