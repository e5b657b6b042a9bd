#include "server/connection.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include "runtime/mutant.hpp"
#include "server/address.hpp"

namespace redouble::server {
namespace {

using runtime::Wake;
using session::Progress;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t parts_a_send = 64;

session::Peer session_peer(int socket) {
  return {.address = peer_address(socket),
          .local_address = local_address(socket),
          .unix_socket = is_unix_socket(socket),
          .descriptor = socket};
}

// One part alone the kernel takes for less than a list of one.
ssize_t send_parts(int socket, std::span<iovec> parts) {
  constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  if (parts.size() == 1) [[likely]]
    return ::send(socket, parts.front().iov_base, parts.front().iov_len, flags);
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(socket, &message, flags);
}

// Counts a connection out; the listener has counted it in.
class CountOut {
 public:
  explicit CountOut(Place& place) : place_(place), common_(place.common) {}
  ~CountOut() {
    place_.connections.fetch_sub(1);
    if (common_.connections.fetch_sub(1) == 1 && common_.stopping) common_.all_closed.notify();
  }
  CountOut(const CountOut&) = delete;
  CountOut& operator=(const CountOut&) = delete;

 private:
  Place& place_;
  Common& common_;
};

}  // namespace

Connection::Connection(Place& place, runtime::FileDescriptor socket)
    : place_(place),
      descriptor_(place.executor, std::move(socket)),
      session_(place.common.instance, place.bench, session_peer(descriptor_.native())) {
  session_.client().mailbox.set_waker(this);
  note_activity();
  if (place.common.stopping) wake();  // too late to be among those who are told
}

Connection::~Connection() { session_.client().mailbox.set_waker(nullptr); }

Wake Connection::wanted() const {
  const Wake always = closing_ ? Wake::notified : Wake::readable | Wake::notified;
  return unsent_ == nullptr ? always : always | Wake::writable;
}

void Connection::note_activity() {
  const bool limited = place_.common.instance.hot().timeout_s.load(std::memory_order_relaxed) != 0;
  active_ = limited ? steady_clock::now() : steady_clock::time_point();
}

// As in Redis a client that waits, blocked or held back by a pause, is never idle too long.
std::optional<runtime::Deadline> Connection::idle_deadline() {
  const std::int64_t timeout_s =
      place_.common.instance.hot().timeout_s.load(std::memory_order_relaxed);
  if (timeout_s == 0 || session_.client().blocked.load(std::memory_order_relaxed)) return {};
  if (active_ == steady_clock::time_point()) note_activity();  // it has just been set
  return active_ + seconds(timeout_s);
}

// The client may be idle too long, or over the soft limit of its output too long.
std::optional<runtime::Deadline> Connection::deadline() {
  const auto& hot = place_.common.instance.hot();
  std::optional<runtime::Deadline> earliest = idle_deadline();
  if (unsent_ != nullptr && unsent_->over_soft_limit_since) {
    const auto end = *unsent_->over_soft_limit_since +
                     seconds(hot.output_soft_s.load(std::memory_order_relaxed));
    if (!earliest || end < *earliest) earliest = end;
  }
  return earliest;
}

void Connection::report_unsent() {
  session_.client().unsent_bytes.store(unsent_ == nullptr ? 0 : unsent_->size,
                                       std::memory_order_relaxed);
}

bool Connection::proceed(Wake wake) {
  if (has(wake, Wake::writable) && !flush_unsent()) return false;
  if (place_.common.stopping.load(std::memory_order_acquire) && !closing_) {
    // What the client had sent before is still answered.
    Progress progress;
    if (!receive(progress) || !pump(progress)) return false;
    closing_ = true;
  }
  if (has(wake, Wake::deadline)) {
    if (!within_output_limit()) return false;
    const auto idle_until = idle_deadline();
    if (idle_until && steady_clock::now() >= *idle_until) return false;
  }
  if (has(wake, Wake::notified) && !pump(session_.deliver())) return false;
  if (has(wake, Wake::readable) && !closing_) {
    Progress progress;
    if (!receive(progress)) return false;
    if (!pump(progress)) return false;
  }
  report_unsent();
  return !closing_ || unsent_ != nullptr;
}

// False at the end of the stream.
bool Connection::receive(Progress& progress) {
  const std::span<char> room = session_.prepare();
  const ssize_t size = ::recv(descriptor_.native(), room.data(), room.size(), MSG_DONTWAIT);
  if (size == 0) return false;
  if (size < 0) {
    progress = Progress::input;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  }
  note_activity();
  progress = session_.received(static_cast<std::size_t>(size));
  return true;
}

// Sends what the session has written, and lets it go on while it has more.
bool Connection::pump(Progress progress) {
  for (;;) {
    const bool sent = !beyond_hard_limit(place_.bench.output) && send_all(place_.bench.output);
    place_.bench.output.clear();
    place_.common.note_deadline(place_.bench.take_earliest_deadline());
    if (!sent) return false;
    if (progress == Progress::close) closing_ = true;
    if (progress != Progress::more) return true;
    progress = session_.resume();
  }
}

// False where the client is gone, or is cut off.
bool Connection::send_all(resp::Output& output) {
  if (unsent_ == nullptr) {
    while (!output.empty()) {
      std::array<iovec, parts_a_send> parts;
      const std::size_t count = output.gather(parts);
      const ssize_t sent = send_parts(descriptor_.native(), {parts.data(), count});
      if (sent < 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
        break;
      }
      place_.common.instance.stats().sent(place_.bench.slot, static_cast<std::uint64_t>(sent));
      note_activity();
      output.consume(static_cast<std::size_t>(sent));
    }
    if (output.empty()) return true;
    unsent_ = std::make_unique<Unsent>();
  }
  if (output.empty()) return true;
  unsent_->size += output.size();
  if (mutant("unsent-overtaken")) {
    unsent_->parts.push_front(output.detach());
  } else {
    unsent_->parts.push_back(output.detach());
  }
  return within_output_limit();
}

bool Connection::flush_unsent() {
  const std::unique_ptr<Unsent> unsent = std::move(unsent_);
  if (unsent == nullptr) return true;
  while (!unsent->parts.empty()) {
    resp::Output part = std::move(unsent->parts.front());
    unsent->parts.pop_front();
    if (!send_all(part)) return false;
    if (unsent_ == nullptr) continue;
    // Full again: what is left follows what send_all() has kept.
    unsent_->over_soft_limit_since = unsent->over_soft_limit_since;
    for (resp::Output& rest : unsent->parts) {
      unsent_->size += rest.size();
      unsent_->parts.push_back(std::move(rest));
    }
    return within_output_limit();
  }
  return true;
}

// As in Redis a client's replies count before they are sent, but for the first of them.
bool Connection::beyond_hard_limit(const resp::Output& output) {
  using instance::Instance;
  if (output.size() <= Instance::uncounted_output) [[likely]]
    return false;
  const std::uint64_t hard =
      place_.common.instance.hot().output_hard.load(std::memory_order_relaxed);
  const bool beyond = hard != 0 && output.size() - Instance::uncounted_output >= hard;
  if (beyond) place_.common.instance.stats().output_limit_closed.fetch_add(1);
  return beyond;
}

bool Connection::within_output_limit() {
  if (unsent_ == nullptr) return true;
  const auto& hot = place_.common.instance.hot();
  const std::uint64_t hard = hot.output_hard.load(std::memory_order_relaxed);
  const std::uint64_t soft = hot.output_soft.load(std::memory_order_relaxed);
  const std::size_t size = unsent_->size + session_.client().mailbox.bytes();
  bool within = hard == 0 || size <= hard;
  if (soft == 0 || size <= soft) {
    unsent_->over_soft_limit_since.reset();
  } else if (!unsent_->over_soft_limit_since) {
    unsent_->over_soft_limit_since = steady_clock::now();
  } else if (steady_clock::now() - *unsent_->over_soft_limit_since >=
             seconds(hot.output_soft_s.load(std::memory_order_relaxed))) {
    within = false;
  }
  if (!within) place_.common.instance.stats().output_limit_closed.fetch_add(1);
  return within;
}

runtime::task<void> serve_client(std::shared_ptr<Place> place, runtime::FileDescriptor socket) {
  const CountOut count_out(*place);
  Connection connection(*place, std::move(socket));
  while (connection.proceed(co_await connection.wait())) {
  }
}

}  // namespace redouble::server
