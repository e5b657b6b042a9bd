// ACL categories: the sets of commands that users are allowed or refused by name (+@read).
//
// Most follow from a row's flags and group; what does not stands in the row (Row::categories). A
// container whose subcommands are required has no category of its group: its subcommands have it.
// Thread safety: pure functions and constants.
// Source: the ACL page of the Redis documentation; the members as redis-server 7.0.15 reports them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "command/row.hpp"

namespace redouble::command {

// In the order in which ACL CAT and COMMAND INFO list them; a set of them has bit 1 << category.
enum class AclCategory : std::uint8_t {
  keyspace,
  read,
  write,
  set,
  sorted_set,
  list,
  hash,
  string,
  bitmap,
  hyperloglog,
  geo,
  stream,
  pubsub,
  admin,
  fast,
  slow,
  blocking,
  dangerous,
  connection,
  transaction,
  scripting,
};

inline constexpr std::array<std::string_view, 21> acl_category_names = {
    "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
    "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
    "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting",
};

constexpr std::uint32_t acl_bit(AclCategory category) {
  return 1u << static_cast<unsigned>(category);
}

// The set of the categories that a row belongs to.
std::uint32_t acl_categories(const Row& row);

// The set with the category of this name, in any case; empty where there is none.
std::uint32_t acl_categories_named(std::string_view name);

}  // namespace redouble::command
