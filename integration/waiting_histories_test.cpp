// Histories with commands that wait: two to four waiters, two clients that push at the same time,
// one, two and four threads; each explained by an order in which nobody is overtaken.
//
// One driver sends everything and reads the replies afterwards, so that the server has all of it at
// once; an observer says how many wait, before the next one is sent (or, in half of the histories,
// only when all are there). At the end it pushes until nobody waits any more.
// REDOUBLE_SEED gives the same requests again, REDOUBLE_LONG does forty times as much.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
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
#include "server_process.hpp"

namespace redouble::integration {
namespace {

using check::History;
using check::Operation;
using check::Random;
using check::Request;

constexpr check::Budget budget{.steps = 1'000'000, .remembered = 1'000'000};

std::uint64_t chosen_seed() {
  const char* given = std::getenv("REDOUBLE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

// A client with one request under way at most, and the history that it writes to.
class Actor {
 public:
  Actor(int port, std::uint32_t number) : client_(port), number_(number) {}

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

  explicit Stage(int port)
      : port_(port), observer_(port, 100), first_(port, 101), second_(port, 102) {
    for (std::uint32_t i = 0; i < most_waiters; ++i) {
      waiters_.push_back(std::make_unique<Actor>(port, i));
    }
  }

  // The number of waiters on the first key when the pushes come.
  std::size_t play(std::uint64_t seed, std::size_t number, History& history) {
    Random random(seed);
    history.clear();
    clock_ = 0;
    prefix_ = std::to_string(number) + ":";
    const std::size_t waiters = 2 + random.below(most_waiters - 1);
    const bool in_turn = random.below(2) == 0;
    for (std::size_t i = 0; i < waiters; ++i) {
      waiters_[i]->send(waiting(random), history, clock_);
      if (in_turn) observe(i + 1, history);
    }
    if (!in_turn) observe(waiters, history);
    first_.send(push(random, "a"), history, clock_);
    second_.send(push(random, "b"), history, clock_);
    first_.read(history, clock_);
    second_.read(history, clock_);
    // Somebody may wait still, and a move may have left elements elsewhere.
    int filler = 0;
    while (blocked() != 0) {
      for (const char* key : {"k", "l"}) {
        first_.send({"RPUSH", prefix_ + key, "filler" + std::to_string(++filler)}, history, clock_);
        first_.read(history, clock_);
      }
    }
    for (std::size_t i = 0; i < waiters; ++i) waiters_[i]->read(history, clock_);
    for (const char* key : {"k", "l", "m"}) {
      first_.send({"LRANGE", prefix_ + key, "0", "-1"}, history, clock_);
      first_.read(history, clock_);
    }
    return waiters;
  }

 private:
  // Every one of them waits for the first key.
  Request waiting(Random& random) {
    const std::string k = prefix_ + "k";
    const std::string l = prefix_ + "l";
    const auto side = [&] { return random.below(2) == 0 ? "LEFT" : "RIGHT"; };
    switch (random.below(6)) {
      case 0:
        return {"BLMOVE", k, l, side(), side(), "0"};
      case 1:
        return {"BLMOVE", k, prefix_ + "m", side(), side(), "0"};
      case 2:
        return {"BLPOP", l, k, "0"};
      case 3:
        return {"BRPOP", k, l, "0"};
      case 4:
        return {"BRPOP", k, "0"};
      default:
        return {"BLPOP", k, "0"};
    }
  }
  Request push(Random& random, const std::string& mark) {
    Request request{random.below(2) == 0 ? "RPUSH" : "LPUSH",
                    prefix_ + (random.below(3) == 0 ? "l" : "k")};
    for (std::size_t left = 1 + random.below(3); left > 0; --left) {
      request.push_back(mark + std::to_string(left));
    }
    return request;
  }
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

  int port_;
  std::vector<std::unique_ptr<Actor>> waiters_;
  Actor observer_;
  Actor first_;
  Actor second_;
  check::Ticket clock_ = 0;
  std::string prefix_;
};

class WaitingHistories : public testing::TestWithParam<int> {};

TEST_P(WaitingHistories, AreExplainedByAnOrderInWhichNobodyIsOvertaken) {
  const std::uint64_t seed = chosen_seed();
  SCOPED_TRACE("REDOUBLE_SEED=" + std::to_string(seed));
  const std::size_t usual = 400;
  const std::size_t count = std::getenv("REDOUBLE_LONG") != nullptr ? 40 * usual : usual;
  ServerProcess server({"--threads", std::to_string(GetParam()), "--clock-frozen"});
  Stage stage(server.port());
  check::WaitingModel model;
  History history;
  std::size_t unknown = 0;
  for (std::size_t number = 0; number < count; ++number) {
    ASSERT_GE(stage.play(seed + number, number, history), 2u);
    const History split = check::split_waits(history);
    const check::Judgement judged = check::check(model, split, budget);
    if (judged.verdict == check::Verdict::unknown) ++unknown;
    ASSERT_NE(judged.verdict, check::Verdict::not_linearizable)
        << check::write_history(history) << check::describe(split, judged);
  }
  std::printf("histories with two or more waiters on one key: %zu, unknown %zu\n", count, unknown);
  const std::string of = std::to_string(GetParam()) + " threads";
  RecordProperty("histories with waiters, " + of, std::to_string(count));
  RecordProperty("histories with waiters of unknown verdict, " + of, std::to_string(unknown));
  EXPECT_LE(unknown * 100, count);
  EXPECT_EQ(server.stop(SIGTERM), 0);
}

INSTANTIATE_TEST_SUITE_P(Threads, WaitingHistories, testing::Values(1, 2, 4));

}  // namespace
}  // namespace redouble::integration
