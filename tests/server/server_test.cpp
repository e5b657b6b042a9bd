#include "server/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "server/caller.hpp"
#include "server/process.hpp"

namespace redouble::server {
namespace {

using namespace std::chrono_literals;
using testing::Caller;
using testing::eventually;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Serving;
using ::testing::StartsWith;

std::string threads_of(unsigned threads) { return "threads " + std::to_string(threads) + "\n"; }

class ServerTest : public ::testing::TestWithParam<unsigned> {
 protected:
  Serving serving{threads_of(GetParam())};
};

INSTANTIATE_TEST_SUITE_P(Threads, ServerTest, ::testing::Values(1u, 2u, 4u));

TEST_P(ServerTest, Answers) {
  Caller caller = serving.call();
  EXPECT_EQ(caller("PING"), "+PONG\r\n");
  EXPECT_EQ(caller("SET greeting hello"), "+OK\r\n");
  EXPECT_EQ(caller("GET greeting"), "$5\r\nhello\r\n");
}

TEST_P(ServerTest, ShowsAtOnceOnEveryConnectionWhatOneHasSet) {
  std::vector<Caller> callers;
  for (int i = 0; i < 8; ++i) callers.push_back(serving.call());
  for (int round = 0; round < 50; ++round) {
    const std::string value = std::to_string(round);
    EXPECT_EQ(callers[static_cast<std::size_t>(round) % 8]("SET k " + value), "+OK\r\n");
    for (Caller& caller : callers) {
      EXPECT_EQ(caller("GET k"), "$" + std::to_string(value.size()) + "\r\n" + value + "\r\n");
    }
  }
}

TEST_P(ServerTest, SpreadsClientsEvenlyAlsoAfterSomeHaveGone) {
  constexpr unsigned each = 5;
  const unsigned threads = GetParam();
  const auto on_every_thread = [&](std::size_t least, std::size_t most) {
    for (unsigned thread = 0; thread < threads; ++thread) {
      const std::size_t here = serving.server->connections_on(thread);
      if (here < least || here > most) return false;
    }
    return true;
  };
  std::vector<Caller> callers;
  for (unsigned i = 0; i < each * threads; ++i) {
    callers.push_back(serving.call());
    callers.back()("PING");
  }
  EXPECT_TRUE(on_every_thread(each, each));
  // In turn they went round, so now whole threads are empty.
  std::vector<Caller> left;
  for (unsigned i = 0; i < callers.size(); ++i) {
    if (i % threads == 0) left.push_back(std::move(callers[i]));
  }
  callers.clear();
  EXPECT_TRUE(eventually([&] { return serving.server->connections() == each; }));
  while (left.size() < each * threads) {
    left.push_back(serving.call());
    left.back()("PING");
  }
  EXPECT_TRUE(on_every_thread(each, each));
}

TEST_P(ServerTest, AnswersAPipelineInOrderHoweverItIsCut) {
  Caller caller = serving.call();
  constexpr int count = 5'000;
  std::string requests;
  std::string expected;
  for (int i = 0; i < count; ++i) {
    const std::string text = std::to_string(i);
    requests += "ECHO " + text + "\r\n";
    expected += "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  }
  std::jthread sender([&] {
    for (std::size_t at = 0; at < requests.size(); at += 1'013) {
      caller.send(std::string_view(requests).substr(at, 1'013));
    }
  });
  EXPECT_EQ(caller.receive(expected.size()), expected);
}

TEST_P(ServerTest, SendsALargeReplyToAReaderThatTakesItsTime) {
  Caller caller = serving.call();
  constexpr std::size_t size = 12u << 20;
  const std::string value(size, 'v');
  caller.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + std::to_string(size) + "\r\n" + value + "\r\n");
  EXPECT_EQ(caller.line(), "+OK\r\n");
  caller.send("GET k\r\n");
  // The kernel's buffers are full long before; others are served meanwhile, and so is the next
  // request of this client.
  EXPECT_EQ(serving.call()("PING"), "+PONG\r\n");
  caller.send("PING\r\n");
  EXPECT_EQ(serving.call()("PING"), "+PONG\r\n");
  EXPECT_EQ(caller.line(), "$" + std::to_string(size) + "\r\n");
  ASSERT_TRUE(caller.receive(size) == value);
  EXPECT_EQ(caller.line(), "\r\n");
  EXPECT_EQ(caller.line(), "+PONG\r\n");
}

TEST_P(ServerTest, ClientListShowsWhatAReaderLeavesUnread) {
  Caller caller = serving.call();
  EXPECT_EQ(caller("CLIENT SETNAME slow"), "+OK\r\n");
  Caller other = serving.call();
  const std::string value(12u << 20, 'v');
  other.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + std::to_string(value.size()) + "\r\n" + value +
             "\r\n");
  EXPECT_EQ(other.line(), "+OK\r\n");
  const auto line_of_slow = [&] {
    const std::string lines = other("CLIENT LIST");
    const std::size_t name = lines.find("name=slow");
    return lines.substr(name, lines.find('\n', name) - name);
  };
  EXPECT_THAT(line_of_slow(), HasSubstr("obl=0 oll=0 omem=0 "));
  EXPECT_THAT(line_of_slow(), HasSubstr("events=r "));
  caller.send("GET k\r\n");
  EXPECT_TRUE(eventually([&] { return line_of_slow().find("omem=0 ") == std::string::npos; }));
  EXPECT_THAT(line_of_slow(), Not(HasSubstr("oll=0 ")));
  EXPECT_THAT(line_of_slow(), HasSubstr("events=rw "));
  caller.receive(("$" + std::to_string(value.size()) + "\r\n").size() + value.size() + 2);
  EXPECT_TRUE(eventually([&] { return line_of_slow().find("omem=0 ") != std::string::npos; }));
}

TEST_P(ServerTest, ClosesAfterAProtocolErrorAndServesOn) {
  Caller caller = serving.call();
  caller.send("PING\r\n*1\r\nPING\r\n");
  EXPECT_EQ(caller.rest(), "+PONG\r\n-ERR Protocol error: expected '$', got 'P'\r\n");
  EXPECT_EQ(serving.call()("PING"), "+PONG\r\n");
}

TEST_P(ServerTest, SeesThatAClientIsGone) {
  {
    std::vector<Caller> callers;
    for (int i = 0; i < 20; ++i)
      EXPECT_EQ(callers.emplace_back(serving.call())("PING"), "+PONG\r\n");
    EXPECT_EQ(serving.server->connections(), 20u);
  }
  EXPECT_TRUE(eventually([&] { return serving.server->connections() == 0; }));
  EXPECT_EQ(serving.server->instance().clients().size(), 0u);
}

TEST_P(ServerTest, ClosesAClientThatIsKilled) {
  Caller victim = serving.call();
  EXPECT_EQ(victim("CLIENT SETNAME victim"), "+OK\r\n");
  EXPECT_EQ(victim("CLIENT ID"), ":1\r\n");
  Caller killer = serving.call();
  EXPECT_EQ(killer("CLIENT KILL ID 1"), ":1\r\n");
  EXPECT_EQ(victim.rest(), "");
}

TEST_P(ServerTest, AnswersAClientThatWaitedWhenItsPauseIsOver) {
  Caller caller = serving.call();
  Caller other = serving.call();
  EXPECT_EQ(other("CLIENT PAUSE 30 WRITE"), "+OK\r\n");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(caller("SET k v"), "+OK\r\n");
  EXPECT_GE(std::chrono::steady_clock::now() - before, 15ms);
  EXPECT_EQ(other("CLIENT PAUSE 3600000 WRITE"), "+OK\r\n");
  caller.send("SET k w\r\n");
  EXPECT_EQ(other("CLIENT UNPAUSE"), "+OK\r\n");
  EXPECT_EQ(caller.line(), "+OK\r\n");
}

TEST_P(ServerTest, SeesThatAClientIsGoneWhileItWaits) {
  EXPECT_EQ(serving.call()("CLIENT PAUSE 3600000 WRITE"), "+OK\r\n");
  serving.call().send("SET k v\r\n");
  EXPECT_TRUE(eventually([&] { return serving.server->connections() == 0; }));
}

TEST_P(ServerTest, AnswersWhatHasArrivedAndEndsWhenItIsShutDown) {
  std::vector<Caller> callers;
  for (int i = 0; i < 6; ++i) EXPECT_EQ(callers.emplace_back(serving.call())("PING"), "+PONG\r\n");
  for (Caller& caller : callers) caller.send("ECHO last\r\n");
  serving.shut_down();
  for (Caller& caller : callers) EXPECT_EQ(caller.rest(), "$4\r\nlast\r\n");
  EXPECT_EQ(serving.server->connections(), 0u);
}

TEST_P(ServerTest, IsShutDownByItsCommand) {
  Caller other = serving.call();
  EXPECT_EQ(other("PING"), "+PONG\r\n");
  Caller caller = serving.call();
  caller.send("SHUTDOWN NOSAVE\r\n");
  EXPECT_EQ(caller.rest(), "");
  EXPECT_EQ(other.rest(), "");
  serving.wait_for_end();
}

TEST_P(ServerTest, EndsWithClientsThatWaitAndThatSendHalfARequest) {
  Caller half = serving.call();
  EXPECT_EQ(half("PING"), "+PONG\r\n");
  half.send("*2\r\n$4\r\nECHO\r\n$5\r\nhal");
  Caller waits = serving.call();
  EXPECT_EQ(waits("CLIENT PAUSE 3600000 WRITE"), "+OK\r\n");
  waits.send("SET k v\r\n");
  EXPECT_TRUE(eventually([&] { return serving.server->instance().alarms().size() == 1; }));
  serving.shut_down();
  EXPECT_EQ(half.rest(), "");
  EXPECT_EQ(waits.rest(), "");
}

// A client that reads nothing, with a reply that the kernel cannot hold.
constexpr std::size_t stuck_size = 12u << 20;
Caller stuck_client(const Serving& serving) {
  Caller caller(serving.server->port(), "127.0.0.1", 4096);
  const std::string value(stuck_size, 'v');
  caller.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + std::to_string(value.size()) + "\r\n" + value +
              "\r\n");
  EXPECT_EQ(caller.line(), "+OK\r\n");
  caller.send("GET k\r\n");
  return caller;
}

TEST(Server, CutsOffAtTheShutdownTimeoutWhoDoesNotRead) {
  Serving serving("shutdown-timeout 0\n");
  const Caller stuck = stuck_client(serving);
  serving.shut_down();
}

TEST(Server, WaitsForNobodyWhenItIsShutDownNow) {
  for (const bool in_order_first : {false, true}) {
    Serving serving("shutdown-timeout 3600\n");
    const Caller stuck = stuck_client(serving);
    EXPECT_EQ(serving.call()("PING"), "+PONG\r\n");
    if (in_order_first) serving.server->shutdown(instance::ShutdownMode::graceful);
    serving.shut_down(instance::ShutdownMode::now);
  }
}

TEST(Server, CutsOffAClientAboveItsOutputBufferLimit) {
  for (const char* limit : {"normal 1mb 0 0", "normal 0 1mb 0"}) {
    const Serving serving("client-output-buffer-limit " + std::string(limit) + "\n");
    Caller stuck = stuck_client(serving);
    EXPECT_TRUE(eventually([&] { return serving.server->connections() == 0; })) << limit;
    EXPECT_EQ(serving.server->instance().stats().output_limit_closed, 1u);
  }
}

TEST(Server, ServesAClientBelowItsOutputBufferLimit) {
  const Serving serving("client-output-buffer-limit normal 64mb 0 0\n");
  Caller caller = stuck_client(serving);
  EXPECT_EQ(caller.line(), "$" + std::to_string(stuck_size) + "\r\n");
  EXPECT_EQ(caller.receive(stuck_size + 2).size(), stuck_size + 2);
  EXPECT_EQ(caller("PING"), "+PONG\r\n");
}

TEST(Server, SendsAwayWhoIsTooMany) {
  const Serving serving("maxclients 2\n");
  Caller first = serving.call();
  EXPECT_EQ(first("PING"), "+PONG\r\n");
  Caller second = serving.call();
  EXPECT_EQ(second("PING"), "+PONG\r\n");
  Caller third = serving.call();
  EXPECT_EQ(third.rest(), "-ERR max number of clients reached\r\n");
  EXPECT_EQ(serving.server->instance().stats().rejected_connections, 1u);
  first.close();
  EXPECT_TRUE(eventually([&] { return serving.server->connections() == 1; }));
  EXPECT_EQ(serving.call()("PING"), "+PONG\r\n");
}

TEST(Server, EndsWhoHasBeenIdleForTooLong) {
  const Serving serving("timeout 1\nclock-frozen yes\n");
  Caller idle = serving.call();
  EXPECT_EQ(idle("PING"), "+PONG\r\n");
  serving.server->instance().advance_us(0, 10'000'000);
  EXPECT_EQ(idle.rest(), "");
}

TEST(Server, LeavesWhoWaitsAndWhoReadsHoweverLongItTakes) {
  const Serving serving("timeout 1\n");
  Caller blocked = serving.call();
  blocked.send("BLPOP list 0\r\n");
  Caller reader = stuck_client(serving);
  const auto clients_waiting = [&] { return serving.server->instance().waiters().size() == 1; };
  EXPECT_TRUE(eventually(clients_waiting));
  Caller idle = serving.call();
  EXPECT_EQ(idle("CLIENT PAUSE 600000 WRITE"), "+OK\r\n");
  Caller paused = serving.call();
  paused.send("SET key value\r\n");
  // Whoever is idle is gone in a second; meanwhile one reads a little now and then.
  EXPECT_EQ(reader.line(), "$" + std::to_string(stuck_size) + "\r\n");
  std::size_t got = 0;
  while (!idle.closed_within(std::chrono::milliseconds(50))) got += reader.receive(100'000).size();
  EXPECT_EQ(serving.call()("CLIENT UNPAUSE"), "+OK\r\n");
  EXPECT_EQ(paused.line(), "+OK\r\n");
  EXPECT_EQ(serving.call()("LPUSH list x"), ":1\r\n");
  EXPECT_EQ(blocked.line(), "*2\r\n");
  EXPECT_EQ(reader.receive(stuck_size + 2 - got).size(), stuck_size + 2 - got);
}

TEST(Server, ListensOnAUnixSocketAndRemovesIt) {
  const std::string path = "/tmp/redouble-server-test-" + std::to_string(::getpid());
  {
    const Serving serving("unixsocket " + path + "\nthreads 2\n");
    Caller caller(path);
    EXPECT_EQ(caller("PING"), "+PONG\r\n");
    EXPECT_THAT(serving.call()("CLIENT LIST"), HasSubstr(" addr=" + path + ":0 laddr=" + path));
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST(Server, ReportsWhatOnlyItKnows) {
  const Serving serving;
  Caller caller = serving.call();
  caller.send("CONFIG GET port\r\n");
  const std::string port = std::to_string(serving.server->port());
  const std::string expected =
      "*2\r\n$4\r\nport\r\n$" + std::to_string(port.size()) + "\r\n" + port + "\r\n";
  EXPECT_EQ(caller.receive(expected.size()), expected);
  EXPECT_GT(serving.server->resident_bytes(), 1'000'000u);
  EXPECT_THAT(serving.server->system(), StartsWith("Linux "));
}

TEST(Server, SweepsWhatHasExpiredWithoutBeingAsked) {
  const Serving serving;
  Caller caller = serving.call();
  EXPECT_EQ(caller("SET k v PX 20"), "+OK\r\n");
  EXPECT_TRUE(eventually([&] { return serving.server->instance().keyspace().entry_bytes() == 0; }));
}

TEST(Server, AcceptsAgainWhenTheProcessHasDescriptorsAgain) {
  const Serving serving;
  Caller first = serving.call();
  EXPECT_EQ(first("PING"), "+PONG\r\n");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  Caller waits = [&] {
    // Room for the socket of this end, none for the server's.
    runtime::FileDescriptor next(::dup(0));
    rlimit few = before;
    few.rlim_cur = static_cast<rlim_t>(next.get()) + 1;
    next = runtime::FileDescriptor();
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    return serving.call();
  }();
  EXPECT_TRUE(waits.connected());
  const double cpu_before = serving.server->cpu_seconds().user;
  EXPECT_EQ(first("PING"), "+PONG\r\n");  // the others are served
  waits.send("PING\r\n");
  EXPECT_EQ(serving.server->connections(), 1u);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(waits.line(), "+PONG\r\n");
  EXPECT_LT(serving.server->cpu_seconds().user - cpu_before, 0.09);  // it did not spin for 100 ms
}

TEST(Server, SaysInOneLineWhyItCannotListen) {
  const Serving serving;
  instance::Config config;
  config.report("bind", "127.0.0.1");
  config.report("port", std::to_string(serving.server->port()));
  Server second(std::move(config));
  const auto opened = second.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), "cannot bind 127.0.0.1 port " + std::to_string(serving.server->port()) +
                                ": Address already in use");
}

TEST(Server, ListensOnEveryAddressAtOnePort) {
  const Serving serving("bind 127.0.0.1 127.0.0.2 -192.0.2.1\n");
  EXPECT_EQ(Caller(serving.server->port(), "127.0.0.2")("PING"), "+PONG\r\n");
  EXPECT_EQ(serving.call()("PING"), "+PONG\r\n");
  EXPECT_FALSE(Caller(serving.server->port(), "127.0.0.3").connected());
}

TEST(Server, ThatNeverRanLeavesNothing) {
  instance::Config config;
  config.report("bind", "127.0.0.1");
  config.report("port", "0");
  Server server(std::move(config));
  EXPECT_TRUE(server.open());
  const Caller never_served(server.port());
  EXPECT_TRUE(never_served.connected());
}

}  // namespace
}  // namespace redouble::server
