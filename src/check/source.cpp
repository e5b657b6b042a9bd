#include "check/source.hpp"

#include <string_view>
#include <utility>

#include "runtime/assert.hpp"

namespace redouble::check {
namespace {

// Arguments that the rows leave open because the documentation does.
struct Supplement {
  std::string_view full_name;
  std::string_view grammar;
};
constexpr Supplement supplements[] = {
    {"debug",
     "subcommand(OBJECT~key:key | DIGEST | DIGEST-VALUE~key:key... | ERROR~message:string | "
     "POPULATE~populate{populate-count:integer [more{populate-prefix:string "
     "[populate-size:integer]}]} | "
     "PROTOCOL~protocol-type:string | SET-ACTIVE-EXPIRE~flag:integer | SLEEP~zero:string | RELOAD "
     "| "
     "NOSUCH)"},
    {"command|getkeys", "request:string"},
    // IDs that mean something to a group, and mostly one for each key.
    {"xreadgroup",
     "GROUP~group_consumer{group:string consumer:string} [COUNT~count:integer] "
     "[BLOCK~milliseconds:integer] [NOACK] "
     "STREAMS~streams(one{key:key read-id:string} | "
     "two{key:key key:key read-id:string read-id:string} | any{key:key... read-id:string...})"},
    {"command|getkeysandflags", "request:string"},
    {"pfdebug", "pfdebug-word:string key:key"},
    // With one prefix: of three, the last two of which overlap, redis-server 7.0.15 refuses by two
    // replies, and the client is out of step from then on.
    {"client|tracking",
     "status(ON | OFF) [REDIRECT~client-id:integer] [PREFIX~prefix:string] [BCAST] [OPTIN] "
     "[OPTOUT] [NOLOOP]"},
    // Without an ID of the clock's, which would differ, and with it all that follows.
    {"xadd",
     "key:key [NOMKSTREAM@6.2.0] [trim{strategy(MAXLEN | MINID@6.2.0) [operator(equal=\"=\" | "
     "approximately=\"~\")] threshold:string [LIMIT~count:integer@6.2.0]}] "
     "new-id:string field_value{field:string value:string}..."},
};

std::vector<command::Argument> grammar_of(std::string_view full_name, std::string_view text) {
  for (const Supplement& supplement : supplements) {
    if (supplement.full_name == full_name) text = supplement.grammar;
  }
  auto grammar = command::parse_grammar(text);
  REDOUBLE_ASSERT(grammar.has_value());
  leave_out_later(*grammar, judged_version);
  return std::move(*grammar);
}

std::size_t weight_of(const command::Row& row, std::string_view full_name) {
  for (const std::string_view rare :
       {"flushall", "flushdb", "quit", "reset", "command|docs", "command|list", "command", "info",
        "memory|malloc-stats", "memory|stats", "lolwut", "command|info", "swapdb", "client|kill",
        "pfdebug"}) {
    if (full_name == rare) return 1;
  }
  switch (row.group) {
    case command::Group::connection:
    case command::Group::server:
      return 3;
    default:
      return row.grammar.size() > 60 ? 60 : 25;
  }
}

std::vector<Part> parts_of(const std::string& path, std::vector<command::Argument> arguments,
                           Counts& counts) {
  std::vector<Part> parts;
  for (command::Argument& argument : arguments) {
    const std::string own = path + "/" + argument.name;
    std::vector<command::Argument> children = std::exchange(argument.children, {});
    std::uint64_t* repeated = argument.multiple ? &counts[own + "..."] : nullptr;
    parts.push_back(
        {std::move(argument), parts_of(own, std::move(children), counts), &counts[own], repeated});
  }
  return parts;
}

}  // namespace

Source source_of(const command::Row& row, Counts& counts) {
  const auto& table = command::CommandTable::standard();
  Source source;
  source.full_name = table.full_name(row);
  if (const command::Row* parent = table.parent(row)) source.names.emplace_back(parent->name);
  source.names.emplace_back(row.name);
  source.group = row.group;
  source.count = &counts[source.full_name];
  source.parts = parts_of(source.full_name, grammar_of(source.full_name, row.grammar), counts);
  source.weight = weight_of(row, source.full_name);
  source.mistakes = source.full_name != "debug";
  return source;
}

}  // namespace redouble::check
