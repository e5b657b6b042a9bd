// Pair: the real redis-server as judge and the server that was built, as child processes.
//
// REDOUBLE_PROGRAM is ours, REDOUBLE_REDIS_SERVER the judge. Both end with the pair, and when the
// thread that made them ends. Thread safety: one thread at a time.
// Errors: std::runtime_error where a server does not start.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/differential.hpp"
#include "resp/reply_reader.hpp"
#include "support/folder.hpp"

namespace redouble::integration {

using check::Answers;
using check::Target;

inline constexpr int patience_ms = 20'000;
inline constexpr int judged_databases = 4;

inline std::string environment(const char* name, std::string otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::move(otherwise) : std::string(value);
}

// A server as a child process; it ends with this object, and when this process ends.
class JudgedProcess {
 public:
  JudgedProcess(std::vector<std::string> command, std::string_view ready_words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    std::vector<char*> words;
    for (std::string& word : command) words.push_back(word.data());
    words.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("no process");
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(ends[1], STDOUT_FILENO);
      ::execvp(words[0], words.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    std::string text;
    char part[512];
    while (text.find(ready_words) == std::string::npos) {
      const ssize_t size = ::read(ends[0], part, sizeof part);
      if (size <= 0) break;
      text.append(part, static_cast<std::size_t>(size));
    }
    ::close(ends[0]);
    if (text.find(ready_words) == std::string::npos) {
      throw std::runtime_error(command[0] + " does not start: " + text);
    }
  }
  ~JudgedProcess() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      wait();
    }
  }
  JudgedProcess(const JudgedProcess&) = delete;
  JudgedProcess& operator=(const JudgedProcess&) = delete;

  // Until it has ended; its status as waitpid gives it.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_ = -1;
};

// One connection over a Unix socket. Sends and receives at the same time, so that neither side
// waits for the other with full buffers.
class Peer {
 public:
  explicit Peer(const std::string& path) {
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect to " + path + ": " + std::strerror(errno));
    }
    ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
  }
  ~Peer() { ::close(descriptor_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  enum class End { enough, closed, silent };

  // Sends `bytes` (and with `finish` no more ever) and hands what comes to `take`, until that says
  // it is enough.
  template <typename Take>
  End exchange(std::string_view bytes, Take&& take, bool finish = false) {
    for (;;) {
      if (bytes.empty() && std::exchange(finish, false)) ::shutdown(descriptor_, SHUT_WR);
      pollfd wait{descriptor_, POLLIN, 0};
      if (!bytes.empty()) wait.events |= POLLOUT;
      const int ready = ::poll(&wait, 1, patience_ms);
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return End::silent;
      if ((wait.revents & POLLOUT) != 0 && !bytes.empty()) {
        const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
        // The other side is gone; what it said before is still to be read.
        if (sent < 0 && errno != EAGAIN && errno != EINTR) bytes = {};
      }
      if ((wait.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      const ssize_t got = ::recv(descriptor_, buffer_, sizeof buffer_, 0);
      if (got > 0 && take(std::string_view(buffer_, static_cast<std::size_t>(got)))) {
        return End::enough;
      }
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return End::closed;
    }
  }

 private:
  int descriptor_ = -1;
  char buffer_[64 * 1024];
};

// A server with what the tests ask of it.
class Side {
 public:
  Side(std::vector<std::string> command, std::string_view ready_words, std::string path)
      : path_(std::move(path)), process_(std::move(command), ready_words) {}

  Target target() {
    return {[this] { renew(); },
            [this](std::string_view bytes, std::size_t replies) { return ask(bytes, replies); }};
  }

  void renew() {
    // The server closes after QUIT's reply: when that is seen it has forgotten the client.
    if (peer_) peer_->exchange("*1\r\n$4\r\nQUIT\r\n", [](std::string_view) { return false; });
    peer_.emplace(path_);
    reader_ = resp::ReplyReader();
  }

  Answers ask(std::string_view bytes, std::size_t replies) {
    Answers answers;
    std::size_t seen = 0;
    const auto take = [&](std::string_view part) {
      reader_.feed(part);
      resp::Reply reply;
      for (;;) {
        const auto status = reader_.next(reply);
        if (status == resp::ReplyReader::Status::error) {
          answers.trouble = "malformed reply: " + reader_.error();
          return true;
        }
        if (status == resp::ReplyReader::Status::need_more) return false;
        if (reply.type != resp::Reply::Type::push) ++seen;
        const bool is_last = seen == replies || reply.text == check::end_of_batch;
        answers.replies.push_back(std::exchange(reply, {}));
        if (is_last) return true;
      }
    };
    const auto end = peer_->exchange(bytes, take);
    answers.closed = end == Peer::End::closed;
    if (end == Peer::End::silent) answers.trouble = "no answer";
    return answers;
  }

  // Everything that comes back for the bytes on a connection of their own, until the server closes:
  // with `finish` because the sending side was closed behind the bytes.
  std::string raw(std::string_view bytes, bool finish) {
    Peer peer(path_);
    std::string answer;
    const auto take = [&](std::string_view part) {
      answer += part;
      return false;
    };
    if (peer.exchange(bytes, take, finish) == Peer::End::silent) answer += "(not closed)";
    return answer;
  }

  JudgedProcess& process() { return process_; }
  void forget_connection() { peer_.reset(); }

 private:
  std::string path_;
  JudgedProcess process_;
  std::optional<Peer> peer_;
  resp::ReplyReader reader_;
};

// The real server and ours, each on a socket in a folder of the pair's own.
class Pair {
  testing::Folder folder_;  // first: both are made in it

 public:
  Side ours;
  Side reference;

  Pair()
      : ours(with_common({environment("REDOUBLE_PROGRAM", "build/release/redouble")},
                         folder_ / "ours"),
             "ready port=", folder_ / "ours"),
        reference(with_common({environment("REDOUBLE_REDIS_SERVER", "redis-server"), "--dir",
                               folder_ / "", "--logfile", ""},
                              folder_ / "reference"),
                  "ready to accept connections", folder_ / "reference") {}

 private:
  static std::vector<std::string> with_common(std::vector<std::string> command,
                                              const std::string& socket) {
    for (const char* word : {"--port", "0", "--save", "", "--appendonly", "no", "--databases", "4",
                             "--proto-max-bulk-len", "1mb", "--enable-debug-command", "yes",
                             // redis-server looks at timeouts so often a second.
                             "--hz", "500", "--unixsocket"}) {
      command.emplace_back(word);
    }
    command.push_back(socket);
    return command;
  }
};

}  // namespace redouble::integration
