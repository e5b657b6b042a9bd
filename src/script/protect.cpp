#include "script/protect.hpp"

#include <array>
#include <utility>

#include "runtime/mutant.hpp"

namespace redouble::script {
namespace {

// Their addresses are keys: of the content and of the shown metatable, in a protected table's own
// metatable.
char content_key = 0;
char shown_key = 0;

// As redis-server says it. Where a C function wrote, there is no place of the script to name.
int refuse_write(lua_State* lua) {
  luaL_where(lua, 1);
  lua_pushliteral(lua, "Attempt to modify a readonly table");
  lua_concat(lua, 2);
  return lua_error(lua);
}

[[noreturn]] void refuse_raw_write(lua_State* lua) {
  lua_pushliteral(lua, "Attempt to modify a readonly table");
  lua_error(lua);
  std::unreachable();
}

// Pushes the field of the metatable of the table at `index`; false, and nothing pushed, where it is
// not protected.
bool push_field(lua_State* lua, int index, char& key) {
  if (lua_type(lua, index) != LUA_TTABLE || lua_getmetatable(lua, index) == 0) return false;
  lua_pushlightuserdata(lua, &content_key);
  lua_rawget(lua, -2);
  const bool found = lua_istable(lua, -1);
  lua_pop(lua, 1);
  if (!found) {
    lua_pop(lua, 1);
    return false;
  }
  lua_pushlightuserdata(lua, &key);
  lua_rawget(lua, -2);
  lua_remove(lua, -2);
  return true;
}

// Goes on as the function that this one replaces, its upvalue, in the same frame: so that the
// errors of that one name it and its place as ever.
int go_on(lua_State* lua) { return lua_tocfunction(lua, lua_upvalueindex(1))(lua); }

int raw_set(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  luaL_checkany(lua, 3);
  if (is_protected(lua, 1) && !mutant("script-rawset-unlocks")) refuse_raw_write(lua);
  lua_settop(lua, 3);
  lua_rawset(lua, 1);
  return 1;
}

int raw_get(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  lua_settop(lua, 2);
  push_content(lua, 1);
  lua_replace(lua, 1);
  lua_rawget(lua, 1);
  return 1;
}

int next(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 2);
  push_content(lua, 1);
  lua_replace(lua, 1);
  if (lua_next(lua, 1) != 0) return 2;
  lua_pushnil(lua);
  return 1;
}

int pairs(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_pushvalue(lua, lua_upvalueindex(1));  // next
  lua_pushvalue(lua, 1);
  lua_pushnil(lua);
  return 3;
}

int get_metatable(lua_State* lua) {
  luaL_checkany(lua, 1);
  if (push_field(lua, 1, shown_key)) return 1;
  if (lua_getmetatable(lua, 1) == 0) {
    lua_pushnil(lua);
    return 1;
  }
  luaL_getmetafield(lua, 1, "__metatable");
  return 1;
}

int set_metatable(lua_State* lua) {
  const int type = lua_type(lua, 2);
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_argcheck(lua, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table expected");
  if (is_protected(lua, 1)) refuse_raw_write(lua);
  if (luaL_getmetafield(lua, 1, "__metatable") != 0) {
    luaL_error(lua, "cannot change a protected metatable");
  }
  lua_settop(lua, 2);
  lua_setmetatable(lua, 1);
  return 1;
}

// Moving so many elements is no script's wish, and nothing could stop it.
constexpr double most_moved = 1e7;

int table_insert(lua_State* lua) {
  const int size = lua_gettop(lua);
  if ((size == 2 || size == 3) && is_protected(lua, 1)) refuse_raw_write(lua);
  if (size == 3 && lua_istable(lua, 1) && lua_isnumber(lua, 2)) {
    const double moved = static_cast<double>(lua_objlen(lua, 1)) - lua_tonumber(lua, 2);
    luaL_argcheck(lua, moved < most_moved, 2, "position out of bounds");
  }
  return go_on(lua);
}

int table_foreach(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checktype(lua, 2, LUA_TFUNCTION);
  push_content(lua, 1);
  lua_replace(lua, 1);
  lua_pushnil(lua);
  while (lua_next(lua, 1) != 0) {
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -3);
    lua_pushvalue(lua, -3);
    lua_call(lua, 2, 1);
    if (!lua_isnil(lua, -1)) return 1;
    lua_pop(lua, 2);
  }
  return 0;
}

}  // namespace

void protect(lua_State* lua, int metatable) {
  if (metatable == 0) {
    lua_pushnil(lua);
  } else {
    lua_pushvalue(lua, metatable);
  }
  const int shown = lua_gettop(lua);
  const int content = shown - 1;
  lua_newtable(lua);
  lua_newtable(lua);
  const std::array<std::pair<char*, int>, 2> fields{{{&content_key, content}, {&shown_key, shown}}};
  for (const auto& [key, value] : fields) {
    lua_pushlightuserdata(lua, key);
    lua_pushvalue(lua, value);
    lua_rawset(lua, -3);
  }
  lua_pushvalue(lua, content);
  lua_setfield(lua, -2, "__index");
  lua_pushcfunction(lua, refuse_write);
  lua_setfield(lua, -2, "__newindex");
  lua_setmetatable(lua, -2);
  lua_replace(lua, content);
  lua_settop(lua, content);
}

bool is_protected(lua_State* lua, int index) {
  if (!push_field(lua, index, content_key)) return false;
  lua_pop(lua, 1);
  return true;
}

void push_content(lua_State* lua, int index) {
  if (!push_field(lua, index, content_key)) lua_pushvalue(lua, index);
}

void see_through(lua_State* lua, int globals) {
  const std::array<std::pair<const char*, lua_CFunction>, 5> base{{
      {"rawset", raw_set},
      {"rawget", raw_get},
      {"next", next},
      {"getmetatable", get_metatable},
      {"setmetatable", set_metatable},
  }};
  for (const auto& [name, function] : base) {
    lua_pushcfunction(lua, function);
    lua_setfield(lua, globals, name);
  }
  lua_getfield(lua, globals, "next");
  lua_pushcclosure(lua, pairs, 1);
  lua_setfield(lua, globals, "pairs");
  lua_getfield(lua, globals, "table");
  lua_getfield(lua, -1, "insert");
  lua_pushcclosure(lua, table_insert, 1);
  lua_setfield(lua, -2, "insert");
  lua_pushcfunction(lua, table_foreach);
  lua_setfield(lua, -2, "foreach");
  lua_pop(lua, 1);
}

}  // namespace redouble::script
