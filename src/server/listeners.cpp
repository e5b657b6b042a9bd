#include "server/listeners.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <utility>

#include "runtime/spawn.hpp"
#include "server/address.hpp"
#include "server/listener.hpp"

namespace redouble::server {

using runtime::FileDescriptor;

namespace {

// What this machine lacks altogether, as redis-server takes it.
bool is_unsupported(int error) {
  return error == EAFNOSUPPORT || error == EPFNOSUPPORT || error == EPROTONOSUPPORT ||
         error == ESOCKTNOSUPPORT || error == ENOPROTOOPT;
}

}  // namespace

Listeners::Listener::Listener(std::string host_, std::string address_, int port_,
                              FileDescriptor socket_)
    : host(std::move(host_)),
      address(std::move(address_)),
      port(port_),
      native(socket_.get()),
      socket(std::move(socket_)) {}

// An acceptor ends by stop() and move() alone, or because memory has run out.
bool Listeners::Listener::alive() const { return !acceptor || !acceptor.done(); }

Listeners::~Listeners() {
  if (!socket_path_.empty()) ::unlink(socket_path_.c_str());
}

std::expected<void, std::string> Listeners::open(const instance::Settings& settings) {
  if (settings.bind.empty() && settings.unixsocket.empty())
    return std::unexpected("there is nothing to listen on: bind is empty, and so is unixsocket");
  const auto goal = Goal::of(settings);
  if (!goal) return std::unexpected(goal.error());
  auto opened = open_tcp(*goal);
  if (!opened) return std::unexpected(std::move(opened.error().text));
  if (opened->fresh.empty() && !settings.bind.empty())
    return std::unexpected("no address of the directive bind can be bound");
  listening_ = std::move(opened->fresh);
  port_ = opened->port;
  return open_unix(settings);
}

void Listeners::start(runtime::Executor executor, std::vector<std::shared_ptr<Place>> places) {
  const std::scoped_lock lock(mutex_);
  executor_ = executor;
  places_ = std::move(places);
  for (Listener& listener : listening_) begin(listener);
}

std::expected<void, std::string> Listeners::move(const instance::Settings& settings) {
  const auto goal = Goal::of(settings);  // without the lock: it may wait for a name server
  if (!goal) return std::unexpected(goal.error());
  const std::scoped_lock lock(mutex_);
  if (!executor_) return std::unexpected("the server does not accept clients");
  auto opened = open_tcp(*goal);
  if (!opened && opened.error().taken) {
    // Perhaps by an old place, with which the new one overlaps.
    const std::vector<Listener> gone = close_all_but(*goal);
    opened = open_tcp(*goal);
    if (!opened) reopen(gone, goal->backlog);
  }
  if (!opened) return std::unexpected(std::move(opened.error().text));
  close_all_but(*goal);
  for (Listener& listener : opened->fresh) add(std::move(listener));
  port_ = opened->port;
  return {};
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

// Shut down, a socket refuses clients at once; its acceptor closes it a little later.
std::vector<Listeners::Listener> Listeners::close_all_but(const Goal& goal) {
  const auto going = std::ranges::partition(listening_, [&](const Listener& listener) {
    return listener.alive() && (listener.host.empty() || goal.has(listener));
  });
  std::vector<Listener> gone(std::make_move_iterator(going.begin()),
                             std::make_move_iterator(going.end()));
  listening_.erase(going.begin(), going.end());
  for (const Listener& listener : gone) {
    if (listener.alive()) ::shutdown(listener.native, SHUT_RDWR);
    listener.acceptor.abort();
  }
  return gone;
}

void Listeners::reopen(const std::vector<Listener>& gone, int backlog) {
  for (const Listener& old : gone) {
    auto socket = listen_tcp(old.address, old.port, backlog);
    if (socket) {
      add({old.host, old.address, old.port, std::move(*socket)});
    } else {
      fmt::print(stderr, "redouble: {}\n", socket.error());
    }
  }
}

void Listeners::add(Listener listener) {
  begin(listener);
  listening_.push_back(std::move(listener));
}

void Listeners::begin(Listener& listener) {
  listener.acceptor =
      runtime::spawn(*executor_, accept_clients, std::move(listener.socket), *executor_, places_);
}

std::expected<Listeners::Goal, std::string> Listeners::Goal::of(
    const instance::Settings& settings) {
  Goal goal{.port = static_cast<int>(settings.port),
            .backlog = static_cast<int>(settings.tcp_backlog)};
  for (const std::string& host : settings.bind) {
    auto address = look_up(host.starts_with('-') ? host.substr(1) : host);
    if (!address) return std::unexpected(std::move(address.error()));
    goal.hosts.push_back({.name = host, .address = std::move(*address)});
  }
  return goal;
}

bool Listeners::Goal::has(const Listener& listener) const {
  return listener.port == port &&
         std::ranges::find(hosts, listener.host, &Host::name) != hosts.end();
}

// One try at one port, for every address that nobody listens on yet; nothing where any port would
// do and this one, or the one that the system chose, is taken on one of them. `port` is then the
// one that was tried.
std::expected<std::optional<Listeners::Opened>, Listeners::Refusal> Listeners::try_port(
    const Goal& goal, int& port) const {
  Opened opened{.fresh = {}, .port = port};
  std::vector<const Listener*> kept;
  for (const Goal::Host& host : goal.hosts) {
    const auto there = std::ranges::find_if(listening_, [&](const Listener& listener) {
      return listener.alive() && listener.host == host.name && listener.port == opened.port &&
             std::ranges::find(kept, &listener) == kept.end();
    });
    if (there != listening_.end()) {
      kept.push_back(&*there);
      continue;
    }
    auto socket = listen_tcp(host.address, opened.port, goal.backlog);
    const int error = socket ? 0 : errno;
    // '-' says that this machine may lack the address.
    if (is_unsupported(error) || (host.name.starts_with('-') && error == EADDRNOTAVAIL)) continue;
    if (goal.port == 0 && error == EADDRINUSE) {
      port = opened.port;
      return std::nullopt;
    }
    if (!socket)
      return std::unexpected(
          Refusal{.text = std::move(socket.error()), .taken = error == EADDRINUSE});
    if (opened.port == 0) opened.port = port_of(socket->get());
    opened.fresh.push_back({host.name, host.address, opened.port, std::move(*socket)});
  }
  return opened;
}

// Sockets for what `goal` says and nobody listens on yet.
std::expected<Listeners::Opened, Listeners::Refusal> Listeners::open_tcp(const Goal& goal) const {
  constexpr int most_tries = 32;
  int port = goal.port;
  for (int tries = 0; tries < most_tries; ++tries) {
    auto opened = try_port(goal, port);
    if (!opened) return std::unexpected(std::move(opened.error()));
    if (*opened) return std::move(**opened);
    // The system gives out odd ports first; where they are all taken on another address, the
    // neighbour may be free.
    port = port % 2 == 1 ? port ^ 1 : 0;
  }
  return std::unexpected(
      Refusal{.text = "no port is free on every address of the directive bind", .taken = false});
}

std::expected<void, std::string> Listeners::open_unix(const instance::Settings& settings) {
  if (settings.unixsocket.empty()) return {};
  auto socket = listen_unix(settings.unixsocket, settings.unixsocketperm,
                            static_cast<int>(settings.tcp_backlog));
  if (!socket) return std::unexpected(socket.error());
  socket_path_ = settings.unixsocket;
  listening_.push_back({"", "", 0, std::move(*socket)});
  return {};
}

}  // namespace redouble::server
