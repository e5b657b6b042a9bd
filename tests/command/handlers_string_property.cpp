// The string and key commands through a session, against the model that judges histories.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "check/string_model.hpp"
#include "support/session_peer.hpp"
#include "support/string_requests.hpp"

namespace redouble::command {
namespace {

using check::StringModel;
using testing::Words;

Words some_step() {
  static const std::vector<std::string> names{
      "SET",      "SET",    "SET",    "GET",    "GETSET",  "GETDEL", "INCR", "DECR",    "INCRBY",
      "DECRBY",   "APPEND", "STRLEN", "MSET",   "MSETNX",  "MGET",   "DEL",  "EXISTS",  "RENAME",
      "RENAMENX", "COPY",   "EXPIRE", "EXPIRE", "PERSIST", "TTL",    "PTTL", "advance", "advance"};
  const std::string name = *rc::gen::elementOf(names);
  if (name == "advance") return {name, *rc::gen::element<std::string>("1", "2", "6", "60", "2000")};
  return testing::some_request_of({name});
}

RC_GTEST_PROP(StringProperty, CommandsAnswerAsTheModelAlsoWhileDeadlinesPass, ()) {
  const auto program = *rc::gen::container<std::vector<Words>>(rc::gen::exec(some_step));
  const auto instance = testing::frozen_instance();
  testing::Peer peer(*instance);
  StringModel::State state;
  std::int64_t now_ms = testing::frozen_start_ms;
  for (const Words& words : program) {
    if (words[0] == "advance") {
      now_ms += std::stoll(words[1]);
      instance->clock().advance_us(std::stoll(words[1]) * 1000);
      std::erase_if(state, [&](const auto& place) {
        const std::int64_t deadline = place.second.deadline_ms;
        return deadline != -1 && deadline < now_ms;
      });
      if (words[1] == "6") instance->run_due(0);  // the sweeper changes nothing that can be seen
      continue;
    }
    const std::string expected = StringModel(now_ms).run(state, words);
    const std::string answer = peer.run(words);
    if (answer != expected) {
      RC_LOG() << rc::toString(words) << "\n" << answer << "\ninstead of\n" << expected;
    }
    RC_ASSERT(answer == expected);
  }
}

// Both ends of a range of bytes, by plain strings.
RC_GTEST_PROP(StringProperty, RangesAreReadAndWrittenAsByAPlainString, ()) {
  const auto instance = testing::frozen_instance();
  testing::Peer peer(*instance);
  std::string model = testing::some_value();
  peer({"SET", "k", model});
  const int steps = *rc::gen::inRange(1, 20);
  for (int step = 0; step < steps; ++step) {
    if (*rc::gen::arbitrary<bool>()) {
      const auto offset = *rc::gen::inRange<std::size_t>(0, 1100);
      const std::string bytes = testing::some_value();
      if (!bytes.empty()) {
        model.resize(std::max(model.size(), offset + bytes.size()));
        model.replace(offset, bytes.size(), bytes);
      }
      RC_ASSERT(peer({"SETRANGE", "k", std::to_string(offset), bytes}) ==
                ":" + std::to_string(model.size()) + "\r\n");
    }
    const auto size = static_cast<int>(model.size());
    const int first = *rc::gen::inRange(-size - 2, size + 2);
    const int last = *rc::gen::inRange(-size - 2, size + 2);
    const int begin = std::max(first < 0 ? size + first : first, 0);
    const int end = std::min(std::max(last < 0 ? size + last : last, 0), size - 1);
    const bool backwards = first < 0 && last < 0 && first > last;
    const std::string expected =
        backwards || begin > end ? "" : model.substr(begin, end - begin + 1);
    RC_ASSERT(peer({"GETRANGE", "k", std::to_string(first), std::to_string(last)}) ==
              testing::bulk(expected));
  }
}

}  // namespace
}  // namespace redouble::command
