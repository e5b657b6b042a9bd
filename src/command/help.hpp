// The handler of every HELP subcommand: it explains its neighbours from their rows.
#pragma once

#include <string>
#include <string_view>

namespace redouble::command {

struct Call;

// Replies with simple strings: the heading that clients may look for, then of each subcommand its
// usage and, indented, its summary; HELP stands last, as in Redis.
void subcommands_help(Call& call);
// "DEBUG <subcommand> ...": the first line of every help.
std::string help_heading(std::string_view container);

}  // namespace redouble::command
