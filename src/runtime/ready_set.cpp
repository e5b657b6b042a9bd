#include "runtime/ready_set.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>

#include "runtime/assert.hpp"

namespace redouble::runtime {
namespace {

std::uint32_t events_of(Wake interest) {
  std::uint32_t events = 0;
  if (has(interest, Wake::readable)) events |= EPOLLIN | EPOLLPRI;
  if (has(interest, Wake::writable)) events |= EPOLLOUT;
  return events;
}

// A broken descriptor is readable and writable: the system call tells why.
Wake wake_of(std::uint32_t events) {
  Wake wake = Wake::none;
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) wake = wake | Wake::readable;
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) wake = wake | Wake::writable;
  return wake;
}

int control(int set, int operation, int descriptor, Watcher& watcher, Wake interest) noexcept {
  epoll_event event{};
  event.events = events_of(interest);
  event.data.ptr = &watcher;
  return ::epoll_ctl(set, operation, descriptor, &event) == 0 ? 0 : errno;
}

}  // namespace

ReadySet::ReadySet(boost::asio::io_context& context, std::chrono::microseconds busy_poll)
    : set_(context), busy_poll_(busy_poll) {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  set_.assign(set);
  wait();
}

int ReadySet::add(int descriptor, Watcher& watcher, Wake interest) noexcept {
  return control(set_.native_handle(), EPOLL_CTL_ADD, descriptor, watcher, interest);
}

int ReadySet::change(int descriptor, Watcher& watcher, Wake interest) noexcept {
  return control(set_.native_handle(), EPOLL_CTL_MOD, descriptor, watcher, interest);
}

void ReadySet::remove(int descriptor) noexcept {
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void ReadySet::forget(const Watcher& watcher) noexcept {
  for (int i = next_; i < count_; ++i) {
    auto& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &watcher) event.data.ptr = nullptr;
  }
}

void ReadySet::wait() {
  set_.async_wait(decltype(set_)::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;  // the worker ends
    look();
    wait();
  });
}

void ReadySet::look() {
  if (!dispatch()) return;
  if (to_skip_ > 0) {
    --to_skip_;
  } else {
    stay();
  }
}

void ReadySet::stay() {
  using std::chrono::steady_clock;
  auto now = steady_clock::now();
  const auto until = now + longest_stay;
  auto patience = now + this->patience();
  while (now < until && queued_.load(std::memory_order_acquire) == ran_) {
    const bool found = dispatch();
    now = steady_clock::now();
    if (found) {
      patience = now + this->patience();
      next_skip_ = least_skipped;
    } else if (now < patience) {
      std::this_thread::yield();
    } else {
      to_skip_ = next_skip_;
      next_skip_ = std::min(2 * next_skip_, most_skipped);
      return;
    }
  }
}

// False where nothing is ready.
bool ReadySet::dispatch() noexcept {
  REDOUBLE_ASSERT(next_ == count_);
  next_ = 0;
  count_ = ::epoll_wait(set_.native_handle(), events_.data(), most_events, 0);
  if (count_ <= 0) {
    count_ = 0;  // EINTR: it is looked at again
    return false;
  }
  const void* only = count_ == 1 ? events_[0].data.ptr : nullptr;
  alone_ = only != nullptr && only == only_;
  only_ = only;
  while (next_ < count_) {
    const epoll_event& event = events_[static_cast<std::size_t>(next_++)];
    if (event.data.ptr == nullptr) continue;
    static_cast<Watcher*>(event.data.ptr)->ready(wake_of(event.events));
  }
  return true;
}

}  // namespace redouble::runtime
