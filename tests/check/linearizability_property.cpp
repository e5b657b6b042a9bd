// The search against the definition: a history of up to seven operations is linearizable exactly
// when one of its orders, found by trying all, is allowed by time and explained by the model.
#include "check/linearizability.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

#include "check/atomic_history.hpp"
#include "check/partition.hpp"
#include "check/reply_text.hpp"
#include "check/report.hpp"
#include "check/string_model.hpp"

namespace redouble::check::linearizability_property {
namespace {

constexpr std::size_t most_operations = 7;

// Written from the definition, without any of the search's ideas. Tries every next operation before
// which no other one, not yet placed, had returned.
bool explicable(const StringModel& model, const History& history, unsigned placed,
                const StringModel::State& state) {
  bool all_returned_placed = true;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const bool done = (placed >> i) & 1;
    if (!done && history[i].returned != never) all_returned_placed = false;
  }
  if (all_returned_placed) return true;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if ((placed >> i) & 1) continue;
    bool may_be_next = true;
    for (std::size_t j = 0; j < history.size(); ++j) {
      const bool open = !((placed >> j) & 1);
      if (open && history[j].returned < history[i].called) may_be_next = false;
    }
    StringModel::State after = state;
    if (!may_be_next || !model.step(after, history[i])) continue;
    if (explicable(model, history, placed | (1u << i), after)) return true;
  }
  return false;
}

bool by_definition(const History& history) {
  const StringModel model;
  return explicable(model, history, 0, model.initial());
}

Verdict by_search(const History& history) {
  StringModel model;
  return check(model, history).verdict;
}

// A small history that was atomic, then spoilt here and there: replies exchanged, tickets moved,
// connections lost.
History spoilt_history(std::uint64_t seed) {
  Random random(seed);
  const std::size_t clients = 2 + random.below(3);
  History history = atomic_history({clients, most_operations / clients, random.one_in(2) ? 4u : 0u},
                                   random, [](Random& r) { return string_request(r, 2); });
  for (std::size_t spoil = random.below(4); spoil > 0; --spoil) {
    Operation& one = history[random.below(history.size())];
    Operation& other = history[random.below(history.size())];
    switch (random.below(5)) {
      case 0:
        if (one.returned != never && other.returned != never) std::swap(one.reply, other.reply);
        break;
      case 1:
        std::swap(one.request, other.request);
        break;
      case 2:
        one.called = random.below(one.called + 1);
        break;
      case 3:
        if (one.returned != never) one.returned = one.called + random.below(3);
        break;
      case 4:
        one.returned = never;
        one.reply.reset();
        break;
    }
  }
  return history;
}

RC_GTEST_PROP(Linearizability, AgreesWithTryingAllOrders, ()) {
  const History history = spoilt_history(*rc::gen::arbitrary<std::uint64_t>());
  const bool expected = by_definition(history);
  RC_CLASSIFY(expected);
  RC_LOG() << write_history(history);
  RC_ASSERT(by_search(history) == (expected ? Verdict::linearizable : Verdict::not_linearizable));
}

// RapidCheck's hundred runs are too few for a search with so many turns.
TEST(LinearizabilityProperty, AgreesWithTryingAllOrdersOnTenThousandHistories) {
  std::size_t linearizable = 0;
  constexpr std::size_t histories = 10'000;
  for (std::uint64_t seed = 0; seed < histories; ++seed) {
    const History history = spoilt_history(seed);
    const bool expected = by_definition(history);
    linearizable += expected ? 1 : 0;
    ASSERT_EQ(by_search(history), expected ? Verdict::linearizable : Verdict::not_linearizable)
        << "seed " << seed << "\n"
        << write_history(history);
  }
  // Both kinds must be plenty, or the comparison says little.
  EXPECT_GT(linearizable, histories / 5);
  EXPECT_LT(linearizable, histories * 4 / 5);
}

RC_GTEST_PROP(Linearizability, TheOrderThatItGivesIsAnExplanation, ()) {
  const History history = spoilt_history(*rc::gen::arbitrary<std::uint64_t>());
  StringModel model;
  const Judgement judgement = check(model, history);
  StringModel::State state = model.initial();
  std::vector<bool> placed(history.size(), false);
  for (const std::uint32_t index : judgement.order) {
    RC_ASSERT(!placed[index]);
    for (std::size_t i = 0; i < history.size(); ++i) {
      RC_ASSERT(placed[i] || i == index || history[i].returned >= history[index].called);
    }
    RC_ASSERT(model.step(state, history[index]));
    placed[index] = true;
  }
  RC_ASSERT(model.describe(state) == judgement.state);
  if (judgement.verdict != Verdict::linearizable) return;
  for (std::size_t i = 0; i < history.size(); ++i) {
    RC_ASSERT(placed[i] || history[i].returned == never);
  }
}

RC_GTEST_PROP(Linearizability, WhatWasAtomicIsLinearizable, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const Shape shape{1 + random.below(6), 1 + random.below(40), random.one_in(3) ? 20u : 0u};
  const History history =
      atomic_history(shape, random, [](Random& r) { return string_request(r, 3); });
  RC_ASSERT(by_search(history) == Verdict::linearizable);
}

RC_GTEST_PROP(Partition, JudgesAsTheWholeDoes, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  History history = atomic_history({3, 4, 0}, random, [](Random& r) {
    Request request = string_request(r, 2);
    // Two islands of keys.
    const std::string island = r.one_in(2) ? "a" : "b";
    for (std::string& word : request) {
      if (word.starts_with("k")) word += island;
    }
    return request;
  });
  if (random.one_in(2)) {
    std::swap(history[random.below(history.size())].reply,
              history[random.below(history.size())].reply);
  }
  const auto parts = partition(history, StringModel::keys_of);
  RC_ASSERT(parts.has_value());
  StringModel model;
  RC_ASSERT(check_parts(model, *parts).verdict == by_search(history));
}

RC_GTEST_PROP(Report, TheWindowIsInexplicableAndWithoutItsLastReplyExplicable, ()) {
  const History history = spoilt_history(*rc::gen::arbitrary<std::uint64_t>());
  if (by_search(history) != Verdict::not_linearizable) return;
  StringModel model;
  const Window window = shortest_unexplained(model, history);
  RC_ASSERT(by_search(window.history) == Verdict::not_linearizable);
  const auto times = return_times(window.history);
  if (times.size() > 1) {
    const History before = cut_after(window.history, times[times.size() - 2]);
    RC_ASSERT(by_search(before) == Verdict::linearizable);
  }
}

RC_GTEST_PROP(History, IsReadAsItWasWritten, ()) {
  const auto history =
      *rc::gen::container<std::vector<std::pair<std::vector<std::string>, std::string>>>(
          rc::gen::pair(rc::gen::nonEmpty<std::vector<std::string>>(),
                        rc::gen::arbitrary<std::string>()));
  History written;
  for (const auto& [request, bytes] : history) {
    const Ticket now = 2 * written.size();
    written.push_back({static_cast<std::uint32_t>(written.size()), request, bytes, now, now + 1});
    written.push_back({7, request, array_reply({bulk_reply(bytes), null_reply()}), now, now + 2});
    written.push_back({8, request, std::nullopt, now + 1, never});
  }
  std::sort(written.begin(), written.end(), [](const Operation& a, const Operation& b) {
    return std::tuple(a.called, a.returned, a.client) < std::tuple(b.called, b.returned, b.client);
  });
  const auto again = read_history(write_history(written));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == written);
}

}  // namespace
}  // namespace redouble::check::linearizability_property
