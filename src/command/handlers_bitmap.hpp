// The handlers of the group bitmap: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_bitmap.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::bitmap_group {

void bitcount(Call& call);
void bitfield(Call& call);
void bitfield_ro(Call& call);
void bitop(Call& call);
void bitpos(Call& call);
void getbit(Call& call);
void setbit(Call& call);

}  // namespace redouble::command::bitmap_group
