// The rows of the group stream, in alphabetical order.
#include "command/handlers_stream.hpp"
#include "command/rows.hpp"

namespace redouble::command {
namespace {

constexpr std::string_view varies[] = {"nondeterministic_output"};

constexpr Row stream_row_array[] = {
    {.name = "xadd",
     .arity = -5,
     .flags = write | denyoom | fast,
     .keys = {KeySpec{.flags = key_rw | key_update,
                      .index = 1,
                      .note = "it updates also where it adds, for it may trim"}},
     .grammar =
         "key:key [NOMKSTREAM@6.2.0] [trim{strategy(MAXLEN | MINID@6.2.0) [operator(equal=\"=\" | "
         "approximately=\"~\")] threshold:string [LIMIT~count:integer@6.2.0]}] "
         "id_or_auto(auto_id=\"*\" | id:string) field_value{field:string value:string}...",
     .group = Group::stream,
     .since = "5.0.0",
     .summary = "Adds an entry to a stream, making it if there is none, and trims it if asked.",
     .complexity = "O(1), and O(M) for M entries trimmed",
     .tips = varies,
     .handler = stream_group::xadd},
    {.name = "xdel",
     .arity = -3,
     .flags = write | fast,
     .keys = {keys_range(key_rw | key_delete, 1)},
     .grammar = "key:key id:string...",
     .group = Group::stream,
     .since = "5.0.0",
     .summary = "Removes entries from a stream.",
     .complexity = "O(log N) for each ID",
     .handler = stream_group::xdel},
    {.name = "xlen",
     .arity = 2,
     .flags = readonly | fast,
     .keys = {keys_range(key_ro, 1)},
     .grammar = "key:key",
     .group = Group::stream,
     .since = "5.0.0",
     .summary = "Gives the number of entries of a stream.",
     .complexity = "O(1)",
     .handler = stream_group::xlen},
    {.name = "xrange",
     .arity = -4,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key start:string end:string [COUNT~count:integer]",
     .group = Group::stream,
     .since = "5.0.0",
     .summary = "Gives the entries of a stream between two IDs.",
     .complexity = "O(log N + M) for M entries of N",
     .handler = stream_group::xrange},
    {.name = "xread",
     .arity = -4,
     .flags = readonly | blocking | movablekeys,
     .keys = {KeySpec{
         .flags = key_ro | key_access, .keyword = "STREAMS", .index = 1, .last = -1, .limit = 2}},
     .grammar = "[COUNT~count:integer] [BLOCK~milliseconds:integer] STREAMS~streams{key:key... "
                "id:string...}",
     .group = Group::stream,
     .since = "5.0.0",
     .summary = "Gives the entries of several streams that come after given IDs.",
     .complexity = "O(log N + M) for M entries of N",
     .handler = stream_group::xread},
    {.name = "xrevrange",
     .arity = -4,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key end:string start:string [COUNT~count:integer]",
     .group = Group::stream,
     .since = "5.0.0",
     .summary = "Gives the entries of a stream between two IDs, the newest first.",
     .complexity = "O(log N + M) for M entries of N",
     .handler = stream_group::xrevrange},
    {.name = "xsetid",
     .arity = -3,
     .flags = write | denyoom | fast,
     .keys = {keys_range(key_rw | key_update, 1)},
     .grammar = "key:key last-id:string [ENTRIESADDED~entries_added:integer@7.0.0] "
                "[MAXDELETEDID~max_deleted_entry_id:string@7.0.0]",
     .group = Group::stream,
     .since = "5.0.0",
     .summary = "Sets the last ID of a stream, and what else it remembers.",
     .complexity = "O(1)",
     .handler = stream_group::xsetid},
    {.name = "xtrim",
     .arity = -4,
     .flags = write,
     .keys = {keys_range(key_rw | key_delete, 1)},
     .grammar = "key:key trim{strategy(MAXLEN | MINID@6.2.0) [operator(equal=\"=\" | "
                "approximately=\"~\")] threshold:string [LIMIT~count:integer@6.2.0]}",
     .group = Group::stream,
     .since = "5.0.0",
     .summary = "Removes the oldest entries of a stream.",
     .complexity = "O(M) for M entries trimmed",
     .tips = varies,
     .handler = stream_group::xtrim},
};

}  // namespace

std::span<const Row> stream_rows() { return stream_row_array; }

}  // namespace redouble::command
