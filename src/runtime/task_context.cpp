#include "runtime/task_context.hpp"

#include <utility>

#include "runtime/assert.hpp"
#include "runtime/worker.hpp"

namespace redouble::runtime {

TaskContext::~TaskContext() {
  REDOUBLE_ASSERT(next_ == nullptr && previous_ == nullptr);
  if (root_) root_.destroy();
}

void TaskContext::run_queued(int what) noexcept {
  switch (what) {
    case start_it:
      return start();
    case resume_it:
      return resume();
    case abort_it:
      if (sleep_ != nullptr && take_abort() && !sleep_->cancel()) {
        abort_.store(true, std::memory_order_relaxed);
      }
      return;
  }
}

void TaskContext::start() noexcept {
  const bool discarded = executor_.worker().ending() || take_abort();
  executor_.worker().link(*this);
  if (discarded) return discard();
  leaf_ = root_;
  resume();
}

void TaskContext::resume() noexcept {
  sleep_ = nullptr;
  const std::coroutine_handle<> leaf = std::exchange(leaf_, {});
  if (!leaf) return;  // the task was discarded while its wake-up was queued
  leaf.resume();
  if (root_.done()) finish();
}

void TaskContext::finish() noexcept {
  keep_outcome();
  std::exchange(root_, {}).destroy();
  publish();
}

void TaskContext::discard() noexcept {
  leaf_ = {};
  sleep_ = nullptr;
  std::exchange(root_, {}).destroy();
  keep_cancelled();
  publish();
}

void TaskContext::publish() noexcept {
  executor_.worker().unlink(*this);
  const Ref<TaskContext> listed = Ref<TaskContext>::adopt(this);  // the list's, dropped at the end
  if (phase_.exchange(ended, std::memory_order_acq_rel) == joined) joiner_->context->post_resume();
  phase_.notify_all();
}

void TaskContext::request_abort() {
  if (done()) return;
  abort_.store(true, std::memory_order_release);
  executor_.post(Ref<Queueable>(this), abort_it);
}

void TaskContext::wait_done() const noexcept {
  for (;;) {
    const std::uint8_t seen = phase_.load(std::memory_order_acquire);
    if (seen == ended) return;
    phase_.wait(seen, std::memory_order_acquire);
  }
}

bool TaskContext::add_joiner(Joiner& joiner) noexcept {
  REDOUBLE_ASSERT(phase_.load(std::memory_order_acquire) != joined);
  joiner_ = &joiner;
  std::uint8_t expected = running;
  return phase_.compare_exchange_strong(expected, joined, std::memory_order_acq_rel);
}

bool TaskContext::remove_joiner() noexcept {
  std::uint8_t expected = joined;
  return phase_.compare_exchange_strong(expected, running, std::memory_order_acq_rel);
}

}  // namespace redouble::runtime
