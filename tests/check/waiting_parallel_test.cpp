// Sessions of several threads on one instance whose commands wait: each history must have an order
// in which nobody is overtaken.
//
// Two to four wait; then two threads change what they wait for, while a third brings up to two more
// who wait. What a waiting client is told counts as told when it is woken up, which is within the
// step of who served it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "check/linearizability.hpp"
#include "check/parallel_instance.hpp"
#include "check/report.hpp"
#include "check/scheduler.hpp"
#include "check/waiting_model.hpp"
#include "support/session_peer.hpp"
#include "support/waiting_requests.hpp"

namespace redouble::check::waiting_parallel_test {
namespace {

using testing::Peer;
using testing::WaitingRequests;

class Tickets {
 public:
  Ticket next() { return next_.fetch_add(1, std::memory_order_seq_cst); }

 private:
  std::atomic<Ticket> next_{1};
};

// A client with one command that may wait.
class Waiting : private instance::Waker {
 public:
  Waiting(instance::Instance& instance, unsigned slot, std::string serial, Tickets& tickets)
      : tickets_(tickets), serial_(std::move(serial)), peer_(instance, slot) {
    peer_.session().client().mailbox.set_waker(this);
  }
  ~Waiting() override { peer_.session().client().mailbox.set_waker(nullptr); }

  // True where it waits.
  bool arrive(const Request& request, History& history) {
    called_ = tickets_.next();
    std::string reply = peer_.run(request);
    const Ticket returned = tickets_.next();
    waits_ = peer_.waiting();
    if (waits_) {
      history.push_back(began_to_wait(serial_, request, called_, returned));
    } else {
      history.push_back(
          {.request = request, .reply = std::move(reply), .called = called_, .returned = returned});
    }
    return waits_;
  }
  // REQUIRES: it has been served, if it waited.
  void leave(History& history) {
    if (waits_) history.push_back(was_served(serial_, peer_.deliver(), called_, woken_.load()));
  }

 private:
  void wake() noexcept override {
    Ticket not_yet = never;
    woken_.compare_exchange_strong(not_yet, tickets_.next());
  }

  Tickets& tickets_;
  std::string serial_;
  Ticket called_ = 0;
  std::atomic<Ticket> woken_{never};
  bool waits_ = false;
  Peer peer_;
};

void run_free(const std::vector<std::function<void()>>& branches) {
  std::latch together(static_cast<std::ptrdiff_t>(branches.size()));
  std::vector<std::jthread> threads;
  for (const auto& branch : branches) {
    threads.emplace_back([&] {
      together.arrive_and_wait();
      branch();
    });
  }
}

class Play {
 public:
  Play(std::uint64_t seed, bool free)
      : requests_(seed, ""),
        scheduler_(free ? nullptr : std::make_unique<SeededScheduler>(seed)),
        instance_(parallel_instance(scheduler_.get())) {}

  void run() {
    Peer main(*instance_, 0);
    History& history = histories_[0];
    for (const Request& request : requests_.prepare()) ask(main, request, history);
    const std::size_t early = 2 + requests_.random().below(3);
    while (waiting_.size() < early) arrive(*add_waiting(0), requests_.waiting(), 0);
    on_one_key_ = instance_->waiters().on(0, "k").size();
    run_branches();
    for (int round = 0; instance_->waiters().size() != 0; ++round) {
      ASSERT_LT(round, 100) << "somebody waits for ever";
      for (const Request& request : requests_.fill()) ask(main, request, history);
    }
    for (const auto& waiting : waiting_) waiting->leave(history);
    for (const Request& request : requests_.look()) ask(main, request, history);
  }

  History history() const {
    History all;
    for (const History& part : histories_) all.insert(all.end(), part.begin(), part.end());
    return all;
  }
  // How many waited for the key k when the changes came.
  std::size_t on_one_key() const { return on_one_key_; }
  // The names of the commands that had to wait.
  std::vector<std::string> waited() const {
    std::vector<std::string> all;
    for (const auto& part : waited_) all.insert(all.end(), part.begin(), part.end());
    return all;
  }

 private:
  static constexpr std::size_t branches = 3;

  Waiting* add_waiting(unsigned slot) {
    std::string serial = "w" + std::to_string(waiting_.size());
    waiting_.push_back(std::make_unique<Waiting>(*instance_, slot, std::move(serial), tickets_));
    return waiting_.back().get();
  }
  // In a branch, or before them in the place of number 0.
  void arrive(Waiting& waiting, const Request& request, std::size_t branch) {
    if (waiting.arrive(request, histories_[branch])) waited_[branch].push_back(request[0]);
  }
  void ask(Peer& peer, const Request& request, History& history) {
    const Ticket called = tickets_.next();
    std::string reply = peer.run(request);
    history.push_back({.request = request,
                       .reply = std::move(reply),
                       .called = called,
                       .returned = tickets_.next()});
  }

  void run_branches() {
    std::vector<std::unique_ptr<Peer>> peers;
    std::vector<std::function<void()>> works;
    for (unsigned branch = 1; branch < branches; ++branch) {
      std::vector<Request> changes{requests_.feeding()};
      while (requests_.random().below(2) == 0 && changes.size() < 3) {
        changes.push_back(requests_.change());
      }
      Peer* peer = peers.emplace_back(std::make_unique<Peer>(*instance_, branch)).get();
      works.emplace_back([this, peer, branch, changes = std::move(changes)] {
        for (const Request& request : changes) ask(*peer, request, histories_[branch]);
      });
    }
    std::vector<std::pair<Waiting*, Request>> late;
    for (std::size_t left = requests_.random().below(3); left > 0; --left) {
      late.emplace_back(add_waiting(branches), requests_.waiting());
    }
    works.emplace_back([this, &late] {
      for (const auto& [waiting, request] : late) arrive(*waiting, request, branches);
    });
    scheduler_ != nullptr ? scheduler_->run(works) : run_free(works);
  }

  WaitingRequests requests_;
  std::unique_ptr<SeededScheduler> scheduler_;
  std::unique_ptr<instance::Instance> instance_;
  Tickets tickets_;
  std::vector<std::unique_ptr<Waiting>> waiting_;
  History histories_[branches + 1];
  std::vector<std::string> waited_[branches + 1];
  std::size_t on_one_key_ = 0;
};

void expect_nobody_overtaken(std::uint64_t seed, bool free) {
  const std::size_t plays = free ? 600 : 1500;
  constexpr Budget budget{.steps = 1'000'000, .remembered = 1'000'000};
  WaitingModel model;
  std::map<std::string, std::size_t> waited;
  std::size_t crowded = 0;
  std::size_t unknown = 0;
  for (std::uint64_t number = 0; number < plays; ++number) {
    SCOPED_TRACE("seed " + std::to_string(seed + number));
    Play play(seed + number, free);
    play.run();
    if (::testing::Test::HasFatalFailure()) return;
    const History history = split_waits(play.history());
    const Judgement judged = check(model, history, budget);
    ASSERT_NE(judged.verdict, Verdict::not_linearizable)
        << write_history(history) << describe(history, judged);
    if (judged.verdict == Verdict::unknown) ++unknown;
    if (play.on_one_key() >= 2) ++crowded;
    for (const std::string& name : play.waited()) ++waited[name];
  }
  std::printf("%zu histories with two or more waiters on one key, %zu unknown;", crowded, unknown);
  for (const auto& [name, times] : waited) std::printf(" %s %zu", name.c_str(), times);
  std::printf("\n");
  EXPECT_GE(crowded, 500u);
  EXPECT_LE(unknown * 100, plays);
  for (const std::string_view name : testing::waiting_names) {
    EXPECT_GE(waited[std::string(name)], 40u) << name;
  }
  const std::string of = free ? "free threads" : "schedules";
  ::testing::Test::RecordProperty("histories with waiters, " + of, std::to_string(crowded));
  ::testing::Test::RecordProperty("histories with waiters of unknown verdict, " + of,
                                  std::to_string(unknown));
}

TEST(WaitingParallel, NobodyIsOvertakenUnderEveryScheduleTried) {
  expect_nobody_overtaken(1, false);
}

TEST(WaitingParallel, NobodyIsOvertakenOnFreeThreads) { expect_nobody_overtaken(10'001, true); }

}  // namespace
}  // namespace redouble::check::waiting_parallel_test
