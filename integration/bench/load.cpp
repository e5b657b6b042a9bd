// load: a client that costs little: it sends one prebuilt batch of requests after another over some
// connections, counts the replies, and prints `begun`, then what it saw as one line of JSON.
//
//   load (--port N | --unixsocket PATH) [--connections N] [--pipeline N] [--keys N]
//        [--requests N | --for-ms N | --while-input] [--between N] WORD... [--and WORD...]
//   load --first-pong PATH PROGRAM ARGUMENT...
//
// In a WORD, %k stands for a key of 16 digits: the numbers from 0 to --keys - 1, each in its turn,
// in a fixed, mixed order. The command after --and goes alone before every --between requests of
// the first (before every round of the keys, if that is not said).
// It sends so many --requests, or goes on --for-ms milliseconds, or --while-input: it begins when a
// line comes on standard input, and ends when more comes or the input ends. So it runs just while
// another load does whose output it reads.
// With --first-pong it starts the program and says how many milliseconds pass from there until a
// PING on the Unix socket PATH is answered. Another process that answers there is an error, and so
// is a program that used no CPU time.
// Errors: one line, exit code 1; an error reply is one.
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
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
  std::uint64_t for_ms = 0;  // where it is not 0, --requests do not count
  bool while_input = false;  // likewise
  std::uint64_t keys = 1;
  std::uint64_t between = 0;
  std::vector<std::string> words;
  std::vector<std::string> others;  // the command after --and
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

struct Batch {
  std::string bytes;
  std::size_t requests = 0;
};

struct Connection {
  int socket = -1;
  std::size_t awaited = 0;    // replies
  Clock::time_point sent_at;  // the batch under way
  std::string rest;
  ReplyCounter counter;
};

// The prime is greater than any number of keys, so that each comes once in a round of them.
std::string request(const std::vector<std::string>& words, std::uint64_t keys,
                    std::uint64_t number) {
  constexpr std::uint64_t prime = 2'654'435'761;
  std::string text = fmt::format("*{}\r\n", words.size());
  for (std::string word : words) {
    if (const std::size_t at = word.find("%k"); at != std::string::npos) {
      word.replace(at, 2, fmt::format("{:016}", number * prime % keys));
    }
    text += fmt::format("${}\r\n{}\r\n", word.size(), word);
  }
  return text;
}

// Enough different batches that every key is met, but no more than are sent.
std::vector<Batch> prepared(const Options& options) {
  std::uint64_t wanted = options.keys;
  if (options.for_ms == 0 && !options.while_input) wanted = std::min(wanted, options.requests);
  const std::uint64_t between = options.between != 0 ? options.between : options.keys;
  std::vector<Batch> batches;
  std::uint64_t since = between;
  for (std::uint64_t number = 0; number < wanted; since += options.pipeline) {
    if (!options.others.empty() && since >= between) {
      batches.emplace_back(request(options.others, options.keys, number), 1);
      since = 0;
    }
    Batch& batch = batches.emplace_back();
    batch.requests = options.pipeline;
    for (std::size_t i = 0; i < options.pipeline; ++i) {
      batch.bytes += request(options.words, options.keys, number++);
    }
  }
  return batches;
}

void send_batch(Connection& connection, const Batch& batch) {
  connection.awaited = batch.requests;
  connection.sent_at = Clock::now();
  for (std::size_t sent = 0; sent < batch.bytes.size();) {
    const ssize_t now = ::send(connection.socket, batch.bytes.data() + sent,
                               batch.bytes.size() - sent, MSG_NOSIGNAL);
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

class Run {
 public:
  explicit Run(const Options& options) : options_(options), batches_(prepared(options)) {
    for (Connection& connection : connections_) {
      connection.socket = connect_to(options);
      watch(connection.socket, &connection);
    }
    const bool counted = options.for_ms == 0 && !options.while_input;
    latencies_.reserve(counted ? options.requests / options.pipeline + connections_.size()
                               : 1 << 22);
    if (!counted) left_ = UINT64_MAX;
  }

  ~Run() {
    for (const Connection& connection : connections_) ::close(connection.socket);
    ::close(set_);
  }

  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void operator()() {
    if (options_.while_input) await_input();
    fmt::print("begun\n");
    std::fflush(stdout);
    began_ = Clock::now();
    if (options_.for_ms != 0) ends_ = began_ + std::chrono::milliseconds(options_.for_ms);
    for (Connection& connection : connections_) send(connection);
    while (under_way_ > 0) look();
    report(std::chrono::duration<double>(Clock::now() - began_).count());
  }

 private:
  void watch(int descriptor, Connection* connection) const {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = connection}};
    if (::epoll_ctl(set_, EPOLL_CTL_ADD, descriptor, &event) != 0) throw failure("epoll_ctl");
  }

  void await_input() {
    char byte;
    do {
      if (::read(STDIN_FILENO, &byte, 1) != 1) throw std::runtime_error("no line of input");
    } while (byte != '\n');
    watch(STDIN_FILENO, nullptr);
  }

  void send(Connection& connection) {
    if (left_ == 0) return;
    const Batch& batch = batches_[next_];
    next_ = (next_ + 1) % batches_.size();
    send_batch(connection, batch);
    ++under_way_;
    requests_ += batch.requests;
    left_ -= std::min<std::uint64_t>(left_, batch.requests);
  }

  void look() {
    epoll_event events[64];
    const int ready = ::epoll_wait(set_, events, 64, -1);
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.ptr == nullptr) {
        left_ = 0;
        ::epoll_ctl(set_, EPOLL_CTL_DEL, STDIN_FILENO, nullptr);
        continue;
      }
      Connection& connection = *static_cast<Connection*>(events[i].data.ptr);
      if (!receive(connection, buffer_)) continue;
      const Clock::time_point now = Clock::now();
      const auto taken = std::chrono::nanoseconds(now - connection.sent_at).count();
      latencies_.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>(taken, UINT32_MAX)));
      --under_way_;
      if (ends_ && now >= *ends_) left_ = 0;
      send(connection);
    }
  }

  void report(double seconds) {
    fmt::print(
        "{{\"requests\": {}, \"seconds\": {:.6f}, \"p50_us\": {:.1f}, \"p99_us\": {:.1f}, "
        "\"p99_99_us\": {:.1f}, \"max_us\": {:.1f}}}\n",
        requests_, seconds, microseconds(latencies_, 0.5), microseconds(latencies_, 0.99),
        microseconds(latencies_, 0.9999), microseconds(latencies_, 1));
  }

  const Options& options_;
  const std::vector<Batch> batches_;
  const int set_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections_ = std::vector<Connection>(options_.connections);
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  std::vector<std::uint32_t> latencies_;
  std::size_t next_ = 0;       // the batch to send
  std::size_t under_way_ = 0;  // batches
  std::uint64_t requests_ = 0;
  std::uint64_t left_ = options_.requests;
  Clock::time_point began_;
  std::optional<Clock::time_point> ends_;
};

// The process that listens at the other end of a Unix socket.
pid_t listener_of(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) throw failure("getsockopt");
  return peer.pid;
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
  pid_t listener = 0;
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
      listener = listener_of(socket);
      taken_ms = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    }
    ::close(socket);
  }
  ::kill(child, SIGKILL);
  rusage used{};
  ::wait4(child, nullptr, 0, &used);
  if (taken_ms < 0) throw std::runtime_error("no PONG");
  if (listener != child) throw std::runtime_error("another process answers");
  if (used.ru_utime.tv_sec + used.ru_utime.tv_usec + used.ru_stime.tv_sec + used.ru_stime.tv_usec ==
      0) {
    throw std::runtime_error("the program used no CPU time");
  }
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
    if (name == "--while-input") {
      options.while_input = true;
      --place;
      continue;
    }
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
    } else if (name == "--for-ms") {
      options.for_ms = number(name, value);
    } else if (name == "--keys") {
      options.keys = number(name, value);
    } else if (name == "--between") {
      options.between = number(name, value);
    } else {
      throw std::runtime_error(fmt::format("unknown option {}", name));
    }
  }
  char** const end = arguments + count;
  char** const parted = std::find(arguments + place, end, std::string_view("--and"));
  options.words.assign(arguments + place, parted);
  if (parted != end) options.others.assign(parted + 1, end);
  if (options.words.empty()) throw std::runtime_error("no command to send");
  Run run(options);
  run();
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
