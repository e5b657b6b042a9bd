#include "instance/tracking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/session_peer.hpp"

namespace redouble::instance {
namespace {

using testing::frozen_instance;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Peer;

std::string invalidation(std::string_view key) {
  return ">2\r\n$10\r\ninvalidate\r\n*1\r\n" + testing::bulk(key);
}

class TrackingTest : public ::testing::Test {
 protected:
  TrackingTest() { cache_("HELLO 3"); }

  std::unique_ptr<Instance> instance_ = frozen_instance();
  Peer cache_{*instance_};
  Peer writer_{*instance_};
};

TEST_F(TrackingTest, TellsOnceOfAKeyThatWasReadAndThenForgetsIt) {
  cache_("CLIENT TRACKING ON");
  cache_("GET k");
  EXPECT_EQ(instance_->tracking().items(), 1u);
  writer_("SET k 1");
  writer_("SET k 2");
  writer_("SET other 1");
  EXPECT_EQ(cache_.deliver(), invalidation("k"));
  EXPECT_EQ(instance_->tracking().items(), 0u);
}

TEST_F(TrackingTest, ForgetsOthersAboveTheLimitAndTellsWhoHadReadThem) {
  writer_("CONFIG SET tracking-table-max-keys 2");
  cache_("CLIENT TRACKING ON");
  cache_("GET a");
  cache_("GET b");
  EXPECT_EQ(cache_.deliver(), "");
  cache_("GET c");
  EXPECT_EQ(cache_.deliver(), invalidation("a"));
  cache_("GET a");
  EXPECT_EQ(cache_.deliver(), invalidation("b"));
  cache_("GET c");
  EXPECT_EQ(cache_.deliver(), "");
  EXPECT_EQ(instance_->tracking().keys(), 2u);
  writer_("CONFIG SET tracking-table-max-keys 1");
  cache_("GET b");
  EXPECT_EQ(cache_.deliver(), invalidation("c") + invalidation("a"));
  writer_("CONFIG SET tracking-table-max-keys 0");
  for (const std::string_view read : {"GET 1", "GET 2", "GET 3"}) cache_(read);
  EXPECT_EQ(cache_.deliver(), "");
  EXPECT_EQ(instance_->tracking().keys(), 4u);
}

TEST_F(TrackingTest, RemembersWhatAClientHasReadUntilItTracksAgainAsTheRealServerDoes) {
  for (const std::string_view off : {"CLIENT TRACKING OFF", "RESET"}) {
    cache_("CLIENT TRACKING ON");
    cache_("GET k");
    cache_("GET other");
    cache_(off);
    writer_("SET other 1");
    EXPECT_EQ(cache_.deliver(), "");
    cache_("HELLO 3");
    cache_("CLIENT TRACKING ON");
    writer_("SET k 1");
    writer_("SET other 2");
    EXPECT_EQ(cache_.deliver(), invalidation("k")) << off;
    cache_("CLIENT TRACKING OFF");
  }
  EXPECT_FALSE(instance_->tracking().active());
}

TEST_F(TrackingTest, RemembersNothingOfAClientThatHasGone) {
  {
    Peer gone(*instance_);
    gone("CLIENT TRACKING ON");
    gone("GET k");
    gone("CLIENT TRACKING OFF");
    EXPECT_EQ(instance_->tracking().items(), 1u);
  }
  EXPECT_EQ(instance_->tracking().items(), 0u);
  EXPECT_FALSE(instance_->tracking().active());
}

TEST_F(TrackingTest, TellsOfAKeyThatExpired) {
  writer_("SET k 1 PX 10");
  cache_("CLIENT TRACKING ON");
  cache_("GET k");
  instance_->advance_us(0, 11'000);
  EXPECT_EQ(cache_.deliver(), invalidation("k"));
}

TEST_F(TrackingTest, TellsOfAllKeysAtOnceWhenTheyAreFlushed) {
  cache_("CLIENT TRACKING ON");
  cache_("GET k");
  writer_("FLUSHALL");
  EXPECT_EQ(cache_.deliver(), ">2\r\n$10\r\ninvalidate\r\n_\r\n");
}

// As the real server does: NOLOOP is about keys, not about all of them at once.
TEST_F(TrackingTest, WhoFlushesIsToldToo) {
  const std::string all = ">2\r\n$10\r\ninvalidate\r\n_\r\n";
  cache_("CLIENT TRACKING ON");
  EXPECT_EQ(cache_("FLUSHALL") + cache_.deliver(), "+OK\r\n" + all);
  cache_("CLIENT TRACKING ON NOLOOP");
  EXPECT_EQ(cache_("FLUSHDB") + cache_.deliver(), "+OK\r\n" + all);
}

TEST_F(TrackingTest, NoloopLeavesOutTheClientsOwnChanges) {
  cache_("CLIENT TRACKING ON NOLOOP");
  cache_("GET k");
  cache_("SET k 1");
  EXPECT_EQ(cache_.deliver(), "");
}

TEST_F(TrackingTest, OptinRemembersOnlyWhatFollowsCachingYes) {
  cache_("CLIENT TRACKING ON OPTIN");
  cache_("GET k");
  cache_("CLIENT CACHING YES");
  cache_("GET l");
  cache_("GET m");
  writer_("MSET k 1 l 1 m 1");
  EXPECT_EQ(cache_.deliver(), invalidation("l"));
}

// The real server forgets CLIENT CACHING at the first command that is not CLIENT's, whatever
// becomes of that command.
TEST_F(TrackingTest, CachingIsForOneCommandWhateverBecomesOfIt) {
  cache_("CLIENT TRACKING ON OPTIN");
  const auto is_told_after = [&](std::initializer_list<std::string_view> between) {
    cache_("CLIENT CACHING YES");
    for (const std::string_view line : between) cache_(line);
    cache_("GET k");
    writer_("SET k 1");
    return cache_.deliver() == invalidation("k");
  };
  EXPECT_TRUE(is_told_after({}));
  EXPECT_TRUE(is_told_after({"CLIENT ID"}));
  EXPECT_TRUE(is_told_after({"CLIENT CACHING NO", "CLIENT CACHING", "CLIENT TRACKINGINFO"}));
  EXPECT_FALSE(is_told_after({"PING"}));
  EXPECT_FALSE(is_told_after({"GET"}));
  EXPECT_FALSE(is_told_after({"NOSUCH"}));
  EXPECT_FALSE(is_told_after({"CLIENT NOSUCH"}));
  EXPECT_FALSE(is_told_after({"INCR l"}));
}

TEST_F(TrackingTest, CachingIsShownUntilItIsUsed) {
  cache_("CLIENT TRACKING ON OPTIN");
  cache_("CLIENT CACHING YES");
  for (int times = 0; times < 2; ++times) {
    EXPECT_THAT(cache_("CLIENT TRACKINGINFO"), HasSubstr("caching-yes"));
  }
  cache_("PING");
  EXPECT_THAT(cache_("CLIENT TRACKINGINFO"), Not(HasSubstr("caching-yes")));
}

TEST_F(TrackingTest, OptoutRemembersAllButWhatFollowsCachingNo) {
  cache_("CLIENT TRACKING ON OPTOUT");
  cache_("CLIENT CACHING NO");
  cache_("GET k");
  cache_("GET l");
  writer_("MSET k 1 l 1");
  EXPECT_EQ(cache_.deliver(), invalidation("l"));
}

TEST_F(TrackingTest, BroadcastTellsOfEveryKeyBelowAPrefixEachTime) {
  cache_("CLIENT TRACKING ON BCAST PREFIX user:");
  writer_("SET user:1 a");
  writer_("SET user:1 b");
  writer_("SET item:1 a");
  EXPECT_EQ(cache_.deliver(), invalidation("user:1") + invalidation("user:1"));
  EXPECT_EQ(instance_->tracking().prefix_count(), 1u);
}

TEST_F(TrackingTest, RedirectsToAnotherClient) {
  Peer tracked(*instance_);
  tracked({"CLIENT", "TRACKING", "ON", "REDIRECT", std::to_string(cache_.session().client().id)});
  tracked("GET k");
  writer_("SET k 1");
  EXPECT_EQ(tracked.deliver(), "");
  EXPECT_EQ(cache_.deliver(), invalidation("k"));
}

TEST_F(TrackingTest, TellsWhoRedirectsThatTheOtherOneIsGone) {
  std::string target;
  {
    Peer other(*instance_);
    target = std::to_string(other.session().client().id);
    EXPECT_EQ(cache_("CLIENT TRACKING ON REDIRECT " + target), "+OK\r\n");
  }
  EXPECT_THAT(cache_("CLIENT TRACKINGINFO"), Not(HasSubstr("broken_redirect")));
  cache_("GET k");
  writer_("SET k 1");
  EXPECT_EQ(cache_.deliver(), ">2\r\n$21\r\ntracking-redir-broken\r\n:" + target + "\r\n");
  EXPECT_THAT(cache_("CLIENT TRACKINGINFO"), HasSubstr("broken_redirect"));
  EXPECT_THAT(cache_("CLIENT LIST"), HasSubstr("flags=tR "));
  EXPECT_EQ(cache_("CLIENT TRACKING ON"), "+OK\r\n");
  EXPECT_THAT(cache_("CLIENT TRACKINGINFO"), Not(HasSubstr("broken_redirect")));
}

TEST_F(TrackingTest, EndsWithOffWithResetAndWithTheClient) {
  cache_("CLIENT TRACKING ON");
  cache_("GET k");
  cache_("CLIENT TRACKING OFF");
  EXPECT_EQ(instance_->tracking().clients(), 0u);
  cache_("CLIENT TRACKING ON");
  cache_("RESET");
  EXPECT_EQ(instance_->tracking().clients(), 0u);
  writer_("SET k 1");
  EXPECT_EQ(cache_.deliver(), "");
  EXPECT_FALSE(instance_->tracking().active());
  {
    Peer short_lived(*instance_);
    short_lived("HELLO 3");
    short_lived("CLIENT TRACKING ON BCAST");
    EXPECT_EQ(instance_->tracking().clients(), 1u);
  }
  EXPECT_EQ(instance_->tracking().clients(), 0u);
  EXPECT_EQ(instance_->tracking().prefix_count(), 0u);
}

}  // namespace
}  // namespace redouble::instance
