// spawn(executor, function, arguments...): starts a task of its own; returns its JoinHandle.
//
// `function` is a pointer to a function, or a lambda that captures nothing, which returns a
// task<T>. Its parameters are what the task owns: each must satisfy is_owned (owned.hpp), and so
// must T. The arguments are converted to the parameters at once, on the calling thread; the
// function's body runs later, on the executor's thread, never inside spawn().
// What it throws goes to the JoinHandle and nowhere else.
// Thread safety: any thread, as long as the Runtime exists. Errors: std::bad_alloc, and what
// converting an argument throws.
#pragma once

#include <type_traits>
#include <utility>

#include "runtime/executor.hpp"
#include "runtime/join_handle.hpp"
#include "runtime/owned.hpp"
#include "runtime/task.hpp"

namespace redouble::runtime {

namespace detail {

template <class Function>
struct TaskFunction : std::false_type {};
template <class T, class... Parameters>
struct TaskFunction<task<T> (*)(Parameters...)> : std::true_type {
  using Value = T;
  static consteval bool owns() {
    bool owned = (require_owned<Parameters>() & ... & true);
    if constexpr (!std::is_void_v<T>) owned = owned & require_owned<T>();
    return owned;
  }
};
template <class T, class... Parameters>
struct TaskFunction<task<T> (*)(Parameters...) noexcept>
    : TaskFunction<task<T> (*)(Parameters...)> {};

// What may be spawned, as a function pointer; void where it may not, and then nothing compiles.
template <class Function>
consteval auto spawnable() {
  constexpr bool is_object = std::is_class_v<Function>;
  static_assert(!is_object || std::is_empty_v<Function>,
                "redouble: a spawned task must own what it uses, and this lambda captures. Spawn a "
                "function or a lambda that captures nothing, and give it what it uses as "
                "arguments.");
  if constexpr (requires(Function function) { +function; }) {
    using Pointer = decltype(+std::declval<Function>());
    static_assert(TaskFunction<Pointer>::value,
                  "redouble: a spawned function must be a coroutine that returns task<T>.");
    return std::type_identity<Pointer>{};
  } else {
    static_assert(is_object && !std::is_empty_v<Function>,
                  "redouble: spawn needs to see the parameters: give it a function or a lambda "
                  "without auto parameters.");
    return std::type_identity<void>{};
  }
}

}  // namespace detail

template <class Function, class... Arguments>
[[nodiscard]] auto spawn(Executor executor, Function function, Arguments&&... arguments) {
  using Pointer = typename decltype(detail::spawnable<Function>())::type;
  if constexpr (detail::TaskFunction<Pointer>::value) {
    static_assert(detail::TaskFunction<Pointer>::owns());
    using T = typename detail::TaskFunction<Pointer>::Value;
    const Pointer pointer = function;
    Ref<detail::TaskState<T>> state(
        new detail::TaskState<T>(executor, pointer(std::forward<Arguments>(arguments)...)));
    state->post_start();
    return JoinHandle<T>(std::move(state));
  }
}

}  // namespace redouble::runtime
