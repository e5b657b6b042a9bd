#include "runtime/ready_set.hpp"

#include <cerrno>
#include <system_error>

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

ReadySet::ReadySet(boost::asio::io_context& context) : set_(context) {
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
    return;
  }
  for (int looks = 1; looks < most_looks; ++looks) {
    if (!dispatch()) {
      to_skip_ = skipped_looks;
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
  while (next_ < count_) {
    const epoll_event& event = events_[static_cast<std::size_t>(next_++)];
    if (event.data.ptr == nullptr) continue;
    static_cast<Watcher*>(event.data.ptr)->ready(wake_of(event.events));
  }
  return true;
}

}  // namespace redouble::runtime
