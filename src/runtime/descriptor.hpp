// Descriptor: a socket, pipe or the like whose readiness a task awaits, together with a
// notification and a deadline: whichever comes first.
//
// It says when reading or writing is worth a try; the reading and writing is the owner's, by
// system calls on native(), which is non-blocking by the owner's care. A readiness that was
// reported may be stale: EAGAIN, then wait again. A wait for readability that ended by something
// else stays armed, so alternating waits cost no system call for it.
// Thread safety: it belongs to one task of the executor it was made on; notifiers as in signal.hpp.
// Errors: the constructor throws std::system_error where the descriptor cannot be watched (not
// open, no memory), and has closed it; wait() throws Cancelled. A broken socket is readable
// and writable, and the system call tells why; a regular file always is.
#pragma once

#include <optional>

#include "runtime/file_descriptor.hpp"
#include "runtime/owned.hpp"
#include "runtime/signal.hpp"
#include "runtime/wait_state.hpp"

namespace redouble::runtime {

class Descriptor : private thread_bound {
 public:
  // REQUIRES: called on the executor's thread, or before it runs.
  Descriptor(Executor executor, FileDescriptor descriptor);
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();  // closes it

  int native() const noexcept { return native_; }
  Notifier notifier() const noexcept { return Notifier(state_); }

  // co_await gives what came of `wanted` and the deadline: one at least.
  auto wait(Wake wanted, std::optional<Deadline> deadline = std::nullopt) noexcept {
    return detail::Wait{*state_, wanted, deadline};
  }

 private:
  int native_;
  Ref<detail::WaitState> state_;
};

}  // namespace redouble::runtime
