// Row: everything there is to know of one command, as data; a command is one row and one function.
//
// The row feeds dispatch, COMMAND INFO, DOCS, GETKEYS and LIST, the ACL categories, the generators
// of the differential tests and of the fuzzers, and the conformance table. Rows are constants;
// whoever holds one may read it from any thread.
//
// Grammar: the syntax of the arguments behind the command's name, in a small language that
// command/grammar.hpp parses:
//   name:type          an argument; types: key string integer double pattern unix-time. The type
//                      stands behind the last colon, so that a name may hold one (ip:port:string)
//   TOKEN              a word that stands for itself; its argument's name is the lower-case word
//   name=TOKEN         the same under another name; a token of odd characters is in quotes
//   TOKEN~name:type    a word followed by its value (EX~seconds:integer); a choice or a block may
//                      stand there too (LIMIT~range{offset:integer count:integer})
//   [ x ]              optional
//   name( a | b | c )  one of several
//   name{ a b }        a block of several
//   x... or x*         one or more times; with * its token stands again each time
//   x#1                the place in Row::keys that finds this key; without it, 0
//   x@1.2.3  x!1.2.3   the version that brought it; that deprecated it
// The marks stand directly behind the argument, in this order, within the brackets:
// [x:key#1...@7.0] Sources: the facts (arity, flags, key positions, versions) are those that
// redis-server 7.0.15 reports; summaries are this project's own words.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace redouble::command {

struct Call;
struct RowFacts;
using Handler = void (*)(Call&);

// The flags of a command, by the names of the Redis documentation.
enum Flag : std::uint32_t {
  write = 1u << 0,
  readonly = 1u << 1,
  denyoom = 1u << 2,
  admin = 1u << 3,
  pubsub = 1u << 4,
  noscript = 1u << 5,
  blocking = 1u << 6,
  loading = 1u << 7,
  stale = 1u << 8,
  skip_monitor = 1u << 9,
  skip_slowlog = 1u << 10,
  asking = 1u << 11,
  fast = 1u << 12,
  no_auth = 1u << 13,
  may_replicate = 1u << 14,
  no_async_loading = 1u << 15,
  no_multi = 1u << 16,
  allow_busy = 1u << 17,
  movablekeys = 1u << 18,
  no_mandatory_keys = 1u << 19,
};

// The groups of the Redis documentation; `double_` is this project's own.
enum class Group : std::uint8_t {
  string,
  generic,
  list,
  set,
  sorted_set,
  hash,
  pubsub,
  transactions,
  connection,
  server,
  scripting,
  hyperloglog,
  geo,
  stream,
  bitmap,
  cluster,
  double_,
};

// ACL categories that follow neither from the flags nor from the group (command/category.hpp).
enum Category : std::uint32_t {
  keyspace_category = 1u << 0,
  dangerous_category = 1u << 1,
  admin_category = 1u << 2,
  connection_category = 1u << 3,
  set_category = 1u << 4,
  sorted_set_category = 1u << 5,
  list_category = 1u << 6,
  not_by_group = 1u << 31,  // the group gives this row no category
};

// What COMMAND DOCS says of a command's standing.
enum DocFlag : std::uint8_t {
  doc_deprecated = 1u << 0,
  doc_syscmd = 1u << 1,
};

// How a command uses the keys that a KeySpec finds, by the names that COMMAND INFO reports.
enum KeyFlag : std::uint16_t {
  key_ro = 1u << 0,
  key_rw = 1u << 1,
  key_ow = 1u << 2,
  key_rm = 1u << 3,
  key_access = 1u << 4,
  key_update = 1u << 5,
  key_insert = 1u << 6,
  key_delete = 1u << 7,
  key_not_key = 1u << 8,
  key_incomplete = 1u << 9,
  key_variable_flags = 1u << 10,
};

// Where keys stand. `flags` 0 marks an unused place in Row::keys.
struct KeySpec {
  std::uint16_t flags = 0;
  // Search begins at argument `index`, or behind the word `keyword` found from `index` on
  // (a negative index searches backwards from the end).
  std::string_view keyword = {};
  std::int16_t index = 0;
  // range: from there to `last` (relative; -1 is the last argument, -2 the one before), every
  // `step`-th; `limit` 2 halves the rest, 3 thirds it. keynum: the argument at `keynum` (relative)
  // counts the keys, the first stands at `first` (relative).
  // unknown: no rule finds them (SORT's BY and GET).
  enum class Find : std::uint8_t { range, keynum, unknown } find = Find::range;
  std::int16_t last = 0;
  std::int16_t step = 1;
  std::int16_t limit = 0;
  std::int16_t keynum = 0;
  std::int16_t first = 0;
  std::string_view note = {};
};

// What a step holds while the command runs.
enum class Locks : std::uint8_t {
  keys,  // the gate shared, and the stripes of the keys that `keys` finds (perhaps none)
  all,   // the gate exclusively: keys that cannot be known beforehand, or the whole instance
};

// The KeyFlags of a request's keys, where they follow from its other arguments (SET with GET).
using KeyFlagsOf = std::uint16_t (*)(std::span<const std::string_view> args);

// Adds keys of a request that no spec finds: to those that COMMAND GETKEYS tells of where the specs
// say that they are not all (KeySpec::Find::unknown), and else for the locks alone.
class KeyList;
using MoreKeys = void (*)(std::span<const std::string_view> args, KeyList& list);

// What a later version made of a row's arity: it allows more.
struct LaterArity {
  std::string_view since = {};
  int arity = 0;
};

struct Row {
  std::string_view name;  // lower case; of a subcommand its own word ("get" of CONFIG GET)
  // The number of arguments with the name (and, of a subcommand, both words); negative: at least.
  int arity = 0;
  LaterArity later_arity = {};
  std::uint32_t flags = 0;
  std::uint32_t categories = 0;
  std::array<KeySpec, 3> keys = {};
  // With key_variable_flags in `keys`: what the keys of a given request are used for.
  KeyFlagsOf key_flags = nullptr;
  MoreKeys more_keys = nullptr;
  Locks locks = Locks::keys;
  std::string_view grammar = {};
  Group group = Group::generic;
  std::string_view since = "1.0.0";
  std::string_view summary = {};
  std::string_view complexity = {};
  std::uint8_t doc_flags = 0;
  std::string_view deprecated_since = {};
  std::string_view replaced_by = {};
  std::span<const std::string_view> tips = {};
  // Of a container whose subcommands are required, nullptr.
  Handler handler = nullptr;
  std::span<const Row> subcommands = {};
  // Of a row that a CommandTable owns.
  const RowFacts* facts = nullptr;
};

// The usual key specs.
constexpr KeySpec keys_range(std::uint16_t flags, std::int16_t first, std::int16_t last = 0,
                             std::int16_t step = 1) {
  return KeySpec{.flags = flags, .index = first, .last = last, .step = step};
}
constexpr KeySpec keys_counted(std::uint16_t flags, std::int16_t count_at) {
  return KeySpec{.flags = flags, .index = count_at, .find = KeySpec::Find::keynum, .first = 1};
}

}  // namespace redouble::command
