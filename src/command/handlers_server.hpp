// The handlers of the group server: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_server.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::server_group {

void command(Call& call);
void command_count(Call& call);
void command_docs(Call& call);
void command_getkeys(Call& call);
void command_getkeysandflags(Call& call);
void command_info(Call& call);
void command_list(Call& call);
void config_get(Call& call);
void config_resetstat(Call& call);
void config_rewrite(Call& call);
void config_set(Call& call);
void dbsize(Call& call);
void debug(Call& call);
void flushall(Call& call);
void flushdb(Call& call);
void info(Call& call);
void lolwut(Call& call);
void memory_doctor(Call& call);
void memory_malloc_stats(Call& call);
void memory_purge(Call& call);
void memory_stats(Call& call);
void memory_usage(Call& call);
void shutdown(Call& call);
void swapdb(Call& call);
void time(Call& call);

}  // namespace redouble::command::server_group
