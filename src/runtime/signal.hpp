// Signal and Notifier: a task sleeps until somebody, on any thread, says that there is something.
//
// A notification is a flag, not a count: it stays until a wait takes it, and many are one. What
// there is to see is the caller's own (a mailbox, a queue); it is put there before notify().
// Thread safety: a Notifier may be copied, used and dropped on any thread, also after its Signal
// and their Runtime are gone; a Signal must not outlive the Runtime. It is waited on by one task at
// a time, of the executor it was made for. Errors: wait() throws Cancelled.
#pragma once

#include <utility>

#include "runtime/owned.hpp"
#include "runtime/wait_state.hpp"

namespace redouble::runtime {

class Notifier {
 public:
  Notifier() = default;
  explicit Notifier(Ref<detail::WaitState> state) noexcept : state_(std::move(state)) {}

  explicit operator bool() const noexcept { return static_cast<bool>(state_); }
  // Costs one atomic exchange where nobody sleeps or it is said already, else a queued wake-up.
  void notify() const noexcept {
    if (state_) state_->notify();
  }

 private:
  Ref<detail::WaitState> state_;
};

class Signal {
 public:
  explicit Signal(Executor executor) : state_(new detail::WaitState(executor)) {}
  Signal(Signal&&) noexcept = default;
  Signal& operator=(Signal&&) = delete;
  ~Signal() {
    if (state_) state_->close();
  }

  Notifier notifier() const noexcept { return Notifier(state_); }
  // co_await gives Wake::notified.
  auto wait() noexcept { return detail::Wait{*state_, Wake::notified, std::nullopt}; }
  // co_await gives Wake::notified, Wake::deadline, or both.
  auto wait_until(Deadline deadline) noexcept {
    return detail::Wait{*state_, Wake::notified, deadline};
  }

 private:
  Ref<detail::WaitState> state_;
};

template <>
inline constexpr bool declare_owned<Notifier> = true;
template <>
inline constexpr bool declare_owned<Signal> = true;

}  // namespace redouble::runtime
