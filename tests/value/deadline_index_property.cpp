#include "value/deadline_index.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <utility>
#include <vector>

namespace redouble::value::deadline_index_property {
namespace {

struct Item {};

// Runs of one direction as well as random ones: chunks fill and empty at either end.
RC_GTEST_PROP(DeadlineIndexProperty, EveryInterleavingActsAsASortedMapWithCopies, ()) {
  using Model = std::map<Deadline, Item*>;
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 8), rc::gen::inRange(0, 3000), rc::gen::inRange(1, 700)));
  std::vector<Item> items(2);
  DeadlineIndex<Item> index;
  Model model;
  std::vector<std::pair<DeadlineIndex<Item>, Model>> copies;
  const auto compare = [](const DeadlineIndex<Item>& real, const Model& expected) {
    RC_ASSERT(real.size() == expected.size());
    auto next = expected.begin();
    real.for_each([&](Deadline at, Item& item) {
      RC_ASSERT(next != expected.end() && next->first == at && next->second == &item);
      ++next;
    });
    RC_ASSERT(next == expected.end());
    RC_ASSERT((real.bytes() == 0) == expected.empty());
  };
  for (const auto& [kind, start, amount] : steps) {
    for (int i = 0; i < amount; ++i) {
      const int number = kind % 2 == 0 ? (start + i) % 3000 : (start + 3000 - i) % 3000;
      const Deadline at{number / 4, static_cast<std::uint64_t>(number % 4)};
      const auto found = model.find(at);
      if (kind < 3 && found == model.end()) {
        index.set(at, &items[0]);
        model[at] = &items[0];
      } else if (kind >= 3 && kind < 6 && found != model.end()) {
        RC_ASSERT(index.contains(at, found->second));
        index.remove(at, found->second);
        model.erase(found);
      } else if (kind == 6 && found != model.end()) {
        Item* other = found->second == &items[0] ? &items[1] : &items[0];
        index.repoint(at, found->second, other);
        found->second = other;
      } else if (kind == 7 && i % 4 == 0 && !model.empty()) {
        RC_ASSERT(index.when() == model.begin()->first);
        RC_ASSERT(index.pop() == model.begin()->second);
        model.erase(model.begin());
      }
    }
    if (amount % 5 == 0 && copies.size() < 3) copies.emplace_back(index, model);
    if (amount % 11 == 0 && !copies.empty()) {
      std::swap(index, copies.front().first);
      std::swap(model, copies.front().second);
      compare(index, model);
    }
    if (amount % 13 == 0 && !copies.empty()) copies.pop_back();
  }
  compare(index, model);
  for (const auto& [copy, expected] : copies) compare(copy, expected);
}

}  // namespace
}  // namespace redouble::value::deadline_index_property
