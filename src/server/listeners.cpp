#include "server/listeners.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "runtime/spawn.hpp"
#include "server/address.hpp"
#include "server/listener.hpp"

namespace redouble::server {

using runtime::FileDescriptor;

namespace {

// '-' before an address says that this machine may lack it.
std::expected<FileDescriptor, std::string> listen_at_host(const std::string& host, int port,
                                                          const instance::Settings& settings) {
  return listen_tcp(host.starts_with('-') ? host.substr(1) : host, port,
                    static_cast<int>(settings.tcp_backlog));
}

}  // namespace

Listeners::Listener Listeners::opened_at(std::string host, int port, FileDescriptor socket) {
  const int native = socket.get();
  return {.host = std::move(host), .port = port, .native = native, .socket = std::move(socket)};
}

Listeners::~Listeners() {
  if (!socket_path_.empty()) ::unlink(socket_path_.c_str());
}

std::expected<void, std::string> Listeners::open(const instance::Settings& settings) {
  if (settings.bind.empty() && settings.unixsocket.empty())
    return std::unexpected("there is nothing to listen on: bind is empty, and so is unixsocket");
  if (!settings.bind.empty()) {
    auto opened = open_tcp(settings);
    if (!opened) return std::unexpected(std::move(opened.error()));
    if (opened->fresh.empty())
      return std::unexpected("no address of the directive bind can be bound");
    listening_ = std::move(opened->fresh);
    port_ = opened->port;
  }
  return open_unix(settings);
}

void Listeners::start(runtime::Executor executor, std::vector<std::shared_ptr<Place>> places) {
  const std::scoped_lock lock(mutex_);
  executor_ = executor;
  places_ = std::move(places);
  for (Listener& listener : listening_) begin(listener);
}

std::expected<void, std::string> Listeners::move(const instance::Settings& settings) {
  const std::scoped_lock lock(mutex_);
  if (!executor_) return {};  // the server ends: it listens nowhere any more
  const auto stays = [&](const Listener& listener) {
    if (listener.host.empty()) return true;
    return listener.port == settings.port &&
           std::ranges::find(settings.bind, listener.host) != settings.bind.end();
  };
  // A new place may overlap with an old one, so the old ones go first. Shut down, a socket refuses
  // clients at once; its task closes it a little later.
  const auto going = std::ranges::partition(listening_, stays);
  const std::vector<Listener> gone(std::make_move_iterator(going.begin()),
                                   std::make_move_iterator(going.end()));
  listening_.erase(going.begin(), going.end());
  for (const Listener& listener : gone) {
    ::shutdown(listener.native, SHUT_RDWR);
    listener.acceptor.abort();
  }
  auto opened = open_tcp(settings);
  auto fresh = opened ? std::move(opened->fresh) : again(gone, settings);
  for (Listener& listener : fresh) {
    begin(listener);
    listening_.push_back(std::move(listener));
  }
  if (!opened) return std::unexpected(std::move(opened.error()));
  port_ = opened->port;
  return {};
}

// New sockets where those were.
std::vector<Listeners::Listener> Listeners::again(const std::vector<Listener>& gone,
                                                  const instance::Settings& settings) {
  std::vector<Listener> fresh;
  for (const Listener& listener : gone) {
    auto socket = listen_at_host(listener.host, listener.port, settings);
    if (socket) fresh.push_back(opened_at(listener.host, listener.port, std::move(*socket)));
  }
  return fresh;
}

std::vector<runtime::JoinHandle<void>> Listeners::stop() {
  const std::scoped_lock lock(mutex_);
  executor_.reset();
  std::vector<runtime::JoinHandle<void>> ending;
  for (Listener& listener : std::exchange(listening_, {})) {
    if (!listener.acceptor) continue;  // never started
    listener.acceptor.abort();
    ending.push_back(std::move(listener.acceptor));
  }
  return ending;
}

void Listeners::begin(Listener& listener) {
  listener.acceptor =
      runtime::spawn(*executor_, accept_clients, std::move(listener.socket), *executor_, places_);
}

const Listeners::Listener* Listeners::find(const std::string& host, int port) const {
  const auto at = std::ranges::find_if(listening_, [&](const Listener& listener) {
    return listener.host == host && listener.port == port;
  });
  return at == listening_.end() ? nullptr : &*at;
}

// One try at one port, for every address; nothing where any port would do and this one, or the one
// that the system chose, is taken on one of them. `port` is then the one that was tried.
std::expected<std::optional<Listeners::Opened>, std::string> Listeners::try_port(
    const instance::Settings& settings, int& port) const {
  Opened opened{.fresh = {}, .port = port};
  for (const std::string& host : settings.bind) {
    if (find(host, opened.port) != nullptr) continue;
    auto socket = listen_at_host(host, opened.port, settings);
    if (!socket && host.starts_with('-') && errno != EADDRINUSE) continue;
    if (!socket && settings.port == 0 && errno == EADDRINUSE) {
      port = opened.port;
      return std::nullopt;
    }
    if (!socket) return std::unexpected(socket.error());
    if (opened.port == 0) opened.port = port_of(socket->get());
    opened.fresh.push_back(opened_at(host, opened.port, std::move(*socket)));
  }
  return opened;
}

// Sockets for what `settings` says and nobody listens on yet.
std::expected<Listeners::Opened, std::string> Listeners::open_tcp(
    const instance::Settings& settings) const {
  constexpr int most_tries = 32;
  auto port = static_cast<int>(settings.port);
  for (int tries = 0; tries < most_tries; ++tries) {
    auto opened = try_port(settings, port);
    if (!opened) return std::unexpected(std::move(opened.error()));
    if (*opened) return std::move(**opened);
    // The system gives out odd ports first; where they are all taken on another address, the
    // neighbour may be free.
    port = port % 2 == 1 ? port ^ 1 : 0;
  }
  return std::unexpected("no port is free on every address of the directive bind");
}

std::expected<void, std::string> Listeners::open_unix(const instance::Settings& settings) {
  if (settings.unixsocket.empty()) return {};
  auto socket = listen_unix(settings.unixsocket, settings.unixsocketperm,
                            static_cast<int>(settings.tcp_backlog));
  if (!socket) return std::unexpected(socket.error());
  socket_path_ = settings.unixsocket;
  listening_.push_back(opened_at("", 0, std::move(*socket)));
  return {};
}

}  // namespace redouble::server
