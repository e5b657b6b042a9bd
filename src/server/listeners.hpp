// Listeners: where a server listens. Opened before anything runs, moved by CONFIG SET bind and
// port.
//
//   Listeners listeners;
//   auto opened = listeners.open(settings);  // one line that says what is wrong
//   listeners.start(executor, places);       // from here on clients are accepted
//   listeners.move(settings);                // to where the directives bind and port say now
//   for (auto& acceptor : listeners.stop()) co_await acceptor;
//
// A move opens new places before it closes old ones, and keeps what stays. Where that cannot be,
// nothing moves; only where a new place overlaps with an old one is that closed first, and opened
// again if all was in vain (what another program took meanwhile is told on standard error). The
// Unix socket never moves; its file goes with the Listeners.
// Thread safety: any thread; open() and start() before the first move() or stop(). open() and
// move() may wait for a name server.
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "instance/settings.hpp"
#include "runtime/executor.hpp"
#include "runtime/file_descriptor.hpp"
#include "runtime/join_handle.hpp"
#include "server/place.hpp"

namespace redouble::server {

class Listeners {
 public:
  Listeners() = default;
  ~Listeners();
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;

  std::expected<void, std::string> open(const instance::Settings& settings);
  void start(runtime::Executor executor, std::vector<std::shared_ptr<Place>> places);
  std::expected<void, std::string> move(const instance::Settings& settings);
  // Ends accepting for good, and gives the tasks that end.
  std::vector<runtime::JoinHandle<void>> stop();
  // The port of the TCP sockets, or, where bind is empty, the one they would have.
  int port() const { return port_; }

 private:
  struct Listener {
    Listener(std::string host_, std::string address_, int port_, runtime::FileDescriptor socket_);
    bool alive() const;

    std::string host;     // as the directive names it; empty: the Unix socket
    std::string address;  // that it was looked up to
    int port = 0;
    int native = -1;                 // while alive()
    runtime::FileDescriptor socket;  // until it is the acceptor's
    runtime::JoinHandle<void> acceptor;
  };
  // What the directives say, looked up.
  struct Goal {
    struct Host {
      std::string name;
      std::string address;
    };
    std::vector<Host> hosts{};
    int port = 0;
    int backlog = 0;

    static std::expected<Goal, std::string> of(const instance::Settings& settings);
    bool has(const Listener& listener) const;
  };
  struct Opened {
    std::vector<Listener> fresh;
    int port = 0;
  };
  struct Refusal {
    std::string text;
    bool taken = false;  // by another socket
  };

  std::expected<std::optional<Opened>, Refusal> try_port(const Goal& goal, int& port) const;
  std::expected<Opened, Refusal> open_tcp(const Goal& goal) const;
  std::expected<void, std::string> open_unix(const instance::Settings& settings);
  std::vector<Listener> close_all_but(const Goal& goal);
  void reopen(const std::vector<Listener>& gone, int backlog);
  void add(Listener listener);
  void begin(Listener& listener);

  mutable std::mutex mutex_;  // of all below, once clients are accepted
  std::vector<Listener> listening_;
  std::string socket_path_;
  std::atomic<int> port_{0};
  std::optional<runtime::Executor> executor_;  // while clients are accepted
  std::vector<std::shared_ptr<Place>> places_;
};

}  // namespace redouble::server
