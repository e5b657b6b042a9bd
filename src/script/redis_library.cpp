#include "script/redis_library.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/mutant.hpp"
#include "script/lua_value.hpp"
#include "script/running.hpp"
#include "script/sha1.hpp"

namespace redouble::script {
namespace {

// The replication flags of redis.set_repl.
constexpr int repl_none = 0;
constexpr int repl_aof = 1;
constexpr int repl_replica = 2;
constexpr int repl_all = 3;

// The arguments of redis.call as the command sees them.
struct Arguments {
  std::vector<std::string_view> views;
  std::deque<std::string> numbers;

  // Where they are not all strings and numbers: the error.
  const char* read(lua_State* lua) {
    const int count = lua_gettop(lua);
    if (count == 0) return "ERR Please specify at least one argument for this redis lib call";
    for (int i = 1; i <= count; ++i) {
      if (lua_type(lua, i) == LUA_TNUMBER) {
        std::array<char, 64> digits{};
        const int size = std::snprintf(digits.data(), digits.size(), "%.17g", lua_tonumber(lua, i));
        views.push_back(numbers.emplace_back(digits.data(), static_cast<std::size_t>(size)));
      } else if (lua_type(lua, i) == LUA_TSTRING) {
        std::size_t size = 0;
        const char* bytes = lua_tolstring(lua, i, &size);
        views.emplace_back(bytes, size);
      } else {
        return "ERR Lua redis lib command arguments must be strings or integers";
      }
    }
    return nullptr;
  }
};

// Pushes the result; false where it is an error.
bool run_command(lua_State* lua) {
  Arguments arguments;
  if (const char* wrong = arguments.read(lua)) {
    push_error(lua, wrong);
    return false;
  }
  const Running& running = running_of(lua);
  if (running.stopped && !mutant("script-runs-on")) raise_error(lua, stopped_text);
  resp::Reply reply;
  bool ran = true;
  try {
    reply = running.host->run_command(arguments.views, running.protocol);
  } catch (const std::bad_alloc&) {
    ran = false;  // Lua knows its own exceptions only
  }
  if (!ran) raise_error(lua, "ERR not enough memory");
  push_reply(lua, reply);
  return !reply.is_error();
}

int call(lua_State* lua) {
  if (!run_command(lua)) return lua_error(lua);
  return 1;
}

int protected_call(lua_State* lua) {
  run_command(lua);
  return 1;
}

int error_reply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) {
    push_error(lua, "ERR wrong number or type of arguments");
    return 1;
  }
  std::string text;
  to_text(lua, 1, text);
  if (text.starts_with('-')) text.erase(0, 1);
  text.erase(text.find_last_not_of("\r\n") + 1);
  // A single word is no code.
  push_error(lua, text.find(' ') == std::string::npos ? "ERR " + text : text);
  return 1;
}

int status_reply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) {
    push_error(lua, "ERR wrong number or type of arguments");
    return 1;
  }
  lua_createtable(lua, 0, 1);
  lua_pushvalue(lua, 1);
  lua_setfield(lua, -2, "ok");
  return 1;
}

int sha1hex(lua_State* lua) {
  if (lua_gettop(lua) != 1) raise_error(lua, "ERR wrong number of arguments");
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, 1, &size);
  const std::string hex = sha1_hex({bytes == nullptr ? "" : bytes, size});
  lua_pushlstring(lua, hex.data(), hex.size());
  return 1;
}

int log(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count < 2) raise_error(lua, "ERR redis.log() requires two arguments or more.");
  if (lua_isnumber(lua, 1) == 0) {
    raise_error(lua, "ERR First argument must be a number (log level).");
  }
  const double level = lua_tonumber(lua, 1);
  if (!(level > -1 && level < 4)) raise_error(lua, "ERR Invalid debug level.");
  std::string text;
  for (int i = 2; i <= count; ++i) {
    std::size_t size = 0;
    const char* bytes = lua_tolstring(lua, i, &size);
    if (bytes == nullptr) continue;
    if (i > 2) text += ' ';
    text.append(bytes, size);
  }
  const Host& host = *running_of(lua).host;
  if (host.log) host.log(static_cast<LogLevel>(static_cast<int>(level)), text);
  return 0;
}

int setresp(lua_State* lua) {
  if (lua_gettop(lua) != 1) raise_error(lua, "ERR redis.setresp() requires one argument.");
  const double version = lua_tonumber(lua, 1);
  if (!(version >= 2 && version < 4)) raise_error(lua, "ERR RESP version must be 2 or 3.");
  running_of(lua).protocol = static_cast<int>(version);
  return 0;
}

int set_repl(lua_State* lua) {
  if (lua_gettop(lua) != 1) raise_error(lua, "ERR redis.set_repl() requires two arguments.");
  const double flags = lua_tonumber(lua, 1);
  if (!(flags > -1 && flags < repl_all + 1)) {
    raise_error(
        lua, "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
  }
  return 0;
}

int replicate_commands(lua_State* lua) {
  lua_pushboolean(lua, 1);
  return 1;
}

int breakpoint(lua_State* lua) {
  lua_pushboolean(lua, 0);
  return 1;
}

int debug(lua_State*) { return 0; }

int acl_check_cmd(lua_State* lua) {
  Arguments arguments;
  if (const char* wrong = arguments.read(lua)) raise_error(lua, wrong);
  const std::optional<bool> may = running_of(lua).host->may_run(arguments.views);
  if (!may) raise_error(lua, "ERR Invalid command passed to redis.acl_check_cmd()");
  lua_pushboolean(lua, *may ? 1 : 0);
  return 1;
}

// A byte for each of the three numbers.
int version_number(std::string_view version) {
  int number = 0;
  int part = 0;
  for (const char c : version) {
    if (c == '.') {
      number = (number | part) << 8;
      part = 0;
    } else {
      part = part * 10 + (c - '0');
    }
  }
  return number | part;
}

}  // namespace

void push_redis_library(lua_State* lua, std::string_view version) {
  const std::array<std::pair<const char*, lua_CFunction>, 12> functions{{
      {"call", call},
      {"pcall", protected_call},
      {"error_reply", error_reply},
      {"status_reply", status_reply},
      {"sha1hex", sha1hex},
      {"log", log},
      {"setresp", setresp},
      {"set_repl", set_repl},
      {"replicate_commands", replicate_commands},
      {"breakpoint", breakpoint},
      {"debug", debug},
      {"acl_check_cmd", acl_check_cmd},
  }};
  const std::array<std::pair<const char*, int>, 9> numbers{{
      {"LOG_DEBUG", 0},
      {"LOG_VERBOSE", 1},
      {"LOG_NOTICE", 2},
      {"LOG_WARNING", 3},
      {"REPL_NONE", repl_none},
      {"REPL_AOF", repl_aof},
      {"REPL_REPLICA", repl_replica},
      {"REPL_SLAVE", repl_replica},
      {"REPL_ALL", repl_all},
  }};
  lua_newtable(lua);
  for (const auto& [name, function] : functions) {
    lua_pushcfunction(lua, function);
    lua_setfield(lua, -2, name);
  }
  for (const auto& [name, number] : numbers) {
    lua_pushnumber(lua, number);
    lua_setfield(lua, -2, name);
  }
  lua_pushlstring(lua, version.data(), version.size());
  lua_setfield(lua, -2, "REDIS_VERSION");
  lua_pushnumber(lua, version_number(version));
  lua_setfield(lua, -2, "REDIS_VERSION_NUM");
}

}  // namespace redouble::script
