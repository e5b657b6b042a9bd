#include "check/campaign.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "check/difference.hpp"
#include "fake_server.hpp"

namespace redouble::check::campaign_test {
namespace {

using testing::FakeServer;
using testing::Tamper;

Campaign::Plan plan_of(std::size_t sequences) {
  return {.seed = 3, .sequences = sequences, .databases = 4, .wanted = [](std::string_view name) {
            return !is_left_out(name);
          }};
}

void work(Campaign& campaign, std::size_t workers, const Tamper& tamper = {}) {
  std::vector<std::jthread> threads;
  for (std::size_t left = workers; left > 0; --left) {
    threads.emplace_back([&] {
      FakeServer ours(tamper);
      FakeServer reference;
      campaign.work(ours.target(), reference.target());
    });
  }
}

TEST(Campaign, AsksTheSameHoweverManyWorkOnIt) {
  Campaign one(plan_of(12));
  Campaign two(plan_of(12));
  work(one, 1);
  work(two, 2);
  EXPECT_EQ(one.sequences(), 12u);
  EXPECT_EQ(two.sequences(), 12u);
  EXPECT_GT(one.commands(), 1000u);
  EXPECT_EQ(one.commands(), two.commands());
  EXPECT_EQ(one.counts(), two.counts());
  EXPECT_EQ(one.commands_by_group(), two.commands_by_group());
  EXPECT_TRUE(one.finds().empty());
}

TEST(Campaign, EndsWithAShrunkSequenceWhereTheServersDiffer) {
  Campaign campaign(plan_of(1000));
  work(campaign, 1, [](resp::Reply& reply) {
    if (reply.text == "ERR no such key") reply.text = "ERR No such key";
  });
  ASSERT_EQ(campaign.finds().size(), 1u);
  EXPECT_LE(campaign.finds().front().least.size(), 2u);
  EXPECT_LT(campaign.sequences(), 1000u);
}

TEST(Campaign, MakesUpForWhatChanceHasNotMet) {
  Campaign::Plan plan = plan_of(0);
  plan.wanted = [](std::string_view name) { return name == "copy" || name == "set"; };
  Campaign campaign(plan);
  const std::vector<std::string> before = campaign.missing();
  EXPECT_EQ(std::ranges::count(before, "copy/replace"), 1);
  FakeServer ours;
  FakeServer reference;
  campaign.make_up(ours.target(), reference.target());
  EXPECT_EQ(campaign.missing(), std::vector<std::string>());
}

}  // namespace
}  // namespace redouble::check::campaign_test
