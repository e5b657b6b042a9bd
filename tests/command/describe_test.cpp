#include "command/describe.hpp"

#include <gtest/gtest.h>

#include <string>

#include "command/keys.hpp"

namespace redouble::command {
namespace {

constexpr std::uint32_t compat = compat_number("7.0");

// CR LF written as a blank, so that the replies can be read.
std::string readable(std::string bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c == '\n') continue;
    text += c == '\r' ? ' ' : c;
  }
  return text;
}

std::string info_of(const CommandTable& table, std::string_view name, int protocol) {
  resp::Output output;
  resp::ReplyWriter reply(output, protocol);
  write_info(reply, table, *table.find_full(name), compat);
  return readable(output.to_string());
}

std::string docs_of(const CommandTable& table, std::string_view name, int protocol) {
  resp::Output output;
  resp::ReplyWriter reply(output, protocol);
  write_docs(reply, table, *table.find_full(name), compat);
  return readable(output.to_string());
}

std::string info_of(std::string_view name, int protocol) {
  return info_of(CommandTable::standard(), name, protocol);
}

// The bytes that redis-server 7.0.15 sends.
TEST(Describe, InfoIsWhatTheRealServerSends) {
  EXPECT_EQ(info_of("get", 3),
            "*10 $3 get :2 ~2 +readonly +fast :1 :1 :1 ~3 +@read +@string +@fast ~0 "
            "~1 %3 $5 flags ~2 +RO +access $12 begin_search %2 $4 type $5 index $4 spec "
            "%1 $5 index :1 $9 find_keys %2 $4 type $5 range $4 spec %3 $7 lastkey :0 "
            "$7 keystep :1 $5 limit :0 ~0 ");
  EXPECT_EQ(info_of("get", 2),
            "*10 $3 get :2 *2 +readonly +fast :1 :1 :1 *3 +@read +@string +@fast *0 "
            "*1 *6 $5 flags *2 +RO +access $12 begin_search *4 $4 type $5 index $4 spec "
            "*2 $5 index :1 $9 find_keys *4 $4 type $5 range $4 spec *6 $7 lastkey :0 "
            "$7 keystep :1 $5 limit :0 *0 ");
  EXPECT_EQ(info_of("config|set", 3),
            "*10 $10 config|set :-4 ~4 +admin +noscript +loading +stale :0 :0 :0 "
            "~3 +@admin +@slow +@dangerous ~2 $24 request_policy:all_nodes "
            "$29 response_policy:all_succeeded ~0 ~0 ");
}

TEST(Describe, InfoOfAContainerHoldsItsSubcommands) {
  const std::string info = info_of("config", 3);
  EXPECT_TRUE(info.starts_with("*10 $6 config :-2 ~0 :0 :0 :0 ~1 +@slow ~0 ~0 *5 *10 "));
  EXPECT_NE(info.find(info_of("config|rewrite", 3)), std::string::npos);
}

constexpr Row odd_rows[] = {
    {.name = "xread",
     .arity = -4,
     .flags = readonly | blocking | movablekeys,
     .keys = {KeySpec{
         .flags = key_ro | key_access, .keyword = "STREAMS", .index = 1, .last = -1, .limit = 2}},
     .group = Group::stream,
     .handler = [](Call&) {}},
    {.name = "fcall",
     .arity = -3,
     .flags = noscript | stale | skip_monitor | may_replicate | no_mandatory_keys | movablekeys,
     .keys = {keys_counted(key_rw | key_access | key_update, 2)},
     .group = Group::scripting,
     .handler = [](Call&) {}},
    {.name = "sort_ro",
     .arity = -2,
     .flags = readonly | movablekeys,
     .categories =
         set_category | sorted_set_category | list_category | dangerous_category | not_by_group,
     .keys = {KeySpec{.flags = key_ro, .find = KeySpec::Find::unknown, .note = "by content"}},
     .group = Group::generic,
     .handler = [](Call&) {}},
    {.name = "old",
     .arity = -1,
     .grammar = "[ip:port:string!2.8.12] [PREFIX~p:string*@7.0.0] a(X | y=\"=\")",
     .group = Group::sorted_set,
     .since = "2.0.0",
     .summary = "s",
     .complexity = "c",
     .doc_flags = doc_deprecated,
     .deprecated_since = "6.2.0",
     .replaced_by = "new",
     .handler = [](Call&) {}},
    {.name = "newer", .arity = 1, .since = "7.2.0", .handler = [](Call&) {}},
};

const CommandTable& odd_table() {
  static const std::span<const Row> group = odd_rows;
  static const CommandTable table(std::span(&group, 1));
  return table;
}

TEST(Describe, EveryKindOfKeySpecHasItsForm) {
  EXPECT_EQ(info_of(odd_table(), "xread", 3),
            "*10 $5 xread :-4 ~3 +readonly +blocking +movablekeys :0 :0 :0 "
            "~4 +@read +@stream +@slow +@blocking ~0 ~1 %3 $5 flags ~2 +RO +access "
            "$12 begin_search %2 $4 type $7 keyword $4 spec %2 $7 keyword $7 STREAMS "
            "$9 startfrom :1 $9 find_keys %2 $4 type $5 range $4 spec %3 $7 lastkey :-1 "
            "$7 keystep :1 $5 limit :2 ~0 ");
  EXPECT_EQ(info_of(odd_table(), "fcall", 3),
            "*10 $5 fcall :-3 ~5 +noscript +stale +skip_monitor "
            "+no_mandatory_keys +movablekeys :0 :0 :0 ~2 +@slow +@scripting ~0 ~1 %3 $5 flags "
            "~3 +RW +access +update $12 begin_search %2 $4 type $5 index $4 spec %1 $5 index :2 "
            "$9 find_keys %2 $4 type $6 keynum $4 spec %3 $9 keynumidx :0 $8 firstkey :1 "
            "$7 keystep :1 ~0 ");
  EXPECT_EQ(
      info_of(odd_table(), "sort_ro", 3),
      "*10 $7 sort_ro :-2 ~2 +readonly +movablekeys :0 :0 :0 "
      "~6 +@read +@set +@sortedset +@list +@slow +@dangerous ~0 ~1 %4 $5 notes $10 by content "
      "$5 flags ~1 +RO $12 begin_search %2 $4 type $7 unknown $4 spec %0 "
      "$9 find_keys %2 $4 type $7 unknown $4 spec %0 ~0 ");
}

TEST(Describe, DocsTellTheGrammarAsData) {
  EXPECT_EQ(docs_of(odd_table(), "old", 3),
            "%8 $7 summary $1 s $5 since $5 2.0.0 $5 group $10 sorted-set $10 complexity $1 c "
            "$9 doc_flags ~1 +deprecated $16 deprecated_since $5 6.2.0 $11 replaced_by $3 new "
            "$9 arguments *3 "
            "%4 $4 name $7 ip:port $4 type $6 string $16 deprecated_since $6 2.8.12 "
            "$5 flags ~1 +optional "
            "%5 $4 name $1 p $4 type $6 string $5 token $6 PREFIX $5 since $5 7.0.0 "
            "$5 flags ~3 +optional +multiple +multiple_token "
            "%3 $4 name $1 a $4 type $5 oneof $9 arguments *2 "
            "%3 $4 name $1 x $4 type $10 pure-token $5 token $1 X "
            "%3 $4 name $1 y $4 type $10 pure-token $5 token $1 = ");
  const std::string move = docs_of(CommandTable::standard(), "move", 2);
  EXPECT_TRUE(
      move.ends_with("$9 arguments *2 *6 $4 name $3 key $4 type $3 key $14 key_spec_index :0 "
                     "*4 $4 name $2 db $4 type $7 integer "))
      << move;
}

TEST(Describe, SubcommandsThatAreTooNewAreLeftOut) {
  static const Row subcommands[] = {odd_rows[3], odd_rows[4]};
  static const Row container[] = {
      {.name = "box", .arity = -2, .summary = "s", .subcommands = subcommands}};
  const std::span<const Row> group = container;
  const CommandTable table(std::span(&group, 1));
  EXPECT_NE(docs_of(table, "box", 3).find("$11 subcommands %1 $7 box|old "), std::string::npos);
  EXPECT_NE(info_of(table, "box", 3).find(" ~0 ~0 *1 *10 $7 box|old "), std::string::npos);
  EXPECT_EQ(info_of(table, "box", 3).find("newer"), std::string::npos);
}

TEST(Describe, GroupsHaveTheNamesOfTheDocumentation) {
  EXPECT_EQ(group_name(Group::string), "string");
  EXPECT_EQ(group_name(Group::sorted_set), "sorted-set");
  EXPECT_EQ(group_name(Group::bitmap), "bitmap");
  EXPECT_EQ(group_name(Group::double_), "double");
}

}  // namespace
}  // namespace redouble::command
