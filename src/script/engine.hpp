// Engine: compiles and runs the Lua scripts of one instance, as redis-server 7.0's EVAL does.
//
//   auto script = engine.load(text);                 // or find(sha)
//   auto error = engine.run(**script, keys, args, host, reply);
//
// A script sees KEYS and ARGV, the table `redis`, and the globals of script/sandbox.hpp; all it
// does outside goes through its Host. It leaves nothing behind but the random numbers that it drew
// and the settings of cjson, as in redis-server.
//
// Limits: memory is counted and bounded; Host::should_stop ends a script that runs long, and no
// pcall keeps it. One call of a library function (a pattern, a sort) is not interrupted, and what
// cjson.encode builds is memory that is not counted.
//
// Invariants: a script's name is the SHA-1 of its text, 40 lower-case digits; a Script stays where
// it is until flush().
//
// Thread safety: one thread at a time; a script's commands may not run scripts. Units: bytes.
// Errors: error replies' texts, as redis-server 7.0.15 gives them; std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "resp/reply_writer.hpp"
#include "script/host.hpp"
#include "script/lua_state.hpp"
#include "script/running.hpp"
#include "script/shebang.hpp"

namespace redouble::script {

struct Script {
  std::string sha;
  std::string text;
  Shebang shebang;
  int function = 0;  // in Lua's registry
};

// Why a script gave no value.
struct Failure {
  std::string text;      // "ERR ..."
  bool counted = false;  // a command's error, which it has counted as its own
};

class Engine {
 public:
  struct Options {
    std::string version = "7.0.15";
    std::size_t memory_limit = std::size_t{1} << 30;
    int instructions_between_asks = 100'000;
  };

  explicit Engine(Options options);
  Engine() : Engine(Options()) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() = default;

  // Compiles a script, unless it is known, and keeps it. The error is an error reply's text.
  std::expected<const Script*, std::string> load(std::string_view text);
  // By its name, in any case; nullptr where it is not known.
  const Script* find(std::string_view sha) const;
  // Forgets every script.
  void flush();
  std::size_t size() const { return scripts_.size(); }
  // What Lua holds.
  std::size_t memory() const { return state_->memory(); }

  // Runs a script and writes its value. Where it fails, or its value is an error, nothing is
  // written and the error is given. REQUIRES: `script` is one of this engine's; none runs.
  std::optional<Failure> run(const Script& script, std::span<const std::string_view> keys,
                             std::span<const std::string_view> args, const Host& host,
                             resp::ReplyWriter& reply);

 private:
  struct Request;
  void open();
  static int open_protected(lua_State* lua);
  static int compile_protected(lua_State* lua);
  static int run_protected(lua_State* lua);
  void set_list(const char* name, std::span<const std::string_view> values);
  static void ask(lua_State* lua, lua_Debug* event);
  Failure failure_on_top(const Script& script);

  Options options_;
  Running running_;
  std::unique_ptr<LuaState> state_;
  std::map<std::string, Script, std::less<>> scripts_;
  int globals_ = 0;  // the content of the table of globals, in Lua's registry
};

}  // namespace redouble::script
