#include "script/lua_value.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace redouble::script {
namespace {

void push_text(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
}

void set_text(lua_State* lua, const char* name, std::string_view text) {
  push_text(lua, text);
  lua_setfield(lua, -2, name);
}

// Pushes the field `name` of the table on top, read raw; false, and nothing pushed, where it has
// another type.
bool push_field(lua_State* lua, const char* name, int type) {
  lua_pushstring(lua, name);
  lua_rawget(lua, -2);
  if (lua_type(lua, -1) == type) return true;
  lua_pop(lua, 1);
  return false;
}

std::string_view text_of(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, index, &size);
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
}

std::string_view until_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

// As x86-64 converts: the fraction is cut off, what does not fit is the smallest integer.
std::int64_t to_integer(double number) {
  constexpr double bound = 9223372036854775808.0;
  if (number >= -bound && number < bound) return static_cast<std::int64_t>(number);
  return std::numeric_limits<std::int64_t>::min();
}

void push_map(lua_State* lua, const resp::Reply& reply) {
  lua_createtable(lua, 0, 1);
  lua_newtable(lua);
  for (std::size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    push_reply(lua, reply.elements[i]);
    if (lua_isnil(lua, -1)) {  // no key of a table
      lua_pop(lua, 1);
      continue;
    }
    push_reply(lua, reply.elements[i + 1]);
    lua_rawset(lua, -3);
  }
  lua_setfield(lua, -2, "map");
}

void push_set(lua_State* lua, const resp::Reply& reply) {
  lua_createtable(lua, 0, 1);
  lua_newtable(lua);
  for (const resp::Reply& element : reply.elements) {
    push_reply(lua, element);
    if (lua_isnil(lua, -1)) {
      lua_pop(lua, 1);
      continue;
    }
    lua_pushboolean(lua, 1);
    lua_rawset(lua, -3);
  }
  lua_setfield(lua, -2, "set");
}

void push_array(lua_State* lua, const resp::Reply& reply) {
  lua_createtable(lua, static_cast<int>(std::min<std::size_t>(reply.elements.size(), 1u << 20)), 0);
  int index = 0;
  for (const resp::Reply& element : reply.elements) {
    push_reply(lua, element);
    lua_rawseti(lua, -2, ++index);
  }
}

void push_verbatim(lua_State* lua, const resp::Reply& reply) {
  lua_createtable(lua, 0, 1);
  lua_createtable(lua, 0, 2);
  set_text(lua, "format", {reply.format.data(), reply.format.size()});
  set_text(lua, "string", reply.text);
  lua_setfield(lua, -2, "verbatim_string");
}

// The writers take the value from the top of the stack, and leave the table that it was in.

void write_map(lua_State* lua, resp::ReplyWriter& reply, int protocol) {
  const auto place = reply.begin();
  std::size_t pairs = 0;
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    lua_pushvalue(lua, -2);
    write_value(lua, reply, protocol);
    write_value(lua, reply, protocol);
    ++pairs;
  }
  reply.end_map(place, pairs);
}

void write_set(lua_State* lua, resp::ReplyWriter& reply, int protocol) {
  const auto place = reply.begin();
  std::size_t count = 0;
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    lua_pop(lua, 1);
    lua_pushvalue(lua, -1);
    write_value(lua, reply, protocol);
    ++count;
  }
  reply.end_set(place, count);
}

void write_array(lua_State* lua, resp::ReplyWriter& reply, int protocol) {
  const auto place = reply.begin();
  std::size_t count = 0;
  for (;;) {
    lua_rawgeti(lua, -1, static_cast<int>(count + 1));
    if (lua_isnil(lua, -1)) break;
    write_value(lua, reply, protocol);
    ++count;
  }
  lua_pop(lua, 1);
  reply.end_array(place, count);
}

bool write_verbatim(lua_State* lua, resp::ReplyWriter& reply) {
  if (!push_field(lua, "verbatim_string", LUA_TTABLE)) return false;
  bool written = false;
  if (push_field(lua, "string", LUA_TSTRING)) {
    lua_insert(lua, -2);
    if (push_field(lua, "format", LUA_TSTRING)) {
      std::string format(until_nul(text_of(lua, -1)));
      format.resize(3, ' ');
      reply.verbatim(format, text_of(lua, -3));
      written = true;
      lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
  }
  lua_pop(lua, 1);
  return written;
}

void write_big_number(lua_State* lua, resp::ReplyWriter& reply) {
  std::string digits(text_of(lua, -1));
  std::ranges::replace(digits, '\r', ' ');
  std::ranges::replace(digits, '\n', ' ');
  reply.big_number(digits);
}

// A field whose name says what the table is.
bool write_marked(lua_State* lua, resp::ReplyWriter& reply, int protocol) {
  if (push_field(lua, "err", LUA_TSTRING)) {
    reply.error(until_nul(text_of(lua, -1)));
  } else if (push_field(lua, "ok", LUA_TSTRING)) {
    reply.simple(until_nul(text_of(lua, -1)));
  } else if (push_field(lua, "double", LUA_TNUMBER)) {
    reply.real(lua_tonumber(lua, -1));
  } else if (push_field(lua, "map", LUA_TTABLE)) {
    write_map(lua, reply, protocol);
  } else if (push_field(lua, "set", LUA_TTABLE)) {
    write_set(lua, reply, protocol);
  } else if (push_field(lua, "big_number", LUA_TSTRING)) {
    write_big_number(lua, reply);
  } else {
    return write_verbatim(lua, reply);
  }
  lua_pop(lua, 1);
  return true;
}

}  // namespace

void push_reply(lua_State* lua, const resp::Reply& reply) {
  using Type = resp::Reply::Type;
  luaL_checkstack(lua, 8, "a reply is nested too deeply");
  switch (reply.type) {
    case Type::simple:
      lua_createtable(lua, 0, 1);
      return set_text(lua, "ok", reply.text);
    case Type::error:
    case Type::blob_error:
      push_error(lua, reply.text);
      lua_pushboolean(lua, 1);  // the command has counted it
      return lua_setfield(lua, -2, "ignore_error_stats_update");
    case Type::integer:
      return lua_pushnumber(lua, static_cast<lua_Number>(reply.integer));
    case Type::bulk:
      return push_text(lua, reply.text);
    case Type::null_bulk:
    case Type::null_array:
      return lua_pushboolean(lua, 0);
    case Type::null:
      return lua_pushnil(lua);
    case Type::real:
      lua_createtable(lua, 0, 1);
      lua_pushnumber(lua, reply.real);
      return lua_setfield(lua, -2, "double");
    case Type::boolean:
      return lua_pushboolean(lua, reply.boolean ? 1 : 0);
    case Type::big_number:
      lua_createtable(lua, 0, 1);
      return set_text(lua, "big_number", reply.text);
    case Type::verbatim:
      return push_verbatim(lua, reply);
    case Type::map:
      return push_map(lua, reply);
    case Type::set:
      return push_set(lua, reply);
    case Type::array:
    case Type::push:
      return push_array(lua, reply);
  }
}

void write_value(lua_State* lua, resp::ReplyWriter& reply, int protocol) {
  if (lua_checkstack(lua, 4) == 0) {
    reply.error("ERR reached lua stack limit");
    lua_pop(lua, 1);
    return;
  }
  switch (lua_type(lua, -1)) {
    case LUA_TSTRING:
      reply.bulk(text_of(lua, -1));
      break;
    case LUA_TNUMBER:
      reply.integer(to_integer(lua_tonumber(lua, -1)));
      break;
    case LUA_TBOOLEAN:
      if (protocol == 3) {
        reply.boolean(lua_toboolean(lua, -1) != 0);
      } else if (lua_toboolean(lua, -1) != 0) {
        reply.integer(1);
      } else {
        reply.null();
      }
      break;
    case LUA_TTABLE:
      if (!write_marked(lua, reply, protocol)) write_array(lua, reply, protocol);
      break;
    default:
      reply.null();
  }
  lua_pop(lua, 1);
}

void push_error(lua_State* lua, std::string_view text) {
  lua_createtable(lua, 0, 1);
  set_text(lua, "err", text);
}

void raise_error(lua_State* lua, std::string_view text) {
  push_error(lua, text);
  lua_error(lua);
  std::unreachable();
}

bool to_text(lua_State* lua, int index, std::string& text) {
  if (lua_isstring(lua, index) == 0) return false;
  lua_pushvalue(lua, index);  // a number is changed where it is
  text = until_nul(text_of(lua, -1));
  lua_pop(lua, 1);
  return true;
}

bool text_field(lua_State* lua, int index, const char* name, std::string& text) {
  lua_pushvalue(lua, index);
  lua_pushstring(lua, name);
  lua_rawget(lua, -2);
  const bool found = to_text(lua, -1, text);
  lua_pop(lua, 2);
  return found;
}

}  // namespace redouble::script
