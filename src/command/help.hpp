// The handler of every HELP subcommand: it explains its neighbours from their rows.
#pragma once

namespace redouble::command {

struct Call;

// Replies with simple strings: a heading, then of each subcommand its usage and, indented, its
// summary.
void subcommands_help(Call& call);

}  // namespace redouble::command
