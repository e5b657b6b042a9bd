#include "check/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace redouble::check::program_test {
namespace {

const Program sample{.prefix = {{"SET", "k", "a b"}},
                     .branches = {{{"INCR", "k"}, {"GET", "k"}}, {{"DEL", "k"}}},
                     .suffix = {{"GET", "k"}}};

TEST(Program, IsReadAsItWasWritten) {
  EXPECT_EQ(write_program(sample),
            "prefix SET k \"a b\"\n1 INCR k\n1 GET k\n2 DEL k\nsuffix GET k\n");
  const auto again = read_program("# why\n\n" + write_program(sample));
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, sample);
}

TEST(Program, NamesTheLineOfBadInput) {
  const auto error = [](std::string_view text) { return read_program(text).error(); };
  EXPECT_EQ(error("prefix\n"), "line 1: the command is missing");
  EXPECT_EQ(error("\n4 GET k"),
            "line 2: a line begins with prefix, suffix or the number of a branch");
  EXPECT_EQ(error("0 GET k"),
            "line 1: a line begins with prefix, suffix or the number of a branch");
  EXPECT_EQ(error("1 GET \"k"), "line 1: a quote is not closed");
}

TEST(Program, RandomOnesStayWithinTheLimits) {
  Random random(1);
  for (int i = 0; i < 200; ++i) {
    const Program program = random_program(random, [](Random&) { return Request{"GET", "k"}; }, {});
    EXPECT_GE(program.branches.size(), 2u);
    EXPECT_LE(program.branches.size(), Program::most_branches);
    EXPECT_LE(program.prefix.size(), 4u);
    for (const auto& branch : program.branches) {
      EXPECT_GE(branch.size(), 1u);
      EXPECT_LE(branch.size(), Program::most_commands);
    }
  }
}

TEST(Program, SmallerOnesDropABranchACommandOrMoveAHead) {
  std::vector<std::string> texts;
  for (const Program& program : smaller(sample)) texts.push_back(write_program(program));
  const std::vector<std::string> expected{
      "prefix SET k \"a b\"\n1 DEL k\nsuffix GET k\n",
      "prefix SET k \"a b\"\n1 INCR k\n1 GET k\nsuffix GET k\n",
      "prefix SET k \"a b\"\n1 INCR k\n2 DEL k\nsuffix GET k\n",
      "prefix SET k \"a b\"\n1 GET k\n2 DEL k\nsuffix GET k\n",
      "1 INCR k\n1 GET k\n2 DEL k\nsuffix GET k\n",
      "prefix SET k \"a b\"\nprefix INCR k\n1 GET k\n2 DEL k\nsuffix GET k\n",
      "prefix SET k \"a b\"\nprefix DEL k\n1 INCR k\n1 GET k\nsuffix GET k\n",
  };
  EXPECT_EQ(texts, expected);
}

TEST(Program, MakingItSmallerComesToAnEnd) {
  Program program = sample;
  int steps = 0;
  for (auto next = smaller(program); !next.empty(); next = smaller(program)) {
    program = next.back();
    ASSERT_LT(++steps, 100);
  }
  EXPECT_EQ(program.commands(), 0u);
}

}  // namespace
}  // namespace redouble::check::program_test
