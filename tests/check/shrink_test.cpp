#include "check/shrink.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace redouble::check::shrink_test {
namespace {

bool has(const Sequence& sequence, const Request& wanted) {
  return std::ranges::find(sequence, wanted) != sequence.end();
}

TEST(Shrink, KeepsTheTwoCommandsThatFailTogether) {
  Sequence sequence;
  for (int i = 0; i < 100; ++i) sequence.push_back({"GET", std::to_string(i)});
  const Request first = sequence[17];
  const Request second = sequence[80];
  const auto fails = [&](const Sequence& candidate) {
    return has(candidate, first) && has(candidate, second);
  };
  EXPECT_EQ(shortest(sequence, fails), (Sequence{first, second}));
}

TEST(Shrink, DropsAndShortensArguments) {
  const auto fails = [](const Sequence& candidate) {
    return std::ranges::any_of(candidate, [](const Request& request) {
      return request.size() > 2 && request[0] == "SET" && request[2].find('x') != std::string::npos;
    });
  };
  const Sequence sequence{{"PING"}, {"SET", "a long key", "aaaaaaaaaaaxbbbbb", "EX", "10"}};
  EXPECT_EQ(shortest(sequence, fails), (Sequence{{"SET", "a", "x"}}));
}

TEST(Shrink, LeavesWhatCannotBeSmaller) {
  const Sequence sequence{{"PING"}};
  EXPECT_EQ(shortest(sequence, [](const Sequence&) { return true; }), sequence);
}

TEST(Shrink, AsksNoOftenerThanItsBudget) {
  std::size_t asked = 0;
  const Sequence sequence(64, Request{"SET", "k", std::string(100, 'v')});
  shortest(
      sequence,
      [&](const Sequence&) {
        ++asked;
        return false;
      },
      10);
  EXPECT_EQ(asked, 10u);
}

}  // namespace
}  // namespace redouble::check::shrink_test
