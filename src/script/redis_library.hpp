// The table `redis` of scripts: redis.call and what belongs to it.
//
// Left as they are in redis-server without a debugger and without replicas: breakpoint and debug do
// nothing, set_repl checks its argument and has nobody to keep anything from, replicate_commands is
// always true. Thread safety: its engine's. Errors: Lua's.
// Source: https://redis.io/docs/latest/develop/programmability/lua-api/
#pragma once

#include <lua5.1/lua.hpp>
#include <string_view>

namespace redouble::script {

// Pushes the table. `version`: what redis.REDIS_VERSION says, three numbers with points.
void push_redis_library(lua_State* lua, std::string_view version);

}  // namespace redouble::script
