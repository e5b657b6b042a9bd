// Caller: a blocking client over a socket, for tests of the server.
//
//   Caller caller(server.port());
//   EXPECT_EQ(caller("PING"), "+PONG\r\n");
//
// Every wait ends after `patience`, with what has come until then.
// Thread safety: one thread at a time.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "instance/config.hpp"
#include "runtime/file_descriptor.hpp"
#include "server/server.hpp"

namespace redouble::testing {

inline constexpr time_t patience_seconds = 20;

class Caller {
 public:
  // `window_bytes`: of the receive buffer, where it is not 0; a small one fills the server's soon.
  explicit Caller(int port, const char* host = "127.0.0.1", int window_bytes = 0)
      : window_bytes_(window_bytes) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, host, &address.sin_addr);
    open(AF_INET, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  explicit Caller(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    open(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }

  bool connected() const { return connected_; }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  // The next `size` bytes, or fewer where the peer closes or the patience ends.
  std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size) {
      const ssize_t part = ::recv(socket_.get(), bytes.data() + got, size - got, 0);
      if (part <= 0) break;
      got += static_cast<std::size_t>(part);
    }
    bytes.resize(got);
    return bytes;
  }
  std::string line() {
    std::string text;
    while (!text.ends_with("\r\n")) {
      const std::string byte = receive(1);
      if (byte.empty()) break;
      text += byte;
    }
    return text;
  }
  // Everything until the peer closes.
  std::string rest() {
    std::string all;
    for (std::string part; !(part = receive(1)).empty();) all += part;
    return all;
  }
  // Whether the peer has closed, without saying anything, or does within that time.
  bool closed_within(std::chrono::milliseconds time) {
    pollfd waited{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waited, 1, static_cast<int>(time.count())) <= 0) return false;
    char byte = 0;
    return ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }
  // Sends an inline command; the first line of its reply, and of a bulk reply the second too.
  std::string operator()(std::string_view command) {
    send(std::string(command) + "\r\n");
    std::string text = line();
    if (text.starts_with('$') && text != "$-1\r\n") text += line();
    return text;
  }
  void close() { socket_ = runtime::FileDescriptor(); }
  int descriptor() const { return socket_.get(); }

 private:
  void open(int family, const sockaddr* address, socklen_t size) {
    socket_ = runtime::FileDescriptor(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{.tv_sec = patience_seconds, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (window_bytes_ != 0) {
      ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &window_bytes_, sizeof window_bytes_);
    }
    connected_ = ::connect(socket_.get(), address, size) == 0;
  }

  runtime::FileDescriptor socket_;
  int window_bytes_ = 0;
  bool connected_ = false;
};

// A server on a free port of 127.0.0.1, running until end() or its destruction.
class Serving {
 public:
  explicit Serving(std::string_view configuration = {}) {
    instance::Config config;
    config.report("bind", "127.0.0.1");
    config.report("port", "0");
    const auto loaded = config.load_text(configuration, "test");
    EXPECT_TRUE(loaded) << loaded.error();
    server = std::make_unique<server::Server>(std::move(config));
    const auto opened = server->open();
    EXPECT_TRUE(opened) << opened.error();
    runs_ = std::jthread([this] { EXPECT_EQ(server->run(), 0); });
  }
  ~Serving() {
    if (runs_.joinable()) server->shutdown(instance::ShutdownMode::now);
  }
  Caller call() const { return Caller(server->port()); }
  void shut_down(instance::ShutdownMode mode = instance::ShutdownMode::graceful) {
    server->shutdown(mode);
    wait_for_end();
  }
  void wait_for_end() { runs_.join(); }

  std::unique_ptr<server::Server> server;

 private:
  std::jthread runs_;
};

// Waits until `happened` says so, or the patience ends.
template <class F>
bool eventually(F&& happened) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(patience_seconds);
  while (std::chrono::steady_clock::now() < end) {
    if (happened()) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace redouble::testing
