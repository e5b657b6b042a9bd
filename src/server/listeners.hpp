// Listeners: where a server listens. Opened before anything runs, moved by CONFIG SET bind and
// port.
//
//   Listeners listeners;
//   auto opened = listeners.open(settings);  // one line that says what is wrong
//   listeners.start(executor, places);       // from here on clients are accepted
//   listeners.move(settings);                // to where the directives bind and port say now
//   for (auto& acceptor : listeners.stop()) co_await acceptor;
//
// A move keeps what stays and is all or nothing: where a new place cannot be had, the old ones are
// opened again. While it lasts, a client of a place that goes may be refused. The Unix socket never
// moves; its file goes with the Listeners.
// Thread safety: any thread; open() and start() before the first move() or stop().
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
  // The port of the TCP sockets; where there are none, the last one they had, 0 at first.
  int port() const { return port_; }

 private:
  struct Listener {
    std::string host;  // empty: the Unix socket
    int port = 0;
    int native = -1;                   // valid until the acceptor has ended
    runtime::FileDescriptor socket{};  // until it is the acceptor's
    runtime::JoinHandle<void> acceptor{};
  };
  struct Opened {
    std::vector<Listener> fresh;
    int port = 0;
  };

  static Listener opened_at(std::string host, int port, runtime::FileDescriptor socket);
  static std::vector<Listener> again(const std::vector<Listener>& gone,
                                     const instance::Settings& settings);
  const Listener* find(const std::string& host, int port) const;
  std::expected<std::optional<Opened>, std::string> try_port(const instance::Settings& settings,
                                                             int& port) const;
  std::expected<Opened, std::string> open_tcp(const instance::Settings& settings) const;
  std::expected<void, std::string> open_unix(const instance::Settings& settings);
  void begin(Listener& listener);

  mutable std::mutex mutex_;  // of all below, once clients are accepted
  std::vector<Listener> listening_;
  std::string socket_path_;
  std::atomic<int> port_{0};
  std::optional<runtime::Executor> executor_;  // while clients are accepted
  std::vector<std::shared_ptr<Place>> places_;
};

}  // namespace redouble::server
