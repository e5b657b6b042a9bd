#include "check/vocabulary.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "check/random_setting.hpp"
#include "command/table.hpp"

namespace redouble::check::vocabulary_test {
namespace {

using command::Argument;
using command::ArgumentType;
using command::Group;

// Were they few, commands would mostly meet values of another type, or none.
TEST(Vocabulary, MostKeysOfACommandAreFewAndOfItsOwnType) {
  Random random(1);
  Vocabulary words(random);
  std::map<std::string, int> seen;
  constexpr int draws = 10'000;
  for (int draw = 0; draw < draws; ++draw) ++seen[words.key(Group::string)];
  int usual = 0;
  for (const char* key : {"a", "b", "c", "k:1"}) usual += seen[key];
  EXPECT_GT(usual, draws * 3 / 4);
  EXPECT_LT(usual, draws);
  EXPECT_GT(seen[""], 0);
}

TEST(Vocabulary, NamesNoKeyOfATypeThatTheTableHasNoCommandsFor) {
  Random random(2);
  Vocabulary words(random);
  bool streams = false;
  for (const command::Row& row : command::CommandTable::standard().commands()) {
    streams = streams || row.group == Group::stream;
  }
  bool named = false;
  for (int draw = 0; draw < 10'000; ++draw) {
    named = named || words.key(Group::generic).starts_with("stream:");
  }
  EXPECT_EQ(named, streams);
}

TEST(Vocabulary, DrawsByTheNameOfAnArgumentBeforeItsType) {
  Random random(3);
  Vocabulary words(random);
  const Argument database{.name = "destination-db", .type = ArgumentType::integer};
  const Argument number{.name = "increment", .type = ArgumentType::integer};
  bool far = false;
  for (int draw = 0; draw < 2000; ++draw) {
    EXPECT_NE(words.value(database, Group::generic), "100");
    far = far || words.value(number, Group::generic) == "100";
  }
  EXPECT_TRUE(far);
}

TEST(RandomSetting, IsPutBackByOneRequest) {
  const std::vector<Request> requests = restoring_requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests.front().size() % 2, 0u);
  EXPECT_EQ(requests.front().size(), 2 + 2 * (random_settings().size() - 2));
}

}  // namespace
}  // namespace redouble::check::vocabulary_test
