#include "script/lua_state.hpp"

#include <cstdlib>
#include <new>

namespace redouble::script {

LuaState::LuaState(std::size_t memory_limit) : limit_(memory_limit) {
  state_ = lua_newstate(allocate, this);
  if (state_ == nullptr) throw std::bad_alloc();
}

LuaState::~LuaState() { lua_close(state_); }

void* LuaState::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  LuaState& state = *static_cast<LuaState*>(self);
  if (block == nullptr) old_size = 0;
  if (new_size == 0) {
    std::free(block);
    state.used_ -= old_size;
    return nullptr;
  }
  if (new_size > old_size && new_size - old_size > state.limit_ - state.used_) return nullptr;
  void* moved = std::realloc(block, new_size);
  // Lua relies on it that what shrinks never fails.
  if (moved == nullptr) return new_size <= old_size ? block : nullptr;
  state.used_ += new_size - old_size;
  return moved;
}

}  // namespace redouble::script
