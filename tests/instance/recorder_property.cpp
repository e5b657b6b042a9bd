// What a run records, replayed on an empty instance, gives the same contents.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "support/journal.hpp"
#include "support/session_peer.hpp"
#include "support/string_requests.hpp"

namespace redouble::instance {
namespace {

using testing::Words;

std::uint64_t digest_of(Instance& instance) {
  return instance.step({.all = true}, nullptr,
                       [&](store::LockSet& locks, Step&) { return instance.digest(locks); });
}

// Deadlines around the present, as Unix times.
std::string some_time(bool seconds) {
  const std::int64_t ms = testing::frozen_start_ms + *rc::gen::element(-1000, 0, 3, 2000, 100000);
  return std::to_string(seconds ? ms / 1000 : ms);
}

// On a hash whose fields have deadlines.
Words some_change_of_fields(const std::string& key) {
  const std::string field = *rc::gen::element<std::string>("f", "g", "h");
  const std::string ms = *rc::gen::element<std::string>("0", "2", "5", "60", "3000");
  return *rc::gen::elementOf(
      std::vector<Words>{{"HSET", key, field, "1", "g", "2"},
                         {"HDEL", key, field},
                         {"HINCRBYFLOAT", key, field, "0.5"},
                         {"HPEXPIRE", key, ms, "FIELDS", "2", field, "h"},
                         {"HPEXPIRE", key, ms, "NX", "FIELDS", "1", field},
                         {"HPERSIST", key, "FIELDS", "1", field},
                         {"HGETDEL", key, "FIELDS", "1", field},
                         {"HGETEX", key, "PX", ms, "FIELDS", "1", field},
                         {"HSETEX", key, "PX", ms, "FIELDS", "1", field, "3"},
                         {"HSETEX", key, "KEEPTTL", "FIELDS", "1", field, "4"},
                         {"HGETALL", key},
                         {"COPY", key, "hash", "REPLACE"},
                         {"PEXPIRE", key, ms},
                         {"DEL", key}});
}

Words some_change() {
  static const std::vector<std::string> names{
      "SET",    "SET", "APPEND", "GETSET", "SETNX", "INCR",   "DECRBY",  "MSET",
      "MSETNX", "DEL", "UNLINK", "RENAME", "COPY",  "EXPIRE", "PERSIST", "GETDEL"};
  const std::string key = testing::some_key();
  switch (*rc::gen::inRange(0, 18)) {
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
    case 11:
    case 12:
    case 13:
      return some_change_of_fields("hash");
    case 14:
      return some_change_of_fields(key);
    default:
      return testing::some_request_of(names);
  }
}

Words some_change_of_streams() {
  const std::string key = *rc::gen::element<std::string>("s", "s", "t");
  const std::string group = *rc::gen::element<std::string>("g", "g", "h");
  const std::string consumer = *rc::gen::element<std::string>("a", "b", "c");
  const std::string id = std::to_string(*rc::gen::inRange(1, 9)) + "-1";
  const std::string idle = *rc::gen::element<std::string>("0", "0", "5", "60");
  switch (*rc::gen::inRange(0, 20)) {
    case 0:
      return {"advance", *rc::gen::element<std::string>("1", "6", "60")};
    case 1:
      return {"XADD", key, "*", "f", testing::some_value()};
    case 2:
    case 3:
    case 4:
      return {"XADD", key, std::to_string(*rc::gen::inRange(1, 9)) + "-*", "f", "v"};
    case 5:
      return *rc::gen::elementOf(std::vector<Words>{
          {"XDEL", key, id}, {"XTRIM", key, "MAXLEN", "~", "3"}, {"XTRIM", key, "MINID", id}});
    case 6:
    case 7:
      return {"XGROUP",  "CREATE", key, group, *rc::gen::element<std::string>("0", "$", id),
              "MKSTREAM"};
    case 8:
      return {"XGROUP",
              "SETID",
              key,
              group,
              id,
              "ENTRIESREAD",
              *rc::gen::element<std::string>("0", "3", "-1")};
    case 9:
      return *rc::gen::elementOf(
          std::vector<Words>{{"XGROUP", "DELCONSUMER", key, group, consumer},
                             {"XGROUP", "CREATECONSUMER", key, group, consumer},
                             {"XGROUP", "DESTROY", key, group}});
    case 10:
    case 11:
    case 12:
      return {"XREADGROUP", "GROUP", group,
              consumer,     "COUNT", *rc::gen::element<std::string>("0", "1", "2"),
              "STREAMS",    key,     ">"};
    case 13:
      return {"XREADGROUP", "GROUP", group, consumer, "NOACK", "STREAMS", key, ">"};
    case 14:
      return {"XREADGROUP", "GROUP", group, consumer, "STREAMS", key, key, "0", ">"};
    case 15:
      return {"XACK", key, group, id, "1-0", "2-0"};
    case 16:
      return {"XCLAIM", key, group, consumer, idle, id, "1-0", "2-0"};
    case 17:
      return {"XCLAIM", key,          group, consumer, idle,     "1-0",    id, "IDLE",
              "7",      "RETRYCOUNT", "5",   "FORCE",  "JUSTID", "LASTID", id};
    case 18:
      return {"XAUTOCLAIM", key, group, consumer, idle, "0", "COUNT", "2"};
    default:
      return {"COPY", "s", "t", "REPLACE"};
  }
}

// Everything there is to know of the streams, but for when consumers were seen, which no command
// can set.
std::string streams_of(Instance& instance) {
  testing::Peer peer(instance);
  std::string text;
  for (const char* key : {"s", "t"}) {
    text += peer.run(Words{"XINFO", "STREAM", key, "FULL", "COUNT", "0"});
  }
  constexpr std::string_view seen = "seen-time\r\n:";
  for (std::size_t at = text.find(seen); at != std::string::npos; at = text.find(seen, at + 1)) {
    text.erase(at + seen.size(), text.find('\r', at + seen.size()) - at - seen.size());
  }
  return text;
}

RC_GTEST_PROP(ReplayProperty, ReplayingTheRecordsGivesEqualConsumerGroups, ()) {
  const auto program =
      *rc::gen::container<std::vector<Words>>(rc::gen::exec(some_change_of_streams));
  const auto instance = testing::frozen_instance();
  testing::Journal journal(*instance);
  testing::Peer peer(*instance);
  for (const Words& words : program) {
    if (words[0] == "advance") {
      instance->clock().advance_us(std::stoll(words[1]) * 1000);
    } else {
      peer.run(words);
    }
  }
  const std::vector<Record> records = journal.take();

  // Later, as every replay is: a delivery in the future would be taken for one of now.
  const auto again = testing::frozen_instance(testing::frozen_start_ms + 1'000'000, 2);
  testing::Peer replayer(*again);
  for (const Record& record : records) {
    const std::string answer = replayer.run(record.command);
    if (answer.starts_with("-")) RC_FAIL(rc::toString(record.command) + ": " + answer);
  }
  RC_ASSERT(streams_of(*again) == streams_of(*instance));
}

std::unique_ptr<Instance> latest_instance(std::uint64_t seed) {
  return testing::frozen_instance(testing::frozen_start_ms, seed, {{"compat-version", "8.0"}});
}

RC_GTEST_PROP(ReplayProperty, ReplayingTheRecordsGivesAnEqualDigest, ()) {
  const auto program = *rc::gen::container<std::vector<Words>>(rc::gen::exec(some_change));
  const auto instance = latest_instance(1);
  testing::Journal journal(*instance);
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
  const std::vector<Record> records = journal.take();
  RC_ASSERT(std::ranges::is_sorted(records, {}, &Record::ticket));

  // Its clock stands where the run began: no deadline passes but by what was recorded. Another
  // seed: the order of the keys must not matter.
  const auto again = latest_instance(2);
  again->active_expire = false;
  testing::Peer peer(*again);
  for (const Record& record : records) {
    peer({"SELECT", std::to_string(record.database)});
    const std::string answer = peer.run(record.command);
    if (answer.starts_with("-")) RC_FAIL(rc::toString(record.command) + ": " + answer);
  }
  RC_ASSERT(digest_of(*again) == expected);
}

}  // namespace
}  // namespace redouble::instance
