// FakeHost: a Host for scripts in tests, with a dictionary of strings for an instance.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resp/number.hpp"
#include "resp/output.hpp"
#include "resp/reply.hpp"
#include "resp/reply_writer.hpp"
#include "script/engine.hpp"
#include "script/host.hpp"

namespace redouble::testing {

class FakeHost {
 public:
  FakeHost() {
    host.run_command = [this](std::span<const std::string_view> args, int protocol) -> resp::Reply {
      ++commands;
      if (preset) return *preset;
      return run(args, protocol);
    };
    host.may_run = [](std::span<const std::string_view> args) -> std::optional<bool> {
      if (args[0] == "get") return true;
      if (args[0] == "flushall") return false;
      return std::nullopt;
    };
    host.log = [this](script::LogLevel level, std::string_view text) {
      logged.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(text));
    };
    host.should_stop = [this] { return questions++ >= stop_after; };
  }

  // The bytes of the script's reply, or of the error that there is instead.
  std::string eval(script::Engine& engine, std::string_view text, int protocol = 2) {
    static constexpr std::string_view keys[] = {"k1", "k2"};
    static constexpr std::string_view args[] = {"a1", "a2"};
    resp::Output output;
    resp::ReplyWriter reply(output, protocol);
    const auto loaded = engine.load(text);
    if (!loaded) {
      reply.error(loaded.error());
    } else if (const auto failure = engine.run(**loaded, keys, args, host, reply)) {
      reply.error(failure->text);
    }
    return output.to_string();
  }

  script::Host host;
  std::map<std::string, std::string, std::less<>> strings;
  // Where it is set, every command answers with it.
  std::optional<resp::Reply> preset;
  std::vector<std::string> logged;
  int commands = 0;
  std::int64_t questions = 0;
  std::int64_t stop_after = 100;

 private:
  using Type = resp::Reply::Type;

  static resp::Reply error(std::string_view text) {
    return {.type = Type::error, .text = std::string(text)};
  }

  resp::Reply get(std::string_view key, int protocol) {
    const auto found = strings.find(key);
    if (found != strings.end()) return {.type = Type::bulk, .text = found->second};
    return {.type = protocol == 3 ? Type::null : Type::null_bulk};
  }

  resp::Reply run(std::span<const std::string_view> args, int protocol) {
    std::string name(args[0]);
    for (char& c : name) c = static_cast<char>(c | 0x20);
    if (name == "config" && args.size() < 2) {
      return error("ERR Wrong number of args calling Redis command from script");
    }
    if (name == "config" && args[1] == "nope") {
      return error("ERR Unknown Redis command called from script");
    }
    for (const std::string_view refused : {"config", "subscribe", "multi", "eval", "script"}) {
      if (name == refused) return error("ERR This Redis command is not allowed from script");
    }
    if (name == "ping") return {.type = Type::simple, .text = "PONG"};
    if (name == "mget") {
      resp::Reply reply{.type = Type::array};
      for (const auto key : args.subspan(1)) reply.elements.push_back(get(key, protocol));
      return reply;
    }
    const bool is_known =
        name == "get" || name == "incr" || name == "echo" || name == "set" || name == "lpush";
    if (!is_known) return error("ERR Unknown Redis command called from script");
    if (args.size() < 2 || ((name == "get" || name == "echo") && args.size() != 2)) {
      return error("ERR Wrong number of args calling Redis command from script");
    }
    if (name == "get") return get(args[1], protocol);
    if (name == "echo") return {.type = Type::bulk, .text = std::string(args[1])};
    if (name == "lpush") return {.type = Type::integer, .integer = 1};
    if (name == "set") return set(args);
    return increase(args[1]);
  }

  resp::Reply set(std::span<const std::string_view> args) {
    if (args.size() == 5 && args[3] == "ex") {
      return error("ERR invalid expire time in 'set' command");
    }
    if (args.size() != 3) return error("ERR syntax error");
    strings.insert_or_assign(std::string(args[1]), std::string(args[2]));
    return {.type = Type::simple, .text = "OK"};
  }

  resp::Reply increase(std::string_view key) {
    auto& value = strings[std::string(key)];
    const auto number = resp::parse_integer(value.empty() ? "0" : value);
    if (!number) return error("ERR value is not an integer or out of range");
    value = std::to_string(*number + 1);
    return {.type = Type::integer, .integer = *number + 1};
  }
};

}  // namespace redouble::testing
