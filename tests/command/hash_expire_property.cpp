// Fields with deadlines against a plain model: any order of commands, and of time that passes with
// and without a sweeper.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <rapidcheck/state.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;
using Words = std::vector<std::string>;

constexpr std::int64_t start_ms = testing::frozen_start_ms;

// One hash under the key h, beside the time.
struct Model {
  struct Field {
    std::string value;
    std::optional<std::int64_t> until_ms;
  };
  std::map<std::string, Field> fields;
  std::int64_t now_ms = start_ms;

  void pass(std::int64_t ms) {
    now_ms += ms;
    std::erase_if(fields, [this](const auto& pair) {
      return pair.second.until_ms.value_or(now_ms) < now_ms;
    });
  }
};

struct System {
  std::unique_ptr<instance::Instance> instance;
  std::unique_ptr<testing::Peer> peer;

  System() {
    instance = testing::frozen_instance(start_ms, 1,
                                        {{"compat-version", "8.0"},
                                         {"enable-debug-command", "yes"},
                                         {"hash-max-listpack-entries", "4"}});
    peer = std::make_unique<testing::Peer>(*instance);
  }
};

std::string array(std::size_t size) { return "*" + std::to_string(size) + "\r\n"; }
std::string text_of(const Model& model, const std::string& field) {
  const auto found = model.fields.find(field);
  return found == model.fields.end() ? "$-1\r\n" : bulk(found->second.value);
}
std::string some_field() { return *rc::gen::element<std::string>("a", "b", "c", "d", "e", "f"); }

using Step = rc::state::Command<Model, System>;

// Everything that can be seen of the hash.
void look(const Model& model, System& system) {
  testing::Peer& peer = *system.peer;
  RC_ASSERT(peer("HLEN h") == integer(static_cast<std::int64_t>(model.fields.size())));
  RC_ASSERT(peer("EXISTS h") == integer(model.fields.empty() ? 0 : 1));
  std::string times = array(6);
  std::string values = array(6);
  for (const std::string field : {"a", "b", "c", "d", "e", "f"}) {
    values += text_of(model, field);
    const auto found = model.fields.find(field);
    times += integer(found == model.fields.end() ? -2 : found->second.until_ms.value_or(-1));
  }
  RC_ASSERT(peer("HPEXPIRETIME h FIELDS 6 a b c d e f") == times);
  RC_ASSERT(peer("HMGET h a b c d e f") == values);
}

struct Pass : Step {
  std::int64_t ms = *rc::gen::element<std::int64_t>(1, 5, 9, 30);
  bool swept = *rc::gen::arbitrary<bool>();
  // What nobody swept is looked for in some way of many.
  std::string first_look = *rc::gen::element<std::string>("KEYS *", "SCAN 0", "DEBUG DIGEST",
                                                          "RANDOMKEY", "HGETALL h", "TTL h");

  void apply(Model& model) const override { model.pass(ms); }
  void run(const Model& model, System& system) const override {
    if (swept) {
      system.instance->advance_us(0, ms * 1000);
    } else {
      system.instance->clock().advance_us(ms * 1000);
    }
    Model after = model;
    after.pass(ms);
    (*system.peer)(first_look);
    look(after, system);
  }
  void show(std::ostream& out) const override { out << "pass " << ms << (swept ? " swept" : ""); }
};

// A request whose reply and effect the model knows.
struct Request : Step {
  Words words;

  // Changes the model, and gives the reply.
  virtual std::string act(Model& model) const = 0;
  void apply(Model& model) const override { act(model); }
  void run(const Model& model, System& system) const override {
    Model after = model;
    const std::string expected = act(after);
    RC_ASSERT(system.peer->run(words) == expected);
    look(after, system);
  }
  void show(std::ostream& out) const override {
    for (const std::string& word : words) out << word << ' ';
  }
};

struct Set : Request {
  std::string field = some_field();
  std::string value = *rc::gen::element<std::string>("1", "22", "x");
  Set() { words = {"HSET", "h", field, value}; }
  std::string act(Model& model) const override {
    const bool added = !model.fields.contains(field);
    model.fields[field] = {value, std::nullopt};
    return integer(added ? 1 : 0);
  }
};

struct Increment : Request {
  std::string field = some_field();
  Increment() { words = {"HINCRBY", "h", field, "1"}; }
  std::string act(Model& model) const override {
    const auto found = model.fields.find(field);
    if (found != model.fields.end() && found->second.value == "x") {
      return "-ERR hash value is not an integer\r\n";
    }
    const std::int64_t sum = found == model.fields.end() ? 1 : std::stoll(found->second.value) + 1;
    model.fields[field].value = std::to_string(sum);
    return integer(sum);
  }
};

struct Delete : Request {
  std::string field = some_field();
  bool get = *rc::gen::arbitrary<bool>();
  Delete() {
    words = get ? Words{"HGETDEL", "h", "FIELDS", "1", field} : Words{"HDEL", "h", field};
  }
  std::string act(Model& model) const override {
    const std::string text = text_of(model, field);
    const std::size_t erased = model.fields.erase(field);
    return get ? array(1) + text : integer(static_cast<std::int64_t>(erased));
  }
};

struct Persist : Request {
  std::string field = some_field();
  Persist() { words = {"HPERSIST", "h", "FIELDS", "1", field}; }
  std::string act(Model& model) const override {
    const auto found = model.fields.find(field);
    if (found == model.fields.end()) return array(1) + integer(-2);
    const bool had = found->second.until_ms.has_value();
    found->second.until_ms.reset();
    return array(1) + integer(had ? 1 : -1);
  }
};

struct Expire : Request {
  std::vector<std::string> fields{some_field(), some_field()};
  std::int64_t ms = *rc::gen::element<std::int64_t>(0, 3, 8, 20, 100);
  std::string condition = *rc::gen::element<std::string>("", "", "NX", "XX", "GT", "LT");

  Expire() {
    words = {"HPEXPIRE", "h", std::to_string(ms)};
    if (!condition.empty()) words.push_back(condition);
    words.insert(words.end(), {"FIELDS", "2"});
    words.insert(words.end(), fields.begin(), fields.end());
  }
  bool holds(std::optional<std::int64_t> present, std::int64_t wanted) const {
    if (condition == "NX") return !present;
    if (condition == "XX") return present.has_value();
    if (condition == "GT") return present && wanted > *present;
    return condition != "LT" || !present || wanted < *present;
  }
  std::int64_t act_on(Model& model, const std::string& field) const {
    const auto found = model.fields.find(field);
    if (found == model.fields.end()) return -2;
    if (!holds(found->second.until_ms, model.now_ms + ms)) return 0;
    found->second.until_ms = model.now_ms + ms;
    if (ms > 0) return 1;
    model.fields.erase(found);
    return 2;
  }
  std::string act(Model& model) const override {
    std::string reply = array(2);
    for (const std::string& field : fields) reply += integer(act_on(model, field));
    return reply;
  }
};

struct SetWithDeadline : Request {
  std::string field = some_field();
  std::int64_t ms = *rc::gen::element<std::int64_t>(0, 4, 25);
  std::string condition = *rc::gen::element<std::string>("", "FNX", "FXX");
  bool keeps = *rc::gen::arbitrary<bool>();

  SetWithDeadline() {
    words = {"HSETEX", "h"};
    if (!condition.empty()) words.push_back(condition);
    if (keeps) {
      words.emplace_back("KEEPTTL");
    } else {
      words.insert(words.end(), {"PX", std::to_string(ms)});
    }
    words.insert(words.end(), {"FIELDS", "1", field, "7"});
  }
  std::string act(Model& model) const override {
    const bool there = model.fields.contains(field);
    if (condition == (there ? "FNX" : "FXX")) return integer(0);
    Model::Field& set = model.fields[field];
    set.value = "7";
    if (!keeps) set.until_ms = model.now_ms + ms;
    if (!keeps && ms == 0) model.fields.erase(field);
    return integer(1);
  }
};

// The value goes elsewhere and comes back, its deadlines with it.
struct Detour : Step {
  int way = *rc::gen::inRange(0, 3);

  void run(const Model& model, System& system) const override {
    testing::Peer& peer = *system.peer;
    if (way == 0) {
      peer("COPY h h2 REPLACE");
      peer("HPERSIST h2 FIELDS 2 a b");
      peer("RENAME h h3");
      peer("RENAME h3 h");
    } else if (way == 1) {
      peer("MOVE h 1");
      peer("SWAPDB 0 1");
    } else {
      peer("COPY h h2 REPLACE");
      if (!model.fields.empty()) peer("RENAME h2 h");
    }
    look(model, system);
  }
  void show(std::ostream& out) const override { out << "detour " << way; }
};

RC_GTEST_PROP(HashExpireProperty, EveryOrderOfCommandsAndTimeActsAsTheModel, ()) {
  Model model;
  System system;
  if (*rc::gen::arbitrary<bool>()) system.peer->run(Words{"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
  rc::state::check(model, system,
                   rc::state::gen::execOneOfWithArgs<Pass, Set, Increment, Delete, Persist, Expire,
                                                     Expire, SetWithDeadline, Detour>());
}

}  // namespace
}  // namespace redouble::command
