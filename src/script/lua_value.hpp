// Replies as Lua values, and Lua values as replies, the way the Redis documentation gives them.
//
// A status is a table {ok=...}, an error {err=...}; of protocol 3, {double=...}, {big_number=...},
// {verbatim_string={format=..., string=...}}, {map=...} and {set=...}. Fields are read raw: no code
// of the script runs while its result is written. Texts of errors and statuses end at a NUL byte,
// as redis-server's do.
// Thread safety: its engine's. Errors: Lua's, for want of memory; std::bad_alloc.
// Source: https://redis.io/docs/latest/develop/programmability/lua-api/ (data type conversion).
#pragma once

#include <lua5.1/lua.hpp>
#include <string>
#include <string_view>

#include "resp/reply.hpp"
#include "resp/reply_writer.hpp"

namespace redouble::script {

// Pushes what redis.call gives for this reply.
void push_reply(lua_State* lua, const resp::Reply& reply);
// Writes the value on top of the stack, and pops it. `protocol` is what redis.setresp asked for:
// with 3, a boolean is one. What is nested too deeply becomes an error in its place.
void write_value(lua_State* lua, resp::ReplyWriter& reply, int protocol);

// Pushes {err=text}. `text` starts with its code: "ERR ...".
void push_error(lua_State* lua, std::string_view text);
[[noreturn]] void raise_error(lua_State* lua, std::string_view text);

// The string or number at `index` up to its first NUL byte; else nothing is given and false.
bool to_text(lua_State* lua, int index, std::string& text);
// A field of the table at `index`, read raw, where it is a string or number.
bool text_field(lua_State* lua, int index, const char* name, std::string& text);

}  // namespace redouble::script
