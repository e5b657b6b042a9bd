// Where a server listens, at the start and after CONFIG SET bind and port.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>

#include "server/address.hpp"
#include "server/caller.hpp"

namespace redouble::server {
namespace {

using testing::Caller;
using testing::Serving;

std::string refusal(const std::string& name) {
  return "-ERR CONFIG SET failed (possibly related to argument '" + name + "') - " +
         (name == "port" ? "Unable to listen on this port. Check server logs.\r\n"
                         : "Failed to bind to specified addresses.\r\n");
}

std::string value_of(Caller& caller, const std::string& directive) {
  EXPECT_EQ(caller("CONFIG GET " + directive), "*2\r\n");
  caller.line();
  EXPECT_EQ(caller.line(), directive + "\r\n");
  caller.line();
  std::string value = caller.line();
  value.resize(value.size() - 2);
  return value;
}

TEST(Listeners, FindAnAddressByItsName) {
  const Serving serving("bind localhost\n");
  Caller caller = serving.call();
  EXPECT_EQ(caller("PING"), "+PONG\r\n");
  EXPECT_EQ(value_of(caller, "bind"), "localhost");
}

// What closes here, a program that runs beside these tests might take. So they use addresses that
// others leave alone, and a port that the system gives to nobody who asks for any.
constexpr const char* home = "127.77.0.1";

int quiet_port() {
  for (int port = 20'000 + ::getpid() % 10'000;; ++port) {
    if (listen_tcp("*", port, 16)) return port;
  }
}

class ListenersTest : public ::testing::TestWithParam<unsigned> {
 protected:
  static Caller at(const char* host, int port) { return Caller(port, host); }
  Caller call() const { return at(home, serving.server->port()); }

  const int port = quiet_port();
  Serving serving{fmt::format("threads {}\nbind {}\nport {}\n", GetParam(), home, port)};
};
INSTANTIATE_TEST_SUITE_P(Threads, ListenersTest, ::testing::Values(1u, 4u));

TEST_P(ListenersTest, ListenWhereBindSaysNow) {
  Caller caller = call();
  EXPECT_EQ(caller("CONFIG SET bind \"127.77.0.2 127.77.0.3\""), "+OK\r\n");
  EXPECT_FALSE(call().connected());
  EXPECT_EQ(at("127.77.0.2", port)("PING"), "+PONG\r\n");
  EXPECT_EQ(at("127.77.0.3", port)("PING"), "+PONG\r\n");
  EXPECT_EQ(caller("PING"), "+PONG\r\n");  // who is connected stays so
  EXPECT_EQ(caller("CONFIG SET bind \"127.77.0.3 127.77.0.1\""), "+OK\r\n");
  EXPECT_EQ(at("127.77.0.3", port)("PING"), "+PONG\r\n");
  EXPECT_EQ(call()("PING"), "+PONG\r\n");
  EXPECT_FALSE(at("127.77.0.2", port).connected());
}

TEST_P(ListenersTest, MayHoldAnAddressBeforeAndAfterThatOverlap) {
  Caller caller = call();
  EXPECT_EQ(caller("CONFIG SET bind *"), "+OK\r\n");
  EXPECT_EQ(at("127.77.0.9", port)("PING"), "+PONG\r\n");
  EXPECT_EQ(caller("CONFIG SET bind 127.77.0.1"), "+OK\r\n");
  EXPECT_EQ(call()("PING"), "+PONG\r\n");
  EXPECT_FALSE(at("127.77.0.9", port).connected());
}

// In the last of these "*" overlaps with what is open, which is closed for it and opened again.
TEST_P(ListenersTest, ServeOnWhereTheyDidWhenTheNewPlaceCannotBeHad) {
  Caller caller = call();
  const Serving other(fmt::format("bind {}\n", home));
  const std::string taken = std::to_string(other.server->port());
  const std::string no_name(64, 'x');  // so long no part of a name is: no name server is asked
  const std::pair<std::string, const char*> refused[] = {
      {"port " + taken, "port"},
      {"port " + taken + " bind \"127.77.0.1 127.77.0.2\"", "port"},
      {"bind \"127.77.0.1 192.0.2.1\" port 0", "bind"},
      {"maxclients 77 bind 192.0.2.1", "bind"},
      {"bind \"127.77.0.1 127.77.0.1\"", "bind"},
      {"bind \"127.77.0.1 " + no_name + "\"", "bind"},
      {"bind \"127.77.0.1 -" + no_name + "\"", "bind"},
      {"bind \"127.77.0.1 --127.77.0.2\"", "bind"},
      {"bind \"* 192.0.2.1\"", "bind"},
  };
  for (const auto& [words, blamed] : refused) {
    EXPECT_EQ(caller("CONFIG SET " + words), refusal(blamed)) << words;
    EXPECT_EQ(serving.server->port(), port);
    EXPECT_EQ(value_of(caller, "port"), std::to_string(port));
    EXPECT_EQ(value_of(caller, "bind"), "127.77.0.1");
    EXPECT_NE(value_of(caller, "maxclients"), "77");
    EXPECT_EQ(call()("PING"), "+PONG\r\n") << words;
    EXPECT_EQ(at(home, other.server->port())("PING"), "+PONG\r\n");
  }
  EXPECT_FALSE(at("127.77.0.2", port).connected());
  EXPECT_EQ(caller("CONFIG SET bind \"127.77.0.1 -192.0.2.1\""), "+OK\r\n");
}

TEST_P(ListenersTest, TakeAnotherPort) {
  Caller caller = call();
  EXPECT_EQ(caller("CONFIG SET port 0"), "+OK\r\n");  // one that is free, as at the start
  const int now = serving.server->port();
  EXPECT_NE(now, port);
  EXPECT_FALSE(at(home, port).connected());
  EXPECT_EQ(value_of(caller, "port"), std::to_string(now));
  EXPECT_EQ(caller("CONFIG SET bind \"\""), "+OK\r\n");
  EXPECT_FALSE(call().connected());
  EXPECT_EQ(caller("CONFIG SET bind 127.77.0.1"), "+OK\r\n");
  EXPECT_EQ(serving.server->port(), now);
  EXPECT_EQ(call()("PING"), "+PONG\r\n");
}

TEST_P(ListenersTest, MayMoveWhileClientsComeAndTheServerEnds) {
  std::atomic<bool> stop = false;
  std::jthread coming([&] {
    while (!stop) Caller(port, home).send("PING\r\n");
  });
  Caller caller = call();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(caller("CONFIG SET bind \"127.77.0.1 127.77.0.2\""), "+OK\r\n");
    EXPECT_EQ(caller("CONFIG SET bind 127.77.0.1"), "+OK\r\n");
  }
  caller.send("CONFIG SET bind \"127.77.0.1 127.77.0.3\"\r\nSHUTDOWN NOSAVE\r\n");
  serving.wait_for_end();
  stop = true;
}

}  // namespace
}  // namespace redouble::server
