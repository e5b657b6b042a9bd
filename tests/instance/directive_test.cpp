#include "instance/directive.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace redouble::instance {
namespace {

// The value as CONFIG GET would answer it, or "! " and the error.
std::string judged(std::string_view name, std::string_view text) {
  const auto row = find_directive(name);
  if (!row) return "! no such directive";
  const Directive& directive = directives()[*row];
  const Parsed parsed = parse_text(directive, text, directive.initial);
  return parsed ? parsed->text : "! " + parsed.error();
}

TEST(Directive, NamesAndAliasesAreDistinct) {
  std::set<std::string_view> names;
  for (const Directive& directive : directives()) {
    EXPECT_TRUE(names.insert(directive.name).second) << directive.name;
    if (!directive.alias.empty()) EXPECT_TRUE(names.insert(directive.alias).second);
  }
}

TEST(Directive, WhatIsNotImplementedHasItsReasonAndTheRestAField) {
  for (const Directive& directive : directives()) {
    EXPECT_EQ(directive.reason.empty(), directive.meaning == Meaning::implemented)
        << directive.name;
    EXPECT_EQ(directive.store != nullptr, directive.meaning == Meaning::implemented)
        << directive.name;
  }
}

TEST(Directive, IsFoundByEitherNameInAnyCase) {
  EXPECT_EQ(find_directive("HZ"), find_directive("hz"));
  EXPECT_EQ(find_directive("Slave-Priority"), find_directive("replica-priority"));
  EXPECT_EQ(find_directive("nosuch"), std::nullopt);
  EXPECT_EQ(find_directive(""), std::nullopt);
}

TEST(Directive, YesAndNoInAnyCaseAndNothingElse) {
  EXPECT_EQ(judged("activerehashing", "YES"), "yes");
  EXPECT_EQ(judged("activerehashing", std::string_view("no\0x", 4)), "no");
  for (const std::string_view bad : {"", "1", "true", " yes"})
    EXPECT_EQ(judged("activerehashing", bad), "! argument must be 'yes' or 'no'") << bad;
}

TEST(Directive, IntegersInOneFormAndWithinTheirLimits) {
  EXPECT_EQ(judged("timeout", "0"), "0");
  for (const std::string_view bad : {"", "x", "+1", " 1", "1 ", "01", "-0", "0x1", "1kb",
                                     "9223372036854775808", "-9223372036854775809"})
    EXPECT_EQ(judged("timeout", bad), "! argument couldn't be parsed into an integer") << bad;
  EXPECT_EQ(judged("timeout", "2147483647"), "2147483647");
  EXPECT_EQ(judged("timeout", "2147483648"),
            "! argument must be between 0 and 2147483647 inclusive");
  EXPECT_EQ(judged("timeout", "-1"), "! argument must be between 0 and 2147483647 inclusive");
  EXPECT_EQ(judged("slowlog-log-slower-than", "-1"), "-1");
  EXPECT_EQ(judged("slowlog-log-slower-than", "-2"),
            "! argument must be between -1 and 9223372036854775807 inclusive");
  EXPECT_EQ(judged("acllog-max-len", "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(judged("list-max-listpack-size", "-2147483648"), "-2147483648");
  EXPECT_EQ(judged("list-max-listpack-size", "-2147483649"),
            "! argument must be between -2147483648 and 2147483647 inclusive");
}

TEST(Directive, EveryIntegerIsTakenAtItsLimitsAndRefusedBehindThem) {
  for (const Directive& row : directives()) {
    if (row.kind != Kind::integer || row.most != 0) continue;
    EXPECT_EQ(judged(row.name, std::to_string(row.low)), std::to_string(row.low)) << row.name;
    EXPECT_EQ(judged(row.name, std::to_string(row.high)), std::to_string(row.high)) << row.name;
    if (row.low != std::numeric_limits<std::int64_t>::min())
      EXPECT_EQ(judged(row.name, std::to_string(row.low - 1)).substr(0, 26),
                "! argument must be between")
          << row.name;
    if (row.high != std::numeric_limits<std::int64_t>::max())
      EXPECT_EQ(judged(row.name, std::to_string(row.high + 1)).substr(0, 26),
                "! argument must be between")
          << row.name;
  }
}

TEST(Directive, SomeNumbersAreMovedIntoTheirLimits) {
  EXPECT_EQ(judged("hz", "0"), "1");
  EXPECT_EQ(judged("hz", "500"), "500");
  EXPECT_EQ(judged("hz", "501"), "500");
  EXPECT_EQ(judged("repl-backlog-size", "1"), "16384");
  EXPECT_EQ(judged("repl-backlog-size", "16385"), "16385");
}

TEST(Directive, SizesHaveUnits) {
  const std::pair<std::string_view, std::string_view> sizes[] = {
      {"", "0"},          {"k", "0"},           {"010", "10"},        {"1b", "1"},
      {"1k", "1000"},     {"1kb", "1024"},      {"1KB", "1024"},      {"1m", "1000000"},
      {"1Mb", "1048576"}, {"1g", "1000000000"}, {"1gb", "1073741824"}};
  for (const auto& [text, bytes] : sizes) EXPECT_EQ(judged("maxmemory", text), bytes) << text;
  for (const std::string_view bad : {"x", "-1", "1t", "1.5gb", "1 kb", " 1", "1kbx", "+1", "50%"})
    EXPECT_EQ(judged("maxmemory", bad), "! argument must be a memory value") << bad;
}

TEST(Directive, SizesTooLargeStopOrWrapAsInRedis) {
  EXPECT_EQ(judged("maxmemory", "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(judged("maxmemory", "18446744073709551616"), "18446744073709551615");
  EXPECT_EQ(judged("maxmemory", "17179869184gb"), "0");
  EXPECT_EQ(judged("maxmemory", "99999999999gb"), "15140462030378500096");
  EXPECT_EQ(judged("maxmemory", std::string(127, '0')), "0");
  EXPECT_EQ(judged("maxmemory", std::string(128, '0')), "! argument must be a memory value");
}

TEST(Directive, SizesWithinTheirLimits) {
  const std::string error = "! argument must be between 1048576 and 9223372036854775807 inclusive";
  EXPECT_EQ(judged("proto-max-bulk-len", "1mb"), "1048576");
  EXPECT_EQ(judged("proto-max-bulk-len", "1048575"), error);
  EXPECT_EQ(judged("proto-max-bulk-len", "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(judged("proto-max-bulk-len", "9223372036854775808"), error);
}

TEST(Directive, ASizeMayBeAPercentage) {
  EXPECT_EQ(judged("maxmemory-clients", "5%"), "5%");
  EXPECT_EQ(judged("maxmemory-clients", "0%"), "0");
  EXPECT_EQ(judged("maxmemory-clients", "100%"), "100%");
  EXPECT_EQ(judged("maxmemory-clients", "101%"),
            "! percentage argument must be less or equal to 100");
  EXPECT_EQ(judged("maxmemory-clients", "18446744073709551615"), "1%");
  EXPECT_EQ(judged("maxmemory-clients", "9223372036854775808"),
            "! percentage argument must be less or equal to 100");
  for (const std::string_view bad : {"%", "-1", "-1%", "1%%", "1kb%", "0100%", "x"})
    EXPECT_EQ(judged("maxmemory-clients", bad), "! argument must be a memory or percent value")
        << bad;
}

TEST(Directive, WordsInAnyCase) {
  EXPECT_EQ(judged("loglevel", "NOTICE"), "notice");
  EXPECT_EQ(judged("loglevel", "loud"),
            "! argument(s) must be one of the following: debug, verbose, notice, warning");
}

TEST(Directive, PermissionsAreOctal) {
  EXPECT_EQ(judged("unixsocketperm", "0700"), "700");
  EXPECT_EQ(judged("unixsocketperm", "777"), "777");
  EXPECT_EQ(judged("unixsocketperm", "1000"), "! argument must be between 0 and 777 inclusive");
  EXPECT_EQ(judged("unixsocketperm", "8"), "! argument couldn't be parsed as an octal number");
  EXPECT_EQ(judged("unixsocketperm", " +7"), "7") << "read as the C library does";
  EXPECT_EQ(judged("unixsocketperm", ""), "0");
}

TEST(Directive, BufferLimitsNameTheirClasses) {
  const std::string pubsub = " pubsub 33554432 8388608 60";
  EXPECT_EQ(judged("client-output-buffer-limit", "Replica 1kb 2 3"),
            "normal 0 0 0 slave 1024 2 3" + pubsub);
  EXPECT_EQ(judged("client-output-buffer-limit", "normal 1 2 3 normal 4 5 6"),
            "normal 4 5 6 slave 268435456 67108864 60" + pubsub);
  EXPECT_EQ(judged("client-output-buffer-limit", "normal 1 2 "),
            "normal 1 2 0 slave 268435456 67108864 60" + pubsub);
  EXPECT_EQ(judged("client-output-buffer-limit", "normal 1 2 4294967297"),
            "normal 1 2 1 slave 268435456 67108864 60" + pubsub);
  EXPECT_EQ(judged("client-output-buffer-limit", ""),
            "normal 0 0 0 slave 268435456 67108864 60" + pubsub);
  EXPECT_EQ(judged("client-output-buffer-limit", "normal 1 2"),
            "! Wrong number of arguments in buffer limit configuration.");
  EXPECT_EQ(judged("client-output-buffer-limit", "master 1 2 3"),
            "! Invalid client class specified in buffer limit configuration.");
  for (const std::string_view bad :
       {"normal x 2 3", "normal 1 x 3", "normal 1 2 x", "normal 1 2 -1", "normal 1 2 2147483648"})
    EXPECT_EQ(judged("client-output-buffer-limit", bad),
              "! Error in hard, soft or soft_seconds setting in buffer limit configuration.")
        << bad;
}

TEST(Directive, SavePointsArePairs) {
  EXPECT_EQ(judged("save", ""), "");
  EXPECT_EQ(judged("save", "900 1 300 10"), "900 1 300 10");
  EXPECT_EQ(judged("save", "900 "), "900 0");
  EXPECT_EQ(judged("save", "9223372036854775808 2147483647"), "9223372036854775807 2147483647");
  for (const std::string_view bad : {"900", "900 x", "0 1", "1 -1", "1  1", "1 2147483648", "\"\""})
    EXPECT_EQ(judged("save", bad), "! Invalid save parameters") << bad;
}

TEST(Directive, PercentilesAreBetweenZeroAndAHundred) {
  EXPECT_EQ(judged("latency-tracking-info-percentiles", "50.123456789 1e1 .5 0x10 100.0"),
            "50.123457 10 0.5 16 100");
  EXPECT_EQ(judged("latency-tracking-info-percentiles", ""), "");
  for (const std::string_view bad : {"x", "nan", "1 ", " 1", "5%"})
    EXPECT_EQ(judged("latency-tracking-info-percentiles", bad),
              "! Invalid latency-tracking-info-percentiles parameters")
        << bad;
  for (const std::string_view bad : {"-1", "100.1", "inf"})
    EXPECT_EQ(judged("latency-tracking-info-percentiles", bad),
              "! latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
        << bad;
}

TEST(Directive, SpecialFormsAreJudgedAsRedisDoes) {
  EXPECT_EQ(judged("notify-keyspace-events", "KEx?"),
            "! Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
  EXPECT_EQ(judged("oom-score-adj-values", "-2000 +5 2000"), "-2000 5 2000");
  EXPECT_EQ(judged("oom-score-adj-values", "1 2"), "! wrong number of arguments");
  EXPECT_EQ(judged("oom-score-adj-values", "0 0 2001"),
            "! Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
  EXPECT_EQ(judged("shutdown-on-sigterm", "FORCE nosave default"), "nosave force");
  EXPECT_EQ(judged("shutdown-on-sigterm", "save nosave"),
            "! shutdown options SAVE and NOSAVE can't be used simultaneously");
  EXPECT_EQ(judged("bind", "127.0.0.1 -::1"), "127.0.0.1 -::1");
  EXPECT_EQ(judged("bind", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"),
            "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
  EXPECT_EQ(judged("bind", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"),
            "! Too many bind addresses specified.");
  EXPECT_EQ(judged("replicaof", "no one"), "");
  EXPECT_EQ(judged("replicaof", "host 70000"), "! Invalid master port");
  EXPECT_EQ(judged("dbfilename", "a/b"), "! dbfilename can't be a path, just a filename");
  EXPECT_EQ(judged("appendfilename", ""), "! appendfilename can't be empty");
  EXPECT_EQ(judged("cluster-announce-hostname", std::string(255, 'a')), std::string(255, 'a'));
  EXPECT_EQ(judged("cluster-announce-hostname", std::string(256, 'a')),
            "! Hostnames must be less than 256 characters");
}

TEST(Directive, TitlesMustNotBeEmptyOrUnknown) {
  const std::string error = "! template format is invalid or contains unknown variables";
  for (const std::string_view good :
       {"x}", "{title}{{", "{listen-addr} {server-mode}", "{port}", "{config-file}"})
    EXPECT_EQ(judged("proc-title-template", good), good);
  for (const std::string_view bad : {"", "  ", "{title}", "{title", "{bad}", "{}", "{unixsocket}"})
    EXPECT_EQ(judged("proc-title-template", bad), error) << bad;
}

TEST(Directive, OursHaveLimitsToo) {
  EXPECT_EQ(judged("threads", "AUTO"), "auto");
  EXPECT_EQ(judged("threads", "1"), "1");
  EXPECT_EQ(judged("threads", "256"), "256");
  for (const std::string_view bad : {"0", "257", "-1", "x", ""})
    EXPECT_EQ(judged("threads", bad), "! argument must be auto or between 1 and 256") << bad;
  EXPECT_EQ(judged("seed", "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(judged("seed", "18446744073709551616"),
            "! argument must be an unsigned number of 64 bits");
  EXPECT_EQ(judged("compat-version", "8.0"), "8.0");
  EXPECT_EQ(judged("compat-version", "6.2"),
            "! argument(s) must be one of the following: 7.0, 7.2, 7.4, 8.0");
}

}  // namespace
}  // namespace redouble::instance
