#include "command/keys.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "command/table.hpp"

namespace redouble::command {
namespace {

// The specs of commands that this program does not have yet, to try every kind of search.
constexpr std::uint16_t ro = key_ro | key_access;
constexpr std::uint16_t ow = key_ow | key_update;
constexpr Row rows[] = {
    {.name = "blpop", .keys = {keys_range(ro, 1, -2)}},
    {.name = "bitop", .keys = {keys_range(ow, 2), keys_range(ro, 3, -1)}},
    {.name = "zunion", .keys = {keys_counted(ro, 1)}},
    {.name = "zunionstore", .keys = {keys_range(ow, 1), keys_counted(ro, 2)}},
    {.name = "eval", .flags = no_mandatory_keys, .keys = {keys_counted(ro, 2)}},
    {.name = "xread",
     .keys = {KeySpec{.flags = ro, .keyword = "STREAMS", .index = 1, .last = -1, .limit = 2}}},
    {.name = "georadius",
     .keys = {keys_range(ro, 1), KeySpec{.flags = ow, .keyword = "STORE", .index = 6},
              KeySpec{.flags = ow, .keyword = "STOREDIST", .index = 6}}},
    {.name = "migrate", .keys = {KeySpec{.flags = ro, .keyword = "KEYS", .index = -2, .last = -1}}},
    {.name = "publish", .keys = {keys_range(key_not_key, 1)}},
    {.name = "sort",
     .keys = {keys_range(ro, 1), KeySpec{.flags = ro, .find = KeySpec::Find::unknown}}},
};

const Row& row_of(std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return row;
  }
  return *CommandTable::standard().find(name);
}

// The keys of a command line, joined by blanks; "!" before them where the request is invalid.
std::string keys_of(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::vector<std::string> owned{std::istream_iterator<std::string>(words), {}};
  std::vector<std::string_view> args(owned.begin(), owned.end());
  const Row* row = &row_of(args[0]);
  if (!row->subcommands.empty()) row = CommandTable::standard().resolve(args);
  KeyList list;
  std::string result;
  if (find_keys(*row, args, list) == KeysFound::invalid) result = "!";
  for (const auto& key : list) {
    result += (result.empty() || result == "!" ? "" : " ") + owned[key.position];
  }
  return result;
}

TEST(Keys, OfACountThatIsNoStrictNumberHaveNoFlagsAsInTheRealServer) {
  const auto flags_of = [](std::string_view count) {
    KeyList list;
    const std::string_view args[] = {"zmpop", count, "z", "min"};
    EXPECT_EQ(find_keys(row_of("zmpop"), args, list), KeysFound::ok);
    return list.size() == 1 ? list.begin()->flags : 0xffff;
  };
  EXPECT_EQ(flags_of("1"), key_rw | key_access | key_delete);
  EXPECT_EQ(flags_of("01"), 0);
  // More than 32 bits are cut off first.
  EXPECT_EQ(flags_of("9007199254740993"), key_rw | key_access | key_delete);
}

// Every line is what redis-server 7.0.15 answers to COMMAND GETKEYS.
TEST(Keys, AreThoseThatTheRealServerFinds) {
  EXPECT_EQ(keys_of("get k"), "k");
  EXPECT_EQ(keys_of("mset a 1 b"), "a b");
  EXPECT_EQ(keys_of("mset a 1 b 2 c 3"), "a b c");
  EXPECT_EQ(keys_of("del a b a"), "a b a");
  EXPECT_EQ(keys_of("lcs a b idx"), "a b");
  EXPECT_EQ(keys_of("copy a b db 1"), "a b");
  EXPECT_EQ(keys_of("rename a b"), "a b");
  EXPECT_EQ(keys_of("object ENCODING k"), "k");
  EXPECT_EQ(keys_of("memory usage k samples 5"), "k");
  EXPECT_EQ(keys_of("keys *"), "");
  EXPECT_EQ(keys_of("config get x"), "");
  EXPECT_EQ(keys_of("unlink a b c d e f g h i j k"), "a b c d e f g h i j k");
  EXPECT_EQ(keys_of("blpop a 0"), "a");
  EXPECT_EQ(keys_of("blpop a b 0"), "a b");
  EXPECT_EQ(keys_of("bitop and d a b"), "d a b");
  EXPECT_EQ(keys_of("zunion 2 a b"), "a b");
  EXPECT_EQ(keys_of("zunion +2 a b"), "a b");
  EXPECT_EQ(keys_of("zunion 02 a b"), "a b");
  EXPECT_EQ(keys_of("zunion 2x a b"), "a b");
  EXPECT_EQ(keys_of("zunionstore d 2 a b"), "d a b");
  EXPECT_EQ(keys_of("zunionstore d 02 a b"), "a b d");
  EXPECT_EQ(keys_of("eval s 1 k a"), "k");
  EXPECT_EQ(keys_of("eval s 0"), "");
  EXPECT_EQ(keys_of("eval s a"), "");
  EXPECT_EQ(keys_of("xread count 2 streams a b 1 2"), "a b");
  EXPECT_EQ(keys_of("xread count 2 streams a b 1"), "a");
  EXPECT_EQ(keys_of("xread STREAMS streams 0"), "streams");
  EXPECT_EQ(keys_of("xread count 2 streams"), "");
  EXPECT_EQ(keys_of("georadius k 1 2 3 m store"), "k");
  EXPECT_EQ(keys_of("georadius k 1 2 3 m store d"), "k d");
  EXPECT_EQ(keys_of("georadius k 1 2 3 m StoreDist d"), "k d");
  EXPECT_EQ(keys_of("migrate h 1 x 0 10 keys a b"), "a b");
  EXPECT_EQ(keys_of("publish c m"), "");
  EXPECT_EQ(keys_of("sort a by w_* get x_*"), "a");
}

TEST(Keys, OfARequestThatDoesNotFitAreRefused) {
  EXPECT_EQ(keys_of("get"), "!");
  EXPECT_EQ(keys_of("mset"), "!");
  EXPECT_EQ(keys_of("rename a"), "!a");
  EXPECT_EQ(keys_of("object encoding"), "!");
  EXPECT_EQ(keys_of("zunion"), "!");
  EXPECT_EQ(keys_of("zunion 3 a b"), "!");
  EXPECT_EQ(keys_of("zunion -1 a b"), "!");
  EXPECT_EQ(keys_of("zunion 9223372036854775807 a b"), "!");
  EXPECT_EQ(keys_of("zunion 99999999999999999999999 a b"), "!");
  EXPECT_EQ(keys_of("eval s 2 a"), "!");
  EXPECT_EQ(keys_of("blpop a"), "!");
}

TEST(Keys, OfSetAreReadOnlyWithGet) {
  constexpr std::uint16_t written = key_ow | key_update;
  constexpr std::uint16_t both = key_rw | key_access | key_update;
  const Row& set = row_of("set");
  KeyList list;
  const std::string_view plain[] = {"set", "k", "v"};
  const std::string_view named_get[] = {"set", "get", "get"};
  const std::string_view with_get[] = {"set", "k", "v", "nx", "gEt"};
  ASSERT_EQ(find_keys(set, plain, list), KeysFound::ok);
  EXPECT_EQ(list.positions()[0], (KeyPosition{1, written}));
  ASSERT_EQ(find_keys(set, named_get, list), KeysFound::ok);
  EXPECT_EQ(list.positions()[0], (KeyPosition{1, written}));
  ASSERT_EQ(find_keys(set, with_get, list), KeysFound::ok);
  EXPECT_EQ(list.positions()[0], (KeyPosition{1, both}));
}

TEST(Keys, MoreThanTheListHoldsInItselfAreAllKept) {
  const Row& del = row_of("del");
  KeyList list;
  for (const std::size_t keys :
       {KeyList::inline_capacity - 1, KeyList::inline_capacity, KeyList::inline_capacity + 1,
        std::size_t{1000}, std::size_t{1}, KeyList::inline_capacity + 2}) {
    std::vector<std::string_view> args(keys + 1, "k");
    ASSERT_EQ(find_keys(del, args, list), KeysFound::ok);
    ASSERT_EQ(list.size(), keys);
    for (std::size_t i = 0; i < keys; ++i) EXPECT_EQ(list.positions()[i].position, i + 1);
  }
}

TEST(Keys, HaveTheRangeThatCommandInfoTells) {
  EXPECT_EQ(key_range(row_of("get")), (KeyRange{1, 1, 1}));
  EXPECT_EQ(key_range(row_of("mset")), (KeyRange{1, -1, 2}));
  EXPECT_EQ(key_range(row_of("lcs")), (KeyRange{1, 2, 1}));
  EXPECT_EQ(key_range(row_of("copy")), (KeyRange{1, 2, 1}));
  EXPECT_EQ(key_range(row_of("bitop")), (KeyRange{2, -1, 1}));
  EXPECT_EQ(key_range(row_of("blpop")), (KeyRange{1, -2, 1}));
  EXPECT_EQ(key_range(row_of("zunionstore")), (KeyRange{1, 1, 1}));
  EXPECT_EQ(key_range(row_of("xread")), (KeyRange{0, 0, 0}));
  EXPECT_EQ(key_range(row_of("ping")), (KeyRange{0, 0, 0}));
}

}  // namespace
}  // namespace redouble::command
