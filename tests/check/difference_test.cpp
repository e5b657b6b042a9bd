#include "check/difference.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "check/generator.hpp"
#include "command/table.hpp"

namespace redouble::check::difference_test {
namespace {

using resp::Reply;

Reply integer(std::int64_t number) { return {.type = Reply::Type::integer, .integer = number}; }
Reply bulk(std::string text) { return {.type = Reply::Type::bulk, .text = std::move(text)}; }
Reply error(std::string text) { return {.type = Reply::Type::error, .text = std::move(text)}; }
Reply array(std::vector<Reply> elements) {
  return {.type = Reply::Type::array, .elements = std::move(elements)};
}

TEST(Difference, IsOfARowThatThereIsAndHasAReason) {
  std::set<std::string_view> seen;
  for (const Difference& difference : differences()) {
    EXPECT_NE(command::CommandTable::standard().find_full(difference.command), nullptr)
        << difference.command;
    EXPECT_TRUE(seen.insert(difference.command).second) << difference.command;
    EXPECT_GT(difference.reason.size(), 10u) << difference.command;
  }
}

TEST(Difference, LeavesNoRowOutOfRandomRunsThatNoScriptIsAbout) {
  Generator generator(1, [](std::string_view name) { return !is_left_out(name); });
  for (const command::Row& row : command::CommandTable::standard().rows()) {
    const std::string name(command::CommandTable::standard().full_name(row));
    if (row.group == command::Group::double_) continue;
    if (!command::CommandTable::standard().visible(row, judged_version)) continue;
    if (!is_left_out(name)) {
      EXPECT_TRUE(generator.counts().contains(name)) << name;
      continue;
    }
    bool has_script = false;
    for (const Script& script : scripts()) {
      has_script = has_script || script.about.find(name) != std::string_view::npos;
    }
    EXPECT_TRUE(has_script) << name;
  }
}

TEST(Difference, ComparesWhatHasNoRowByteForByte) {
  EXPECT_TRUE(same_reply({"GET", "k"}, bulk("a"), bulk("a")));
  EXPECT_FALSE(same_reply({"GET", "k"}, bulk("a"), bulk("b")));
  EXPECT_FALSE(same_reply({"GET", "k"}, error("ERR a"), error("ERR b")));
  EXPECT_FALSE(same_reply({"nosuch"}, error("ERR a"), error("ERR b")));
}

TEST(Difference, ComparesErrorsOfEveryRowByTheirText) {
  for (const Difference& difference : differences()) {
    Request request;
    const std::string name(difference.command);
    const std::size_t bar = name.find('|');
    request.push_back(name.substr(0, bar));
    if (bar != std::string::npos) request.push_back(name.substr(bar + 1));
    EXPECT_FALSE(same_reply(request, error("ERR a"), error("ERR b"))) << name;
    EXPECT_FALSE(same_reply(request, error("ERR a"), integer(1))) << name;
  }
}

TEST(Difference, BearsTheClockInWhatIsLeftOfALifetime) {
  EXPECT_TRUE(same_reply({"TTL", "k"}, integer(99'999), integer(100'000)));
  EXPECT_FALSE(same_reply({"TTL", "k"}, integer(99'000), integer(100'000)));
  EXPECT_FALSE(same_reply({"TTL", "k"}, integer(-1), integer(0)));
  EXPECT_FALSE(same_reply({"PTTL", "k"}, integer(-2), integer(-1)));
}

TEST(Difference, BearsNothingInADeadlineThatWasGivenAsItIs) {
  EXPECT_FALSE(
      same_reply({"PEXPIRETIME", "k"}, integer(8'000'000'000'001), integer(8'000'000'000'000)));
  EXPECT_FALSE(same_reply({"EXPIRETIME", "k"}, integer(8'000'000'001), integer(8'000'000'000)));
  EXPECT_TRUE(
      same_reply({"PEXPIRETIME", "k"}, integer(1'800'000'000'001), integer(1'800'000'000'000)));
}

// A long run met a key that seemed to have been idle for longer than it had existed.
TEST(Difference, BearsThatTheRealServersSmallIntegersWereUsedBefore) {
  const Request request{"OBJECT", "IDLETIME", "k"};
  EXPECT_TRUE(same_reply(request, integer(0), integer(133)));
  EXPECT_TRUE(same_reply(request, integer(7), integer(0)));
  EXPECT_FALSE(same_reply(request, integer(133), integer(0)));
  EXPECT_FALSE(same_reply(request, integer(0), error("ERR no")));
}

TEST(Difference, TakesKeysInAnyOrderAndNoOthers) {
  EXPECT_TRUE(
      same_reply({"KEYS", "*"}, array({bulk("a"), bulk("b")}), array({bulk("b"), bulk("a")})));
  EXPECT_FALSE(same_reply({"KEYS", "*"}, array({bulk("a")}), array({bulk("b")})));
  const Reply ours = array({bulk("0"), array({bulk("a"), bulk("b")})});
  EXPECT_TRUE(same_reply({"SCAN", "0"}, ours, array({bulk("0"), array({bulk("b"), bulk("a")})})));
  EXPECT_FALSE(same_reply({"SCAN", "0"}, ours, array({bulk("0"), array({bulk("b")})})));
}

TEST(Difference, ComparesTheCountersOfCommandsButNotTheirTimes) {
  const std::string head = "# Commandstats\r\ncmdstat_get:calls=";
  EXPECT_TRUE(same_reply({"INFO", "commandstats"}, bulk(head + "1,usec=5,usec_per_call=5.00\r\n"),
                         bulk(head + "1,usec=6,usec_per_call=6.00\r\n")));
  EXPECT_FALSE(same_reply({"INFO", "commandstats"}, bulk(head + "1,usec=5\r\n"),
                          bulk(head + "2,usec=5\r\n")));
  const auto latencies = [](const std::string& text) {
    return bulk("# Latencystats\r\nlatency_percentiles_usec_" + text + "\r\n");
  };
  const Request request{"INFO", "latencystats"};
  EXPECT_TRUE(same_reply(request, latencies("get:p50=1.003,p99=2.007"),
                         latencies("get:p50=0.001,p99=0.001")));
  EXPECT_FALSE(same_reply(request, latencies("get:p50=1.003"), latencies("set:p50=1.003")));
  EXPECT_FALSE(same_reply(request, latencies("get:p50=1.003"), latencies("get:p99=1.003")));
}

}  // namespace
}  // namespace redouble::check::difference_test
