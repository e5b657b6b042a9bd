// The handlers of the group stream: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_stream.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::stream_group {

void xack(Call& call);
void xadd(Call& call);
void xautoclaim(Call& call);
void xclaim(Call& call);
void xdel(Call& call);
void xgroup_create(Call& call);
void xgroup_createconsumer(Call& call);
void xgroup_delconsumer(Call& call);
void xgroup_destroy(Call& call);
void xgroup_setid(Call& call);
void xinfo_consumers(Call& call);
void xinfo_groups(Call& call);
void xinfo_stream(Call& call);
void xlen(Call& call);
void xpending(Call& call);
void xrange(Call& call);
void xread(Call& call);
void xreadgroup(Call& call);
void xrevrange(Call& call);
void xsetid(Call& call);
void xtrim(Call& call);

}  // namespace redouble::command::stream_group
