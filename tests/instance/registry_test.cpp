#include "instance/registry.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace redouble::instance {
namespace {

TEST(Registry, GivesEachClientAnIdThatIsNeverUsedAgain) {
  const store::Sync sync(nullptr);
  Registry registry(sync);
  EXPECT_EQ(registry.add(0)->id, 1u);
  EXPECT_EQ(registry.add(0)->id, 2u);
  registry.remove(2);
  EXPECT_EQ(registry.add(0)->id, 3u);
  EXPECT_EQ(registry.next_id(), 4u);
  EXPECT_EQ(registry.find(2), nullptr);
  EXPECT_EQ(registry.find(3)->id, 3u);
  EXPECT_EQ(registry.size(), 2u);
}

TEST(Registry, GoesThroughItsClientsInTheOrderOfTheirIdsAndMayBeChangedMeanwhile) {
  const store::Sync sync(nullptr);
  Registry registry(sync);
  for (int clients = 0; clients < 3; ++clients) registry.add(0);
  std::vector<std::uint64_t> seen;
  registry.for_each([&](const Client& client) {
    seen.push_back(client.id);
    registry.remove(client.id);
  });
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(registry.size(), 0u);
}

TEST(Registry, AClientThatWasFoundOutlivesItsEntry) {
  const store::Sync sync(nullptr);
  Registry registry(sync);
  const auto client = registry.add(7);
  registry.remove(client->id);
  client->kill();
  EXPECT_TRUE(client->killed);
  EXPECT_EQ(client->created_ms, 7);
}

}  // namespace
}  // namespace redouble::instance
