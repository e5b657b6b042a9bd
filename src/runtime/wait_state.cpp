#include "runtime/wait_state.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <utility>

#include "runtime/mutant.hpp"
#include "runtime/worker.hpp"

namespace redouble::runtime::detail {
namespace {

constexpr int notice_queued = 0;  // all else is a Wake that was raised

}  // namespace

// A timer that stays armed when a wait ends by something else, since the next wait often has the
// same deadline. A firing counts only when it is of the latest arming and somebody wants it.
struct WaitState::Alarm {
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>,
                                        Worker::IoExecutor>;
  explicit Alarm(Executor executor) : timer(executor.context()) {}

  Timer timer;
  Deadline wanted_at;
  std::uint64_t arming = 0;
  std::optional<Deadline> armed_for;
};

WaitState::WaitState(Executor executor) : executor_(executor) {}
WaitState::~WaitState() = default;

void WaitState::notify() noexcept {
  if (notice_.exchange(noticed, std::memory_order_acq_rel) == waiting) {
    executor_.post(Ref<Queueable>(this), notice_queued);
  }
}

bool WaitState::begin(TaskContext& waiter, std::coroutine_handle<> leaf, Wake wanted,
                      std::optional<Deadline> deadline) {
  REDOUBLE_ASSERT(waiter_ == nullptr && waiter.executor() == executor_);
  wanted_ = deadline ? wanted | Wake::deadline : wanted;
  if (waiter.take_abort()) {
    cancelled_ = true;
    return false;
  }
  if (has(pending_, wanted_)) return false;
  if (has(wanted_, Wake::notified)) {
    std::uint32_t expected = quiet;
    if (!notice_.compare_exchange_strong(expected, waiting, std::memory_order_acq_rel)) {
      return false;
    }
  }
  if (deadline) {
    if (*deadline <= std::chrono::steady_clock::now()) {
      pending_ = pending_ | Wake::deadline;
      return false;
    }
    set_alarm(*deadline);
  }
  arm(wanted_);
  waiter_ = &waiter;
  waiter.suspend(leaf, this);
  return true;
}

Wake WaitState::end() {
  const Wake wanted = std::exchange(wanted_, Wake::none);
  if (std::exchange(cancelled_, false)) {
    std::uint32_t expected = waiting;  // a notice that came stays for the next wait
    notice_.compare_exchange_strong(expected, quiet, std::memory_order_acq_rel);
    throw Cancelled{};
  }
  Wake came = pending_ & wanted;
  pending_ = without(pending_, wanted);
  if (has(wanted, Wake::notified) &&
      notice_.exchange(quiet, std::memory_order_acq_rel) == noticed) {
    came = came | Wake::notified;
  }
  return came;
}

void WaitState::close() noexcept {
  waiter_ = nullptr;
  notice_.store(noticed, std::memory_order_release);
  alarm_.reset();  // whoever still refers to this does not need the Runtime
}

void WaitState::wake() noexcept {
  if (waiter_ != nullptr) std::exchange(waiter_, nullptr)->resume();
}

bool WaitState::cancel() noexcept {
  cancelled_ = true;
  wake();
  return true;
}

void WaitState::raise(Wake what) noexcept {
  pending_ = pending_ | what;
  if (has(pending_, wanted_)) wake();
}

void WaitState::post_raise(Wake what) {
  executor_.post(Ref<Queueable>(this), static_cast<int>(what));
}

void WaitState::run_queued(int what) noexcept {
  if (what != notice_queued) {
    raise(static_cast<Wake>(what));
    return;
  }
  // A notice came while a task slept. It may have been taken by now, by a wake-up for another
  // reason.
  const bool still = notice_.load(std::memory_order_acquire) == noticed;
  if (has(wanted_, Wake::notified) && (still || mutant("stale-wake-up"))) wake();
}

void WaitState::set_alarm(Deadline deadline) {
  if (!alarm_) alarm_ = std::make_unique<Alarm>(executor_);
  alarm_->wanted_at = deadline;
  if (alarm_->armed_for == deadline) return;
  alarm_->armed_for = deadline;
  alarm_->timer.expires_at(deadline);
  alarm_->timer.async_wait([state = Ref<WaitState>(this), arming = ++alarm_->arming](auto) {
    if (!state->alarm_ || arming != state->alarm_->arming) return;
    state->alarm_->armed_for.reset();
    const bool due = state->alarm_->wanted_at <= std::chrono::steady_clock::now();
    if (due && has(state->wanted_, Wake::deadline)) state->raise(Wake::deadline);
  });
}

}  // namespace redouble::runtime::detail
