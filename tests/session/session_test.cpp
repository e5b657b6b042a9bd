#include "session/session.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/session_peer.hpp"

namespace redouble::session {
namespace {

using testing::bulk;
using testing::frozen_instance;
using testing::Peer;
using testing::request_of;

constexpr std::string_view broken_request = "*1\r\nfooz\r\n";

TEST(SessionReplyMode, OffAnswersNothingUntilOn) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer("CLIENT REPLY OFF"), "");
  EXPECT_EQ(peer("SET k 1"), "");
  EXPECT_EQ(peer("NOSUCH"), "");
  EXPECT_EQ(peer("CLIENT REPLY SKIP"), "");
  EXPECT_EQ(peer("GET k"), "");
  EXPECT_EQ(peer("CLIENT REPLY ON"), "+OK\r\n");
  EXPECT_EQ(peer("GET k"), bulk("1"));
}

TEST(SessionReplyMode, SkipLeavesOutItselfAndTheNextReply) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer.send("CLIENT REPLY SKIP\r\nSET k 1\r\nGET k\r\n"), bulk("1"));
  EXPECT_EQ(peer.send("CLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nPING\r\n"), "+OK\r\n+PONG\r\n");
}

// Found by the fuzzer; redis-server 7.0.15 says nothing either.
TEST(SessionReplyMode, ABrokenRequestIsNotAnsweredWhereRepliesAreOff) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer("CLIENT REPLY OFF"), "");
  EXPECT_EQ(peer.send(broken_request), "");
  EXPECT_TRUE(peer.closed());
  EXPECT_EQ(instance->stats().errors().at("ERR"), 1u);
}

// As redis-server 7.0.15: RESET ends OFF and says so, but SKIP leaves its reply out.
TEST(SessionReplyMode, ResetIsAnsweredAfterOffAndNotAfterSkip) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer.send("CLIENT REPLY OFF\r\nRESET\r\nPING\r\n"), "+RESET\r\n+PONG\r\n");
  EXPECT_EQ(peer.send("CLIENT REPLY SKIP\r\nRESET\r\nPING\r\n"), "+PONG\r\n");
}

}  // namespace
}  // namespace redouble::session
