// Set against std::set: every operation under different limits, with copies that live on.
#include "value/set.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace redouble::value::set_property {
namespace {

using Model = std::set<std::string>;

std::string text_of(const Set::Text& text) {
  Digits digits;
  return std::string(text.view(digits));
}

void compare(const Set& set, const Model& model) {
  RC_ASSERT(set.size() == model.size());
  Model seen;
  set.for_each([&](const Set::Text& member) { RC_ASSERT(seen.insert(text_of(member)).second); });
  RC_ASSERT(seen == model);
  seen.clear();
  std::uint64_t cursor = 0;
  do {
    cursor = set.scan(cursor, 10, [&](const Set::Text& member) {
      RC_ASSERT(seen.insert(text_of(member)).second);
      RC_ASSERT(set.contains(member));
    });
  } while (cursor != 0);
  RC_ASSERT(seen == model);
  for (const std::string& member : model) RC_ASSERT(set.contains(member));
}

RC_GTEST_PROP(SetProperty, EverySequenceOfChangesActsAsASetWithCopies, ()) {
  const Set::Limits limits{*rc::gen::element<std::size_t>(0, 20, 512, 100'000),
                           *rc::gen::element<std::size_t>(0, 0, 128, 100'000),
                           *rc::gen::element<std::size_t>(3, 64), 7};
  const auto width = *rc::gen::element(0, 20, 40, 52);
  const auto texts_from = *rc::gen::inRange(0, 40);
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 9), rc::gen::inRange(0, 3000), rc::gen::inRange(1, 400)));
  Set set;
  Model model;
  std::vector<std::pair<Set, Model>> copies;
  int round = 0;
  for (const auto& [kind, start, amount] : steps) {
    ++round;
    if (kind == 7 && copies.size() < 3) copies.emplace_back(set, model);
    if (kind == 8 && !copies.empty()) {
      std::swap(set, copies.front().first);
      std::swap(model, copies.front().second);
    }
    for (int i = 0; i < amount && kind < 7; ++i) {
      const std::int64_t number = (start + (kind % 2 == 0 ? i : 3000 - i)) % 3000 - 1500;
      std::string member = std::to_string(number * (std::int64_t{1} << width));
      if (round > texts_from && i % 40 == 0) member += "text";
      if (kind < 4) {
        RC_ASSERT(set.add(member, limits) == model.insert(member).second);
      } else {
        RC_ASSERT(set.erase(member) == (model.erase(member) == 1));
      }
      RC_ASSERT(set.encoding() != Encoding::intset || model.size() <= limits.intset_entries);
      RC_ASSERT(set.encoding() != Encoding::listpack || model.size() <= limits.listpack_entries);
    }
    if (!model.empty()) {
      const Set::Text drawn = set.random(static_cast<std::uint64_t>(start) << 52);
      RC_ASSERT(model.contains(text_of(drawn)));
    }
  }
  compare(set, model);
  for (const auto& [kept, expected] : copies) compare(kept, expected);
}

}  // namespace
}  // namespace redouble::value::set_property
