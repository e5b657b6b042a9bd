// The rows of the group hyperloglog, in alphabetical order.
#include "command/handlers_hyperloglog.hpp"
#include "command/rows.hpp"

namespace redouble::command {
namespace {

constexpr Row hyperloglog_row_array[] = {
    {.name = "pfadd",
     .arity = -2,
     .flags = write | denyoom | fast,
     .keys = {keys_range(key_rw | key_insert, 1)},
     .grammar = "key:key [element:string...]",
     .group = Group::hyperloglog,
     .since = "2.8.9",
     .summary = "Adds elements to a HyperLogLog, making the key if there is none.",
     .complexity = "O(1) for each element",
     .handler = hyperloglog_group::pfadd},
    {.name = "pfcount",
     .arity = -2,
     .flags = readonly | may_replicate,
     .keys = {KeySpec{.flags = key_rw | key_access,
                      .index = 1,
                      .last = -1,
                      .note = "may remember the count in the key"}},
     .grammar = "key:key...",
     .group = Group::hyperloglog,
     .since = "2.8.9",
     .summary = "Estimates how many different elements HyperLogLogs have seen.",
     .complexity = "O(N) in the keys, with a large constant for more than one",
     .handler = hyperloglog_group::pfcount},
    {.name = "pfdebug",
     .arity = 3,
     .flags = write | denyoom | admin,
     .keys = {keys_range(key_rw | key_access, 2)},
     .grammar = "subcommand:string key:key",
     .group = Group::hyperloglog,
     .since = "2.8.9",
     .summary = "Shows and changes the inside of a HyperLogLog.",
     .complexity = "O(N) in the registers",
     .doc_flags = doc_syscmd,
     .handler = hyperloglog_group::pfdebug},
    {.name = "pfmerge",
     .arity = -2,
     .flags = write | denyoom,
     .keys = {keys_range(key_rw | key_access | key_insert, 1),
              keys_range(key_ro | key_access, 2, -1)},
     .grammar = "destkey:key sourcekey:key#1...",
     .group = Group::hyperloglog,
     .since = "2.8.9",
     .summary = "Merges HyperLogLogs into one.",
     .complexity = "O(N) in the keys merged, with a large constant",
     .handler = hyperloglog_group::pfmerge},
    {.name = "pfselftest",
     .arity = 1,
     .flags = admin,
     .group = Group::hyperloglog,
     .since = "2.8.9",
     .summary = "Tests the implementation of HyperLogLogs.",
     .complexity = "O(N) in the registers, many times",
     .doc_flags = doc_syscmd,
     .handler = hyperloglog_group::pfselftest},
};

}  // namespace

std::span<const Row> hyperloglog_rows() { return hyperloglog_row_array; }

}  // namespace redouble::command
