// What random runs over the commands of every type record, replayed on an empty instance, gives the
// same contents.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "check/generator.hpp"
#include "check/reply_text.hpp"
#include "check/shrink.hpp"
#include "command/table.hpp"
#include "instance/recorder.hpp"
#include "support/journal.hpp"
#include "support/session_peer.hpp"

namespace redouble::check::replay_test {
namespace {

using testing::frozen_instance;

std::uint64_t digest_of(instance::Instance& instance) {
  return instance.step({.all = true}, nullptr, [&](store::LockSet& locks, instance::Step&) {
    return instance.digest(locks);
  });
}

bool changes_data(std::string_view name) {
  if (name == "flushall" || name == "flushdb" || name == "swapdb" || name == "select") return true;
  switch (command::CommandTable::standard().find_full(name)->group) {
    case command::Group::connection:
    case command::Group::server:
    case command::Group::scripting:
      return false;
    default:
      return true;
  }
}

struct Replayed {
  std::uint64_t expected = 0;
  std::uint64_t digest = 0;
  std::string trouble;  // a record that was refused
};

Replayed replay(const Sequence& sequence) {
  Replayed result;
  std::vector<instance::Record> records;
  {
    const auto first = frozen_instance();
    testing::Journal journal(*first);
    testing::Peer peer(*first);
    for (const Request& request : sequence) {
      peer.run(request);
      // Nobody else is there; a millisecond is the longest that the generator lets one wait.
      for (int tries = 0; peer.waiting() && tries < 3; ++tries) {
        first->advance_us(0, 1000);
        peer.deliver();
      }
    }
    result.expected = digest_of(*first);
    records = journal.take();
  }
  const auto again = frozen_instance(testing::frozen_start_ms, 2);
  again->active_expire = false;
  testing::Peer peer(*again);
  for (const instance::Record& record : records) {
    peer({"SELECT", std::to_string(record.database)});
    const std::string answer = peer.run(record.command);
    if (!answer.starts_with("-")) continue;
    for (const std::string& word : record.command) result.trouble += quote_word(word) + " ";
    result.trouble += answer;
  }
  result.digest = digest_of(*again);
  return result;
}

bool goes_wrong(const Sequence& sequence) {
  const Replayed replayed = replay(sequence);
  return replayed.expected != replayed.digest || !replayed.trouble.empty();
}

TEST(ReplayTest, TheRecordsOfRandomRunsOverEveryTypeGiveAnEqualDigest) {
  constexpr std::uint64_t runs = 150;
  constexpr std::size_t requests = 120;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    Generator generator(seed, changes_data);
    generator.focus();
    Sequence sequence(requests);
    for (Request& request : sequence) request = generator.next();
    if (!goes_wrong(sequence)) continue;
    const Sequence least = shortest(sequence, goes_wrong);
    std::string told = "seed " + std::to_string(seed) + "\n";
    for (const Request& request : least) {
      for (const std::string& word : request) told += quote_word(word) + " ";
      told += "\n";
    }
    FAIL() << told << replay(least).trouble;
  }
}

}  // namespace
}  // namespace redouble::check::replay_test
