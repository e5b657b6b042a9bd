// The rows of the group bitmap, in alphabetical order.
#include "command/handlers_bitmap.hpp"
#include "command/keys.hpp"
#include "command/rows.hpp"

namespace redouble::command {
namespace {

constexpr Row bitmap_row_array[] = {
    {.name = "bitcount",
     .arity = -2,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key [index{start:integer end:integer [index_unit(BYTE | BIT)@7.0.0]}]",
     .group = Group::bitmap,
     .since = "2.6.0",
     .summary = "Counts the bits that are set in a string.",
     .complexity = "O(N) in the bytes looked at",
     .handler = bitmap_group::bitcount},
    {.name = "bitfield",
     .arity = -2,
     .flags = write | denyoom,
     .keys = {KeySpec{.flags = key_rw | key_access | key_update | key_variable_flags,
                      .index = 1,
                      .note = "only reads with nothing but GET"}},
     .key_flags = bitfield_key_flags,
     .grammar = "key:key [operation(GET~encoding_offset{encoding:string offset:integer} | "
                "write{[OVERFLOW~wrap_sat_fail(WRAP | SAT | FAIL)] "
                "write_operation(SET~encoding_offset_value{encoding:string offset:integer "
                "value:integer} | INCRBY~encoding_offset_increment{encoding:string offset:integer "
                "increment:integer})})...]",
     .group = Group::bitmap,
     .since = "3.2.0",
     .summary = "Reads and changes integers of any width within a string.",
     .complexity = "O(1) for each operation",
     .handler = bitmap_group::bitfield},
    {.name = "bitfield_ro",
     .arity = -2,
     .flags = readonly | fast,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key [GET~encoding_offset{encoding:string offset:integer}*]",
     .group = Group::bitmap,
     .since = "6.0.0",
     .summary = "Reads integers of any width within a string.",
     .complexity = "O(1) for each operation",
     .handler = bitmap_group::bitfield_ro},
    {.name = "bitop",
     .arity = -4,
     .flags = write | denyoom,
     .keys = {keys_range(key_ow | key_update, 2), keys_range(key_ro | key_access, 3, -1)},
     .grammar = "operation:string destkey:key key:key#1...",
     .group = Group::bitmap,
     .since = "2.6.0",
     .summary = "Combines strings bit by bit, and stores the result.",
     .complexity = "O(N) in the length of the longest string",
     .handler = bitmap_group::bitop},
    {.name = "bitpos",
     .arity = -3,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key bit:integer [index{start:integer [end_index{end:integer [index_unit(BYTE "
                "| BIT)@7.0.0]}]}]",
     .group = Group::bitmap,
     .since = "2.8.7",
     .summary = "Finds the first bit of a string that is set, or clear.",
     .complexity = "O(N) in the bytes looked at",
     .handler = bitmap_group::bitpos},
    {.name = "getbit",
     .arity = 3,
     .flags = readonly | fast,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key offset:integer",
     .group = Group::bitmap,
     .since = "2.2.0",
     .summary = "Gives the bit of a string at an offset.",
     .complexity = "O(1)",
     .handler = bitmap_group::getbit},
    {.name = "setbit",
     .arity = 4,
     .flags = write | denyoom,
     .keys = {keys_range(key_rw | key_access | key_update, 1)},
     .grammar = "key:key offset:integer value:integer",
     .group = Group::bitmap,
     .since = "2.2.0",
     .summary = "Sets or clears the bit of a string at an offset.",
     .complexity = "O(1)",
     .handler = bitmap_group::setbit},
};

}  // namespace

std::span<const Row> bitmap_rows() { return bitmap_row_array; }

}  // namespace redouble::command
