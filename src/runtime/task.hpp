// task<T>: a coroutine that gives a T, or throws; lazy, move-only, awaited once.
//
// Calling a coroutine function makes the task; awaiting it runs it, in the same spawned task and on
// the same thread, by symmetric transfer (no queue, no extra stack). A task that is never awaited
// never runs, and the compiler warns. A task destroyed where it sleeps destroys what it owns.
// The parameters of a coroutine that is awaited at once may be references; those of one that is
// spawned may not (spawn.hpp).
// Thread safety: none, a task belongs to one thread at a time. Errors: what the coroutine throws
// comes out of the co_await; Cancelled, where the spawned task shall end (task_context.hpp).
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/assert.hpp"
#include "runtime/task_context.hpp"

namespace redouble::runtime {

template <class T>
class task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> continuation;
  TaskContext* task_context = nullptr;

  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      const std::coroutine_handle<> next = ended.promise().continuation;
      // Without one it is the function of a spawned task: TaskContext::resume() sees to its end.
      return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  Final final_suspend() const noexcept { return {}; }
  TaskContext& context() const noexcept { return *task_context; }
};

template <class T>
struct Promise : PromiseBase {
  std::variant<std::monostate, T, std::exception_ptr> outcome;

  task<T> get_return_object() noexcept;
  template <class U>
    requires std::is_convertible_v<U, T>
  void return_value(U&& value) {
    outcome.template emplace<1>(std::forward<U>(value));
  }
  void unhandled_exception() noexcept { outcome.template emplace<2>(std::current_exception()); }
  T take() {
    if (outcome.index() == 2) std::rethrow_exception(std::move(std::get<2>(outcome)));
    REDOUBLE_ASSERT(outcome.index() == 1);
    return std::move(std::get<1>(outcome));
  }
};

template <>
struct Promise<void> : PromiseBase {
  std::exception_ptr error;

  task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void unhandled_exception() noexcept { error = std::current_exception(); }
  void take() {
    if (error) std::rethrow_exception(std::move(error));
  }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] task {
  static_assert(!std::is_reference_v<T>, "a task gives a value");

 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  task() = default;
  explicit task(Handle frame) noexcept : frame_(frame) {}
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  task& operator=(task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~task() {
    if (frame_) frame_.destroy();
  }

  explicit operator bool() const noexcept { return static_cast<bool>(frame_); }
  // Hands the frame over to a caller who will destroy it.
  Handle release() noexcept { return std::exchange(frame_, {}); }

  auto operator co_await() && noexcept {
    REDOUBLE_ASSERT(frame_ && !frame_.done());
    return Awaiter{frame_};
  }

 private:
  struct Awaiter {
    Handle frame;
    bool await_ready() const noexcept { return false; }
    template <class Parent>
    Handle await_suspend(std::coroutine_handle<Parent> parent) const noexcept {
      frame.promise().task_context = &parent.promise().context();
      frame.promise().continuation = parent;
      return frame;
    }
    T await_resume() const { return frame.promise().take(); }
  };

  Handle frame_;
};

namespace detail {

template <class T>
task<T> Promise<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline task<void> Promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

}  // namespace detail

}  // namespace redouble::runtime
