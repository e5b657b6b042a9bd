// The handlers of the group hash: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_hash.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::hash_group {

void hdel(Call& call);
void hexists(Call& call);
void hexpire(Call& call);
void hexpireat(Call& call);
void hexpiretime(Call& call);
void hget(Call& call);
void hgetall(Call& call);
void hgetdel(Call& call);
void hgetex(Call& call);
void hincrby(Call& call);
void hincrbyfloat(Call& call);
void hkeys(Call& call);
void hlen(Call& call);
void hmget(Call& call);
void hmset(Call& call);
void hpersist(Call& call);
void hpexpire(Call& call);
void hpexpireat(Call& call);
void hpexpiretime(Call& call);
void hpttl(Call& call);
void hrandfield(Call& call);
void hscan(Call& call);
void hset(Call& call);
void hsetex(Call& call);
void hsetnx(Call& call);
void hstrlen(Call& call);
void httl(Call& call);
void hvals(Call& call);

}  // namespace redouble::command::hash_group
