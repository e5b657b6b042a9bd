// limit: the least that a server can do: it finds whole requests and gives a fixed reply to each.
//
//   limit --port 0 | --unixsocket PATH      prints "ready port=N pid=N"; ends by a signal
//
// What a real server takes beyond this is its own; what this takes is the kernel's and the wire's.
// Asio waits for one descriptor, an epoll set in which every connection stands; its coroutines are
// resumed directly. One receive, one scan, one send. PING, GET, INCR and anything else get the
// replies that a real server would give them for 32-byte values.
// Thread safety: one thread.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

namespace {

struct Client {
  std::coroutine_handle<> sleeper;
  std::string rest;  // of a request that is not whole
};

struct Readable {
  Client& client;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> sleeper) const noexcept { client.sleeper = sleeper; }
  void await_resume() const noexcept {}
};

struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

int set = -1;
std::array<char, 64 * 1024> input;
std::array<char, 256 * 1024> output;

// The end of the length line that starts at `at`, its value in `length`; nullptr where it is not
// whole.
const char* read_length(const char* at, const char* end, std::size_t& length) {
  length = 0;
  for (; at < end && *at != '\r'; ++at) length = length * 10 + static_cast<std::size_t>(*at - '0');
  return end - at < 2 ? nullptr : at + 2;
}

// The end of the request at `at`, and its reply; nullptr where it is not whole. Assumes what its
// own client sends: well-formed requests.
const char* answer_one(const char* at, const char* end, std::string_view& reply) {
  using namespace std::string_view_literals;
  static constexpr std::string_view value = "$32\r\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv\r\n"sv;
  reply = "+PONG\r\n"sv;
  if (*at != '*') {  // inline: the line is a PING
    at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    return at == nullptr ? nullptr : at + 1;
  }
  std::size_t words;
  at = read_length(at + 1, end, words);
  for (std::size_t i = 0; at != nullptr && i < words; ++i) {
    std::size_t size;
    if (at >= end) return nullptr;
    at = read_length(at + 1, end, size);
    if (at == nullptr || static_cast<std::size_t>(end - at) < size + 2) return nullptr;
    if (i == 0 && *at != 'P') reply = *at == 'G' ? value : *at == 'I' ? ":1\r\n"sv : "+OK\r\n"sv;
    at += size + 2;
  }
  return at;
}

struct Answered {
  std::size_t read;
  std::size_t written;
};

Answered answer(std::string_view bytes) {
  char* out = output.data();
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at < end) {
    std::string_view reply;
    const char* const next = answer_one(at, end, reply);
    if (next == nullptr) break;
    at = next;
    std::memcpy(out, reply.data(), reply.size());
    out += reply.size();
  }
  return {static_cast<std::size_t>(at - bytes.data()),
          static_cast<std::size_t>(out - output.data())};
}

Detached serve(int socket) {
  Client client;
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
  ::epoll_ctl(set, EPOLL_CTL_ADD, socket, &event);
  for (;;) {
    co_await Readable{client};
    const std::size_t kept = client.rest.copy(input.data(), input.size());
    const ssize_t size = ::recv(socket, input.data() + kept, input.size() - kept, MSG_DONTWAIT);
    if (size <= 0) break;
    const std::string_view bytes(input.data(), kept + static_cast<std::size_t>(size));
    const auto [read, written] = answer(bytes);
    client.rest = bytes.substr(read);
    if (written != 0 && ::send(socket, output.data(), written, MSG_NOSIGNAL) < 0) break;
  }
  ::close(socket);
}

void look(int listener) {
  std::array<epoll_event, 128> events;
  const int ready = ::epoll_wait(set, events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < ready; ++i) {
    if (events[static_cast<std::size_t>(i)].data.ptr != nullptr) {
      static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr)->sleeper.resume();
      continue;
    }
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (socket >= 0) serve(socket);
  }
}

void wait(boost::asio::posix::stream_descriptor& descriptor, int listener) {
  descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [&descriptor, listener](const boost::system::error_code&) {
                          look(listener);
                          wait(descriptor, listener);
                        });
}

int listen_at(const char* path) {
  if (path != nullptr) {
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    ::unlink(path);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return -1;
    return listener;
  }
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return -1;
  return listener;
}

}  // namespace

int main(int count, char** arguments) {
  const bool local = count == 3 && std::string_view(arguments[1]) == "--unixsocket";
  const bool any_port = count == 3 && std::string_view(arguments[1]) == "--port" &&
                        std::string_view(arguments[2]) == "0";
  if (!local && !any_port) {
    std::fputs("limit: usage: limit --port 0 | --unixsocket PATH\n", stderr);
    return 1;
  }
  const int listener = listen_at(local ? arguments[2] : nullptr);
  if (listener < 0 || ::listen(listener, 511) != 0) {
    std::perror("limit");
    return 1;
  }
  sockaddr_in bound{};
  socklen_t size = sizeof(bound);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &size);
  boost::asio::io_context context(1);
  set = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  ::epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
  boost::asio::posix::stream_descriptor descriptor(context, set);
  wait(descriptor, listener);
  std::printf("ready port=%d pid=%d\n", local ? 0 : ntohs(bound.sin_port), ::getpid());
  std::fflush(stdout);
  context.run();
}
