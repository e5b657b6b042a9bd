// protect: tables that a script can read and cannot change: the globals and the libraries.
//
// Lua 5.1 knows no such tables. A protected table is an empty one whose metatable finds the content
// and refuses what is written; the library functions that look past metatables (rawset, rawget,
// next, pairs, getmetatable, setmetatable, table.insert, table.foreach) are replaced by ones that
// see through it. A script cannot tell it from redis-server's read-only tables, but by two things:
// cjson and cmsgpack, which look at the raw table too, find it empty.
// Invariants: the content is reachable by no value that a script can get hold of.
// Thread safety: its engine's. Errors: Lua's.
#pragma once

#include <lua5.1/lua.hpp>

namespace redouble::script {

// Replaces the table on top of the stack, the content, by its protected one. `metatable`: the index
// of what getmetatable() shows of it; 0: nil.
void protect(lua_State* lua, int metatable = 0);
// Pushes the content of the table at `index`, or the value itself where it is not protected.
void push_content(lua_State* lua, int index);
bool is_protected(lua_State* lua, int index);

// Replaces the functions that look past metatables in the table of globals at `globals`, where the
// libraries are as Lua opens them.
void see_through(lua_State* lua, int globals);

}  // namespace redouble::script
