// What a run records, replayed on an empty instance, gives the same contents.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "support/session_peer.hpp"
#include "support/string_requests.hpp"

namespace redouble::instance {
namespace {

using testing::Words;

class Journal final : public Recorder {
 public:
  void record(const Record& record) override {
    in_order = in_order && (records.empty() || record.ticket >= records.back().ticket);
    records.push_back(record);
  }
  std::vector<Record> records;
  bool in_order = true;
};

std::uint64_t digest_of(Instance& instance) {
  return instance.step({.all = true}, nullptr,
                       [&](store::LockSet& locks, Step&) { return instance.digest(locks); });
}

// Deadlines around the present, as Unix times.
std::string some_time(bool seconds) {
  const std::int64_t ms = testing::frozen_start_ms + *rc::gen::element(-1000, 0, 3, 2000, 100000);
  return std::to_string(seconds ? ms / 1000 : ms);
}

Words some_change() {
  static const std::vector<std::string> names{
      "SET",    "SET", "APPEND", "GETSET", "SETNX", "INCR",   "DECRBY",  "MSET",
      "MSETNX", "DEL", "UNLINK", "RENAME", "COPY",  "EXPIRE", "PERSIST", "GETDEL"};
  const std::string key = testing::some_key();
  switch (*rc::gen::inRange(0, 14)) {
    case 0:
      return {"advance", *rc::gen::element<std::string>("1", "2", "6", "60", "2000")};
    case 1:
      return {"SELECT", *rc::gen::element<std::string>("0", "1")};
    case 2:
      return {"MOVE", key, *rc::gen::element<std::string>("0", "1")};
    case 3:
      return {"COPY", key, testing::some_key(), "DB", "1", "REPLACE"};
    case 4:
      return {"INCRBYFLOAT", key, *rc::gen::element<std::string>("1.5", "-0.1", "1e300", "x")};
    case 5:
      return {*rc::gen::element<std::string>("SETEX", "PSETEX"), key, testing::some_lifetime(),
              testing::some_value()};
    case 6:
      return {"SETRANGE", key, *rc::gen::element<std::string>("0", "2", "1100"),
              testing::some_value()};
    case 7:
      return {"GETEX", key, "PX", testing::some_lifetime()};
    case 8:
      return *rc::gen::elementOf(std::vector<Words>{
          {"GETEX", key, "PERSIST"}, {"GETEX", key}, {"GETEX", key, "EXAT", some_time(true)}});
    case 9:
      return *rc::gen::elementOf(std::vector<Words>{{"EXPIREAT", key, some_time(true)},
                                                    {"PEXPIREAT", key, some_time(false), "GT"}});
    case 10:
      return *rc::gen::elementOf(
          std::vector<Words>{{"SET", key, "v", "EXAT", some_time(true)},
                             {"SET", key, "v", "GET", "PXAT", some_time(false)}});
    default:
      return testing::some_request_of(names);
  }
}

RC_GTEST_PROP(ReplayProperty, ReplayingTheRecordsGivesAnEqualDigest, ()) {
  const auto program = *rc::gen::container<std::vector<Words>>(rc::gen::exec(some_change));
  const auto instance = testing::frozen_instance();
  Journal journal;
  instance->set_recorder(&journal);
  {
    testing::Peer peer(*instance);
    for (const Words& words : program) {
      if (words[0] == "advance") {
        instance->clock().advance_us(std::stoll(words[1]) * 1000);
        if (words[1] == "60") instance->run_due(0);
      } else {
        peer.run(words);
      }
    }
  }
  const std::uint64_t expected = digest_of(*instance);
  instance->set_recorder(nullptr);
  RC_ASSERT(journal.in_order);

  // Its clock stands where the run began: no deadline passes but by what was recorded. Another
  // seed: the order of the keys must not matter.
  const auto again = testing::frozen_instance(testing::frozen_start_ms, 2);
  again->active_expire = false;
  testing::Peer peer(*again);
  for (const Record& record : journal.records) {
    peer({"SELECT", std::to_string(record.database)});
    const std::string answer = peer.run(record.command);
    if (answer.starts_with("-")) RC_FAIL(rc::toString(record.command) + ": " + answer);
  }
  RC_ASSERT(digest_of(*again) == expected);
}

}  // namespace
}  // namespace redouble::instance
