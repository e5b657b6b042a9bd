// The handlers of the group string: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_string.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::string_group {

void append(Call& call);
void decr(Call& call);
void decrby(Call& call);
void get(Call& call);
void getdel(Call& call);
void getex(Call& call);
void getrange(Call& call);
void getset(Call& call);
void incr(Call& call);
void incrby(Call& call);
void incrbyfloat(Call& call);
void lcs(Call& call);
void mget(Call& call);
void mset(Call& call);
void msetnx(Call& call);
void psetex(Call& call);
void set(Call& call);
void setex(Call& call);
void setnx(Call& call);
void setrange(Call& call);
void strlen(Call& call);
void substr(Call& call);

}  // namespace redouble::command::string_group
