#include "check/partition.hpp"

#include <gtest/gtest.h>

#include "check/string_model.hpp"

namespace redouble::check::partition_test {
namespace {

History parse(std::string_view text) {
  auto history = read_history(text);
  EXPECT_TRUE(history) << history.error();
  return *history;
}

Keys keys_of(const Request& request) {
  if (request.front() == "PING") return {};
  if (request.front() == "FLUSHALL") return {.all = true, .names = {}};
  return StringModel::keys_of(request);
}

TEST(Partition, SeparatesKeysThatNothingJoins) {
  const auto parts = partition(parse("c1 [1 2] SET a 1 => +OK\n"
                                     "c2 [3 4] SET b 1 => +OK\n"
                                     "c1 [5 6] GET a => \"1\"\n"),
                               keys_of);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].size(), 2u);
  EXPECT_EQ((*parts)[1].size(), 1u);
}

TEST(Partition, JoinsKeysThroughAChainOfOperations) {
  const auto parts = partition(parse("c1 [1 2] SET a 1 => +OK\n"
                                     "c2 [3 4] SET d 1 => +OK\n"
                                     "c1 [5 6] MSET a 1 b 2 => +OK\n"
                                     "c1 [7 8] SET e 1 => +OK\n"
                                     "c2 [7 never] RENAME b d => ?\n"),
                               keys_of);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].size(), 4u);
}

TEST(Partition, PutsWhatHasNoKeysIntoAPartOfItsOwn) {
  const auto parts = partition(
      parse("c1 [1 2] PING => +PONG\nc1 [3 4] GET a => nil\nc2 [1 5] PING => +PONG\n"), keys_of);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[1].size(), 2u);
}

TEST(Partition, RefusesWhatTouchesTheWholeKeyspace) {
  const auto parts = partition(parse("c1 [1 2] GET a => nil\nc2 [3 4] FLUSHALL => +OK\n"), keys_of);
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error(),
            "it touches the whole keyspace, judge the history whole: c2 [3 4] FLUSHALL => +OK");
}

// Cut by single keys both halves would be fine.
TEST(Partition, KeepsAHalfSeenMsetInOnePart) {
  const History history = parse(
      "c1 [1 8] MSET a 1 b 1 => +OK\n"
      "c2 [2 3] GET a => \"1\"\n"
      "c2 [4 5] GET b => nil\n");
  const auto parts = partition(history, keys_of);
  ASSERT_TRUE(parts);
  StringModel model;
  const PartsJudgement judgement = check_parts(model, *parts);
  EXPECT_EQ(judgement.verdict, Verdict::not_linearizable);
  EXPECT_EQ(judgement.worst_part, history);
}

TEST(Partition, OneUnknownPartIsNoPass) {
  const History history = parse(
      "c1 [1 2] GET a => nil\n"
      "c1 [3 9] SET b 1 => +OK\nc2 [3 9] SET b 2 => +OK\nc3 [10 11] GET b => \"1\"\n");
  const auto parts = partition(history, keys_of);
  ASSERT_TRUE(parts);
  StringModel model;
  const PartsJudgement judgement = check_parts(model, *parts, Budget{.steps = 2});
  EXPECT_EQ(judgement.verdict, Verdict::unknown);
  EXPECT_EQ(judgement.unknown_parts, 1u);
  EXPECT_EQ(judgement.parts, 2u);
}

}  // namespace
}  // namespace redouble::check::partition_test
