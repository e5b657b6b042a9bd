// The handlers of the group sorted_set: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_sorted_set.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::sorted_set_group {

void bzmpop(Call& call);
void bzpopmax(Call& call);
void bzpopmin(Call& call);
void zadd(Call& call);
void zcard(Call& call);
void zcount(Call& call);
void zdiff(Call& call);
void zdiffstore(Call& call);
void zincrby(Call& call);
void zinter(Call& call);
void zintercard(Call& call);
void zinterstore(Call& call);
void zlexcount(Call& call);
void zmpop(Call& call);
void zmscore(Call& call);
void zpopmax(Call& call);
void zpopmin(Call& call);
void zrandmember(Call& call);
void zrange(Call& call);
void zrangebylex(Call& call);
void zrangebyscore(Call& call);
void zrangestore(Call& call);
void zrank(Call& call);
void zrem(Call& call);
void zremrangebylex(Call& call);
void zremrangebyrank(Call& call);
void zremrangebyscore(Call& call);
void zrevrange(Call& call);
void zrevrangebylex(Call& call);
void zrevrangebyscore(Call& call);
void zrevrank(Call& call);
void zscan(Call& call);
void zscore(Call& call);
void zunion(Call& call);
void zunionstore(Call& call);

}  // namespace redouble::command::sorted_set_group
