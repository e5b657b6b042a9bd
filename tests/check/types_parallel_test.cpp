// Parallel programs over the commands of each type, made from their grammars: sessions of several
// threads on one instance must answer as the same handlers do one at a time.
//
// Every row of the type's group is drawn, and those of the generic group that work on keys; left
// out are rows whose replies are not a function of what an instance holds (random ones, cursors,
// encodings), and what waits, for which there is waiting_parallel_test.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "check/generator.hpp"
#include "check/local_client.hpp"
#include "check/parallel_instance.hpp"
#include "command/keys.hpp"
#include "command/table.hpp"

namespace redouble::check::types_parallel_test {
namespace {

using command::CommandTable;
using command::Group;
using command::Row;

constexpr std::array<std::string_view, 3> keys{"k0", "k1", "k2"};

// Generic rows on a key's value or deadline; the others are about other databases, cursors, waits.
const std::set<std::string_view> generic_rows{
    "copy",    "del",       "exists",      "expire", "expireat", "expiretime", "persist",
    "pexpire", "pexpireat", "pexpiretime", "pttl",   "rename",   "renamenx",   "sort",
    "sort_ro", "touch",     "ttl",         "type",   "unlink"};

bool answers_by_contents(const Row& row) {
  if (command::is_container(row)) return false;
  const std::string_view name = CommandTable::standard().full_name(row);
  // The shape of the tree, which the way there decides; and what takes long and touches no key.
  if (name == "xinfo|stream" || name == "pfselftest") return false;
  if ((row.flags & command::blocking) != 0 && name != "xread" && name != "xreadgroup") return false;
  return std::ranges::find(row.tips, "nondeterministic_output") == row.tips.end();
}

std::vector<std::string> rows_of(Group group) {
  std::vector<std::string> names;
  for (const Row& row : CommandTable::standard().rows()) {
    const std::string_view name = CommandTable::standard().full_name(row);
    if (row.group != group || !answers_by_contents(row)) continue;
    if (CommandTable::standard().visible(row, judged_version)) names.emplace_back(name);
  }
  return names;
}

// Requests of one type's rows on a few keys.
class TypedRequests {
 public:
  TypedRequests(Group group, std::uint64_t seed)
      : own_(rows_of(group)),
        generic_(generic_rows.begin(), generic_rows.end()),
        generator_(seed) {}

  Request operator()(Random& random) {
    const std::string& name =
        random.below(8) < 6 ? own_[next_++ % own_.size()] : generic_[random.below(generic_.size())];
    for (;;) {
      Request request = generator_.of(name);
      if (waits(request) || is_far_away(request) || !on_few_keys(random, request)) continue;
      asked_.insert(name);
      return request;
    }
  }
  // Rows of the type that were never drawn.
  std::vector<std::string> missing() const {
    std::vector<std::string> names;
    for (const std::string& name : own_) {
      if (!asked_.contains(name)) names.push_back(name);
    }
    return names;
  }

 private:
  static bool waits(const Request& request) {
    return std::ranges::any_of(
        request, [](std::string_view word) { return command::equals_lower(word, "block"); });
  }
  // Would make a string of megabytes: SETBIT and BITFIELD at such an offset.
  static bool is_far_away(const Request& request) {
    using command::equals_lower;
    return (equals_lower(request[0], "setbit") || equals_lower(request[0], "bitfield")) &&
           std::ranges::any_of(request, [](const std::string& word) {
             return word.size() > 6 && word.find_first_not_of("#0123456789") == word.npos;
           });
  }
  static bool on_few_keys(Random& random, Request& request) {
    const std::vector<std::string_view> words(request.begin(), request.end());
    const Row* row = CommandTable::standard().resolve(words);
    command::KeyList found;
    if (command::find_keys_to_lock(*row, words, found) != command::KeysFound::ok) return false;
    for (const command::KeyPosition& key : found) {
      request[key.position] = keys[random.below(keys.size())];
    }
    return true;
  }

  std::vector<std::string> own_;  // in turn, so that each comes
  std::vector<std::string> generic_;
  Generator generator_;
  std::size_t next_ = 0;
  std::set<std::string> asked_;
};

// With limits of one element a value leaves its packed form at once.
std::unique_ptr<instance::Instance> with_large_forms(store::Scheduler* scheduler) {
  auto instance = parallel_instance(scheduler);
  LocalClient client(*instance, 0);
  for (const char* limit :
       {"hash-max-listpack-entries", "set-max-intset-entries", "zset-max-listpack-entries",
        "list-max-listpack-size", "stream-node-max-entries", "hll-sparse-max-bytes"}) {
    EXPECT_EQ(client.execute({"CONFIG", "SET", limit, "1"}), "+OK\r\n");
  }
  return instance;
}

struct OfType {
  Group group;
  const char* name;
  std::vector<std::string> look;  // a request that shows a value, the key left out
};

class TypesParallel : public ::testing::TestWithParam<OfType> {
 protected:
  void expect_linearizable(MakeInstance make, Parallel::Search search) {
    std::vector<Request> look;
    for (const std::string_view key : keys) {
      look.push_back(GetParam().look);
      look.back().insert(look.back().begin() + 1, std::string(key));
      look.push_back({"TTL", std::string(key)});
    }
    TypedRequests requests(GetParam().group, search.seed);
    expect_none(
        Parallel(sessions_on(make), judged_by_handlers(make)), search,
        [&](Random& random) { return requests(random); }, look);
    EXPECT_EQ(requests.missing(), std::vector<std::string>{});
  }
};

TEST_P(TypesParallel, AreLinearizableUnderEveryScheduleTried) {
  expect_linearizable(parallel_instance, {.seed = 1, .programs = 30});
}

TEST_P(TypesParallel, AreLinearizableOnFreeThreads) {
  expect_linearizable(parallel_instance, {.seed = 2, .programs = 30, .free = true});
}

TEST_P(TypesParallel, InTheirLargeFormsUnderEveryScheduleTried) {
  expect_linearizable(with_large_forms, {.seed = 3, .programs = 30});
}

TEST_P(TypesParallel, InTheirLargeFormsOnFreeThreads) {
  expect_linearizable(with_large_forms, {.seed = 4, .programs = 30, .free = true});
}

INSTANTIATE_TEST_SUITE_P(
    All, TypesParallel,
    ::testing::Values(OfType{Group::list, "list", {"LRANGE", "0", "-1"}},
                      OfType{Group::hash, "hash", {"HGETALL"}},
                      OfType{Group::set, "set", {"SMEMBERS"}},
                      OfType{Group::sorted_set, "sorted_set", {"ZRANGE", "0", "-1", "WITHSCORES"}},
                      OfType{Group::stream, "stream", {"XRANGE", "-", "+"}},
                      OfType{Group::bitmap, "bitmap", {"GET"}},
                      OfType{Group::hyperloglog, "hyperloglog", {"GET"}},
                      OfType{Group::geo, "geo", {"ZRANGE", "0", "-1", "WITHSCORES"}}),
    [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace redouble::check::types_parallel_test
