// The real redis-server as judge of bytes: the scripts for what random sequences leave out, odd
// bytes, and random ones, on it and on the server that was built.
//
// ctest: alone
// REDOUBLE_SEED chooses the random bytes, REDOUBLE_REDIS_SERVER the judge.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "check/difference.hpp"
#include "check/random.hpp"
#include "judged_pair.hpp"
#include "resp/reply.hpp"

namespace redouble::check {
namespace {

using integration::environment;
using integration::Pair;
using integration::Side;
using std::string_view_literals::operator""sv;

// Shared by all tests of this file; begun at the first use.
Pair& servers() {
  static Pair pair;
  return pair;
}

std::string quoted(std::string_view bytes) {
  constexpr std::size_t shown = 600;
  return resp::quoted_text(bytes.substr(0, shown)) + (bytes.size() > shown ? "..." : "");
}

void expect_same_bytes(std::string_view bytes, bool finish) {
  const std::string ours = servers().ours.raw(bytes, finish);
  const std::string reference = servers().reference.raw(bytes, finish);
  EXPECT_EQ(ours, reference) << "to " << quoted(bytes) << "\n  ours: " << quoted(ours)
                             << "\n  real: " << quoted(reference);
}

TEST(DifferentialBytes, ScriptsAreAnsweredAsByTheRealServer) {
  for (const Script& script : scripts()) {
    expect_same_bytes("FLUSHALL\r\nCONFIG RESETSTAT\r\nCLIENT UNPAUSE\r\nRESET\r\nQUIT\r\n", false);
    expect_same_bytes(std::string(script.bytes) + "QUIT\r\n", false);
  }
}

// What is told of odd requests in the notes on the real server, and more of their kind; each is
// followed by requests whose replies show whether the server still listens.
TEST(DifferentialBytes, OddBytesAreAnsweredAsByTheRealServer) {
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

TEST(DifferentialBytes, RandomBytesAreAnsweredAsByTheRealServer) {
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
  for (Side* side : {&servers().ours, &servers().reference}) {
    EXPECT_EQ(side->raw("SHUTDOWN NOSAVE\r\n", false), "");
    const int status = side->process().wait();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
}

}  // namespace
}  // namespace redouble::check
