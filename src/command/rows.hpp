// The rows of each group: constants, alphabetical, to be read from any thread. Who looks a command
// up asks the CommandTable (command/table.hpp), which is made of these.
#pragma once

#include <span>

#include "command/row.hpp"

namespace redouble::command {

std::span<const Row> bitmap_rows();
std::span<const Row> connection_rows();
std::span<const Row> generic_rows();
std::span<const Row> hash_rows();
std::span<const Row> hyperloglog_rows();
std::span<const Row> list_rows();
std::span<const Row> server_rows();
std::span<const Row> set_rows();
std::span<const Row> sorted_set_rows();
std::span<const Row> stream_rows();
std::span<const Row> string_rows();

}  // namespace redouble::command
