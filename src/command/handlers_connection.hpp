// The handlers of the group connection: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_connection.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::connection_group {

void auth(Call& call);
void client_caching(Call& call);
void client_getname(Call& call);
void client_getredir(Call& call);
void client_id(Call& call);
void client_info(Call& call);
void client_kill(Call& call);
void client_list(Call& call);
void client_no_evict(Call& call);
void client_no_touch(Call& call);
void client_pause(Call& call);
void client_reply(Call& call);
void client_setinfo(Call& call);
void client_setname(Call& call);
void client_tracking(Call& call);
void client_trackinginfo(Call& call);
void client_unblock(Call& call);
void client_unpause(Call& call);
void echo(Call& call);
void hello(Call& call);
void ping(Call& call);
void quit(Call& call);
void reset(Call& call);
void select(Call& call);

}  // namespace redouble::command::connection_group
