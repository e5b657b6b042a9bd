// Good and bad twins: recorded histories in pairs that hardly differ. Each good one must be
// explained, each bad one must not; NAME.good.txt and NAME.bad.txt in histories/, a sentence on
// top.
//
// A new pair needs no line here.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "check/linearizability.hpp"
#include "check/partition.hpp"
#include "check/report.hpp"
#include "check/string_model.hpp"

namespace redouble::check::twins_test {
namespace {

namespace fs = std::filesystem;

// A bad twin differs in so many lines at most; two is enough to exchange what two reads saw.
constexpr std::size_t most_lines_apart = 3;

History read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str().starts_with("# ")) << path << " must begin with a sentence";
  auto history = read_history(text.str());
  EXPECT_TRUE(history) << path << ": " << history.error();
  return history ? *history : History{};
}

std::set<std::string> twins() {
  std::set<std::string> names;
  const fs::path folder = fs::path(REDOUBLE_TESTS) / "check" / "histories";
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    names.insert((folder / name.substr(0, name.find('.'))).string());
  }
  return names;
}

class Twins : public testing::TestWithParam<std::string> {
 protected:
  History good = read(GetParam() + ".good.txt");
  History bad = read(GetParam() + ".bad.txt");
  StringModel model;
};

TEST_P(Twins, TheGoodOneIsLinearizable) {
  const Judgement judgement = check(model, good);
  EXPECT_EQ(judgement.verdict, Verdict::linearizable) << describe(good, judgement);
}

TEST_P(Twins, TheBadOneIsNot) {
  const Judgement judgement = check(model, bad);
  EXPECT_EQ(judgement.verdict, Verdict::not_linearizable) << describe(bad, judgement);
}

TEST_P(Twins, AreJudgedTheSameInParts) {
  const auto good_parts = partition(good, StringModel::keys_of);
  const auto bad_parts = partition(bad, StringModel::keys_of);
  ASSERT_TRUE(good_parts && bad_parts);
  EXPECT_EQ(check_parts(model, *good_parts).verdict, Verdict::linearizable);
  EXPECT_EQ(check_parts(model, *bad_parts).verdict, Verdict::not_linearizable);
}

TEST_P(Twins, HardlyDiffer) {
  const auto missing_in = [](const History& from, const History& other) {
    return static_cast<std::size_t>(
        std::count_if(from.begin(), from.end(), [&](const Operation& operation) {
          return std::find(other.begin(), other.end(), operation) == other.end();
        }));
  };
  const std::size_t apart = std::max(missing_in(good, bad), missing_in(bad, good));
  EXPECT_GE(apart, 1u);
  EXPECT_LE(apart, most_lines_apart);
}

INSTANTIATE_TEST_SUITE_P(Recorded, Twins, testing::ValuesIn(twins()),
                         [](const auto& pair) { return fs::path(pair.param).filename().string(); });

TEST(TwinsOnDisk, AreMany) { EXPECT_GE(twins().size(), 35u); }

}  // namespace
}  // namespace redouble::check::twins_test
