#include "command/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace redouble::command {
namespace {

const CommandTable& table() { return CommandTable::standard(); }

std::string in_mixed_case(std::string_view name) {
  std::string mixed(name);
  for (std::size_t i = 0; i < mixed.size(); i += 2) {
    if (mixed[i] >= 'a' && mixed[i] <= 'z') mixed[i] = static_cast<char>(mixed[i] - 0x20);
  }
  return mixed;
}

TEST(CommandTable, FindsEveryCommandInAnyCase) {
  ASSERT_FALSE(table().commands().empty());
  for (const Row& row : table().commands()) {
    std::string upper(row.name);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    EXPECT_EQ(table().find(row.name), &row);
    EXPECT_EQ(table().find(upper), &row);
    EXPECT_EQ(table().find(in_mixed_case(row.name)), &row);
  }
}

TEST(CommandTable, FindsEverySubcommandInAnyCase) {
  for (const Row& row : table().commands()) {
    for (const Row& subcommand : row.subcommands) {
      EXPECT_EQ(table().find_subcommand(row, in_mixed_case(subcommand.name)), &subcommand);
      EXPECT_EQ(table().parent(subcommand), &row);
      EXPECT_EQ(table().find_full(table().full_name(subcommand)), &subcommand);
      EXPECT_EQ(table().find(table().full_name(subcommand)), nullptr);
    }
  }
}

TEST(CommandTable, FindsNoNearMiss) {
  for (const Row& row : table().commands()) {
    const std::string name(row.name);
    EXPECT_EQ(table().find(name + " "), nullptr);
    EXPECT_EQ(table().find(name + '\0'), nullptr);
    EXPECT_EQ(table().find(" " + name), nullptr);
    // Bit 5 of a letter is its case; of any other character it is another character.
    for (std::size_t i = 0; i < name.size(); ++i) {
      std::string other = name;
      other[i] = static_cast<char>(other[i] ^ 0x80);
      EXPECT_EQ(table().find(other), nullptr) << other;
      other[i] = static_cast<char>(name[i] & 0x1f);
      EXPECT_EQ(table().find(other), nullptr) << i << " of " << name;
    }
  }
  EXPECT_EQ(table().find(""), nullptr);
  EXPECT_EQ(table().find("nosuch"), nullptr);
  EXPECT_EQ(table().find("config|get"), nullptr);
  EXPECT_EQ(table().find(std::string(1 << 20, 'g')), nullptr);
  EXPECT_EQ(table().find_full("config|"), nullptr);
  EXPECT_EQ(table().find_full("|get"), nullptr);
  EXPECT_EQ(table().find_full("get|get"), nullptr);
}

TEST(CommandTable, GivesEveryRowAnIndexOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < table().size(); ++i) {
    const Row& row = table().at(i);
    EXPECT_EQ(table().index_of(row), i);
    EXPECT_TRUE(names.insert(table().full_name(row)).second) << table().full_name(row);
  }
  EXPECT_EQ(table().full_name(*table().find_full("CONFIG|GET")), "config|get");
}

TEST(CommandTable, ResolvesARequestToItsSubcommand) {
  const std::string_view get[] = {"Config", "GET", "save"};
  const std::string_view unknown[] = {"config", "nosuch"};
  const std::string_view bare[] = {"config"};
  const std::string_view plain[] = {"get", "get"};
  EXPECT_EQ(table().resolve(get), table().find_full("config|get"));
  EXPECT_EQ(table().resolve(unknown), table().find("config"));
  EXPECT_EQ(table().resolve(bare), table().find("config"));
  EXPECT_EQ(table().resolve(plain), table().find("get"));
  EXPECT_EQ(table().resolve({}), nullptr);
}

TEST(CommandTable, HidesWhatIsNewerThanTheCompatVersion) {
  const Row& lcs = *table().find("lcs");    // since 7.0.0
  const Row& copy = *table().find("copy");  // since 6.2.0
  EXPECT_TRUE(table().visible(lcs, compat_number("7.0")));
  EXPECT_TRUE(table().visible(lcs, compat_number("7.0.0")));
  EXPECT_TRUE(table().visible(lcs, compat_number("7")));
  EXPECT_FALSE(table().visible(lcs, compat_number("6.2")));
  EXPECT_TRUE(table().visible(copy, compat_number("6.2")));
  EXPECT_FALSE(table().visible(copy, compat_number("6.0")));
  EXPECT_LT(version_number("6.2.14"), version_number("7.0.0"));
  EXPECT_LT(version_number("2.9.50"), version_number("2.10.0"));
}

TEST(CommandTable, HoldsOnlyWholeRows) {
  for (const Row& row : table().rows()) {
    const std::string name(table().full_name(row));
    EXPECT_NE(row.arity, 0) << name;
    EXPECT_FALSE(row.summary.empty()) << name;
    EXPECT_FALSE(row.since.empty()) << name;
    EXPECT_TRUE(row.handler != nullptr || !row.subcommands.empty()) << name;
    for (const char c : row.name) EXPECT_FALSE(c >= 'A' && c <= 'Z') << name;
    const bool variable = row.keys[0].flags & key_variable_flags;
    EXPECT_EQ(variable, row.key_flags != nullptr) << name;
  }
}

TEST(CommandTable, KnowsWhichNumberOfArgumentsFits) {
  const std::uint32_t compat = compat_number("7.0");
  const Row& get = *table().find("get");
  EXPECT_FALSE(arity_fits(get, 1, compat));
  EXPECT_TRUE(arity_fits(get, 2, compat));
  EXPECT_FALSE(arity_fits(get, 3, compat));
  const Row& set = *table().find("set");
  EXPECT_FALSE(arity_fits(set, 2, compat));
  EXPECT_TRUE(arity_fits(set, 3, compat));
  EXPECT_TRUE(arity_fits(set, 30, compat));
}

TEST(CommandTable, ALaterVersionMayAllowMoreArguments) {
  const Row& zrank = *table().find("zrank");
  EXPECT_EQ(arity_of(zrank, compat_number("7.0")), 3);
  EXPECT_FALSE(arity_fits(zrank, 4, compat_number("7.0")));
  EXPECT_EQ(arity_of(zrank, compat_number("7.2")), -3);
  EXPECT_TRUE(arity_fits(zrank, 4, compat_number("7.2")));
  EXPECT_FALSE(arity_fits(zrank, 2, compat_number("7.2")));
}

}  // namespace
}  // namespace redouble::command
