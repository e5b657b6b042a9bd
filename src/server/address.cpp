#include "server/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nss.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace redouble::server {
namespace {

using runtime::FileDescriptor;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);

  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
  sa_family_t family() const { return storage.ss_family; }
};

std::string reason(int error) { return std::generic_category().message(error); }

std::string text_of(const Address& address, const Address& local) {
  char text[INET6_ADDRSTRLEN] = "?";
  switch (address.family()) {
    case AF_INET: {
      const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
      inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
      return fmt::format("{}:{}", text, ntohs(v4.sin_port));
    }
    case AF_INET6: {
      const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
      inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
      return fmt::format("[{}]:{}", text, ntohs(v6.sin6_port));
    }
    case AF_UNIX:
      // The client's end has no name; both ends are shown by the server's.
      return fmt::format("{}:0", reinterpret_cast<const sockaddr_un&>(local.storage).sun_path);
    default:
      return "?:0";
  }
}

Address local_of(int socket) {
  Address address;
  if (getsockname(socket, address.generic(), &address.size) != 0) address = Address();
  return address;
}

Address peer_of(int socket) {
  Address address;
  if (getpeername(socket, address.generic(), &address.size) != 0) address = Address();
  return address;
}

std::expected<Address, std::string> parse(const std::string& host, int port) {
  Address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  const auto number = htons(static_cast<std::uint16_t>(port));
  if (host == "*" || inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = number;
    address.size = sizeof(sockaddr_in);
    return address;
  }
  if (host == "::*" || inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    if (host == "::*") v6.sin6_addr = in6addr_any;
    v6.sin6_family = AF_INET6;
    v6.sin6_port = number;
    address.size = sizeof(sockaddr_in6);
    return address;
  }
  errno = EINVAL;
  return std::unexpected(fmt::format("bind: '{}' is not a numeric address", host));
}

std::expected<FileDescriptor, std::string> listen_at(Address address, const std::string& name,
                                                     int backlog) {
  FileDescriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto failed = [&](const char* what) {
    return std::unexpected(fmt::format("cannot {} {}: {}", what, name, reason(errno)));
  };
  if (!socket) return failed("make a socket for");
  const int on = 1;
  if (address.family() != AF_UNIX) {
    setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  }
  if (address.family() == AF_INET6) {
    setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  if (::bind(socket.get(), address.generic(), address.size) != 0) return failed("bind");
  if (::listen(socket.get(), backlog) != 0) return failed("listen on");
  return socket;
}

}  // namespace

std::string peer_address(int socket) { return text_of(peer_of(socket), local_of(socket)); }

std::string local_address(int socket) {
  const Address local = local_of(socket);
  return text_of(local, local);
}

bool is_unix_socket(int socket) { return local_of(socket).family() == AF_UNIX; }

bool is_loopback_peer(int socket) {
  const Address peer = peer_of(socket);
  switch (peer.family()) {
    case AF_INET:
      return (ntohl(reinterpret_cast<const sockaddr_in&>(peer.storage).sin_addr.s_addr) >> 24) ==
             127;
    case AF_INET6:
      return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(peer.storage).sin6_addr) !=
             0;
    default:
      return true;
  }
}

std::expected<std::string, std::string> look_up(const std::string& host) {
  if (parse(host, 0)) return host;
  // A machine without /etc/hosts knows itself all the same.
  if (host == "localhost") return "127.0.0.1";
#ifdef __GLIBC__
  // A program that is linked whole must not load what else a machine looks names up with: such
  // libraries want the C library of that machine.
  __nss_configure_lookup("hosts", "files dns");
#endif
  addrinfo wanted{};
  wanted.ai_family = host.contains(':') ? AF_INET6 : AF_INET;  // as redis-server chooses it
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (error != 0)
    return std::unexpected(fmt::format("bind: '{}' is no address: {}", host, gai_strerror(error)));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  char text[INET6_ADDRSTRLEN] = "";
  ::getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return text;
}

std::expected<FileDescriptor, std::string> listen_tcp(const std::string& host, int port,
                                                      int backlog) {
  const auto address = parse(host, port);
  if (!address) return std::unexpected(address.error());
  return listen_at(*address, fmt::format("{} port {}", host, port), backlog);
}

std::expected<FileDescriptor, std::string> listen_unix(const std::string& path,
                                                       std::int64_t permissions, int backlog) {
  Address address;
  auto& local = reinterpret_cast<sockaddr_un&>(address.storage);
  if (path.size() >= sizeof(local.sun_path)) {
    return std::unexpected(fmt::format("unixsocket: '{}' is longer than the {} bytes of a path",
                                       path, sizeof(local.sun_path) - 1));
  }
  local.sun_family = AF_UNIX;
  std::memcpy(local.sun_path, path.c_str(), path.size() + 1);
  address.size = static_cast<socklen_t>(sizeof(sockaddr_un));
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) ::unlink(path.c_str());
  auto socket = listen_at(address, path, backlog);
  if (socket && permissions != 0 && ::chmod(path.c_str(), static_cast<mode_t>(permissions)) != 0) {
    return std::unexpected(fmt::format("cannot change the mode of {}: {}", path, reason(errno)));
  }
  return socket;
}

int port_of(int socket) {
  const Address local = local_of(socket);
  if (local.family() == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(local.storage).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(local.storage).sin_port);
}

}  // namespace redouble::server
