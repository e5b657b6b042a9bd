// load: a client that costs little: it sends one prebuilt batch of requests after another over some
// connections, counts the replies, and prints what it saw as one line of JSON.
//
//   load (--port N | --unixsocket PATH) [--connections N] [--pipeline N] [--requests N]
//        [--keys N] WORD...
//   load --first-pong PATH PROGRAM ARGUMENT...
//
// In a WORD, %k stands for a key of 16 digits: the numbers from 0 to --keys - 1 in a fixed, mixed
// order. With --first-pong it starts the program and says how many milliseconds pass from there
// until a PING on the Unix socket PATH is answered.
// Errors: one line, exit code 1; an error reply is one.
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  int port = 0;
  std::string path;
  std::size_t connections = 20;
  std::size_t pipeline = 1;
  std::uint64_t requests = 100'000;
  std::uint64_t keys = 1;
  std::vector<std::string> words;
};

std::runtime_error failure(std::string_view what) {
  return std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

int connect_to(const Options& options) {
  const bool local = !options.path.empty();
  const int socket = ::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) throw failure("socket");
  int result;
  if (local) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (options.path.size() >= sizeof(address.sun_path)) throw std::runtime_error("path too long");
    std::memcpy(address.sun_path, options.path.c_str(), options.path.size() + 1);
    result = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    result = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  if (result != 0) {
    ::close(socket);
    throw failure("connect");
  }
  return socket;
}

// Counts whole replies of protocol 2 in what has arrived so far.
class ReplyCounter {
 public:
  // How many top-level replies have ended; `used` says up to where the bytes were looked at.
  std::size_t count(std::string_view bytes, std::size_t& used) {
    std::size_t ended = 0;
    used = 0;
    while (used < bytes.size()) {
      const std::size_t end = bytes.find('\n', used);
      if (end == std::string_view::npos) break;
      std::size_t next = end + 1;
      const char type = bytes[used];
      if (type == '-') {
        throw std::runtime_error(std::string(bytes.substr(used, end - used)));
      }
      if (type == '$' || type == '*') {
        std::int64_t size = 0;
        std::from_chars(bytes.data() + used + 1, bytes.data() + end, size);
        if (type == '*') open_ += static_cast<std::size_t>(std::max<std::int64_t>(size, 0));
        if (type == '$' && size >= 0) next += static_cast<std::size_t>(size) + 2;
      }
      if (next > bytes.size()) break;
      used = next;
      if (type == '*' && open_ > 0 && !inside_) {
        inside_ = true;
        continue;
      }
      if (inside_ && --open_ > 0) continue;
      inside_ = false;
      ++ended;
    }
    return ended;
  }

 private:
  std::size_t open_ = 0;  // elements of the array under way, still to come
  bool inside_ = false;
};

struct Connection {
  int socket = -1;
  std::size_t batch = 0;      // the next to send
  std::size_t awaited = 0;    // replies
  Clock::time_point sent_at;  // the batch under way
  std::string rest;
  ReplyCounter counter;
};

std::string request(const Options& options, std::uint64_t number) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  std::string text = fmt::format("*{}\r\n", options.words.size());
  for (std::string word : options.words) {
    if (const std::size_t at = word.find("%k"); at != std::string::npos) {
      word.replace(at, 2, fmt::format("{:016}", (number * odd >> 20) % options.keys));
    }
    text += fmt::format("${}\r\n{}\r\n", word.size(), word);
  }
  return text;
}

void send_batch(Connection& connection, const std::vector<std::string>& batches,
                std::size_t pipeline) {
  const std::string& batch = batches[connection.batch++ % batches.size()];
  connection.awaited = pipeline;
  connection.sent_at = Clock::now();
  for (std::size_t sent = 0; sent < batch.size();) {
    const ssize_t now =
        ::send(connection.socket, batch.data() + sent, batch.size() - sent, MSG_NOSIGNAL);
    if (now < 0) throw failure("send");
    sent += static_cast<std::size_t>(now);
  }
}

// True when the batch under way is answered.
bool receive(Connection& connection, std::vector<char>& buffer) {
  const ssize_t size = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
  if (size <= 0) throw failure("the server has closed a connection");
  const std::string_view fresh(buffer.data(), static_cast<std::size_t>(size));
  std::size_t used = 0;
  std::size_t ended;
  if (connection.rest.empty()) {
    ended = connection.counter.count(fresh, used);
    connection.rest = fresh.substr(used);
  } else {
    connection.rest += fresh;
    ended = connection.counter.count(connection.rest, used);
    connection.rest.erase(0, used);
  }
  if (ended > connection.awaited) throw std::runtime_error("more replies than requests");
  connection.awaited -= ended;
  return connection.awaited == 0;
}

double microseconds(std::vector<std::uint32_t>& nanoseconds, double part) {
  if (nanoseconds.empty()) return 0;
  const auto place = static_cast<std::size_t>(part * static_cast<double>(nanoseconds.size() - 1));
  std::ranges::nth_element(nanoseconds, nanoseconds.begin() + static_cast<std::ptrdiff_t>(place));
  return nanoseconds[place] / 1000.0;
}

void run(const Options& options) {
  // Enough different batches that every key is met, within reason.
  const std::uint64_t wanted = std::max<std::uint64_t>(options.keys / options.pipeline, 1);
  std::vector<std::string> batches(std::min<std::uint64_t>(wanted, 20'000));
  std::uint64_t number = 0;
  for (std::string& batch : batches) {
    for (std::size_t i = 0; i < options.pipeline; ++i) batch += request(options, number++);
  }
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections(options.connections);
  for (std::size_t i = 0; i < connections.size(); ++i) {
    connections[i].socket = connect_to(options);
    connections[i].batch = i * batches.size() / connections.size();
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connections[i]}};
    ::epoll_ctl(set, EPOLL_CTL_ADD, connections[i].socket, &event);
  }
  const std::uint64_t total = std::max<std::uint64_t>(options.requests / options.pipeline, 1);
  std::vector<std::uint32_t> latencies;
  latencies.reserve(total);
  std::vector<char> buffer(256 * 1024);
  std::uint64_t sent = 0;
  const auto began = Clock::now();
  for (Connection& connection : connections) {
    if (sent == total) break;
    send_batch(connection, batches, options.pipeline);
    ++sent;
  }
  while (latencies.size() < total) {
    epoll_event events[64];
    const int ready = ::epoll_wait(set, events, 64, -1);
    for (int i = 0; i < ready; ++i) {
      Connection& connection = *static_cast<Connection*>(events[i].data.ptr);
      if (!receive(connection, buffer)) continue;
      const auto taken = std::chrono::nanoseconds(Clock::now() - connection.sent_at).count();
      latencies.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>(taken, UINT32_MAX)));
      if (sent == total) continue;
      send_batch(connection, batches, options.pipeline);
      ++sent;
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  for (const Connection& connection : connections) ::close(connection.socket);
  ::close(set);
  fmt::print(
      "{{\"requests\": {}, \"seconds\": {:.6f}, \"p50_us\": {:.1f}, \"p99_us\": {:.1f}, "
      "\"p99_99_us\": {:.1f}, \"max_us\": {:.1f}}}\n",
      total * options.pipeline, seconds, microseconds(latencies, 0.5),
      microseconds(latencies, 0.99), microseconds(latencies, 0.9999), microseconds(latencies, 1));
}

void first_pong(const std::string& path, char** program) {
  Options options;
  options.path = path;
  ::unlink(path.c_str());
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const auto began = Clock::now();
  if (::posix_spawnp(&child, program[0], &files, nullptr, program, environ) != 0) {
    throw failure(program[0]);
  }
  constexpr auto patience = std::chrono::seconds(30);
  double taken_ms = -1;
  while (taken_ms < 0 && Clock::now() - began < patience) {
    int socket;
    try {
      socket = connect_to(options);
    } catch (const std::exception&) {
      continue;
    }
    char reply[7] = {};
    if (::send(socket, "PING\r\n", 6, MSG_NOSIGNAL) == 6 &&
        ::recv(socket, reply, sizeof(reply), MSG_WAITALL) == 7 && reply[0] == '+') {
      taken_ms = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    }
    ::close(socket);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  if (taken_ms < 0) throw std::runtime_error("no PONG");
  fmt::print("{{\"first_pong_ms\": {:.3f}}}\n", taken_ms);
}

std::uint64_t number(std::string_view name, const char* text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (*text == '\0' || *end != '\0' || value == 0) {
    throw std::runtime_error(fmt::format("{} wants a number, not '{}'", name, text));
  }
  return value;
}

void start(int count, char** arguments) {
  Options options;
  int place = 1;
  for (; place < count && std::string_view(arguments[place]).starts_with("--"); place += 2) {
    const std::string_view name = arguments[place];
    if (place + 1 >= count) throw std::runtime_error(fmt::format("{} wants a value", name));
    const char* value = arguments[place + 1];
    if (name == "--first-pong") return first_pong(value, arguments + place + 2);
    if (name == "--unixsocket") {
      options.path = value;
    } else if (name == "--port") {
      options.port = static_cast<int>(number(name, value));
    } else if (name == "--connections") {
      options.connections = number(name, value);
    } else if (name == "--pipeline") {
      options.pipeline = number(name, value);
    } else if (name == "--requests") {
      options.requests = number(name, value);
    } else if (name == "--keys") {
      options.keys = number(name, value);
    } else {
      throw std::runtime_error(fmt::format("unknown option {}", name));
    }
  }
  options.words.assign(arguments + place, arguments + count);
  if (options.words.empty()) throw std::runtime_error("no command to send");
  run(options);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    start(count, arguments);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "load: {}\n", error.what());
    return 1;
  }
}
