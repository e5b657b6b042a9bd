// The handlers of the group set: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_set.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::set_group {

void sadd(Call& call);
void scard(Call& call);
void sdiff(Call& call);
void sdiffstore(Call& call);
void sinter(Call& call);
void sintercard(Call& call);
void sinterstore(Call& call);
void sismember(Call& call);
void smembers(Call& call);
void smismember(Call& call);
void smove(Call& call);
void spop(Call& call);
void srandmember(Call& call);
void srem(Call& call);
void sscan(Call& call);
void sunion(Call& call);
void sunionstore(Call& call);

}  // namespace redouble::command::set_group
