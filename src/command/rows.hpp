// The rows of each group: constants, alphabetical, to be read from any thread. Who looks a command
// up asks the CommandTable (command/table.hpp), which is made of these.
#pragma once

#include <span>
#include <string_view>

#include "command/row.hpp"

namespace redouble::command {

// What RESTORE and RESTORE-ASKING, which stand in two groups, take.
inline constexpr std::string_view restore_grammar =
    "key:key ttl:integer serialized-value:string [REPLACE@3.0.0] [ABSTTL@5.0.0] "
    "[IDLETIME~seconds:integer@5.0.0] [FREQ~frequency:integer@5.0.0]";

// What a proxy over several servers should know of a command, where several groups say it.
inline constexpr std::string_view varies[] = {"nondeterministic_output"};
inline constexpr std::string_view any_order[] = {"nondeterministic_output_order"};
inline constexpr std::string_view on_all_shards[] = {"request_policy:all_shards",
                                                     "response_policy:all_succeeded"};

std::span<const Row> bitmap_rows();
std::span<const Row> connection_rows();
std::span<const Row> generic_rows();
std::span<const Row> geo_rows();
std::span<const Row> hash_rows();
std::span<const Row> hyperloglog_rows();
std::span<const Row> list_rows();
std::span<const Row> server_rows();
std::span<const Row> set_rows();
std::span<const Row> sorted_set_rows();
std::span<const Row> stream_rows();
std::span<const Row> string_rows();

}  // namespace redouble::command
