// Histories with commands that wait: two to four waiters, two clients that push at the same time,
// one, two and four threads; each explained by an order in which nobody is overtaken.
//
// One driver sends everything and reads the replies afterwards, so that the server has all of it at
// once; an observer says how many wait, before the next one is sent (or, in half of the histories,
// only when all are there). At the end it pushes until nobody waits any more.
// The real redis-server plays the same, so that what the model demands is what Redis does.
// REDOUBLE_SEED gives the same requests again, REDOUBLE_LONG does forty times as much.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "check/history.hpp"
#include "check/linearizability.hpp"
#include "check/random.hpp"
#include "check/report.hpp"
#include "check/waiting_model.hpp"
#include "hiredis_client.hpp"
#include "judged_pair.hpp"
#include "server_process.hpp"
#include "support/folder.hpp"
#include "support/waiting_requests.hpp"

namespace redouble::integration {
namespace {

using check::History;
using check::Operation;
using check::Request;
using testing::WaitingRequests;
using Connect = std::function<HiredisClient()>;

constexpr check::Budget budget{.steps = 1'000'000, .remembered = 1'000'000};

std::uint64_t chosen_seed() {
  const char* given = std::getenv("REDOUBLE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

// A client with one request under way at most, and the history that it writes to.
class Actor {
 public:
  Actor(const Connect& connect, std::uint32_t number) : client_(connect()), number_(number) {}

  void send(Request request, History& history, check::Ticket& clock) {
    client_.append(request);
    client_.flush();
    place_ = history.size();
    history.push_back({.client = number_,
                       .request = std::move(request),
                       .reply = std::nullopt,
                       .called = ++clock});
  }
  void read(History& history, check::Ticket& clock) {
    Operation& operation = history[place_];
    operation.reply = client_.next();
    operation.returned = ++clock;
  }
  HiredisClient& client() { return client_; }

 private:
  HiredisClient client_;
  std::uint32_t number_;
  std::size_t place_ = 0;
};

class Stage {
 public:
  static constexpr std::uint32_t most_waiters = 4;

  explicit Stage(const Connect& connect)
      : observer_(connect, 100), first_(connect, 101), second_(connect, 102) {
    for (std::uint32_t i = 0; i < most_waiters; ++i) {
      waiters_.push_back(std::make_unique<Actor>(connect, i));
    }
  }

  // The commands that waited for the first key when the pushes came.
  std::vector<std::string> play(std::uint64_t seed, std::size_t number, History& history) {
    WaitingRequests requests(seed, std::to_string(number) + ":");
    history.clear();
    clock_ = 0;
    const auto ask = [&](const std::vector<Request>& all) {
      for (const Request& request : all) {
        first_.send(request, history, clock_);
        first_.read(history, clock_);
      }
    };
    ask(requests.prepare());
    std::vector<std::string> names;
    const std::size_t waiters = 2 + requests.random().below(most_waiters - 1);
    const bool in_turn = requests.random().below(2) == 0;
    for (std::size_t i = 0; i < waiters; ++i) {
      Request request = requests.waiting();
      names.push_back(request[0]);
      waiters_[i]->send(std::move(request), history, clock_);
      if (in_turn) observe(i + 1, history);
    }
    if (!in_turn) observe(waiters, history);
    first_.send(requests.feeding(), history, clock_);
    second_.send(requests.change(), history, clock_);
    first_.read(history, clock_);
    second_.read(history, clock_);
    // Somebody may wait still, and a move may have left elements elsewhere.
    while (blocked() != 0) ask(requests.fill());
    for (std::size_t i = 0; i < waiters; ++i) waiters_[i]->read(history, clock_);
    ask(requests.look());
    return names;
  }

 private:
  long blocked() {
    const std::string info = *observer_.client().ask({"INFO", "clients"});
    const std::string field = "blocked_clients:";
    return std::atol(info.c_str() + info.find(field) + field.size());
  }
  // Waits until so many wait, and notes that.
  void observe(std::size_t count, History& history) {
    for (;;) {
      const check::Ticket called = ++clock_;
      const long seen = blocked();
      if (seen != static_cast<long>(count)) continue;
      history.push_back({.client = 100,
                         .request = {"WAITING"},
                         .reply = ":" + std::to_string(seen) + "\r\n",
                         .called = called,
                         .returned = ++clock_});
      return;
    }
  }

  std::vector<std::unique_ptr<Actor>> waiters_;
  Actor observer_;
  Actor first_;
  Actor second_;
  check::Ticket clock_ = 0;
};

void expect_nobody_overtaken(const Connect& connect, const std::string& of) {
  const std::uint64_t seed = chosen_seed();
  SCOPED_TRACE("REDOUBLE_SEED=" + std::to_string(seed));
  const std::size_t usual = 400;
  const std::size_t count = std::getenv("REDOUBLE_LONG") != nullptr ? 40 * usual : usual;
  Stage stage(connect);
  check::WaitingModel model;
  History history;
  std::size_t unknown = 0;
  std::map<std::string, std::size_t> waited;
  for (std::size_t number = 0; number < count; ++number) {
    const std::vector<std::string> names = stage.play(seed + number, number, history);
    ASSERT_GE(names.size(), 2u);
    for (const std::string& name : names) ++waited[name];
    const History split = check::split_waits(history);
    const check::Judgement judged = check::check(model, split, budget);
    if (judged.verdict == check::Verdict::unknown) ++unknown;
    ASSERT_NE(judged.verdict, check::Verdict::not_linearizable)
        << check::write_history(history) << check::describe(split, judged);
  }
  std::printf("histories with two or more waiters on one key: %zu, unknown %zu;", count, unknown);
  for (const auto& [name, times] : waited) std::printf(" %s %zu", name.c_str(), times);
  std::printf("\n");
  ::testing::Test::RecordProperty("histories with waiters, " + of, std::to_string(count));
  ::testing::Test::RecordProperty("histories with waiters of unknown verdict, " + of,
                                  std::to_string(unknown));
  EXPECT_LE(unknown * 100, count);
  for (const std::string_view name : testing::waiting_names) {
    EXPECT_GE(waited[std::string(name)], count / 40) << name;
  }
}

class WaitingHistories : public ::testing::TestWithParam<int> {};

TEST_P(WaitingHistories, AreExplainedByAnOrderInWhichNobodyIsOvertaken) {
  const std::string threads = std::to_string(GetParam());
  ServerProcess server({"--threads", threads, "--clock-frozen"});
  expect_nobody_overtaken([&] { return HiredisClient(server.port()); }, threads + " threads");
  EXPECT_EQ(server.stop(SIGTERM), 0);
}

INSTANTIATE_TEST_SUITE_P(Threads, WaitingHistories, ::testing::Values(1, 2, 4));

TEST(WaitingHistoriesOfTheRealServer, AreExplainedByTheSameModel) {
  const testing::Folder folder;
  const std::string socket = folder / "redis";
  JudgedProcess judge({environment("REDOUBLE_REDIS_SERVER", "redis-server"), "--port", "0",
                       "--save", "", "--dir", folder / "", "--logfile", "", "--unixsocket", socket},
                      "ready to accept connections");
  expect_nobody_overtaken([&] { return HiredisClient(socket); }, "redis-server");
}

}  // namespace
}  // namespace redouble::integration
