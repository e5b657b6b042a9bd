#include "script/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "script/fake_host.hpp"

namespace redouble::script {
namespace {

using namespace std::string_view_literals;
using testing::FakeHost;

struct Recorded {
  std::string_view script;
  std::string_view reply;
  std::string_view reply_3;  // where protocol 3 differs
};

// What redis-server 7.0.15 answered, on an empty database, to EVAL script 2 k1 k2 a1 a2.
constexpr Recorded recorded[] = {
#include "script/recorded_scripts.inc"
};

TEST(Engine, AnswersWhatTheRealServerWasSeenToAnswer) {
  Engine engine;
  for (const Recorded& one : recorded) {
    FakeHost host;
    EXPECT_EQ(host.eval(engine, one.script), one.reply) << one.script;
    FakeHost host_3;
    EXPECT_EQ(host_3.eval(engine, one.script, 3), one.reply_3.empty() ? one.reply : one.reply_3)
        << one.script;
  }
}

using Type = resp::Reply::Type;

// What redis.call gives, shown by a script that returns it, in protocol 3 throughout.
std::string round_trip(const resp::Reply& reply) {
  Engine engine;
  FakeHost host;
  host.preset = reply;
  return host.eval(engine, "redis.setresp(3) return redis.call('x')", 3);
}

TEST(Engine, EveryTypeOfReplyComesThroughAScriptUnchanged) {
  resp::Reply map{.type = Type::map};
  map.elements = {{.type = Type::bulk, .text = "k"}, {.type = Type::integer, .integer = 7}};
  resp::Reply set{.type = Type::set};
  set.elements = {{.type = Type::bulk, .text = "m"}};
  resp::Reply nested{.type = Type::array};
  nested.elements = {map, set, {.type = Type::boolean, .boolean = true}};
  const std::vector<resp::Reply> replies = {
      {.type = Type::simple, .text = "OK"},
      {.type = Type::integer, .integer = -5},
      {.type = Type::bulk, .text = std::string("a\0b", 3)},
      {.type = Type::null},
      {.type = Type::real, .real = 2.5},
      {.type = Type::boolean, .boolean = false},
      {.type = Type::boolean, .boolean = true},
      {.type = Type::big_number, .text = "123456789012345678901234567890"},
      {.type = Type::verbatim, .format = {'m', 'k', 'd'}, .text = "# x"},
      map,
      set,
      nested,
  };
  for (const resp::Reply& reply : replies) EXPECT_EQ(round_trip(reply), encode(reply));
}

TEST(Engine, AnErrorOfACommandIsCountedOnce) {
  Engine engine;
  FakeHost host;
  resp::Output output;
  resp::ReplyWriter reply(output, 2);
  const auto run = [&](std::string_view text) {
    return engine.run(**engine.load(text), {}, {}, host.host, reply);
  };
  EXPECT_TRUE(run("return redis.call('nope')")->counted);
  EXPECT_TRUE(run("return redis.pcall('nope')")->counted);
  EXPECT_FALSE(run("return redis.error_reply('MY own')")->counted);
  EXPECT_FALSE(run("error('x')")->counted);
  EXPECT_EQ(run("return 1"), std::nullopt);
  EXPECT_EQ(output.to_string(), ":1\r\n");
}

TEST(Engine, NoPcallKeepsAScriptThatMustStop) {
  for (const std::string_view script : {
           "while true do end",
           "while true do pcall(function() while true do end end) end",
           "while true do xpcall(function() while true do end end, function(e) return e end) end",
           "local co = coroutine.wrap(function() while true do end end) while true do pcall(co) "
           "end",
           "pcall(function() while true do end end) return 'escaped'",
           "coroutine.resume(coroutine.create(function() while true do end end)) while true do end",
           "return load(function() while true do end end)",
           "pcall(coroutine.wrap(function() while true do end end)) redis.call('ping')",
           "coroutine.resume(coroutine.create(function() while true do end end)) "
           "redis.call('ping')",
           "local function f() return f() end return f()",
       }) {
    Engine engine({.instructions_between_asks = 1000});
    FakeHost host;
    EXPECT_THAT(host.eval(engine, script),
                ::testing::StartsWith("-ERR Script killed by user with SCRIPT KILL..."))
        << script;
    EXPECT_EQ(host.commands, 0) << script;
    host.questions = 0;
    EXPECT_EQ(host.eval(engine, "return 1"), ":1\r\n");
  }
}

TEST(Engine, MemoryIsBoundedAndTheEngineLivesOn) {
  Engine engine({.memory_limit = 8 * 1024 * 1024});
  FakeHost host;
  for (const std::string_view script : {
           "return string.rep('x', 1e9)",
           "local t = {} for i = 1, 1e9 do t[i] = {i} end",
           "local s = 'x' while true do s = s .. s end",
           "local t = {} while true do t = {t} end",
           "local s = string.rep('x', 3e6) return {s, s .. 'a', s .. 'b'}",
       }) {
    EXPECT_THAT(host.eval(engine, script), ::testing::StartsWith("-ERR not enough memory"))
        << script;
    EXPECT_LT(engine.memory(), 4u * 1024 * 1024) << script;
    EXPECT_EQ(host.eval(engine, "return 'well'"), "$4\r\nwell\r\n");
  }
}

TEST(Engine, NestingWithoutEndIsAnErrorNotACrash) {
  Engine engine;
  FakeHost host;
  EXPECT_THAT(host.eval(engine, "local t = {} t[1] = t return t"),
              ::testing::EndsWith("*1\r\n-ERR reached lua stack limit\r\n"));
  EXPECT_THAT(host.eval(engine, "local t = {} t.map = {a = t} return t"),
              ::testing::HasSubstr("-ERR reached lua stack limit\r\n"));
  EXPECT_THAT(host.eval(engine, "local function f() return 1 + f() end return f()"),
              ::testing::HasSubstr("stack overflow"));
  EXPECT_THAT(host.eval(engine, "local function f() return coroutine.wrap(f)() end return f()"),
              ::testing::HasSubstr("C stack overflow"));
  EXPECT_THAT(host.eval(engine, "return loadstring('return ' .. string.rep('(', 1e5))() "),
              ::testing::StartsWith("-ERR"));
  EXPECT_THAT(host.eval(engine, "local p = string.rep('a?', 1e6) return string.find(p, p)"),
              ::testing::HasSubstr("pattern too complex"));
  EXPECT_THAT(host.eval(engine, "table.insert({}, -1e9, 1)"),
              ::testing::HasSubstr("position out of bounds"));
}

TEST(Engine, NothingOfOneScriptReachesTheNext) {
  Engine engine;
  FakeHost host;
  for (const std::string_view script : {
           "KEYS.hidden = 1",
           "rawset(_G, 'hidden', 1)",
           "_G.hidden = 1",
           "redis.hidden = 1",
           "getmetatable('').hidden = 1",
           "getmetatable(_G).hidden = 1",
           "setmetatable(string, {})",
           "table.insert(table, 1)",
           "rawset(cjson, 'hidden', 1)",
           "getmetatable('').__index.hidden = 1",
           "local ok, e = pcall(function() error(redis) end) e.hidden = 1",
           "error(redis)",
           "setmetatable(getmetatable(''), {__index = {hidden = 1}})",
           "collectgarbage('stop')",
       }) {
    host.eval(engine, script);
    EXPECT_EQ(host.eval(engine,
                        "return {rawget(_G, 'hidden') == nil, KEYS.hidden == nil, redis.hidden == "
                        "nil, cjson.hidden == nil, ('').hidden == nil, #table, #KEYS,"
                        "getmetatable('').hidden == nil, getmetatable(_G).hidden == nil}"),
              "*9\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:0\r\n:2\r\n:1\r\n:1\r\n")
        << script;
  }
}

// The real server draws on from its start, through all scripts.
TEST(Engine, RandomNumbersAreThoseOfAFreshServer) {
  Engine engine;
  FakeHost host;
  EXPECT_EQ(host.eval(engine, "return {math.random(), math.random(100), math.random(5, 10)}"),
            "*3\r\n:0\r\n:85\r\n:7\r\n");
  EXPECT_EQ(host.eval(engine,
                      "return {tostring(math.random()), math.random(100), math.random(5, 10), "
                      "tostring(math.random())}"),
            "*4\r\n$16\r\n0.44658343468168\r\n:32\r\n:10\r\n$17\r\n0.015582849278852\r\n");
}

TEST(Engine, CompiledCodeIsRefused) {
  Engine engine;
  FakeHost host;
  EXPECT_EQ(host.eval(engine, "return loadstring(string.dump(function() return 1 end))"),
            "$-1\r\n");
  EXPECT_EQ(host.eval(engine,
                      "local s, n = string.dump(function() return 1 end), 0 return load(function() "
                      "n = n + 1 if n <= #s then return s:sub(n, n) end end)"),
            "$-1\r\n");
  EXPECT_EQ(host.eval(engine, "\x1bLua"),
            "-ERR Error compiling script (new function): user_script:1: unexpected symbol near "
            "'char(27)'\r\n");
}

TEST(Engine, LinesOfTheLogCarryTheirLevel) {
  Engine engine;
  FakeHost host;
  host.eval(engine, "redis.log(redis.LOG_WARNING, 'a', 1, 'b') redis.log(0, 'x\\0y')");
  EXPECT_EQ(host.logged, (std::vector<std::string>{"3 a 1 b", std::string("0 x\0y", 5)}));
}

TEST(Engine, AsksWhetherACommandMayRun) {
  Engine engine;
  FakeHost host;
  EXPECT_EQ(host.eval(engine,
                      "return {redis.acl_check_cmd('get', 'k'), redis.acl_check_cmd('flushall')}"),
            "*2\r\n:1\r\n$-1\r\n");
  EXPECT_THAT(
      host.eval(engine, "return redis.acl_check_cmd('nope')"),
      ::testing::StartsWith("-ERR Invalid command passed to redis.acl_check_cmd() script:"));
  EXPECT_EQ(host.commands, 0);
}

TEST(Engine, WantOfMemoryInACommandFailsTheScriptAlone) {
  Engine engine;
  FakeHost host;
  const auto run = std::exchange(host.host.run_command,
                                 [](auto, int) -> resp::Reply { throw std::bad_alloc(); });
  EXPECT_THAT(host.eval(engine, "return redis.call('get', 'k')"),
              ::testing::StartsWith("-ERR not enough memory script:"));
  EXPECT_EQ(host.eval(engine, "return {pcall(redis.call, 'get', 'k')}"),
            "*2\r\n$-1\r\n$21\r\nERR not enough memory\r\n");
  host.host.run_command = run;
  EXPECT_EQ(host.eval(engine, "return redis.call('get', 'k')"), "$-1\r\n");
}

TEST(Engine, ScriptsAreFoundByNameUntilTheyAreForgotten) {
  Engine engine;
  const Script* script = *engine.load("return 1");
  EXPECT_EQ(script->sha, "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
  EXPECT_EQ(*engine.load("return 1"), script);
  EXPECT_EQ(engine.find("E0E1F9FABFC9D4800C877A703B823AC0578FF8DB"), script);
  EXPECT_EQ(engine.find("e0e1f9fabfc9d4800c877a703b823ac0578ff8d"), nullptr);
  EXPECT_EQ(engine.find("e0e1f9fabfc9d4800c877a703b823ac0578ff8dbb"), nullptr);
  EXPECT_FALSE(engine.load("return ("));
  EXPECT_EQ(engine.size(), 1u);
  engine.flush();
  EXPECT_EQ(engine.size(), 0u);
  EXPECT_EQ(engine.find("e0e1f9fabfc9d4800c877a703b823ac0578ff8db"), nullptr);
}

// An error that is a table without a text ends redis-server 7.0.15.
TEST(Engine, AnErrorWithoutATextIsAnError) {
  Engine engine;
  FakeHost host;
  EXPECT_THAT(host.eval(engine, "error({1})"),
              ::testing::StartsWith("-ERR error without a text script: "));
}

}  // namespace
}  // namespace redouble::script
