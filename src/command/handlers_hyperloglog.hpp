// The handlers of the group hyperloglog: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_hyperloglog.cpp) on what the Call holds, and
// writes exactly one reply. The arity is checked before; so are the locks of the keys that the row
// finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::hyperloglog_group {

void pfadd(Call& call);
void pfcount(Call& call);
void pfdebug(Call& call);
void pfmerge(Call& call);
void pfselftest(Call& call);

}  // namespace redouble::command::hyperloglog_group
