// The Lua engine on any text. What must hold: whatever a script does, the engine answers with one
// well-formed reply or one error, within its bounds of memory and instructions, and answers the
// next script, whose globals are as they were.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "resp/output.hpp"
#include "resp/reply_reader.hpp"
#include "resp/reply_writer.hpp"
#include "runtime/assert.hpp"
#include "script/engine.hpp"

namespace {

using namespace redouble;

constexpr std::size_t most_memory = std::size_t{16} << 20;
constexpr int most_questions = 20;  // of 10,000 instructions each
constexpr std::size_t most_depth = 10'000;

// What the commands of a script answer: a reply of a type that their names choose.
resp::Reply answer(std::span<const std::string_view> args, int protocol) {
  using Type = resp::Reply::Type;
  const unsigned char chosen = args[0].empty() ? 0 : static_cast<unsigned char>(args[0].front());
  const std::string text(args.back().substr(0, 100));
  const auto type = static_cast<Type>(chosen % (static_cast<int>(Type::set) + 1));
  resp::Reply reply{.type = type, .integer = chosen, .real = chosen / 8.0, .text = text};
  reply.format = {'t', 'x', 't'};
  if (reply.is_aggregate()) {
    reply.elements = {{.type = Type::bulk, .text = text}, {.type = Type::integer, .integer = 1}};
  }
  const bool is_old = type == Type::simple || type == Type::error || type == Type::integer ||
                      type == Type::bulk || type == Type::null_bulk || type == Type::array;
  if (protocol == 2 && !is_old) return {.type = Type::null_bulk};
  return reply;
}

std::string run(script::Engine& engine, std::string_view text, int protocol) {
  static constexpr std::string_view keys[] = {"k1", "k2"};
  static constexpr std::string_view args[] = {"a1"};
  int questions = 0;
  const script::Host host{.run_command = answer,
                          .may_run = [](auto words) { return words.size() > 1; },
                          .should_stop = [&] { return ++questions > most_questions; },
                          .log = [](script::LogLevel, std::string_view) {}};
  resp::Output output;
  resp::ReplyWriter reply(output, protocol);
  const auto loaded = engine.load(text);
  if (!loaded) {
    reply.error(loaded.error());
  } else if (const auto failure = engine.run(**loaded, keys, args, host, reply)) {
    REDOUBLE_ASSERT(output.empty());
    reply.error(failure->text);
  }
  REDOUBLE_ASSERT(engine.memory() <= most_memory);
  return output.to_string();
}

// One reply, and nothing behind it. What a script calls a big number need not be one.
void check_form(const std::string& bytes, int protocol, std::string_view script) {
  if (script.find("big_number") != std::string_view::npos) return;
  resp::ReplyReader reader({.protocol = protocol, .max_depth = most_depth});
  reader.feed(bytes);
  resp::Reply reply;
  REDOUBLE_ASSERT(reader.next(reply) == resp::ReplyReader::Status::reply);
  REDOUBLE_ASSERT(reader.at_boundary());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  script::Engine engine({.memory_limit = most_memory, .instructions_between_asks = 10'000});
  for (const int protocol : {2, 3}) {
    check_form(run(engine, input, protocol), protocol, input);
    const std::string after =
        run(engine, "return {KEYS[1], #KEYS, #ARGV, type(redis.call), rawget(_G, 'x') == nil}", 2);
    REDOUBLE_ASSERT(after == "*5\r\n$2\r\nk1\r\n:2\r\n:1\r\n$8\r\nfunction\r\n:1\r\n");
  }
  return 0;
}
