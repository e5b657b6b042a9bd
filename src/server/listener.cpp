#include "server/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <utility>

#include "runtime/descriptor.hpp"
#include "runtime/spawn.hpp"
#include "runtime/timer.hpp"
#include "server/address.hpp"
#include "server/connection.hpp"

namespace redouble::server {
namespace {

using runtime::FileDescriptor;
using runtime::Wake;

// Accepted in a row before the other tasks of the thread get their turn.
constexpr int most_accepts = 64;
constexpr std::chrono::milliseconds descriptors_pause{10};

bool out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

void refuse(const FileDescriptor& socket, std::string_view reply) {
  // A fresh socket has room for a line; who has gone already misses nothing.
  (void)::send(socket.get(), reply.data(), reply.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Whether this client may stay; if not, it has been told why.
bool admit(Common& common, const FileDescriptor& socket) {
  instance::Instance& instance = common.instance;
  const auto most = static_cast<std::size_t>(instance.hot().maxclients.load());
  if (common.connections.load() >= most) {
    instance.stats().rejected_connections.fetch_add(1);
    refuse(socket, "-ERR max number of clients reached\r\n");
    return false;
  }
  if (instance.hot().protected_mode.load() && !is_loopback_peer(socket.get())) {
    instance.stats().rejected_connections.fetch_add(1);
    refuse(socket,
           "-DENIED protected mode is on and no password is set: only clients of this machine are "
           "served. Set requirepass, or protected-mode no, to let others in.\r\n");
    return false;
  }
  return true;
}

}  // namespace

runtime::task<void> accept_clients(FileDescriptor socket, runtime::Executor executor,
                                   std::vector<std::shared_ptr<Place>> places) {
  runtime::Descriptor listening(executor, std::move(socket));
  for (;;) {
    co_await listening.wait(Wake::readable);
    for (int accepted = 0; accepted < most_accepts; ++accepted) {
      FileDescriptor client(
          ::accept4(listening.native(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!client) {
        if (out_of_descriptors(errno)) co_await runtime::delay(descriptors_pause);
        break;
      }
      const int on = 1;
      setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      std::shared_ptr<Place> place = *std::ranges::min_element(
          places, {}, [](const auto& one) { return one->connections.load(); });
      if (!admit(place->common, client)) continue;
      place->connections.fetch_add(1);
      place->common.connections.fetch_add(1);
      const runtime::Executor home = place->executor;
      runtime::spawn(home, serve_client, std::move(place), std::move(client)).detach();
    }
  }
}

}  // namespace redouble::server
