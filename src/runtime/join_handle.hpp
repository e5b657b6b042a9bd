// JoinHandle<T>: the other end of a spawned task.
//
//   std::expected<T, JoinError> result = co_await handle;
//
// gives the task's value, or why there is none. Dropping the handle, or detach(), lets the task run
// on alone. abort() asks it to end: it is told at the suspension point where it sleeps, or at the
// next (task_context.hpp); a task that never suspends is not interrupted.
// When the handle says done, the task's frame and all that it owned are gone.
// Thread safety: one handle belongs to one owner at a time, who may be on any thread: it is owned,
// so it may be given to another task. Awaited once.
// Errors: the co_await itself throws only Cancelled, for the task that awaits. Where tasks of two
// Runtimes join each other, stop both before either is destroyed.
#pragma once

#include <coroutine>
#include <exception>
#include <expected>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/assert.hpp"
#include "runtime/owned.hpp"
#include "runtime/task.hpp"
#include "runtime/task_context.hpp"

namespace redouble::runtime {

// Why a task gave no value. `exception` is null where the task was cancelled: by abort(), or
// because its Runtime ended.
struct JoinError {
  std::exception_ptr exception;

  bool cancelled() const noexcept { return exception == nullptr; }
  [[noreturn]] void rethrow() const {
    if (exception == nullptr) throw Cancelled{};
    std::rethrow_exception(exception);
  }
};
template <>
inline constexpr bool declare_owned<JoinError> = true;

namespace detail {

template <class T>
class TaskState final : public TaskContext {
 public:
  using Handle = typename task<T>::Handle;
  TaskState(Executor executor, task<T> function) : TaskContext(executor, function.release()) {
    promise().task_context = this;
  }

  // REQUIRES: done(), and not taken before.
  std::expected<T, JoinError> take() {
    REDOUBLE_ASSERT(done() && outcome_.index() != 0);
    if (outcome_.index() == 2) return std::unexpected(std::get<2>(std::move(outcome_)));
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return std::get<1>(std::move(outcome_));
    }
  }

 private:
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  auto& promise() const { return Handle::from_address(root().address()).promise(); }
  void keep_outcome() noexcept override {
    try {
      if constexpr (std::is_void_v<T>) {
        promise().take();
        outcome_.template emplace<1>();
      } else {
        outcome_.template emplace<1>(promise().take());
      }
    } catch (const Cancelled&) {
      keep_cancelled();
    } catch (...) {
      outcome_.template emplace<2>(std::current_exception());
    }
  }
  void keep_cancelled() noexcept override { outcome_.template emplace<2>(); }

  std::variant<std::monostate, Value, JoinError> outcome_;
};

template <class T>
struct JoinAwaiter final : Joiner, Sleep {
  TaskState<T>* state;
  bool registered = false;
  bool cancelled_here = false;

  explicit JoinAwaiter(TaskState<T>& joined) : state(&joined) {}
  JoinAwaiter(const JoinAwaiter&) = delete;
  JoinAwaiter& operator=(const JoinAwaiter&) = delete;
  // Destroyed while it sleeps, with its frame, when its Runtime ends.
  ~JoinAwaiter() {
    if (registered) state->remove_joiner();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> sleeper) noexcept {
    context = &sleeper.promise().context();
    if (context->take_abort()) {
      cancelled_here = true;
      return false;
    }
    context->suspend(sleeper, this);
    registered = state->add_joiner(*this);
    if (!registered) context->suspend({}, nullptr);
    return registered;
  }
  std::expected<T, JoinError> await_resume() {
    registered = false;
    if (cancelled_here) throw Cancelled{};
    return state->take();
  }
  bool cancel() noexcept override {
    if (!state->remove_joiner()) return false;
    cancelled_here = true;
    context->resume();
    return true;
  }
};

}  // namespace detail

template <class T>
class [[nodiscard]] JoinHandle {
 public:
  JoinHandle() = default;
  explicit JoinHandle(Ref<detail::TaskState<T>> state) : state_(std::move(state)) {}
  JoinHandle(JoinHandle&&) noexcept = default;
  JoinHandle& operator=(JoinHandle&&) noexcept = default;

  explicit operator bool() const noexcept { return static_cast<bool>(state_); }
  bool done() const noexcept { return state_->done(); }
  void abort() const { state_->request_abort(); }
  void detach() noexcept { state_ = {}; }

  auto operator co_await() const noexcept {
    REDOUBLE_ASSERT(state_);
    return detail::JoinAwaiter<T>(*state_);
  }
  // For a thread that runs no tasks (main, a test): blocks until the task has ended.
  std::expected<T, JoinError> get() const {
    state_->wait_done();
    return state_->take();
  }

 private:
  Ref<detail::TaskState<T>> state_;
};

template <class T>
inline constexpr bool declare_owned<JoinHandle<T>> = is_owned<T>;
template <>
inline constexpr bool declare_owned<JoinHandle<void>> = true;

}  // namespace redouble::runtime
