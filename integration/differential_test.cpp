// The real redis-server as judge: random sequences over every command of the table, odd bytes, and
// the scripts for what random runs leave out, on it and on the server that was built.
//
// ctest: alone
// REDOUBLE_SEED chooses the first seed (printed), REDOUBLE_LONG the seconds of random runs instead
// of the default, REDOUBLE_FINDS how many differences are collected before the run ends (default
// 1), REDOUBLE_REDIS_SERVER the judge, REDOUBLE_ASKED a file for what was asked and how it was
// compared (for ci/conformance), REDOUBLE_ONLY the commands that the requests are made of
// ("sort rpush config|set"): a run with these is not asked whether every part of the table was met.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "check/difference.hpp"
#include "check/differential.hpp"
#include "check/generator.hpp"
#include "command/table.hpp"
#include "resp/reply_reader.hpp"

namespace redouble::check {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;
using std::string_view_literals::operator""sv;

constexpr int databases = 4;
constexpr int patience_ms = 20'000;

std::string environment(const char* name, std::string otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::move(otherwise) : std::string(value);
}

// A folder of the test's own, gone with it.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "redouble-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

// A server as a child process; it ends with this object, and when this process ends.
class ServerProcess {
 public:
  ServerProcess(std::vector<std::string> command, std::string_view ready_words) {
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
  ~ServerProcess() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      wait();
    }
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

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
        answers.replies.push_back(reply);
        if (seen == replies || reply.text == end_of_batch) return true;
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

  ServerProcess& process() { return process_; }
  void forget_connection() { peer_.reset(); }

 private:
  std::string path_;
  ServerProcess process_;
  std::optional<Peer> peer_;
  resp::ReplyReader reader_;
};

// The two servers, shared by all tests of this file; begun at the first use.
class Servers {
 public:
  static Servers& get() {
    static Servers servers;
    return servers;
  }

 private:
  Folder folder_;  // first: both are made in it

 public:
  Side ours;
  Side reference;

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

  Servers()
      : ours(with_common({environment("REDOUBLE_PROGRAM", "build/release/redouble")},
                         folder_ / "ours"),
             "ready port=", folder_ / "ours"),
        reference(with_common({environment("REDOUBLE_REDIS_SERVER", "redis-server"), "--dir",
                               folder_ / "", "--logfile", ""},
                              folder_ / "reference"),
                  "ready to accept connections", folder_ / "reference") {}
};

std::string quoted(std::string_view bytes) {
  constexpr std::size_t shown = 600;
  return resp::quoted_text(bytes.substr(0, shown)) + (bytes.size() > shown ? "..." : "");
}

void expect_same_bytes(std::string_view bytes, bool finish) {
  Servers& servers = Servers::get();
  const std::string ours = servers.ours.raw(bytes, finish);
  const std::string reference = servers.reference.raw(bytes, finish);
  EXPECT_EQ(ours, reference) << "to " << quoted(bytes) << "\n  ours: " << quoted(ours)
                             << "\n  real: " << quoted(reference);
}

bool wanted(std::string_view full_name) {
  static const std::string only = " " + environment("REDOUBLE_ONLY", "") + " ";
  return !is_left_out(full_name) &&
         (only == "  " || only.find(" " + std::string(full_name) + " ") != std::string::npos);
}

// Errors alone would compare little: every row has been answered otherwise at least once.
void expect_successes(const Differential& one, const Differential& other) {
  for (const command::Row& row : command::CommandTable::standard().rows()) {
    const std::string name(command::CommandTable::standard().full_name(row));
    if (row.group == command::Group::double_ || is_left_out(name) || command::is_container(row) ||
        is_always_refused(name) ||
        !command::CommandTable::standard().visible(row, judged_version)) {
      continue;
    }
    EXPECT_TRUE(one.successes().contains(name) || other.successes().contains(name))
        << name << " was answered with errors only";
  }
}

// What ci/conformance reads, a fact a line, its fields apart by tabs.
void write_asked(const Generator& generator, std::size_t commands) {
  const std::string path = environment("REDOUBLE_ASKED", "");
  if (path.empty()) return;
  std::ofstream file(path);
  file << "commands\t" << commands << '\n';
  for (const auto& [part, count] : generator.counts()) {
    file << "asked\t" << part << '\t' << count << '\n';
  }
  for (const Difference& difference : differences()) {
    file << (difference.same == nullptr ? "left out\t" : "compared\t") << difference.command << '\t'
         << difference.reason << '\n';
  }
  for (const Script& script : scripts()) file << "script\t" << script.about << '\n';
}

TEST(Differential, RandomSequencesAreAnsweredAsByTheRealServer) {
  Servers& servers = Servers::get();
  const std::uint64_t seed = std::strtoull(environment("REDOUBLE_SEED", "1").c_str(), nullptr, 10);
  // As many sequences every time, so that a run repeats; a campaign is given seconds instead.
  constexpr std::uint64_t usual_sequences = 2000;
  const seconds time(std::atoi(environment("REDOUBLE_LONG", "0").c_str()));
  const std::size_t most_finds =
      std::strtoul(environment("REDOUBLE_FINDS", "1").c_str(), nullptr, 10);
  fmt::print("differential: seed {}\n", seed);
  Differential protocol2(servers.ours.target(), servers.reference.target(), 2, databases);
  Differential protocol3(servers.ours.target(), servers.reference.target(), 3, databases);
  Generator generator(seed, wanted);
  Random random(seed);
  const auto end = Clock::now() + time;
  std::uint64_t sequences = 0;
  std::set<std::string> found;
  const auto goes_on = [&] {
    return time > seconds(0) ? Clock::now() < end : sequences < usual_sequences;
  };
  while (goes_on() && found.size() < most_finds) {
    Differential& differential = random.one_in(2) ? protocol2 : protocol3;
    Sequence sequence(1 + random.below(random.one_in(4) ? 300 : 60));
    generator.focus();
    for (Request& request : sequence) request = generator.next();
    const Sequence first = generator.prologue();
    sequence.insert(sequence.begin(), first.begin(), first.end());
    if (wanted("client|caching") &&
        random.one_in(100)) {  // only so CLIENT CACHING is anything but an error
      sequence.insert(
          sequence.begin(),
          {{"CLIENT", "TRACKING", "ON", "OPTIN"}, generator.of("client|caching"), {"GET", "a"}});
    }
    ++sequences;
    if (!differential.run(sequence)) continue;
    const auto [least, mismatch] = differential.shrink(sequence);
    // The same difference is told once: by the words that its requests begin with.
    std::string kind = mismatch.where.substr(0, 5);
    for (const Request& request : least) kind += " " + request.front();
    for (char& c : kind) c = static_cast<char>(c | 0x20);
    if (found.insert(kind).second) {
      ADD_FAILURE() << "protocol " << (&differential == &protocol3 ? 3 : 2) << "\n"
                    << describe(least, mismatch);
    }
  }
  fmt::print("differential: {} commands, {} sequences, {} differences\n",
             protocol2.commands() + protocol3.commands(), sequences, found.size());
  if (!found.empty() || !environment("REDOUBLE_ONLY", "").empty()) return;
  // What chance has not met gets sequences of its own.
  write_asked(generator, protocol2.commands() + protocol3.commands());
  const std::vector<std::string> left = generator.missing();
  if (left.empty()) return expect_successes(protocol2, protocol3);
  Generator rest(seed, [&](std::string_view name) {
    return std::ranges::any_of(left, [&](const std::string& path) {
      return path == name || path.starts_with(std::string(name) + "/");
    });
  });
  for (int more = 0; more < 500 && !rest.missing().empty(); ++more) {
    Sequence sequence(10);
    for (Request& request : sequence) request = rest.next();
    if (!protocol2.run(sequence)) continue;
    const auto [least, mismatch] = protocol2.shrink(sequence);
    FAIL() << describe(least, mismatch);
  }
  EXPECT_EQ(rest.missing(), std::vector<std::string>());
  expect_successes(protocol2, protocol3);
}

TEST(Differential, ScriptsAreAnsweredAsByTheRealServer) {
  for (const Script& script : scripts()) {
    expect_same_bytes("FLUSHALL\r\nCONFIG RESETSTAT\r\nCLIENT UNPAUSE\r\nRESET\r\nQUIT\r\n", false);
    expect_same_bytes(std::string(script.bytes) + "QUIT\r\n", false);
  }
}

// What is told of odd requests in the notes on the real server, and more of their kind; each is
// followed by requests whose replies show whether the server still listens.
TEST(Differential, OddBytesAreAnsweredAsByTheRealServer) {
  // Far above the limits: how near to them a line is refused depends on how the reads fall.
  const std::string long_word(200'000, 'x');
  const std::vector<std::string> cases{"*1\r\n$4\r\nPINGXY",
                                       "*1\r\r$4\r\nPING\r\n",
                                       "*-10\r\nPING\r\n",
                                       "*0\r\n",
                                       "*01\r\n",
                                       "*+1\r\n",
                                       "*1\r\n$ 4\r\nPING\r\n",
                                       "*1\r\n$\r\n",
                                       "*1\r\n$2000000000\r\n",
                                       "*1048577\r\n",
                                       "*1\r\nfooz\r\n",
                                       "set \"\"\"k\"\"\" v\r\n",
                                       "$3\r\nabc\r\n",
                                       "*\r\n",
                                       "*-1\r\n",
                                       "*2147483648\r\n",
                                       "*99999999999999999999\r\n",
                                       "*1\r\n$-1\r\n",
                                       "*1\r\n$1048577\r\n",
                                       "*1\r\n$18446744073709551615\r\n",
                                       "*1\r\n$0\r\n\r\n",
                                       "\r\n",
                                       "\n",
                                       "\n\n\nPING\n",
                                       "PING\nPING\r\nPING\r\r\n",
                                       " \t PING \t \r\n",
                                       "'PING'\r\n",
                                       "\"PI\\x4eG\"\r\n",
                                       "PING 'a\\'b'\r\n",
                                       "PING \"\\n\\r\\t\\b\\a\\q\"\r\n",
                                       "PING 'a\r\n",
                                       "PING \"a\"b\r\n",
                                       std::string("PING a\0b\r\n", 10),
                                       "*2\r\n$4\r\nPING\r\n*1\r\n",
                                       "*1\r\n+4\r\n",
                                       "*1\r\n:4\r\n",
                                       "+OK\r\n",
                                       "-ERR\r\n",
                                       ":1\r\n",
                                       "%1\r\n",
                                       "_\r\n",
                                       "GET / HTTP/1.1\r\n\r\n",
                                       "POST / HTTP/1.1\r\n",
                                       "Host: x\r\n",
                                       "host:\r\n",
                                       "post\r\n",
                                       "PING\r\nPOST\r\n",
                                       long_word + "\r\n",
                                       long_word,
                                       "*" + long_word,
                                       "*1\r\n$" + long_word,
                                       "*1\r\n$" + std::string(40, '1') + "\r\n",
                                       "PING " + std::string(60'000, 'y') + "\r\n"};
  for (const std::string& bytes : cases) {
    expect_same_bytes(bytes, true);
    expect_same_bytes(bytes + "\r\nPING\r\nPING 2\r\n", true);
  }
}

TEST(Differential, RandomBytesAreAnsweredAsByTheRealServer) {
  const std::uint64_t seed = std::strtoull(environment("REDOUBLE_SEED", "1").c_str(), nullptr, 10);
  Random random(seed);
  constexpr std::string_view pieces[] = {"*1\r\n",
                                         "*2\r\n",
                                         "*3\r\n",
                                         "$4\r\n",
                                         "$3\r\n",
                                         "$1\r\n",
                                         "PING",
                                         "PING\r\n",
                                         "GET",
                                         "SET",
                                         "a",
                                         "\r\n",
                                         "\n",
                                         " ",
                                         "\"",
                                         "'",
                                         "\\",
                                         "\\x41",
                                         "*",
                                         "$",
                                         "-1",
                                         "0",
                                         "1",
                                         "\0"sv,
                                         "\xff",
                                         "ECHO ",
                                         "get a\r\n",
                                         "*-1\r\n",
                                         "$0\r\n\r\n",
                                         "\t",
                                         "*1\r\n$4\r\nPING\r\n"};
  constexpr int runs = 4000;
  for (int run = 0; run < runs && !HasFailure(); ++run) {
    std::string bytes;
    for (std::size_t left = 1 + random.below(14); left > 0; --left) {
      if (random.one_in(12)) {
        // No letter: it might make the name of a command that only one of the two has.
        const auto byte = static_cast<char>(random.below(256));
        bytes += (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z' ? '\xfe' : byte;
      } else {
        bytes += pieces[random.below(std::size(pieces))];
      }
    }
    expect_same_bytes(bytes + "\r\nPING\r\n", true);
  }
}

// Last of all: the way to end a server is compared by using it.
TEST(DifferentialEnd, ShutdownClosesWithoutAReplyAndEndsWithZero) {
  Servers& servers = Servers::get();
  for (Side* side : {&servers.ours, &servers.reference}) {
    EXPECT_EQ(side->raw("SHUTDOWN NOSAVE\r\n", false), "");
    const int status = side->process().wait();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
}

}  // namespace
}  // namespace redouble::check
