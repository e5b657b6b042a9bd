#include "script/sandbox.hpp"

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "script/lua_value.hpp"
#include "script/protect.hpp"
#include "script/redis_library.hpp"
#include "script/running.hpp"

extern "C" {
int luaopen_cjson(lua_State* lua);
int luaopen_bit(lua_State* lua);
}

namespace redouble::script {
namespace {

// What Lua 5.1 has beside these does not exist for a script.
constexpr std::array kept_globals{
    "_VERSION", "assert", "collectgarbage", "error",  "gcinfo",       "getmetatable",
    "ipairs",   "load",   "loadstring",     "next",   "pairs",        "pcall",
    "rawequal", "rawget", "rawset",         "select", "setmetatable", "tonumber",
    "tostring", "type",   "unpack",         "xpcall"};
constexpr std::array libraries{"string", "table", "math", "coroutine", "bit", "cjson", "redis"};

// A pattern's items that Lua matches by recursion: so many still fit on a thread's stack.
constexpr int most_recursive_items = 10'000;

int nonexistent_global(lua_State* lua) {
  std::string name;
  if (!to_text(lua, 2, name)) {
    return luaL_error(lua, "Second argument to luaProtectedTableError must be a string or number");
  }
  return luaL_error(lua, "Script attempted to access nonexistent global variable '%s'",
                    name.c_str());
}

int pcall_of_the_real_server(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count == 0) {  // as redis-server answers it
    lua_pushboolean(lua, 0);
    lua_pushliteral(lua, "attempt to call a boolean value");
    return 2;
  }
  const int status = lua_pcall(lua, count - 1, LUA_MULTRET, 0);
  if (status == 0) {
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    return lua_gettop(lua);
  }
  if (lua_istable(lua, -1)) {
    // An error of redis.call is given as its text.
    lua_pushliteral(lua, "err");
    lua_rawget(lua, -2);
    if (lua_isnil(lua, -1)) lua_pop(lua, 1);
  }
  lua_pushboolean(lua, 0);
  lua_insert(lua, -2);
  return 2;
}

// Leaves the function, or nil and the message.
int compiled(lua_State* lua, int status) {
  if (status == 0) return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

int load_string(lua_State* lua) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(lua, 1, &size);
  return compiled(lua, compile(lua, {text, size}, luaL_optstring(lua, 2, text)));
}

// Where load() is: its arguments are at 1 and 2, the piece under way at 3.
struct Pieces {
  bool begun = false;
  bool behind_space = false;  // the piece at 3 has had the space of compile() before it
};

const char* next_piece(lua_State* lua, void* data, std::size_t* size) {
  Pieces& pieces = *static_cast<Pieces*>(data);
  if (!pieces.behind_space) {
    luaL_checkstack(lua, 2, "too many nested functions");
    lua_pushvalue(lua, 1);
    lua_call(lua, 0, 1);
    if (lua_isnil(lua, -1)) {
      *size = 0;
      return nullptr;
    }
    if (lua_isstring(lua, -1) == 0) luaL_error(lua, "reader function must return a string");
    lua_replace(lua, 3);
  }
  const char* piece = lua_tolstring(lua, 3, size);
  const bool is_first = !pieces.begun && *size != 0;
  pieces.behind_space = is_first && piece[0] == LUA_SIGNATURE[0];
  pieces.begun = true;
  if (!pieces.behind_space) return piece;
  *size = 1;
  return " ";
}

int load(lua_State* lua) {
  const char* chunk = luaL_optstring(lua, 2, "=(load)");
  luaL_checktype(lua, 1, LUA_TFUNCTION);
  lua_settop(lua, 3);
  Pieces pieces;
  return compiled(lua, lua_load(lua, next_piece, &pieces, chunk));
}

int random(lua_State* lua) {
  constexpr double largest = RandomNumbers::largest;
  RandomNumbers& numbers = running_of(lua).random;
  const double share = static_cast<double>(numbers.next() % RandomNumbers::largest) / largest;
  switch (lua_gettop(lua)) {
    case 0:
      lua_pushnumber(lua, share);
      return 1;
    case 1: {
      const int upper = luaL_checkint(lua, 1);
      luaL_argcheck(lua, upper >= 1, 1, "interval is empty");
      lua_pushnumber(lua, std::floor(share * upper) + 1);
      return 1;
    }
    case 2: {
      const int lower = luaL_checkint(lua, 1);
      const int upper = luaL_checkint(lua, 2);
      luaL_argcheck(lua, lower <= upper, 2, "interval is empty");
      const double size = static_cast<double>(upper) - lower + 1;
      lua_pushnumber(lua, std::floor(share * size) + lower);
      return 1;
    }
    default:
      return luaL_error(lua, "wrong number of arguments");
  }
}

int random_seed(lua_State* lua) {
  running_of(lua).random.seed(luaL_checkint(lua, 1));
  return 0;
}

// In front of string.find and the like; goes on as the function itself, in the same frame.
int with_pattern(lua_State* lua) {
  if (lua_type(lua, 2) == LUA_TSTRING && lua_objlen(lua, 2) > most_recursive_items) {
    int items = 0;
    for (const char c : std::string_view(lua_tostring(lua, 2), lua_objlen(lua, 2))) {
      if (std::string_view("(?*+-").find(c) != std::string_view::npos) ++items;
    }
    if (items > most_recursive_items) return luaL_error(lua, "pattern too complex");
  }
  return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

void open_library(lua_State* lua, lua_CFunction open, const char* name) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

// Opens the libraries as Lua has them, into the world's first table of globals.
void open_libraries(lua_State* lua, std::string_view version) {
  open_library(lua, luaopen_base, "");
  open_library(lua, luaopen_string, LUA_STRLIBNAME);
  open_library(lua, luaopen_table, LUA_TABLIBNAME);
  open_library(lua, luaopen_math, LUA_MATHLIBNAME);
  open_library(lua, luaopen_bit, "bit");
  lua_pushcfunction(lua, luaopen_cjson);
  lua_call(lua, 0, 1);
  lua_setglobal(lua, "cjson");
  push_redis_library(lua, version);
  lua_setglobal(lua, "redis");
}

void replace_functions(lua_State* lua) {
  const std::array<std::pair<const char*, lua_CFunction>, 3> base{{
      {"pcall", pcall_of_the_real_server},
      {"load", load},
      {"loadstring", load_string},
  }};
  for (const auto& [name, function] : base) {
    lua_pushcfunction(lua, function);
    lua_setglobal(lua, name);
  }
  lua_getglobal(lua, "math");
  lua_pushcfunction(lua, random);
  lua_setfield(lua, -2, "random");
  lua_pushcfunction(lua, random_seed);
  lua_setfield(lua, -2, "randomseed");
  lua_getglobal(lua, "string");
  for (const char* name : {"find", "match", "gmatch", "gfind", "gsub"}) {
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, with_pattern, 1);
    lua_setfield(lua, -2, name);
  }
  lua_pop(lua, 2);
}

// The metatable of strings: what getmetatable('') shows is protected, as the library is.
// REQUIRES: the protected string library is on top of the stack.
void protect_strings(lua_State* lua) {
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_newtable(lua);
  lua_pushvalue(lua, -4);
  lua_setfield(lua, -2, "__index");
  protect(lua);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 2);
}

}  // namespace

void open_sandbox(lua_State* lua, std::string_view version) {
  open_libraries(lua, version);
  replace_functions(lua);
  see_through(lua, LUA_GLOBALSINDEX);
  lua_newtable(lua);
  const int content = lua_gettop(lua);
  for (const char* name : kept_globals) {
    lua_getglobal(lua, name);
    lua_setfield(lua, content, name);
  }
  for (const char* name : libraries) {
    lua_getglobal(lua, name);
    protect(lua);
    if (std::string_view(name) == LUA_STRLIBNAME) protect_strings(lua);
    lua_setfield(lua, content, name);
  }
  lua_pushcfunction(lua, handle_error);
  lua_setfield(lua, content, "__redis__err__handler");
  // What is in no global: an error. getmetatable(_G) shows the same, protected.
  lua_newtable(lua);
  lua_pushcfunction(lua, nonexistent_global);
  lua_setfield(lua, -2, "__index");
  lua_pushvalue(lua, -1);
  lua_setmetatable(lua, content);
  protect(lua);
  lua_pushvalue(lua, content);
  protect(lua, content + 1);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, content, "_G");
  lua_replace(lua, LUA_GLOBALSINDEX);
  lua_settop(lua, content);
}

int compile(lua_State* lua, std::string_view text, const char* chunk) {
  if (!text.starts_with(LUA_SIGNATURE[0])) {
    return luaL_loadbuffer(lua, text.data(), text.size(), chunk);
  }
  // Behind a space it is text, and wrong.
  const std::string spaced = " " + std::string(text);
  return luaL_loadbuffer(lua, spaced.data(), spaced.size(), chunk);
}

int handle_error(lua_State* lua) {
  lua_settop(lua, 1);
  if (is_protected(lua, 1)) return 1;
  if (!lua_istable(lua, 1)) {
    std::string text;
    if (!to_text(lua, 1, text)) {
      if (lua_isboolean(lua, 1)) {
        text = lua_toboolean(lua, 1) != 0 ? "true" : "false";
      } else {
        text = luaL_typename(lua, 1);
      }
    }
    push_error(lua, "ERR " + text);
    lua_replace(lua, 1);
  }
  lua_Debug place{};
  if (lua_getstack(lua, 1, &place) == 0) return 1;
  lua_getinfo(lua, "Sl", &place);
  if (std::string_view(place.what) == "C") {
    if (lua_getstack(lua, 2, &place) == 0) return 1;
    lua_getinfo(lua, "Sl", &place);
  }
  lua_pushstring(lua, "source");
  lua_pushstring(lua, place.source);
  lua_rawset(lua, 1);
  lua_pushstring(lua, "line");
  lua_pushinteger(lua, place.currentline);
  lua_rawset(lua, 1);
  return 1;
}

}  // namespace redouble::script
