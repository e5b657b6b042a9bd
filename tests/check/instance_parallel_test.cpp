// Sessions of several threads on one instance: every history must be what the same handlers give
// one at a time, and where the commands are the string model's, also what that model gives.
#include "check/parallel_instance.hpp"

#include <gtest/gtest.h>

#include "check/instance_model.hpp"
#include "check/linearizability.hpp"
#include "check/parallel.hpp"
#include "check/string_model.hpp"

namespace redouble::check::instance_parallel_test {
namespace {

std::string key(Random& random) { return "k" + std::to_string(random.below(4)); }
std::string value(Random& random) { return std::to_string(random.below(100)); }

Request string_or_key_request(Random& random) {
  const std::string one = key(random);
  switch (random.below(24)) {
    case 0:
      return {"SET", one, value(random)};
    case 1:
      return {"SET", one, value(random), random.one_in(2) ? "NX" : "XX", "GET"};
    case 2:
      return {"SET", one, value(random), "KEEPTTL"};
    case 3:
      return {"SET", one, value(random), "EX", "100"};
    case 4:
      return {"GETDEL", one};
    case 5:
      return {"APPEND", one, std::to_string(random.below(10))};
    case 6:
      return {"APPEND", one, std::to_string(random.below(10))};
    case 7:
      return {"INCR", one};
    case 8:
      return {"DECRBY", one, value(random)};
    case 9:
      return {"GETSET", one, value(random)};
    case 10:
      return {"STRLEN", one};
    case 11:
      return {"MSET", one, value(random), key(random), value(random)};
    case 12:
      return {"MSETNX", one, value(random), key(random), value(random)};
    case 13:
      return {"MGET", one, key(random), key(random)};
    case 14:
      return {"RENAME", one, key(random)};
    case 15:
      return {"RENAMENX", one, key(random)};
    case 16:
      return {"COPY", one, key(random), "REPLACE"};
    case 17:
      return {"DEL", one, key(random)};
    case 18:
      return {"EXISTS", one, key(random)};
    case 19:
      return {"EXPIRE", one, "10"};
    case 20:
      return {"PERSIST", one};
    case 21:
      return {"TTL", one};
    case 22:
      return {"EXPIRE", one, random.one_in(2) ? "0" : "20", "GT"};
    default:
      return {"GET", one};
  }
}

// Beyond the string model: the other commands of the two groups, and what takes the whole instance.
Request any_request(Random& random) {
  const std::string one = key(random);
  switch (random.below(24)) {
    case 0:
      return {"FLUSHALL"};
    case 1:
      return {"DBSIZE"};
    case 2:
      return {"KEYS", "*"};
    case 3:
      return {"SWAPDB", "0", random.one_in(2) ? "1" : "0"};
    case 4:
      return {"MOVE", one, "1"};
    case 5:
      return {"COPY", one, key(random), "DB", "1"};
    case 6:
      return {"SETRANGE", one, "2", value(random)};
    case 7:
      return {"GETRANGE", one, "0", "1"};
    case 8:
      return {"GETEX", one, random.one_in(2) ? "PERSIST" : "EX", "50"};
    case 9:
      return {"INCRBYFLOAT", one, "0.5"};
    case 10:
      return {"SETNX", one, value(random)};
    case 11:
      return {"SETEX", one, "30", value(random)};
    case 12:
      return {"UNLINK", one, key(random)};
    case 13:
      return {"TYPE", one};
    case 14:
      return {"TOUCH", one, key(random)};
    case 15:
      return {"EXPIRETIME", one};
    case 16:
      return {"LCS", one, key(random)};
    default:
      return string_or_key_request(random);
  }
}

const std::vector<Request> look{
    {"MGET", "k0", "k1", "k2", "k3"}, {"TTL", "k0"}, {"TTL", "k1"}, {"TTL", "k2"}, {"TTL", "k3"}};

Parallel::Make make() { return sessions_on(parallel_instance); }
Parallel::Judge by_handlers() { return judged_by_handlers(parallel_instance); }

Parallel::Judge by_both() {
  return [handlers = by_handlers()](const History& history) {
    StringModel strings(parallel_now_ms);
    const Verdict verdict = check(strings, history).verdict;
    return verdict == Verdict::linearizable ? handlers(history) : verdict;
  };
}

TEST(InstanceParallel, StringsAndKeysAreLinearizableUnderEveryScheduleTried) {
  expect_none(Parallel(make(), by_both()), {.seed = 1, .programs = 80}, string_or_key_request,
              look);
}

TEST(InstanceParallel, StringsAndKeysAreLinearizableOnFreeThreads) {
  expect_none(Parallel(make(), by_both()), {.seed = 2, .programs = 80, .free = true},
              string_or_key_request, look);
}

TEST(InstanceParallel, WithCommandsOnTheWholeInstanceUnderEveryScheduleTried) {
  expect_none(Parallel(make(), by_handlers()), {.seed = 3, .programs = 80}, any_request, look);
}

TEST(InstanceParallel, WithCommandsOnTheWholeInstanceOnFreeThreads) {
  expect_none(Parallel(make(), by_handlers()), {.seed = 4, .programs = 80, .free = true},
              any_request, look);
}

TEST(InstanceParallel, ASeedReplaysTheHistory) {
  Random random(9);
  Parallel runner(make(), by_handlers());
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Program program = random_program(random, any_request, look);
    EXPECT_EQ(runner.run(program, seed).history, runner.run(program, seed).history)
        << "seed " << seed << "\n"
        << write_program(program);
  }
}

TEST(InstanceModel, RemembersItsStepsAndKnowsEqualStates) {
  InstanceModel model(parallel_instance);
  const auto after = [&](std::vector<Request> requests) {
    InstanceModel::State state = model.initial();
    for (const Request& request : requests) {
      EXPECT_TRUE(model.step(state, {.request = request, .reply = {}}));
    }
    return state;
  };
  const auto one = after({{"SET", "a", "1"}, {"SET", "b", "2"}});
  EXPECT_EQ(after({{"MSET", "b", "2", "a", "1"}}), one);
  EXPECT_EQ(after({{"SET", "a", "1"}, {"SET", "b", "2"}, {"DEL", "c"}}), one);
  EXPECT_NE(after({{"SET", "a", "1"}, {"SET", "b", "2"}, {"EXPIRE", "b", "5"}}), one);
  EXPECT_EQ(after({{"SET", "a", "1"}, {"DEL", "a"}}), model.initial());
  const std::size_t executed = model.executed();
  after({{"SET", "a", "1"}, {"SET", "b", "2"}});
  EXPECT_EQ(model.executed(), executed);
}

TEST(InstanceModel, RefusesAReplyThatTheHandlersDoNotGive) {
  InstanceModel model(parallel_instance);
  InstanceModel::State state = model.initial();
  EXPECT_FALSE(model.step(state, {.request = {"INCR", "n"}, .reply = ":2\r\n"}));
  state = model.initial();
  EXPECT_TRUE(model.step(state, {.request = {"INCR", "n"}, .reply = ":1\r\n"}));
}

TEST(InstanceModel, SortsRepliesOfNoOrderBeforeItCompares) {
  EXPECT_EQ(normal_reply({"KEYS", "*"}, "*2\r\n$1\r\nb\r\n$1\r\na\r\n"),
            "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(normal_reply({"hgetall", "h"}, "*4\r\n$1\r\nb\r\n$2\r\n\r\n\r\n$1\r\na\r\n$1\r\nz\r\n"),
            "*4\r\n$1\r\na\r\n$1\r\nz\r\n$1\r\nb\r\n$2\r\n\r\n\r\n");
  EXPECT_EQ(normal_reply({"KEYS"}, "-ERR no\r\n"), "-ERR no\r\n");
  EXPECT_EQ(normal_reply({"MGET", "a", "b"}, "*2\r\n$1\r\nb\r\n$1\r\na\r\n"),
            "*2\r\n$1\r\nb\r\n$1\r\na\r\n");
}

}  // namespace
}  // namespace redouble::check::instance_parallel_test
