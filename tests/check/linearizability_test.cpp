#include "check/linearizability.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "check/any_outcome.hpp"
#include "check/atomic_history.hpp"
#include "check/partition.hpp"
#include "check/report.hpp"
#include "check/string_model.hpp"

namespace redouble::check::linearizability_test {
namespace {

History parse(std::string_view text) {
  auto history = read_history(text);
  EXPECT_TRUE(history) << history.error();
  return *history;
}

Judgement judge(std::string_view text, Budget budget = {}) {
  StringModel model;
  return check(model, parse(text), budget);
}

TEST(Linearizability, AnEmptyHistoryIsLinearizable) {
  EXPECT_EQ(judge("").verdict, Verdict::linearizable);
}

TEST(Linearizability, GivesAnOrderThatExplainsTheHistory) {
  const Judgement judgement = judge(
      "c1 [1 6] SET k 1 => +OK\n"
      "c2 [2 3] GET k => nil\n"
      "c3 [4 5] GET k => \"1\"\n");
  EXPECT_EQ(judgement.verdict, Verdict::linearizable);
  EXPECT_EQ(judgement.order, (std::vector<std::uint32_t>{1, 0, 2}));
  EXPECT_EQ(judgement.state, "k=1");
}

TEST(Linearizability, TheOrderOfTheFileDoesNotMatter) {
  const Judgement judgement = judge(
      "c3 [4 5] GET k => \"1\"\n"
      "c2 [2 3] GET k => nil\n"
      "c1 [1 6] SET k 1 => +OK\n");
  EXPECT_EQ(judgement.verdict, Verdict::linearizable);
  EXPECT_EQ(judgement.order, (std::vector<std::uint32_t>{1, 2, 0}));
}

TEST(Linearizability, SaysWhatCannotComeNext) {
  const History history = parse(
      "c1 [1 2] SET k 1 => +OK\n"
      "c1 [3 4] SET k 2 => +OK\n"
      "c2 [5 6] GET k => \"1\"\n"
      "c2 [7 8] GET k => \"2\"\n");
  StringModel model;
  const Judgement judgement = check(model, history);
  EXPECT_EQ(judgement.verdict, Verdict::not_linearizable);
  EXPECT_EQ(describe(history, judgement),
            "not linearizable: 4 operations, 3 steps\n"
            "explained so far:\n"
            "  c1 [1 2] SET k 1 => +OK\n"
            "  c1 [3 4] SET k 2 => +OK\n"
            "then the state is: k=2\n"
            "and none of these can come next (or none that leads to an end):\n"
            "  c2 [5 6] GET k => \"1\"\n");
}

TEST(Linearizability, UsedUpBudgetIsUnknown) {
  const char* text =
      "c1 [1 9] SET k 1 => +OK\n"
      "c2 [1 9] SET k 2 => +OK\n"
      "c3 [1 9] SET k 3 => +OK\n"
      "c4 [10 11] GET k => \"1\"\n";
  EXPECT_EQ(judge(text).verdict, Verdict::linearizable);
  EXPECT_EQ(judge(text, Budget{.steps = 5}).verdict, Verdict::unknown);
  EXPECT_EQ(judge(text, Budget{.remembered = 3}).verdict, Verdict::unknown);
}

TEST(Linearizability, TheBudgetIsJudgedExactly) {
  const char* text = "c1 [1 2] SET k 1 => +OK\nc1 [3 4] GET k => \"1\"\n";
  EXPECT_EQ(judge(text, Budget{.steps = 1}).verdict, Verdict::unknown);
  EXPECT_EQ(judge(text, Budget{.steps = 2}).verdict, Verdict::linearizable);
  EXPECT_EQ(judge(text, Budget{.steps = 3}).verdict, Verdict::linearizable);
}

TEST(Report, CutsTheHistoryAtTheFirstReplyWithoutExplanation) {
  const History history = parse(
      "c1 [1 2] SET k 1 => +OK\n"
      "c1 [3 20] APPEND k x => :2\n"
      "c2 [4 5] GET k => \"1x\"\n"
      "c2 [6 7] GET k => \"1\"\n"
      "c3 [8 9] SET k 5 => +OK\n"
      "c3 [10 11] GET k => \"9\"\n");
  StringModel model;
  const Window window = shortest_unexplained(model, history);
  EXPECT_EQ(write_history(window.history),
            "c1 [1 2] SET k 1 => +OK\n"
            "c1 [3 never] APPEND k x => ?\n"
            "c2 [4 5] GET k => \"1x\"\n"
            "c2 [6 7] GET k => \"1\"\n");
  EXPECT_EQ(window.judgement.verdict, Verdict::not_linearizable);
}

TEST(Report, TheWholeHistoryIsTheWindowWhereOnlyItsLastReplyIsWrong) {
  const History history = parse("c1 [1 2] SET k 1 => +OK\nc1 [3 4] GET k => \"2\"\n");
  StringModel model;
  EXPECT_EQ(shortest_unexplained(model, history).history, history);
}

// TAKE removes and gives any member of a set; ADD adds one.
struct TakeModel {
  using State = std::vector<std::string>;
  State initial() const { return {}; }
  std::vector<State> outcomes(const State& state, const Operation& operation) const {
    if (operation.request[0] == "ADD") {
      State after = state;
      after.push_back(operation.request[1]);
      std::sort(after.begin(), after.end());
      return {after};
    }
    std::vector<State> all;
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (operation.reply && *operation.reply != "+" + state[i] + "\r\n") continue;
      State after = state;
      after.erase(after.begin() + static_cast<std::ptrdiff_t>(i));
      all.push_back(after);
    }
    return all;
  }
  std::uint64_t hash(const State& state) const {
    std::uint64_t sum = 0;
    for (const std::string& member : state) sum = scatter(sum + std::hash<std::string>{}(member));
    return sum;
  }
};

TEST(AnyOutcome, AcceptsEveryAllowedRandomReply) {
  AnyOutcome<TakeModel> model;
  for (const char* taken : {"a", "b"}) {
    const std::string other = *taken == 'a' ? "b" : "a";
    const std::string text = "c1 [1 2] ADD a => +OK\nc1 [3 4] ADD b => +OK\nc1 [5 6] TAKE => +" +
                             std::string(taken) + "\nc1 [7 8] TAKE => +";
    EXPECT_EQ(check(model, parse(text + other)).verdict, Verdict::linearizable);
    EXPECT_EQ(check(model, parse(text + taken)).verdict, Verdict::not_linearizable);
  }
}

TEST(AnyOutcome, KeepsEveryStateThatAnUnknownReplyMayHaveLeft) {
  AnyOutcome<TakeModel> model;
  const std::string text =
      "c1 [1 2] ADD a => +OK\nc1 [3 4] ADD b => +OK\nc1 [5 never] TAKE => ?\nc2 [7 8] TAKE => +";
  EXPECT_EQ(check(model, parse(text + "a")).verdict, Verdict::linearizable);
  EXPECT_EQ(check(model, parse(text + "b")).verdict, Verdict::linearizable);
  EXPECT_EQ(check(model, parse(text + "c")).verdict, Verdict::not_linearizable);
}

// What the search costs is its steps, which are the same everywhere; the time is for the reader.
struct Measured {
  const char* title;
  std::size_t clients;
  std::size_t each;
  std::size_t keys;
  bool in_parts;
  std::uint64_t most_steps_an_operation;
};

void measure(const Measured& measured) {
  Random random(7);
  const Shape shape{measured.clients, measured.each};
  const History history = atomic_history(shape, random, [&](Random& r) {
    const std::string key = "k" + std::to_string(r.below(measured.keys));
    switch (r.below(4)) {
      case 0:
        return Request{"SET", key, std::to_string(r.below(1000))};
      case 1:
        return Request{"APPEND", key, std::to_string(r.below(10))};
      case 2:
        return Request{"DEL", key};
      default:
        return Request{"GET", key};
    }
  });
  StringModel model;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<History> parts{history};
  if (measured.in_parts) parts = partition(history, StringModel::keys_of).value();
  const PartsJudgement judgement = check_parts(model, parts);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(judgement.verdict, Verdict::linearizable)
      << describe(judgement.worst_part, judgement.worst);
  EXPECT_LE(judgement.steps, measured.most_steps_an_operation * history.size());
  std::printf("%s: %zu operations in %zu parts, %llu steps, %.4f s\n", measured.title,
              history.size(), judgement.parts, static_cast<unsigned long long>(judgement.steps),
              taken.count());
}

TEST(LinearizabilityCost, TenClientsInParts) {
  measure({"10 clients x 300, 10 keys, in parts", 10, 300, 10, true, 3});
}

TEST(LinearizabilityCost, TenClientsWhole) {
  measure({"10 clients x 300, 10 keys, whole", 10, 300, 10, false, 100});
}

TEST(LinearizabilityCost, TenClientsOnOneKey) {
  measure({"10 clients x 300, one key", 10, 300, 1, true, 100});
}

TEST(LinearizabilityCost, FiftyClientsInParts) {
  measure({"50 clients x 1700, 50 keys, in parts", 50, 1700, 50, true, 3});
}

}  // namespace
}  // namespace redouble::check::linearizability_test
