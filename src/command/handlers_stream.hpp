// The handlers of the group stream: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_stream.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::stream_group {

void xadd(Call& call);
void xdel(Call& call);
void xlen(Call& call);
void xrange(Call& call);
void xread(Call& call);
void xrevrange(Call& call);
void xsetid(Call& call);
void xtrim(Call& call);

}  // namespace redouble::command::stream_group
