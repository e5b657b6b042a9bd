// Connection: one client's socket and session, and the coroutine that serves it.
//
// It waits until the socket is readable (or writable, while something is unsent) or its mailbox has
// mail; receives once; lets the session run; sends once. While a client does not read, its replies
// are kept and its requests still read, as redis-server does, up to client-output-buffer-limit
// (undelivered mail counted in): then it is cut off.
// Thread safety: belongs to its place's thread. Errors: a broken socket ends the connection, never
// more.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>

#include "instance/mailbox.hpp"
#include "resp/output.hpp"
#include "runtime/descriptor.hpp"
#include "runtime/file_descriptor.hpp"
#include "runtime/task.hpp"
#include "server/place.hpp"
#include "session/session.hpp"

namespace redouble::server {

class Connection : private instance::Waker, private runtime::thread_bound {
 public:
  // REQUIRES: called on the place's thread.
  Connection(Place& place, runtime::FileDescriptor socket);
  ~Connection() override;

  // What to wait for next; nothing at the end.
  runtime::Wake wanted() const;
  std::optional<runtime::Deadline> deadline();
  auto wait() { return descriptor_.wait(wanted(), deadline()); }
  // Does what can be done now; false when the connection is over.
  bool proceed(runtime::Wake wake);

 private:
  // What the kernel did not take, in the order of sending.
  struct Unsent {
    std::deque<resp::Output> parts;
    std::size_t size = 0;
    std::optional<std::chrono::steady_clock::time_point> over_soft_limit_since;
  };

  void wake() noexcept override { descriptor_.notifier().notify(); }
  bool receive(session::Progress& progress);
  bool pump(session::Progress progress);
  bool send_all(resp::Output& output);
  bool flush_unsent();
  bool within_output_limit();
  bool beyond_hard_limit(const resp::Output& output);
  void report_unsent();
  void note_activity();
  std::optional<runtime::Deadline> idle_deadline();

  Place& place_;
  runtime::Descriptor descriptor_;
  session::Session session_;
  std::unique_ptr<Unsent> unsent_;
  std::chrono::steady_clock::time_point active_;  // unset while the directive timeout is 0
  bool closing_ = false;
};

// Serves a client to its end.
runtime::task<void> serve_client(std::shared_ptr<Place> place, runtime::FileDescriptor socket);

}  // namespace redouble::server
