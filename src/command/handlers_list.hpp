// The handlers of the group list: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_list.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::list_group {

void blmove(Call& call);
void blmpop(Call& call);
void blpop(Call& call);
void brpop(Call& call);
void brpoplpush(Call& call);
void lindex(Call& call);
void linsert(Call& call);
void llen(Call& call);
void lmove(Call& call);
void lmpop(Call& call);
void lpop(Call& call);
void lpos(Call& call);
void lpush(Call& call);
void lpushx(Call& call);
void lrange(Call& call);
void lrem(Call& call);
void lset(Call& call);
void ltrim(Call& call);
void rpop(Call& call);
void rpoplpush(Call& call);
void rpush(Call& call);
void rpushx(Call& call);

}  // namespace redouble::command::list_group
