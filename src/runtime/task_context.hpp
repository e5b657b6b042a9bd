// TaskContext: what the runtime knows of one spawned task: where it runs, where it sleeps, whether
// it shall end, and who waits for it.
//
// A coroutine reaches its context through its promise; an awaitable suspends by suspend(leaf,
// sleep) and is continued by resume(). Everything here belongs to the thread of the executor,
// except what says otherwise. For users: spawn.hpp and join_handle.hpp; for authors of awaitables:
// this.
//
// Cancellation: request_abort() (any thread) leaves a request. It is delivered once, at the next
// suspension point or at the one where the task sleeps: there Cancelled is thrown. Whoever catches
// it may go on, and may even await (to say goodbye, say); the next request interrupts again.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>

#include "runtime/executor.hpp"

namespace redouble::runtime {

// Thrown out of a co_await of a task that shall end. Not a std::exception: a task's own handling of
// errors must not swallow it by accident.
struct Cancelled {};

// Where a task sleeps.
class Sleep {
 public:
  // On the task's thread: stop sleeping, by TaskContext::resume(), to throw Cancelled. False where
  // the wake-up is on its way already: then it comes first, and the request stays.
  virtual bool cancel() noexcept = 0;

 protected:
  ~Sleep() = default;
};

class TaskContext;

// Who awaits a task's end, on a thread of its own.
struct Joiner {
  TaskContext* context = nullptr;
};

class TaskContext : public Queueable {
 public:
  Executor executor() const noexcept { return executor_; }

  // The task sleeps from now on: `leaf` is where it goes on, `sleep` is who can interrupt it
  // (null: nobody can).
  void suspend(std::coroutine_handle<> leaf, Sleep* sleep) noexcept {
    leaf_ = leaf;
    sleep_ = sleep;
  }
  // Goes on where the task sleeps; returns when it sleeps again or has ended, and then `this` may
  // be gone. Called by the event loop only, never from within a task.
  void resume() noexcept;
  // The same, queued, from any thread.
  void post_resume() { executor_.post(Ref<Queueable>(this), resume_it); }

  // Any thread.
  void request_abort();
  // Takes the request to end, where there is one: who takes it throws Cancelled.
  bool take_abort() noexcept {
    return abort_.load(std::memory_order_relaxed) &&
           abort_.exchange(false, std::memory_order_acquire);
  }

  // Any thread. True when the task has ended: its outcome is there, its frame is gone.
  bool done() const noexcept { return phase_.load(std::memory_order_acquire) == ended; }
  // Blocks the calling thread, which must not run tasks.
  void wait_done() const noexcept;
  // Called once at most at a time, on the joiner's thread: the joiner's context is resumed, queued,
  // when the task ends. False where it has ended already, and then nothing is queued.
  bool add_joiner(Joiner& joiner) noexcept;
  // False where the task has ended in between: then the joiner's wake-up is on its way.
  bool remove_joiner() noexcept;

 protected:
  ~TaskContext() override;
  // `root`: the frame of the task's function, suspended at its start.
  TaskContext(Executor executor, std::coroutine_handle<> root) : executor_(executor), root_(root) {}
  std::coroutine_handle<> root() const noexcept { return root_; }
  // The function has run to its end: takes its outcome out of the frame.
  virtual void keep_outcome() noexcept = 0;
  // The task will not run any more: its outcome is `cancelled`.
  virtual void keep_cancelled() noexcept = 0;

  template <class Function, class... Arguments>
  friend auto spawn(Executor, Function, Arguments&&...);

 private:
  friend class Worker;
  enum Phase : std::uint8_t { running, joined, ended };
  enum What : int { start_it, resume_it, abort_it };

  void run_queued(int what) noexcept override;
  void post_start() { executor_.post(Ref<Queueable>(this), start_it); }
  void start() noexcept;
  void finish() noexcept;
  // Destroys a task that does not run any more, wherever it sleeps.
  void discard() noexcept;
  void publish() noexcept;

  std::atomic<std::uint8_t> phase_{running};
  std::atomic<bool> abort_{false};
  Executor executor_;
  std::coroutine_handle<> root_;
  std::coroutine_handle<> leaf_;
  Sleep* sleep_ = nullptr;
  Joiner* joiner_ = nullptr;
  // The worker's list of started tasks; it holds a reference.
  TaskContext* previous_ = nullptr;
  TaskContext* next_ = nullptr;
};

}  // namespace redouble::runtime
