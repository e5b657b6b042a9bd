// Client: one client as its instance knows it, whoever moves its bytes.
//
// Thread safety: the plain members belong to the client's own session, which changes them only in
// a step (the gate held at least shared); another client's step may read and change them only with
// the gate held exclusively (CLIENT LIST, CLIENT KILL). `protocol` and what CLIENT TRACKING sets
// are read by others in any step, so they change only with the gate held exclusively. `mailbox`,
// the atomics and the constants may be used from any thread.
// Units: times in Unix milliseconds of the instance's clock.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "instance/mailbox.hpp"

namespace redouble::instance {

// What CLIENT REPLY asked for; skip_next becomes skip at the next command.
enum class ReplyMode : std::uint8_t { on, off, skip, skip_next };

// Client-side caching as CLIENT TRACKING set it; kept in detail by instance/tracking.hpp.
struct TrackingMode {
  bool on = false;
  bool broadcast = false;
  bool optin = false;
  bool optout = false;
  bool noloop = false;
  // CLIENT CACHING was answered OK: to optin YES, to optout NO. Until the next command that is not
  // CLIENT's.
  bool caching = false;
};

class Client {
 public:
  Client(std::uint64_t id_, const store::Sync& sync, std::int64_t now_ms)
      : id(id_), created_ms(now_ms), active_ms(now_ms), mailbox(sync) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const std::uint64_t id;
  const std::int64_t created_ms;
  std::int64_t active_ms;  // of the last command

  std::string address;        // "127.0.0.1:54321", or "PATH:0" of a Unix socket
  std::string local_address;  // the same of this end
  std::string name;
  std::string library_name;  // what CLIENT SETINFO said
  std::string library_version;
  static constexpr std::string_view user = "default";  // the only one there is
  std::string_view last_command = "NULL";              // "client|list"; the name of a row
  std::uint64_t tracking_redirect = 0;                 // a client's id; 0 is none

  // Sizes that CLIENT LIST reports: output that the socket does not take yet, requests that have
  // not run yet.
  std::atomic<std::uint64_t> unsent_bytes{0};
  std::atomic<std::uint32_t> query_bytes{0};

  int descriptor = -1;  // as CLIENT LIST shows it
  int database = 0;
  TrackingMode tracking;
  bool has_tracked = false;  // whether something of it may be remembered
  bool unix_socket = false;
  bool authenticated = false;
  bool no_evict = false;
  bool no_touch = false;
  bool close_after_reply = false;
  std::uint8_t protocol = 2;
  ReplyMode reply_mode = ReplyMode::on;
  // Its last command waits (instance/waiter.hpp), or is held back by a pause.
  std::atomic<bool> blocked{false};
  // Set by kill(); the session closes when it sees it.
  std::atomic<bool> killed{false};
  Mailbox mailbox;

  void kill() {
    killed.store(true, std::memory_order_release);
    mailbox.wake();
  }
};

}  // namespace redouble::instance
