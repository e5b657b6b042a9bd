#include "command/category.hpp"

#include <gtest/gtest.h>

#include <string>

#include "command/table.hpp"

namespace redouble::command {
namespace {

std::string categories_of(std::string_view full_name) {
  const std::uint32_t set = acl_categories(*CommandTable::standard().find_full(full_name));
  std::string names;
  for (std::size_t i = 0; i < acl_category_names.size(); ++i) {
    if ((set >> i & 1) == 0) continue;
    if (!names.empty()) names += ' ';
    names += acl_category_names[i];
  }
  return names;
}

// Every line is what redis-server 7.0.15 answers to COMMAND INFO.
TEST(AclCategories, FollowFromFlagsGroupAndRow) {
  EXPECT_EQ(categories_of("get"), "read string fast");
  EXPECT_EQ(categories_of("set"), "write string slow");
  EXPECT_EQ(categories_of("del"), "keyspace write slow");
  EXPECT_EQ(categories_of("keys"), "keyspace read slow dangerous");
  EXPECT_EQ(categories_of("flushall"), "keyspace write slow dangerous");
  EXPECT_EQ(categories_of("dbsize"), "keyspace read fast");
  EXPECT_EQ(categories_of("info"), "slow dangerous");
  EXPECT_EQ(categories_of("ping"), "fast connection");
  EXPECT_EQ(categories_of("command"), "slow connection");
  EXPECT_EQ(categories_of("command|count"), "slow connection");
  EXPECT_EQ(categories_of("client|kill"), "admin slow dangerous connection");
  EXPECT_EQ(categories_of("config|get"), "admin slow dangerous");
}

TEST(AclCategories, OfAContainerComeWithItsSubcommands) {
  EXPECT_EQ(categories_of("client"), "slow");
  EXPECT_EQ(categories_of("object"), "slow");
  EXPECT_EQ(categories_of("object|encoding"), "keyspace read slow");
}

TEST(AclCategories, AreFoundByNameInAnyCase) {
  EXPECT_EQ(acl_categories_named("read"), acl_bit(AclCategory::read));
  EXPECT_EQ(acl_categories_named("SortedSet"), acl_bit(AclCategory::sorted_set));
  EXPECT_EQ(acl_categories_named("scripting"), acl_bit(AclCategory::scripting));
  EXPECT_EQ(acl_categories_named("@read"), 0u);
  EXPECT_EQ(acl_categories_named(""), 0u);
  EXPECT_EQ(acl_categories_named("all"), 0u);
}

}  // namespace
}  // namespace redouble::command
