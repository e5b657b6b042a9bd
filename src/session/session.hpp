// Session: one client's side of the road, bytes to bytes; the core of the server without a socket.
//
// Whoever moves a client's bytes asks prepare() where to put them, calls received(), and sends what
// stands in the workbench's output, whatever moves them: a socket, a test, a fuzzer, a simulated
// network. The session finds the requests, looks up their rows, locks, judges, runs the handlers
// and writes the replies, in order.
//
//   auto room = session.prepare();
//   auto progress = session.received(receive(room));
//   for (;;) {
//     send(workbench.output);             // or detach() what cannot be sent at once
//     if (progress == Progress::close) ...;      // send what is there, then close
//     if (progress == Progress::input) break;    // wait for bytes, or for a wake-up: then
//     deliver() if (progress == Progress::waiting) ...;    // wait for a wake-up, or for the end of
//     the peer progress = session.resume();               // more: at once; waiting: after the
//     wake-up
//   }
//
// Invariants: as many replies as requests, in their order, whatever the split of the bytes; nothing
// of the workbench is used between calls. An idle session owns no buffer.
// Thread safety: one thread at a time, that of its workbench. The instance may be shared.
// Errors: a broken request is answered as redis-server does, then Progress::close.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "command/call.hpp"
#include "command/table.hpp"
#include "instance/instance.hpp"
#include "resp/request_parser.hpp"
#include "session/pending.hpp"
#include "session/workbench.hpp"

namespace redouble::session {

enum class Progress : std::uint8_t {
  input,    // everything received is answered or kept; give more
  more,     // enough to send for once; call resume() after sending
  waiting,  // a request waits; call deliver() after a wake-up, received() as ever
  close,    // send the output, then close
};

// Who is at the other end, as CLIENT LIST shows it.
struct Peer {
  std::string address;
  std::string local_address;
  bool unix_socket = false;
  int descriptor = -1;
};

class Session {
 public:
  Session(instance::Instance& instance, Workbench& bench, Peer peer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Where the next bytes go; never empty. Valid until the next call of any member.
  std::span<char> prepare();
  // The first `size` bytes of what prepare() gave are there.
  Progress received(std::size_t size);
  Progress resume();
  // Writes the mail that has come while nothing ran.
  Progress deliver();

  instance::Client& client() { return *client_; }
  Workbench& workbench() { return bench_; }
  // What is not executed yet (a request that is not whole, or that waits).
  std::size_t unread() const { return pending_ == nullptr ? 0 : pending_->size(); }
  // Bytes of heap of this session beyond itself and its client.
  std::size_t buffer_bytes() const { return pending_ == nullptr ? 0 : pending_->capacity(); }

 private:
  enum class Ran : std::uint8_t {
    done,
    paused,       // it runs again after the pause
    blocked,      // it is with the instance's Waiters
    lacks_locks,  // whoever it would serve needs more than what was held
    must_close,
  };

  // What has come in one piece: a request, what stands behind it, and what was guessed of its key.
  // The guess is right about the bytes that it hashed; whether they are a key shows later.
  struct Ahead {
    std::string_view bytes;
    std::size_t request_size = 0;
    store::Hashed guess;
  };

  Progress run();
  // One function in which the usual request is inlined whole: each boundary would cost as much as a
  // lock does. What is rare stays outside.
  [[gnu::flatten]] Progress run_requests(std::string_view input, resp::RequestParser& parser,
                                         std::size_t& used);
  // What comes next is received into the thread's buffer, behind a copy of what is kept.
  bool goes_on_in_bench() const;
  void keep_rest(std::string_view input, std::size_t used);
  [[gnu::noinline]] void refuse_protocol(std::string_view text);
  Ran execute(std::span<const std::string_view> args, Ahead& ahead);
  std::span<const store::Hashed> keys_of(const command::Row& row,
                                         std::span<const std::string_view> args);
  store::Hashed hashed(std::string_view key, Ahead& ahead) const;
  Ran execute_on_key(const command::Row& row, std::span<const std::string_view> args, Ahead& ahead);
  [[gnu::noinline]] Ran execute_any(const command::Row* row,
                                    std::span<const std::string_view> args);
  // `named`: the request's own keys.
  template <bool usual>
  Ran run_step(const command::Row* row, std::span<const std::string_view> args,
               std::span<const store::Hashed> named, store::LockSet& locks, instance::Step& step);
  void reach_waiters(std::span<const store::Hashed> named, store::Plan& plan, int tries);
  bool can_serve(const store::LockSet& locks, std::span<const store::Hashed> named) const {
    return !instance_.waiters().active() || can_serve_closely(locks, named);
  }
  [[gnu::noinline]] bool can_serve_closely(const store::LockSet& locks,
                                           std::span<const store::Hashed> named) const;
  [[gnu::noinline]] void remember_reads(const command::Call& call);
  [[gnu::noinline]] void obey_reply_mode(const resp::Output::Mark& mark);
  bool waiting() const { return alarm_ != instance::Alarms::Key{} || waiter_ != nullptr; }
  [[gnu::noinline]] void wait_for_pause();
  bool exceeds_query_buffer() const;
  void stop_waiting();
  [[gnu::noinline]] void block(const command::Call& call);
  void note_deadline(std::int64_t at_ms);
  void drain_mail() {
    if (!client_->mailbox.empty()) [[unlikely]]
      take_mail();
  }
  [[gnu::noinline]] void take_mail();
  [[gnu::noinline]] void end_timing(std::int64_t now_us);

  instance::Instance& instance_;
  Workbench& bench_;
  std::shared_ptr<instance::Client> client_;
  std::unique_ptr<Pending> pending_;
  instance::Alarms::Key alarm_{};             // while it is paused
  std::shared_ptr<instance::Waiter> waiter_;  // while its command waits
};

}  // namespace redouble::session
