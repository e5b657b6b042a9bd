// open_sandbox: the Lua world that a script sees: which globals there are, and that they stay.
//
// Of Lua 5.1's libraries there are base, string, table, math and coroutine, less what reaches
// files, other functions' environments or compiled code; cjson and bit; and `redis`. None can be
// changed. Text alone is compiled, no bytecode: made by hand it could do anything. Patterns are
// limited in what Lua matches by recursion. Thread safety: its engine's. Errors: Lua's.
#pragma once

#include <lua5.1/lua.hpp>
#include <string_view>

namespace redouble::script {

// Replaces the globals of a new Lua world, and pushes their content: where KEYS and ARGV are set,
// raw. REQUIRES: set_running() was called.
void open_sandbox(lua_State* lua, std::string_view version);

// Compiles a script's text and pushes its function, or what is wrong with it: 0 or Lua's status.
// `chunk`: the name, as luaL_loadbuffer takes it.
int compile(lua_State* lua, std::string_view text, const char* chunk);

// Lua's message handler of a script: makes the error a table {err=, source=, line=}.
int handle_error(lua_State* lua);

}  // namespace redouble::script
