// The handlers of the group generic: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_generic.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::generic_group {

void copy(Call& call);
void del(Call& call);
void dump(Call& call);
void exists(Call& call);
void expire(Call& call);
void expireat(Call& call);
void expiretime(Call& call);
void keys(Call& call);
void move(Call& call);
void object_encoding(Call& call);
void object_freq(Call& call);
void object_idletime(Call& call);
void object_refcount(Call& call);
void persist(Call& call);
void pexpire(Call& call);
void pexpireat(Call& call);
void pexpiretime(Call& call);
void pttl(Call& call);
void randomkey(Call& call);
void rename(Call& call);
void renamenx(Call& call);
void restore(Call& call);
void scan(Call& call);
void sort(Call& call);
void sort_ro(Call& call);
void touch(Call& call);
void ttl(Call& call);
void type(Call& call);
void unlink(Call& call);
void wait(Call& call);

}  // namespace redouble::command::generic_group
