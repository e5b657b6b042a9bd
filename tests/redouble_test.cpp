#include "redouble.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace redouble {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Redis, AnswersInItsOwnProcess) {
  Redis redis({.clock_frozen = true});
  Client client = redis.connect();
  EXPECT_EQ(client.command({"SET", "greeting", "hello\r\n"}).text, "OK");
  EXPECT_EQ(client.command({"GET", "greeting"}).text, "hello\r\n");
  EXPECT_TRUE(client.command({"GET", "nothing"}).is_null());
  const Reply refused = client.command({"INCR", "greeting"});
  EXPECT_TRUE(refused.is_error());
  EXPECT_EQ(refused.text, "ERR value is not an integer or out of range");
}

TEST(Redis, TwoOfThemAreAsSeparateAsTwoProcesses) {
  Redis one({.clock_frozen = true});
  Redis other({.clock_frozen = true});
  Client of_one = one.connect();
  Client of_other = other.connect();
  of_one.command({"SET", "k", "1"});
  of_one.command({"CONFIG", "SET", "maxmemory", "5mb"});
  EXPECT_TRUE(of_other.command({"GET", "k"}).is_null());
  EXPECT_EQ(of_other.command({"CONFIG", "GET", "maxmemory"}).elements.at(1).text, "0");
  EXPECT_NE(one.digest(), other.digest());
  const milliseconds before = other.now();
  one.advance(seconds(5));
  EXPECT_EQ(other.now(), before);
  of_other.command({"SET", "k", "1"});
  EXPECT_EQ(one.digest(), other.digest());
}

TEST(Redis, AdvanceReturnsWhenWhatBecameDueHasHappened) {
  Redis redis({.clock_frozen = true});
  Client client = redis.connect();
  client.command({"SET", "k", "1", "EX", "10"});
  const std::uint64_t with_key = redis.digest();
  const milliseconds before = redis.now();
  redis.advance(milliseconds(9999));
  EXPECT_EQ(redis.digest(), with_key);
  EXPECT_EQ(client.command({"PTTL", "k"}).integer, 1);
  redis.advance(milliseconds(2));  // a key lives through the millisecond of its deadline
  EXPECT_NE(redis.digest(), with_key);
  EXPECT_EQ(client.command({"DBSIZE"}).integer, 0);
  EXPECT_EQ(redis.now() - before, milliseconds(10'001));
}

TEST(Redis, ServesSeveralClientsAlsoFromSeveralThreads) {
  constexpr int threads = 4;
  constexpr int each = 200;
  Redis redis({.clock_frozen = true});
  std::vector<std::thread> running;
  for (int thread = 0; thread < threads; ++thread) {
    running.emplace_back([client = redis.connect()]() mutable {
      for (int times = 0; times < each; ++times) client.command({"INCR", "n"});
    });
  }
  for (std::thread& thread : running) thread.join();
  EXPECT_EQ(redis.connect().command({"GET", "n"}).text, std::to_string(threads * each));
}

TEST(Redis, PushesDoNotStandInForReplies) {
  Redis redis({.clock_frozen = true});
  Client cache = redis.connect();
  cache.command({"HELLO", "3"});
  cache.command({"CLIENT", "TRACKING", "ON"});
  cache.command({"GET", "k"});
  redis.connect().command({"SET", "k", "1"});
  EXPECT_EQ(cache.command({"GET", "k"}).text, "1");
  redis.connect().command({"SET", "k", "2"});
  EXPECT_EQ(cache.send(""), ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n");
}

TEST(Redis, AClientKeepsWhatItNeedsAlive) {
  auto client = [] {
    Redis redis({.clock_frozen = true});
    return redis.connect();
  }();
  EXPECT_EQ(client.command({"PING"}).text, "PONG");
}

TEST(Redis, TheSeedDecidesWhatIsRandom) {
  const auto drawn = [](std::uint64_t seed) {
    Redis redis({.clock_frozen = true, .seed = seed});
    Client client = redis.connect();
    std::string keys;
    for (char key = 'a'; key <= 'z'; ++key) client.command({"SET", {&key, 1}, "1"});
    for (int times = 0; times < 20; ++times) keys += client.command({"RANDOMKEY"}).text;
    return keys;
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
}

TEST(Redis, NamesTheConfigurationThatItDoesNotTake) {
  try {
    Redis redis({.configuration = "maxmemory 1mb\nmaxmemory-policy nosuch\n"});
    FAIL() << "it took it";
  } catch (const std::invalid_argument& refused) {
    EXPECT_NE(std::string(refused.what()).find("maxmemory-policy"), std::string::npos)
        << refused.what();
  }
}

TEST(Redis, TakesTheLinesOfAConfigurationFile) {
  Redis redis({.configuration = "databases 2\nrequirepass secret\nclock-frozen yes\n"});
  Client client = redis.connect();
  EXPECT_EQ(client.command({"PING"}).text, "NOAUTH Authentication required.");
  client.command({"AUTH", "secret"});
  EXPECT_EQ(client.command({"SELECT", "2"}).text, "ERR DB index is out of range");
}

TEST(Redis, ACommandThatIsNotAnsweredSaysSo) {
  Redis redis({.clock_frozen = true});
  Client client = redis.connect();
  EXPECT_THROW(client.command({"CLIENT", "REPLY", "OFF"}), std::runtime_error);
  EXPECT_EQ(client.send("CLIENT REPLY ON\r\n"), "+OK\r\n");
}

// What a pause holds back is answered when the time has come.
TEST(Redis, ACommandThatWaitsIsAnsweredAfterAdvance) {
  Redis redis({.clock_frozen = true});
  Client client = redis.connect();
  Client other = redis.connect();
  other.command({"CLIENT", "PAUSE", "1000"});
  EXPECT_EQ(client.send("SET k 1\r\n"), "");
  redis.advance(seconds(1));
  EXPECT_EQ(client.send("GET k\r\n"), "+OK\r\n$1\r\n1\r\n");
}

}  // namespace
}  // namespace redouble
