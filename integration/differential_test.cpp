// The real redis-server as judge of random sequences over every command of the table.
//
// ctest: alone
// At least 200,000 commands of every type's group, counted where both servers answered alike;
// eight times as many with REDOUBLE_LONG. REDOUBLE_SEED chooses the first seed (printed),
// REDOUBLE_SECONDS makes a campaign of so many seconds (then nothing has to be reached),
// REDOUBLE_FINDS how many differences are collected before the run ends (default 1),
// REDOUBLE_PAIRS how many pairs of servers work at once, REDOUBLE_REDIS_SERVER the judge,
// REDOUBLE_ASKED a file for what was asked and how it was compared (for ci/conformance),
// REDOUBLE_ONLY the commands that the requests are made of ("sort rpush config|set"): a run with
// these is not asked whether every part of the table was met.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <list>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "check/campaign.hpp"
#include "check/difference.hpp"
#include "command/describe.hpp"
#include "command/table.hpp"
#include "judged_pair.hpp"

namespace redouble::check {
namespace {

using integration::environment;
using integration::Pair;
using std::chrono::seconds;

constexpr std::size_t usual_sequences = 5900;
constexpr std::uint64_t least_commands = 200'000;
constexpr std::size_t long_times = 8;

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const std::string text = environment(name, "");
  return text.empty() ? otherwise : std::strtoull(text.c_str(), nullptr, 10);
}

bool wanted(std::string_view full_name) {
  static const std::string only = " " + environment("REDOUBLE_ONLY", "") + " ";
  return !is_left_out(full_name) &&
         (only == "  " || only.find(" " + std::string(full_name) + " ") != std::string::npos);
}

// Errors alone would compare little: every row has been answered otherwise at least once.
void expect_successes(const Campaign& campaign) {
  for (const command::Row& row : command::CommandTable::standard().rows()) {
    const std::string name(command::CommandTable::standard().full_name(row));
    if (row.group == command::Group::double_ || is_left_out(name) || command::is_container(row) ||
        is_always_refused(name) ||
        !command::CommandTable::standard().visible(row, judged_version)) {
      continue;
    }
    const auto found = campaign.tallies().find(&row);
    EXPECT_TRUE(found != campaign.tallies().end() && found->second.without_error > 0)
        << name << " was answered with errors only";
  }
}

// What ci/conformance reads, a fact a line, its fields apart by tabs.
void write_asked(const Campaign& campaign) {
  const std::string path = environment("REDOUBLE_ASKED", "");
  if (path.empty()) return;
  std::ofstream file(path);
  file << "commands\t" << campaign.commands() << '\n';
  for (const auto& [part, count] : campaign.counts()) {
    file << "asked\t" << part << '\t' << count << '\n';
  }
  for (const Difference& difference : differences()) {
    file << (difference.same == nullptr ? "left out\t" : "compared\t") << difference.command << '\t'
         << difference.reason << '\n';
  }
  for (const Script& script : scripts()) file << "script\t" << script.about << '\n';
}

// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

void expect_commands_of_every_type(const Campaign& campaign, std::uint64_t least) {
  for (const auto& [group, commands] : campaign.commands_by_group()) {
    const std::string name(command::group_name(group));
    fmt::print("differential: {} {}\n", name, grouped(commands));
    ::testing::Test::RecordProperty("commands beside redis-server: " + name,
                                    std::to_string(commands));
    EXPECT_TRUE(!is_of_values(group) || commands >= least) << name << ": " << commands;
  }
}

TEST(Differential, RandomSequencesAreAnsweredAsByTheRealServer) {
  const std::uint64_t seed = number("REDOUBLE_SEED", 1);
  const std::size_t times = std::getenv("REDOUBLE_LONG") != nullptr ? long_times : 1;
  const seconds time(number("REDOUBLE_SECONDS", 0));
  const bool everything = time == seconds(0) && environment("REDOUBLE_ONLY", "").empty();
  fmt::print("differential: seed {}\n", seed);
  Campaign::Plan plan{.seed = seed,
                      .sequences = usual_sequences * times,
                      .most_finds = number("REDOUBLE_FINDS", 1),
                      .databases = integration::judged_databases,
                      .wanted = wanted};
  if (time > seconds(0)) {
    plan.sequences = std::numeric_limits<std::size_t>::max();
    plan.end = Campaign::Clock::now() + time;
  }
  Campaign campaign(plan);
  // Two for each core: a pair often waits, for a command that blocks or for the other server.
  std::list<Pair> pairs(number("REDOUBLE_PAIRS", 2 * std::thread::hardware_concurrency()));
  {
    std::vector<std::jthread> workers;
    for (Pair& pair : pairs) {
      workers.emplace_back([&] { campaign.work(pair.ours.target(), pair.reference.target()); });
    }
  }
  if (everything) {
    write_asked(campaign);
    campaign.make_up(pairs.front().ours.target(), pairs.front().reference.target());
  }
  fmt::print("differential: {} commands, {} sequences, {} differences\n",
             grouped(campaign.commands()), campaign.sequences(), campaign.finds().size());
  for (const Campaign::Find& find : campaign.finds()) {
    ADD_FAILURE() << "protocol " << find.protocol << "\n" << describe(find.least, find.mismatch);
  }
  expect_commands_of_every_type(campaign, everything ? least_commands * times : 0);
  if (!everything || !campaign.finds().empty()) return;
  EXPECT_EQ(campaign.missing(), std::vector<std::string>());
  expect_successes(campaign);
}

}  // namespace
}  // namespace redouble::check
