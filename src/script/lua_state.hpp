// LuaState: owns one Lua world, and counts what it holds of memory.
//
// Errors of Lua are C++ exceptions (the library is its C++ build), so destructors run on their way.
// A request beyond the limit is refused, garbage counted in, and Lua fails the script with "not
// enough memory". Thread safety: one thread at a time. Units: bytes.
// Errors: std::bad_alloc where not even an empty world fits.
#pragma once

#include <cstddef>
#include <lua5.1/lua.hpp>

namespace redouble::script {

class LuaState {
 public:
  explicit LuaState(std::size_t memory_limit);
  ~LuaState();
  LuaState(const LuaState&) = delete;
  LuaState& operator=(const LuaState&) = delete;

  lua_State* get() const { return state_; }
  std::size_t memory() const { return used_; }

 private:
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);

  std::size_t limit_;
  std::size_t used_ = 0;
  lua_State* state_ = nullptr;
};

}  // namespace redouble::script
