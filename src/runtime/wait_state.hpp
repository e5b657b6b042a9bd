// WaitState: the one thing that a task sleeps on for a notification, a deadline or a descriptor.
//
// It is counted, since queued wake-ups, armed waits and notifiers outlive the task that slept. For
// users: signal.hpp, descriptor.hpp and timer.hpp; this is what they share. One task waits at a
// time.
// Thread safety: notify() from any thread; everything else on the executor's thread.
// Invariant: `waiter_` is set exactly while a task sleeps here; whoever resumes it clears it first.
#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>

#include "runtime/assert.hpp"
#include "runtime/executor.hpp"
#include "runtime/task_context.hpp"

namespace redouble::runtime {

// Real time, for what guards the process; an instance's time is Clock.
using Deadline = std::chrono::steady_clock::time_point;

// What a wait is for, and what it ended with: a set.
enum class Wake : std::uint8_t { none = 0, readable = 1, writable = 2, notified = 4, deadline = 8 };

constexpr Wake operator|(Wake a, Wake b) {
  return static_cast<Wake>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr Wake operator&(Wake a, Wake b) {
  return static_cast<Wake>(static_cast<std::uint8_t>(a) & static_cast<std::uint8_t>(b));
}
constexpr Wake without(Wake set, Wake part) {
  return static_cast<Wake>(static_cast<std::uint8_t>(set) & ~static_cast<std::uint8_t>(part));
}
constexpr bool has(Wake set, Wake part) { return (set & part) != Wake::none; }

namespace detail {

class WaitState : public Queueable, public Sleep {
 public:
  explicit WaitState(Executor executor);

  // Any thread.
  void notify() noexcept;

  // False where something wanted is there already, or the task shall end: then nobody sleeps. In
  // both cases end() follows.
  bool begin(TaskContext& waiter, std::coroutine_handle<> leaf, Wake wanted,
             std::optional<Deadline> deadline);
  // What came. Throws Cancelled.
  Wake end();
  // The owner is gone: no task waits any more, and notify() does nothing from now on.
  virtual void close() noexcept;

  bool cancel() noexcept override;

 protected:
  ~WaitState() override;
  // Sees to it that raise() will be called for what is wanted of a descriptor.
  virtual void arm(Wake) {}
  Executor executor() const noexcept { return executor_; }
  // What the task that sleeps here waits for; none where nobody does.
  Wake wanted() const noexcept { return wanted_; }
  // raise(), queued.
  void post_raise(Wake what);
  // From the event loop: this is so now. May resume the waiter, and `this` may be gone then.
  void raise(Wake what) noexcept;

 private:
  struct Alarm;
  enum Notice : std::uint32_t { quiet, waiting, noticed };

  void run_queued(int what) noexcept override;
  void wake() noexcept;
  void set_alarm(Deadline deadline);

  std::atomic<std::uint32_t> notice_{quiet};
  Wake pending_ = Wake::none;
  Wake wanted_ = Wake::none;
  bool cancelled_ = false;
  Executor executor_;
  TaskContext* waiter_ = nullptr;
  std::unique_ptr<Alarm> alarm_;  // made on first use
};

// co_await of one of these is one wait.
struct Wait {
  WaitState& state;
  Wake wanted;
  std::optional<Deadline> deadline;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> sleeper) const {
    return state.begin(sleeper.promise().context(), sleeper, wanted, deadline);
  }
  Wake await_resume() const { return state.end(); }
};

}  // namespace detail
}  // namespace redouble::runtime
