#include "script/engine.hpp"

#include <cctype>
#include <new>
#include <utility>

#include "runtime/assert.hpp"
#include "script/lua_value.hpp"
#include "script/sandbox.hpp"
#include "script/sha1.hpp"

namespace redouble::script {
namespace {

constexpr const char* chunk_name = "@user_script";
// What Lua begins with; a script may change it for itself.
constexpr int collector_pause = 200;
constexpr int collector_step = 200;

int collect(lua_State* lua) {
  lua_gc(lua, LUA_GCCOLLECT, 0);
  return 0;
}

bool is_error(lua_State* lua) {
  if (!lua_istable(lua, -1)) return false;
  lua_pushliteral(lua, "err");
  lua_rawget(lua, -2);
  const bool found = lua_type(lua, -1) == LUA_TSTRING;
  lua_pop(lua, 1);
  return found;
}

Failure returned_error(lua_State* lua) {
  Failure failure;
  text_field(lua, -1, "err", failure.text);
  lua_pushliteral(lua, "ignore_error_stats_update");
  lua_rawget(lua, -2);
  failure.counted = lua_toboolean(lua, -1) != 0;
  lua_pop(lua, 1);
  return failure;
}

}  // namespace

// What a protected function is given: everything that touches Lua's memory runs in one, so that a
// want of memory comes back as a status.
struct Engine::Request {
  Engine* engine = nullptr;
  Script* script = nullptr;
  std::span<const std::string_view> keys = {};
  std::span<const std::string_view> args = {};
  resp::ReplyWriter* reply = nullptr;
  std::optional<Failure> failure{};
  bool short_of_memory = false;
};

Engine::Engine(Options options) : options_(std::move(options)) { open(); }

void Engine::open() {
  state_ = std::make_unique<LuaState>(options_.memory_limit);
  Request request{.engine = this};
  if (lua_cpcall(state_->get(), open_protected, &request) != 0) throw std::bad_alloc();
}

int Engine::open_protected(lua_State* lua) {
  Engine& engine = *static_cast<Request*>(lua_touserdata(lua, 1))->engine;
  set_running(lua, engine.running_);
  open_sandbox(lua, engine.options_.version);
  engine.globals_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  return 0;
}

std::expected<const Script*, std::string> Engine::load(std::string_view text) {
  std::string sha = sha1_hex(text);
  if (const auto known = scripts_.find(sha); known != scripts_.end()) return &known->second;
  const auto shebang = parse_shebang(text);
  if (!shebang) return std::unexpected(shebang.error());
  Script script{.sha = sha, .text = std::string(text), .shebang = *shebang};
  Request request{.engine = this, .script = &script};
  lua_State* lua = state_->get();
  if (lua_cpcall(lua, compile_protected, &request) != 0) {
    lua_settop(lua, 0);
    return std::unexpected(std::string("ERR not enough memory"));
  }
  if (request.failure) return std::unexpected(request.failure->text);
  return &scripts_.emplace(std::move(sha), std::move(script)).first->second;
}

int Engine::compile_protected(lua_State* lua) {
  Request& request = *static_cast<Request*>(lua_touserdata(lua, 1));
  Script& script = *request.script;
  // Behind the shebang: its line's end stays, so that lines are counted right.
  const std::string_view text = std::string_view(script.text).substr(script.shebang.size);
  if (compile(lua, text, chunk_name) != 0) {
    std::string message;
    to_text(lua, -1, message);
    request.failure = Failure{"ERR Error compiling script (new function): " + message};
    return 0;
  }
  script.function = luaL_ref(lua, LUA_REGISTRYINDEX);
  return 0;
}

const Script* Engine::find(std::string_view sha) const {
  std::string lower(sha.substr(0, 41));
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto found = scripts_.find(lower);
  return found == scripts_.end() ? nullptr : &found->second;
}

void Engine::flush() {
  scripts_.clear();
  open();
}

std::optional<Failure> Engine::run(const Script& script, std::span<const std::string_view> keys,
                                   std::span<const std::string_view> args, const Host& host,
                                   resp::ReplyWriter& reply) {
  REDOUBLE_ASSERT(running_.host == nullptr);
  lua_State* lua = state_->get();
  const auto mark = reply.output().mark();
  Request request{.engine = this,
                  .script = const_cast<Script*>(&script),
                  .keys = keys,
                  .args = args,
                  .reply = &reply};
  running_.host = &host;
  running_.protocol = 2;
  running_.stopped = false;
  const int status = lua_cpcall(lua, run_protected, &request);
  running_.host = nullptr;
  lua_sethook(lua, nullptr, 0, 0);
  lua_settop(lua, 0);
  if (status != 0) request.failure = Failure{"ERR not enough memory"};
  if (status != 0 || request.short_of_memory) lua_cpcall(lua, collect, nullptr);
  lua_gc(lua, LUA_GCSETPAUSE, collector_pause);
  lua_gc(lua, LUA_GCSETSTEPMUL, collector_step);
  lua_gc(lua, LUA_GCRESTART, 0);
  if (request.failure) reply.output().truncate(mark);
  return request.failure;
}

int Engine::run_protected(lua_State* lua) {
  Request& request = *static_cast<Request*>(lua_touserdata(lua, 1));
  Engine& engine = *request.engine;
  engine.set_list("KEYS", request.keys);
  engine.set_list("ARGV", request.args);
  lua_settop(lua, 0);
  lua_pushcfunction(lua, handle_error);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, request.script->function);
  lua_sethook(lua, ask, LUA_MASKCOUNT, engine.options_.instructions_between_asks);
  const int status = lua_pcall(lua, 0, 1, 1);
  lua_sethook(lua, nullptr, 0, 0);
  request.short_of_memory = status != 0 && !lua_istable(lua, -1);
  const int protocol = engine.running_.protocol;
  if (status != 0 || engine.running_.stopped) {
    request.failure = engine.failure_on_top(*request.script);
  } else if (is_error(lua)) {
    request.failure = returned_error(lua);
  } else {
    write_value(lua, *request.reply, protocol);
  }
  return 0;
}

void Engine::set_list(const char* name, std::span<const std::string_view> values) {
  lua_State* lua = state_->get();
  lua_rawgeti(lua, LUA_REGISTRYINDEX, globals_);
  lua_pushstring(lua, name);
  lua_createtable(lua, static_cast<int>(values.size()), 0);
  int index = 0;
  for (const std::string_view value : values) {
    lua_pushlstring(lua, value.data(), value.size());
    lua_rawseti(lua, -2, ++index);
  }
  lua_rawset(lua, -3);
  lua_pop(lua, 1);
}

void Engine::ask(lua_State* lua, lua_Debug*) {
  Running& running = running_of(lua);
  if (!running.stopped) running.stopped = running.host->should_stop && running.host->should_stop();
  if (!running.stopped) return;
  // Whoever catches it meets it again at the next instruction; who does in another coroutine, at
  // that one's next question.
  lua_sethook(lua, ask, LUA_MASKCOUNT, 1);
  raise_error(lua, stopped_text);
}

// The error that ended the script: a table of handle_error(), or a text where memory was short.
Failure Engine::failure_on_top(const Script& script) {
  lua_State* lua = state_->get();
  Failure failure;
  std::string source;
  std::string line;
  if (lua_istable(lua, -1)) {
    // redis-server 7.0 dies of an error that is a table without a text.
    failure = returned_error(lua);
    if (!text_field(lua, -1, "err", failure.text)) failure.text = "ERR error without a text";
  } else {
    failure.text = "not enough memory";
    to_text(lua, -1, failure.text);
    failure.text.insert(0, "ERR ");
  }
  if (running_.stopped) failure.text = std::string(stopped_text);
  if (lua_istable(lua, -1) && text_field(lua, -1, "source", source) &&
      text_field(lua, -1, "line", line)) {
    failure.text += " script: " + script.sha + ", on " + source + ":" + line + ".";
  } else if (lua_istable(lua, -1)) {
    failure.text += " script: " + script.sha;
  }
  return failure;
}

}  // namespace redouble::script
