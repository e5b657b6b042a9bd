// Running: the state of a script while it runs, and what stays with the Lua world between scripts.
//
// Library functions find it through the Lua state that calls them. Thread safety: its engine's.
#pragma once

#include <cstdint>
#include <lua5.1/lua.hpp>
#include <string_view>

#include "script/host.hpp"

namespace redouble::script {

// The numbers of math.random: 31 bits of a linear congruential generator of 48.
// Source: POSIX's lrand48; redis-server 7.0.15 begins with its default state, and never begins
// again unless a script says so.
class RandomNumbers {
 public:
  static constexpr std::uint32_t largest = 0x7fffffff;

  void seed(std::int32_t seed) {
    state_ = std::uint64_t{static_cast<std::uint32_t>(seed)} << 16 | 0x330e;
  }
  std::uint32_t next() {
    state_ = (state_ * 0x5deece66d + 0xb) & ((std::uint64_t{1} << 48) - 1);
    return static_cast<std::uint32_t>(state_ >> 17);
  }

 private:
  std::uint64_t state_ = 0x1234abcd330e;
};

struct Running {
  const Host* host = nullptr;  // nullptr: no script runs
  int protocol = 2;            // what redis.setresp asked for
  bool stopped = false;        // should_stop() said so: no command runs any more
  RandomNumbers random = {};
};

// The one of a Lua world. set_running: REQUIRES: `running` outlives the world.
void set_running(lua_State* lua, Running& running);
Running& running_of(lua_State* lua);

inline constexpr std::string_view stopped_text = "ERR Script killed by user with SCRIPT KILL...";

}  // namespace redouble::script
