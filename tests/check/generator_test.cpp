#include "check/generator.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "check/differential.hpp"
#include "command/table.hpp"

namespace redouble::check::generator_test {
namespace {

TEST(Generator, MakesEveryRowAndEveryPartOfItsGrammar) {
  Generator generator(1);
  for (int i = 0; i < 300'000 && !generator.missing().empty(); ++i) {
    if (i % 100 == 0) generator.focus();
    generator.next();
  }
  EXPECT_EQ(generator.missing(), std::vector<std::string>());
  for (const command::Row& row : command::CommandTable::standard().rows()) {
    if (row.group == command::Group::double_) continue;
    if (!command::CommandTable::standard().visible(row, judged_version)) continue;
    const auto name = std::string(command::CommandTable::standard().full_name(row));
    EXPECT_TRUE(generator.counts().contains(name)) << name;
  }
  EXPECT_TRUE(generator.counts().contains("set/expiration/EXAT") ||
              generator.counts().contains("set/expiration/unix-time-seconds"));
}

TEST(Generator, TellsWhatItHasNotMade) {
  const Generator generator(1, [](std::string_view name) { return name == "copy"; });
  const std::vector<std::string> expected{"copy", "copy/destination", "copy/destination-db",
                                          "copy/replace", "copy/source"};
  EXPECT_EQ(generator.missing(), expected);
}

// So that the values which one request leaves are met by others, however many groups there are.
TEST(Generator, KeepsMostlyToTheGroupInFocus) {
  const auto& table = command::CommandTable::standard();
  Generator generator(4);
  std::set<command::Group> focused;
  for (int sequence = 0; sequence < 200; ++sequence) {
    generator.focus();
    std::map<command::Group, int> counts;
    for (int i = 0; i < 90; ++i) {
      const Request request = generator.next();
      const std::vector<std::string_view> args(request.begin(), request.end());
      if (const command::Row* row = table.resolve(args)) ++counts[row->group];
    }
    for (const auto& [group, count] : counts) {
      if (count > 45) focused.insert(group);
    }
  }
  for (const command::Row& row : table.commands()) {
    if (row.group != command::Group::double_) EXPECT_TRUE(focused.contains(row.group)) << row.name;
  }
}

TEST(Generator, MakesTheSameRequestsOfTheSameSeed) {
  Generator one(7);
  Generator same(7);
  Generator other(8);
  bool differs = false;
  for (int i = 0; i < 500; ++i) {
    const Request request = one.next();
    EXPECT_EQ(request, same.next());
    differs = differs || request != other.next();
  }
  EXPECT_TRUE(differs);
}

TEST(Generator, MakesNoDeadlineThatTheClockDecidesAbout) {
  EXPECT_TRUE(has_near_deadline({"SETEX", "k", "10", "v"}));
  EXPECT_TRUE(has_near_deadline({"set", "k", "v", "PXAT", "1"}));
  EXPECT_TRUE(has_near_deadline({"PEXPIRE", "k", "5000000"}));
  EXPECT_FALSE(has_near_deadline({"SETEX", "k", "0", "v"}));
  EXPECT_FALSE(has_near_deadline({"SET", "k", "10"}));
  EXPECT_FALSE(has_near_deadline({"EXPIREAT", "k", "1"}));
  Generator generator(2);
  for (int i = 0; i < 30'000; ++i) {
    const Request request = generator.next();
    EXPECT_FALSE(has_near_deadline(request)) << as_redis_cli(std::span(&request, 1));
  }
}

TEST(Generator, MakesBoundariesOddStringsAndMistakes) {
  Generator generator(3, [](std::string_view name) { return name == "incrby" || name == "set"; });
  std::set<std::string> words;
  std::set<std::size_t> sizes;
  std::size_t longest = 0;
  for (int i = 0; i < 30'000; ++i) {
    for (const std::string& word : generator.next()) {
      longest = std::max(longest, word.size());
      words.insert(word);
      sizes.insert(word.size());
    }
  }
  for (const char* word : {"0", "-1", "1", "2147483647", "2147483649", "9223372036854775807",
                           "-9223372036854775808", "9223372036854775808", "", "incrby", "INCRBY"}) {
    EXPECT_TRUE(words.contains(word)) << word;
  }
  EXPECT_TRUE(sizes.contains(44) && sizes.contains(45) && sizes.contains(1025));
  EXPECT_GT(longest, 16u * 1024);
}

}  // namespace
}  // namespace redouble::check::generator_test
