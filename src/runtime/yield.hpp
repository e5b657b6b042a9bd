// co_await yield_now(): lets the others of this thread run, and goes on after them.
//
// The task goes to the end of its executor's queue; sockets and timers are looked at in between.
// Errors: Cancelled, where the task shall end.
#pragma once

#include <coroutine>

#include "runtime/mutant.hpp"
#include "runtime/task_context.hpp"

namespace redouble::runtime {

namespace detail {

struct Yield {
  TaskContext* context = nullptr;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> sleeper) {
    context = &sleeper.promise().context();
    if (mutant("yield-gives-no-way")) return false;
    context->suspend(sleeper, nullptr);
    context->post_resume();
    return true;
  }
  void await_resume() const {
    if (context->take_abort()) throw Cancelled{};
  }
};

}  // namespace detail

[[nodiscard]] inline detail::Yield yield_now() noexcept { return {}; }

}  // namespace redouble::runtime
