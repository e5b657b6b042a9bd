// co_await delay_until(deadline), delay(duration): real time passes.
//
// For what guards the process; what depends on an instance's time waits for its Clock instead.
// Thread safety: the awaiting task's. Errors: Cancelled, where the task shall end.
#pragma once

#include <chrono>
#include <coroutine>

#include "runtime/wait_state.hpp"

namespace redouble::runtime {

namespace detail {

struct Delay {
  Deadline deadline;
  Ref<WaitState> state = {};

  explicit Delay(Deadline until) : deadline(until) {}
  Delay(const Delay&) = delete;
  Delay& operator=(const Delay&) = delete;
  ~Delay() {
    if (state) state->close();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> sleeper) {
    TaskContext& context = sleeper.promise().context();
    state = Ref<WaitState>(new WaitState(context.executor()));
    return state->begin(context, sleeper, Wake::none, deadline);
  }
  void await_resume() { state->end(); }
};

}  // namespace detail

[[nodiscard]] inline detail::Delay delay_until(Deadline deadline) {
  return detail::Delay(deadline);
}
[[nodiscard]] inline detail::Delay delay(std::chrono::steady_clock::duration duration) {
  return detail::Delay(std::chrono::steady_clock::now() + duration);
}

}  // namespace redouble::runtime
