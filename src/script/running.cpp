#include "script/running.hpp"

namespace redouble::script {
namespace {

// Its address is the key in Lua's registry.
char running_key = 0;

}  // namespace

void set_running(lua_State* lua, Running& running) {
  lua_pushlightuserdata(lua, &running_key);
  lua_pushlightuserdata(lua, &running);
  lua_rawset(lua, LUA_REGISTRYINDEX);
}

Running& running_of(lua_State* lua) {
  lua_pushlightuserdata(lua, &running_key);
  lua_rawget(lua, LUA_REGISTRYINDEX);
  auto* running = static_cast<Running*>(lua_touserdata(lua, -1));
  lua_pop(lua, 1);
  return *running;
}

}  // namespace redouble::script
