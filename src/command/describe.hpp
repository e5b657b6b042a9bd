// Describing rows to clients: the replies of COMMAND INFO and COMMAND DOCS, in both protocols.
//
// Rows that `compat` (of CommandTable::visible) hides are left out, subcommands too. What COMMAND
// DOCS of the real server tells of a command's history is not told here.
// Thread safety: any thread, each with its own writer.
// Source: the pages of COMMAND, COMMAND INFO and COMMAND DOCS in the Redis documentation; the forms
// as redis-server 7.0.15 sends them.
#pragma once

#include <cstdint>
#include <string_view>

#include "command/table.hpp"
#include "resp/reply_writer.hpp"

namespace redouble::command {

// The ten facts of a row, its subcommands among them.
void write_info(resp::ReplyWriter& reply, const CommandTable& table, const Row& row,
                std::uint32_t compat);
// The map that documents a row, its subcommands within.
void write_docs(resp::ReplyWriter& reply, const CommandTable& table, const Row& row,
                std::uint32_t compat);
// A set of KeyFlags.
void write_key_flags(resp::ReplyWriter& reply, std::uint16_t flags);

std::string_view group_name(Group group);

}  // namespace redouble::command
