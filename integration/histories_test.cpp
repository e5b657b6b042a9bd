// Histories of real clients against the real server: several connections at once, on few keys, with
// one, two and four threads, each history judged for linearizability with the string model.
//
// The clock stands still, so that TTLs are constant and the model needs no time. A client sends its
// requests in small pipelines: all of a pipeline are called before the first returns, which leaves
// the checker more orders than the server may use, never fewer. Keys are new in every history.
// In some histories another connection kills clients in the middle: what they had asked for and not
// been answered may have happened or not. REDOUBLE_SEED gives the same requests again (the threads'
// timing is the system's), REDOUBLE_LONG does forty times as much. `--server=PATH` judges another
// server than REDOUBLE_PROGRAM's, `--histories=N` takes so many: that is how ci/mutants asks.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "check/history.hpp"
#include "check/partition.hpp"
#include "check/random.hpp"
#include "check/reply_text.hpp"
#include "check/report.hpp"
#include "check/string_model.hpp"
#include "hiredis_client.hpp"
#include "server_process.hpp"

namespace redouble::integration {
namespace {

using check::History;
using check::Random;
using check::Recorder;
using check::Request;
using check::StringModel;

constexpr check::Budget budget{.steps = 1'000'000, .remembered = 1'000'000};
constexpr std::uint32_t most_clients = 5;

std::uint64_t chosen_seed() {
  const char* given = std::getenv("REDOUBLE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

// What the command line asks for; 0: as many as a test thinks fit.
std::size_t histories_asked = 0;

std::size_t number_of_histories(std::size_t usual) {
  if (histories_asked != 0) return histories_asked;
  return std::getenv("REDOUBLE_LONG") != nullptr ? 40 * usual : usual;
}

// What one history is made of.
struct Shape {
  std::uint64_t seed;
  std::size_t number;  // of the history: its keys are its own
  std::uint32_t clients;
  std::size_t keys;
  std::size_t operations;  // of each client
  std::size_t pipeline;    // requests at most
};

class Requests {
 public:
  Requests(const Shape& shape, std::uint32_t client)
      : shape_(shape), client_(client), random_(check::scatter(shape.seed + client)) {}

  std::size_t below(std::size_t bound) { return random_.below(bound); }

  Request next() {
    switch (random_.below(16)) {
      case 0:
      case 1:
        return {"SET", key(), value()};
      case 2:
        return {"SET", key(), value(), "EX", seconds()};
      case 3:
      case 4:
        return {"GET", key()};
      case 5:
        return {"INCR", key()};
      case 6:
        return {"APPEND", key(), std::to_string(random_.below(10))};
      case 7:
        return {"GETDEL", key()};
      case 8:
        return {"MSET", key(), value(), key(), value()};
      case 9:
        return {"MSET", key(), value(), key(), value(), key(), value()};
      case 10:
        return {"MGET", key(), key(), key()};
      case 11:
        return {"DEL", key(), key()};
      case 12:
        return {"RENAME", key(), key()};
      case 13:
        return {"EXPIRE", key(), seconds()};
      case 14:
        return {"PERSIST", key()};
      default:
        return {"TTL", key()};
    }
  }

 private:
  std::string key() {
    return std::to_string(shape_.number) + ":" + std::to_string(random_.below(shape_.keys));
  }
  // No value is written twice, and each is a number, so that INCR has something to count.
  std::string value() { return std::to_string((client_ + 1) * 100'000 + ++written_ * 100); }
  std::string seconds() { return std::to_string(100 + random_.below(900)); }

  const Shape& shape_;
  const std::uint32_t client_;
  Random random_;
  std::size_t written_ = 0;
};

// One client of a history: its connection is kept for the next one.
class Player {
 public:
  explicit Player(int port) : connection_(port) { learn_id(); }

  std::uint64_t id() const { return id_.load(); }

  void play(const Shape& shape, std::uint32_t client, Recorder& recorder) {
    Requests requests(shape, client);
    for (std::size_t left = shape.operations; left > 0;) {
      const std::size_t size = std::min(left, 1 + requests.below(shape.pipeline));
      std::vector<Request> batch;
      for (std::size_t i = 0; i < size; ++i) batch.push_back(requests.next());
      replies_.assign(size, std::nullopt);
      send_from(0, batch, client, recorder);
      left -= size;
      if (connection_.alive()) continue;
      connection_.open();
      learn_id();
    }
  }

  // What nobody may keep from a test: a server that is gone.
  bool alive() const { return connection_.alive(); }

 private:
  // Each request of a pipeline is called before the next one, and all before the first reply.
  void send_from(std::size_t at, const std::vector<Request>& batch, std::uint32_t client,
                 Recorder& recorder) {
    recorder.record(client, batch[at], [&](const Request& request) {
      connection_.append(request);
      if (at + 1 < batch.size()) {
        send_from(at + 1, batch, client, recorder);
      } else {
        for (std::optional<std::string>& reply : replies_) reply = connection_.next();
      }
      return replies_[at];
    });
  }

  void learn_id() {
    const auto reply = connection_.alive() ? connection_.ask({"CLIENT", "ID"}) : std::nullopt;
    id_ = reply ? std::strtoull(reply->c_str() + 1, nullptr, 10) : 0;
  }

  HiredisClient connection_;
  std::atomic<std::uint64_t> id_{0};
  std::vector<std::optional<std::string>> replies_;
};

// Kills clients for as long as they play.
class Killer {
 public:
  explicit Killer(int port) : connection_(port) {}

  std::size_t work(std::uint64_t seed, const std::vector<std::unique_ptr<Player>>& players,
                   const std::atomic<bool>& over) {
    Random random(seed);
    std::size_t killed = 0;
    while (!over && connection_.alive()) {
      // Between two kills some work gets done.
      for (std::size_t rest = random.below(40); rest > 0; --rest) connection_.ask({"PING"});
      const std::uint64_t id = players[random.below(players.size())]->id();
      const auto reply = connection_.ask({"CLIENT", "KILL", "ID", std::to_string(id)});
      if (reply == check::integer_reply(1)) ++killed;
    }
    return killed;
  }

 private:
  HiredisClient connection_;
};

struct Tally {
  std::size_t histories = 0;
  std::size_t operations = 0;
  std::size_t unanswered = 0;
  std::size_t killed = 0;
  std::size_t unknown = 0;
  std::uint64_t steps = 0;
};

std::string explain(StringModel& model, const check::PartsJudgement& judged, const Shape& shape) {
  const check::Window window = check::shortest_unexplained(model, judged.worst_part, budget);
  return "history " + std::to_string(shape.number) +
         " of REDOUBLE_SEED=" + std::to_string(shape.seed - shape.number) +
         ", the smallest window without explanation:\n" + check::write_history(window.history) +
         check::describe(window.history, window.judgement);
}

void judge(const History& history, const Shape& shape, Tally& tally) {
  StringModel model;
  const auto parts = check::partition(history, StringModel::keys_of);
  ASSERT_TRUE(parts) << parts.error();
  const check::PartsJudgement judged = check::check_parts(model, *parts, budget);
  ++tally.histories;
  tally.operations += history.size();
  tally.steps += judged.steps;
  for (const auto& operation : history) tally.unanswered += operation.reply ? 0 : 1;
  if (judged.verdict == check::Verdict::unknown) ++tally.unknown;
  ASSERT_NE(judged.verdict, check::Verdict::not_linearizable) << explain(model, judged, shape);
}

// What is open at once makes the search long, and a call without an answer stays open for ever: so
// many clients, long pipelines and kills do not meet in one history.
Shape shape_of(std::uint64_t seed, std::size_t number, bool kills) {
  Random random(seed);
  Shape shape{};
  shape.seed = seed;
  shape.number = number;
  shape.clients = 2 + static_cast<std::uint32_t>(random.below(kills ? 2 : most_clients - 1));
  shape.keys = 2 + random.below(5);
  shape.operations = 20 + random.below(kills ? 10 : 30);
  shape.pipeline = 1 + random.below(kills || shape.clients > 3 ? 2 : 3);
  return shape;
}

// Plays and judges `count` histories on one server, the first `with_kills` of them with kills.
void play(int port, std::uint64_t seed, std::size_t count, std::size_t with_kills, Tally& tally) {
  std::vector<std::unique_ptr<Player>> players;
  for (std::uint32_t i = 0; i < most_clients; ++i) {
    players.push_back(std::make_unique<Player>(port));
    ASSERT_TRUE(players.back()->alive());
  }
  Killer killer(port);
  for (std::size_t number = 0; number < count; ++number) {
    const bool kills = number < with_kills;
    const Shape shape = shape_of(seed + number, number, kills);
    Recorder recorder(shape.clients);
    std::barrier start(shape.clients);
    std::atomic<bool> over{false};
    std::thread killing;
    if (kills) {
      killing = std::thread([&] { tally.killed += killer.work(shape.seed, players, over); });
    }
    std::vector<std::thread> threads;
    for (std::uint32_t client = 0; client < shape.clients; ++client) {
      threads.emplace_back([&, client] {
        start.arrive_and_wait();
        players[client]->play(shape, client, recorder);
      });
    }
    for (std::thread& thread : threads) thread.join();
    over = true;
    if (killing.joinable()) killing.join();
    for (std::uint32_t client = 0; client < shape.clients; ++client) {
      ASSERT_TRUE(players[client]->alive()) << "the server does not answer any more";
    }
    judge(recorder.history(), shape, tally);
    if (testing::Test::HasFatalFailure()) return;
  }
}

class Histories : public testing::TestWithParam<int> {
 protected:
  void run(std::size_t count, std::size_t with_kills) {
    const std::uint64_t seed = chosen_seed();
    SCOPED_TRACE("REDOUBLE_SEED=" + std::to_string(seed));
    Tally tally;
    ServerProcess server({"--threads", std::to_string(GetParam()), "--clock-frozen"});
    play(server.port(), seed, count, with_kills, tally);
    std::printf(
        "histories: %zu, operations %zu, unknown %zu, clients killed %zu, calls without an "
        "answer %zu, steps of the search %llu\n",
        tally.histories, tally.operations, tally.unknown, tally.killed, tally.unanswered,
        static_cast<unsigned long long>(tally.steps));
    if (HasFatalFailure()) return;
    const std::string of =
        std::to_string(GetParam()) + " threads" + (with_kills > 0 ? ", clients killed" : "");
    RecordProperty("histories, " + of, std::to_string(tally.histories));
    RecordProperty("histories of unknown verdict, " + of, std::to_string(tally.unknown));
    EXPECT_LE(tally.unknown * 100, tally.histories);
    EXPECT_EQ(tally.unanswered > 0, with_kills > 0);
    EXPECT_EQ(server.stop(SIGTERM), 0);
  }
};

TEST_P(Histories, OfManyClientsHaveAnExplanation) {
  run(number_of_histories(GetParam() == 1 ? 150 : 400), 0);
}

TEST_P(Histories, OfClientsThatAreKilledHaveAnExplanation) {
  const std::size_t count = number_of_histories(100);
  run(count, count);
}

INSTANTIATE_TEST_SUITE_P(Threads, Histories, testing::Values(1, 2, 4));

}  // namespace
}  // namespace redouble::integration

int main(int count, char** words) {
  testing::InitGoogleTest(&count, words);
  std::signal(SIGPIPE, SIG_IGN);  // hiredis writes to clients that were killed
  constexpr std::string_view server = "--server=";
  constexpr std::string_view histories = "--histories=";
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word.starts_with(server)) ::setenv("REDOUBLE_PROGRAM", words[i] + server.size(), 1);
    if (word.starts_with(histories)) {
      redouble::integration::histories_asked =
          std::strtoull(words[i] + histories.size(), nullptr, 10);
    }
  }
  return RUN_ALL_TESTS();
}
