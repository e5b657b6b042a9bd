// The handlers that are still to be written; each line goes when its handler comes, and the file
// with the last.
#include <cstdlib>

#include "command/handlers_generic.hpp"
#include "command/handlers_string.hpp"

namespace redouble::command::generic_group {
void copy(Call&) { std::abort(); }
void del(Call&) { std::abort(); }
void exists(Call&) { std::abort(); }
void expire(Call&) { std::abort(); }
void expireat(Call&) { std::abort(); }
void expiretime(Call&) { std::abort(); }
void keys(Call&) { std::abort(); }
void move(Call&) { std::abort(); }
void object_encoding(Call&) { std::abort(); }
void object_freq(Call&) { std::abort(); }
void object_idletime(Call&) { std::abort(); }
void object_refcount(Call&) { std::abort(); }
void persist(Call&) { std::abort(); }
void pexpire(Call&) { std::abort(); }
void pexpireat(Call&) { std::abort(); }
void pexpiretime(Call&) { std::abort(); }
void pttl(Call&) { std::abort(); }
void randomkey(Call&) { std::abort(); }
void rename(Call&) { std::abort(); }
void renamenx(Call&) { std::abort(); }
void scan(Call&) { std::abort(); }
void touch(Call&) { std::abort(); }
void ttl(Call&) { std::abort(); }
void type(Call&) { std::abort(); }
void unlink(Call&) { std::abort(); }
}  // namespace redouble::command::generic_group

namespace redouble::command::string_group {
void append(Call&) { std::abort(); }
void decr(Call&) { std::abort(); }
void decrby(Call&) { std::abort(); }
void get(Call&) { std::abort(); }
void getdel(Call&) { std::abort(); }
void getex(Call&) { std::abort(); }
void getrange(Call&) { std::abort(); }
void getset(Call&) { std::abort(); }
void incr(Call&) { std::abort(); }
void incrby(Call&) { std::abort(); }
void incrbyfloat(Call&) { std::abort(); }
void lcs(Call&) { std::abort(); }
void mget(Call&) { std::abort(); }
void mset(Call&) { std::abort(); }
void msetnx(Call&) { std::abort(); }
void psetex(Call&) { std::abort(); }
void set(Call&) { std::abort(); }
void setex(Call&) { std::abort(); }
void setnx(Call&) { std::abort(); }
void setrange(Call&) { std::abort(); }
void strlen(Call&) { std::abort(); }
void substr(Call&) { std::abort(); }
}  // namespace redouble::command::string_group
