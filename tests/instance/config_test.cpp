#include "instance/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "instance/notify_events.hpp"

namespace redouble::instance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using Texts = std::vector<std::pair<std::string, std::string>>;

std::string text_of(const Config& config, std::string_view name) {
  return std::string(config.get_one(name).value_or("(none)"));
}

// Empty where it is accepted.
std::string set(Config& config, std::initializer_list<Config::NameValue> pairs) {
  Host no_host;
  return config.set(std::span(pairs.begin(), pairs.size()), no_host).value_or("");
}

std::string set_one(Config& config, std::string_view name, std::string_view value) {
  const std::string error = set(config, {{name, value}});
  const std::string head =
      "ERR CONFIG SET failed (possibly related to argument '" + std::string(name) + "') - ";
  return error.starts_with(head) ? error.substr(head.size()) : error;
}

Texts get(const Config& config, std::initializer_list<std::string_view> patterns) {
  return config.get(std::span(patterns.begin(), patterns.size()));
}

const Texts& facts() {
  static const Texts facts = {
#include "config_facts.inc"
  };
  return facts;
}

TEST(Config, EveryDirectiveOfRedisIsThereWithItsDefault) {
  const Config config;
  for (const auto& [name, value] : facts()) {
    // A test double listens to its own machine unless it is told otherwise.
    EXPECT_EQ(text_of(config, name), name == "bind" ? "127.0.0.1 -::1" : value) << name;
  }
}

TEST(Config, WhatRedisDoesNotHaveIsAClosedList) {
  const Config config;
  std::vector<std::string> own;
  for (const auto& [name, value] : get(config, {"*"})) {
    const bool known =
        std::ranges::any_of(facts(), [&](const auto& fact) { return fact.first == name; });
    if (!known) own.push_back(name);
  }
  EXPECT_THAT(own, ElementsAre("busy-poll-us", "clock-frozen", "compat-version", "dir", "double",
                               "exit-with-parent", "ready-fd", "seed", "threads"));
}

TEST(Config, EveryDefaultIsAcceptedWhereTheDirectiveCanBeSet) {
  const Config untouched;
  Config config;
  for (const auto& [name, value] : get(config, {"*"})) {
    const std::string error = set_one(config, name, value);
    if (error != "can't set immutable config" && error != "can't set protected config")
      EXPECT_EQ(error, "") << name;
  }
  EXPECT_EQ(config, untouched);
  EXPECT_THAT(config.warnings(), IsEmpty());
}

TEST(Config, FieldsHaveTheDefaults) {
  const Config config;
  const Settings& settings = config.settings();
  EXPECT_THAT(settings.bind, ElementsAre("127.0.0.1", "-::1"));
  EXPECT_EQ(settings.port, 6379);
  EXPECT_EQ(settings.tcp_backlog, 511);
  EXPECT_TRUE(settings.protected_mode);
  EXPECT_EQ(settings.maxclients, 10000);
  EXPECT_EQ(settings.threads, 1);
  EXPECT_EQ(settings.busy_poll_us, 200);
  EXPECT_EQ(settings.ready_fd, -1);
  EXPECT_FALSE(settings.seed.has_value());
  EXPECT_EQ(settings.compat_version, CompatVersion::v7_0);
  EXPECT_EQ(settings.proto_max_bulk_len, 512U << 20);
  EXPECT_EQ(settings.maxmemory_policy, MaxmemoryPolicy::noeviction);
  EXPECT_EQ(settings.output_buffer_limit(ClientClass::normal), OutputBufferLimit());
  EXPECT_EQ(settings.output_buffer_limit(ClientClass::replica),
            (OutputBufferLimit{256U << 20, 64U << 20, 60}));
  EXPECT_EQ(settings.output_buffer_limit(ClientClass::pubsub),
            (OutputBufferLimit{32U << 20, 8U << 20, 60}));
  EXPECT_EQ(settings.list_max_listpack_size, -2);
  EXPECT_EQ(settings.enable_debug_command, Permission::no);
}

TEST(ConfigGet, AnswersAPlainNameAsItWasAskedFor) {
  const Config config;
  EXPECT_THAT(get(config, {"HZ"}), ElementsAre(Pair("HZ", "10")));
  EXPECT_THAT(get(config, {"nosuch"}), IsEmpty());
  EXPECT_THAT(get(config, {""}), IsEmpty());
  // A backslash alone makes no pattern.
  EXPECT_THAT(get(config, {"h\\z"}), IsEmpty());
}

TEST(ConfigGet, AnswersEachNameOnceForSeveralPatterns) {
  const Config config;
  EXPECT_THAT(get(config, {"hz", "HZ", "H?"}), ElementsAre(Pair("hz", "10")));
  EXPECT_THAT(get(config, {"timeout", "maxmemory-s*", "[h]z"}),
              ElementsAre(Pair("hz", "10"), Pair("maxmemory-samples", "5"), Pair("timeout", "0")));
}

TEST(ConfigGet, AnswersBothNamesOfADirectiveThatHasTwo) {
  Config config;
  EXPECT_EQ(set(config, {{"slave-priority", "7"}}), "");
  EXPECT_THAT(get(config, {"*-priority"}),
              ElementsAre(Pair("replica-priority", "7"), Pair("slave-priority", "7")));
}

TEST(ConfigSet, NamesWhatItDoesNotKnow) {
  Config config;
  EXPECT_EQ(set(config, {{"foo", "1"}}),
            "ERR Unknown option or number of arguments for CONFIG SET - 'foo'");
  // Nothing that a client sends can break the line of the reply.
  EXPECT_EQ(set(config, {{"a'b\r\nc", "1"}}),
            "ERR Unknown option or number of arguments for CONFIG SET - 'a'b  c'");
  EXPECT_EQ(set(config, {{std::string_view("hz\0x", 4), "5"}}), "");
}

TEST(ConfigSet, TellsTheFirstThingThatIsWrongWithTheNames) {
  Config config;
  EXPECT_EQ(set(config, {{"hz", "x"}, {"foo", "1"}}),
            "ERR Unknown option or number of arguments for CONFIG SET - 'foo'");
  EXPECT_EQ(set(config, {{"databases", "5"}, {"foo", "1"}}),
            "ERR CONFIG SET failed (possibly related to argument 'databases') - can't set "
            "immutable config");
  EXPECT_EQ(set(config, {{"hz", "1"}, {"HZ", "2"}, {"databases", "5"}}),
            "ERR CONFIG SET failed (possibly related to argument 'HZ') - duplicate parameter");
  EXPECT_EQ(set_one(config, "dbfilename", "x"), "can't set protected config");
}

TEST(ConfigSet, TakesANameAndItsOlderNameTogether) {
  Config config;
  EXPECT_EQ(set(config, {{"slave-priority", "1"}, {"replica-priority", "2"}}), "");
  EXPECT_EQ(text_of(config, "slave-priority"), "2");
}

TEST(ConfigSet, ChangesNothingWhereOneOfSeveralIsWrong) {
  const Config untouched;
  Config config;
  EXPECT_EQ(set(config,
                {{"hz", "7"}, {"client-output-buffer-limit", "normal 1 1 1"}, {"maxmemory", "x"}}),
            "ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be "
            "a memory value");
  EXPECT_EQ(config, untouched);
  EXPECT_EQ(config.settings(), untouched.settings());
}

TEST(ConfigSet, KeepsFieldsAndTextsTogether) {
  Config config;
  EXPECT_EQ(set(config, {{"maxmemory", "1gb"},
                         {"maxmemory-policy", "ALLKEYS-lru"},
                         {"requirepass", "a b"},
                         {"notify-keyspace-events", "EgKz"},
                         {"latency-tracking-info-percentiles", "50 99.99"},
                         {"client-output-buffer-limit", "replica 1kb 5 6"},
                         {"lazyfree-lazy-user-flush", "YES"},
                         {"list-max-ziplist-size", "-1"}}),
            "");
  const Settings& settings = config.settings();
  EXPECT_EQ(settings.maxmemory, 1U << 30);
  EXPECT_EQ(text_of(config, "maxmemory"), "1073741824");
  EXPECT_EQ(settings.maxmemory_policy, MaxmemoryPolicy::allkeys_lru);
  EXPECT_EQ(text_of(config, "maxmemory-policy"), "allkeys-lru");
  EXPECT_EQ(settings.requirepass, "a b");
  EXPECT_EQ(text_of(config, "notify-keyspace-events"), "gzKE");
  EXPECT_EQ(text_of(config, "latency-tracking-info-percentiles"), "50 99.99");
  EXPECT_EQ(settings.output_buffer_limit(ClientClass::replica), (OutputBufferLimit{1024, 5, 6}));
  EXPECT_EQ(text_of(config, "lazyfree-lazy-user-flush"), "yes");
  EXPECT_EQ(settings.list_max_listpack_size, -1);
}

TEST(ConfigSet, RefusesWhatWouldBeALieAndTellsWhy) {
  Config config;
  EXPECT_EQ(set_one(config, "appendonly", "yes"), "nothing is kept on disk");
  EXPECT_EQ(set_one(config, "appendonly", "maybe"), "argument must be 'yes' or 'no'");
  EXPECT_EQ(set_one(config, "appendonly", "no"), "");
  EXPECT_EQ(set_one(config, "tls-port", "1"), "TLS is not spoken");
  EXPECT_EQ(set_one(config, "tls-port", "70000"), "argument must be between 0 and 65535 inclusive");
  EXPECT_EQ(set_one(config, "min-slaves-to-write", "1"), "nothing is replicated");
}

TEST(ConfigSet, WhereItListensStaysAsItWasInAnInstanceWithoutSockets) {
  Config config;
  config.report("port", "41000");
  EXPECT_EQ(config.settings().port, 41000);
  EXPECT_EQ(set_one(config, "port", "41000"), "");
  EXPECT_EQ(set_one(config, "port", "41001"), "this instance has no sockets");
  EXPECT_EQ(set_one(config, "bind", "127.0.0.1"), "this instance has no sockets");
  EXPECT_EQ(config.settings().port, 41000);
  EXPECT_EQ(text_of(config, "bind"), "127.0.0.1 -::1");
  EXPECT_EQ(set_one(config, "port", "x"), "argument couldn't be parsed into an integer");
}

TEST(ConfigSet, ProtectedDirectivesOpenWithEnableProtectedConfigs) {
  Config config;
  ASSERT_TRUE(config.load_text("enable-protected-configs yes\ndir /x\n", "text"));
  EXPECT_EQ(set_one(config, "dbfilename", "x.rdb"), "");
  EXPECT_EQ(set_one(config, "dir", "/x"), "");
  EXPECT_EQ(set_one(config, "dir", "/y"), "redouble chooses its directory when it starts");
}

TEST(ConfigSet, MaxclientsEndsWhereTheProcessDoes) {
  Config config;
  EXPECT_EQ(set_one(config, "maxclients", "30000"), "");
  config.limit_clients(19968);
  EXPECT_EQ(set_one(config, "maxclients", "19968"), "");
  EXPECT_EQ(set_one(config, "maxclients", "19969"),
            "The operating system is not able to handle the specified number of clients, try "
            "with 19968");
  EXPECT_EQ(config.settings().maxclients, 19968);
}

TEST(Config, WarnsOfEveryValueThatHasNoEffect) {
  Config config;
  ASSERT_TRUE(config.load_text("appendfsync always\nsave 900 1\ntcp-keepalive 300\n", "text"));
  EXPECT_THAT(config.warnings(),
              ElementsAre("'appendfsync always' has no effect: nothing is kept on disk",
                          "'save 900 1' has no effect: nothing is kept on disk"));
  EXPECT_EQ(set(config, {{"save", ""}, {"appendfsync", "everysec"}}), "");
  EXPECT_THAT(config.warnings(), IsEmpty()) << "no saving is what happens, so it is no news";
}

TEST(Config, LaterVersionsHaveMoreDirectives) {
  Config config;
  EXPECT_EQ(text_of(config, "set-max-listpack-entries"), "(none)");
  EXPECT_THAT(set(config, {{"set-max-listpack-entries", "1"}}), HasSubstr("Unknown option"));
  ASSERT_TRUE(config.load_text("set-max-listpack-entries 64\ncompat-version 7.2\n", "text"));
  EXPECT_EQ(text_of(config, "set-max-listpack-entries"), "64");
  EXPECT_EQ(config.settings().set_max_listpack_entries, 64);
  EXPECT_EQ(config.settings().set_max_listpack_value, 64U);
}

}  // namespace
}  // namespace redouble::instance
