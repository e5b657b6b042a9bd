// The sorted set against std::map and std::set, in each of its forms, with copies in between.
#include "value/sorted_set.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace redouble::value::sorted_set_property {
namespace {

struct Model {
  std::map<std::string, double> scores;
  std::set<std::pair<double, std::string>> order;

  void set(const std::string& member, double score) {
    erase(member);
    scores[member] = score;
    order.emplace(score, member);
  }
  void erase(const std::string& member) {
    const auto found = scores.find(member);
    if (found == scores.end()) return;
    order.erase({found->second, member});
    scores.erase(found);
  }
};

// Long ones, where a listpack shall get beyond one piece.
std::string member_of(int number, std::size_t padding) {
  if (padding > 0 && number % 3 != 0) return std::string(padding, 'p') + std::to_string(number);
  if (number % 3 == 0) return std::to_string(number);
  if (number % 97 == 1) return std::string(70, 'x') + std::to_string(number);
  return "m" + std::to_string(number);
}
double score_of(int number) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr std::array odd = {0.5,      -0.25,     1e300, -1e-300,
                              infinity, -infinity, 1e17,  9007199254740993.0};
  return number % 5 == 0 ? odd[static_cast<std::size_t>(number) % odd.size()] : number % 60 - 20;
}

void compare(const SortedSet& set, const Model& model) {
  set.check();
  RC_ASSERT(set.size() == model.order.size());
  Digits digits;
  auto at = set.at(0);
  std::size_t rank = 0;
  for (const auto& [score, member] : model.order) {
    RC_ASSERT(at.valid());
    RC_ASSERT(at.score() == score);
    RC_ASSERT(at.member().view(digits) == member);
    RC_ASSERT(at.rank() == rank);
    const std::size_t here = rank++;
    at.next();
    if (here % 9 != 0) continue;  // searches of the packed form cost O(n)
    RC_ASSERT(set.rank(member) == here);
    RC_ASSERT(set.score(member) == score);
    const auto bound = set.lower_bound([&](double other_score, std::string_view other) {
      return std::pair(other_score, std::string(other)) < std::pair(score, member);
    });
    RC_ASSERT(bound.rank() == here);
  }
  RC_ASSERT(!at.valid());
  at = set.last();
  for (auto back = model.order.rbegin(); back != model.order.rend(); ++back, at.previous()) {
    RC_ASSERT(at.valid());
    RC_ASSERT(at.member().view(digits) == back->second);
  }
  RC_ASSERT(!at.valid());
  std::map<std::string, double> scanned;
  std::uint64_t cursor = 0;
  do {
    cursor = set.scan(cursor, 10, [&](const SortedSet::Text& member, double score) {
      scanned.emplace(member.view(digits), score);
    });
  } while (cursor != 0);
  RC_ASSERT(scanned == model.scores);
  RC_ASSERT(!set.score("never there").has_value());
}

struct World {
  SortedSet::Limits limits;
  std::size_t padding = 0;
  ObjectRef owner = make_object<SortedSet>();
  Model model;
  std::vector<std::pair<ObjectRef, Model>> copies;

  SortedSet& set() { return static_cast<SortedSet&>(*owner); }
  void run(int kind, int number) {
    switch (kind) {
      case 0:
      case 1:
      case 2:
        for (int i = 0; i < number % 40; ++i) add(number + i * (kind + 1), number * 7 + i);
        break;
      case 3:
        for (int i = 0; i < number % 30; ++i) erase(number + i);
        break;
      case 4:
        erase_ranks(static_cast<std::size_t>(number), static_cast<std::size_t>(number % 25));
        break;
      case 5:
        if (copies.size() < 3) copies.emplace_back(set().copy(), model);
        break;
      case 6:
        if (copies.empty()) break;
        std::swap(copies.back().first, owner);
        std::swap(copies.back().second, model);
        copies.pop_back();
        break;
      default:
        break;
    }
  }
  void add(int number, int score) {
    const std::string member = member_of(number % 400, padding);
    const bool is_new = !model.scores.contains(member);
    RC_ASSERT(set().set(member, score_of(score), limits) == is_new);
    model.set(member, score_of(score));
  }
  void erase(int number) {
    const std::string member = member_of(number % 400, padding);
    RC_ASSERT(set().erase(member) == model.scores.contains(member));
    model.erase(member);
  }
  void erase_ranks(std::size_t from, std::size_t count) {
    if (model.order.empty()) return;
    from %= model.order.size();
    const std::size_t to = std::min(from + count, model.order.size());
    set().erase_ranks(from, to);
    std::vector<std::string> going;
    auto at = std::next(model.order.begin(), static_cast<std::ptrdiff_t>(from));
    for (std::size_t rank = from; rank < to; ++rank, ++at) going.push_back(at->second);
    for (const std::string& member : going) model.erase(member);
  }
};

void behaves_like_the_model(std::size_t listpack_entries, std::size_t padding = 0) {
  const auto steps = *rc::gen::scale(
      6.0, rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(
               rc::gen::inRange(0, 7), rc::gen::resize(100, rc::gen::inRange(0, 600)))));
  World world;
  world.padding = padding;
  world.limits.listpack_entries = listpack_entries;
  world.limits.listpack_value = listpack_entries == 0 ? 0 : 1000;
  for (const auto& [kind, number] : steps) world.run(kind, number);
  compare(world.set(), world.model);
  for (const auto& [copy, model] : world.copies) {
    compare(static_cast<const SortedSet&>(*copy), model);
  }
  while (!world.model.scores.empty()) {
    const std::string member = world.model.scores.begin()->first;
    RC_ASSERT(world.set().erase(member));
    world.model.erase(member);
  }
  const std::size_t left = world.set().bytes() - sizeof(SortedSet);
  if (world.set().encoding() == Encoding::skiplist) {
    RC_ASSERT(left == SortedSet::large_form_bytes);
  } else {
    RC_ASSERT(left == 0 || left == SortedSet::sequence_form_bytes);
    RC_TAG(left == 0 ? "one piece" : "pieces");
  }
}

RC_GTEST_PROP(SortedSetProperty, PackedBehavesLikeTheModel, ()) { behaves_like_the_model(100'000); }
RC_GTEST_PROP(SortedSetProperty, PackedInPiecesBehavesLikeTheModel, ()) {
  behaves_like_the_model(100'000, 50);
}
RC_GTEST_PROP(SortedSetProperty, GrownFromPiecesToTheLargeFormBehavesLikeTheModel, ()) {
  behaves_like_the_model(150, 50);
}
RC_GTEST_PROP(SortedSetProperty, InTableAndTreeBehavesLikeTheModel, ()) {
  behaves_like_the_model(0);
}
RC_GTEST_PROP(SortedSetProperty, GrownFromOneFormToTheOtherBehavesLikeTheModel, ()) {
  behaves_like_the_model(50);
}

}  // namespace
}  // namespace redouble::value::sorted_set_property
