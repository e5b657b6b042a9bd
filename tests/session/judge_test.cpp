#include "session/judge.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/session_peer.hpp"

namespace redouble::session {
namespace {

using testing::bulk;
using testing::frozen_instance;
using testing::frozen_start_ms;
using testing::Peer;

// The texts are redis-server 7.0.15's.
TEST(Judge, NamesAnUnknownCommandAndItsFirstArguments) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer({"nosuch"}), "-ERR unknown command 'nosuch', with args beginning with: \r\n");
  EXPECT_EQ(peer({"NoSuch", "a", "b c"}),
            "-ERR unknown command 'NoSuch', with args beginning with: 'a' 'b c' \r\n");
}

TEST(Judge, ShowsAtMost128BytesOfAnUnknownCommandAndOfItsArguments) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  const std::string long_word(300, 'x');
  EXPECT_EQ(peer({long_word, long_word, "b"}), "-ERR unknown command '" + std::string(128, 'x') +
                                                   "', with args beginning with: '" +
                                                   std::string(128, 'x') + "' \r\n");
}

TEST(Judge, ShowsAWordUpToItsNulByte) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer({{"no\0such", 7}, {"a\0b", 3}}),
            "-ERR unknown command 'no', with args beginning with: 'a' \r\n");
}

TEST(Judge, AnErrorStaysOneLineWhateverWasSent) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  const std::string answer = peer({"no\r\n+OK\r\nsuch"});
  EXPECT_TRUE(answer.starts_with("-ERR unknown command 'no"));
  EXPECT_EQ(answer.find('\r'), answer.size() - 2);
  EXPECT_EQ(answer.find('\n'), answer.size() - 1);
}

TEST(Judge, CountsTheArguments) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  EXPECT_EQ(peer("GET"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_EQ(peer("GET a b"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_EQ(peer("CONFIG"), "-ERR wrong number of arguments for 'config' command\r\n");
  EXPECT_EQ(peer("CONFIG GET"), "-ERR wrong number of arguments for 'config|get' command\r\n");
  EXPECT_EQ(peer("config nosuch x"), "-ERR unknown subcommand 'nosuch'. Try CONFIG HELP.\r\n");
}

TEST(Judge, WithoutAPasswordOnlyTheDoorIsOpen) {
  const auto instance = frozen_instance(frozen_start_ms, 1, {{"requirepass", "secret"}});
  Peer peer(*instance);
  EXPECT_EQ(peer("GET k"), "-NOAUTH Authentication required.\r\n");
  EXPECT_EQ(peer("PING"), "-NOAUTH Authentication required.\r\n");
  EXPECT_EQ(peer("GET"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_TRUE(peer("HELLO 3").starts_with("-NOAUTH HELLO must be called"));
  EXPECT_EQ(peer("AUTH wrong"),
            "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  EXPECT_EQ(peer("AUTH secret"), "+OK\r\n");
  EXPECT_EQ(peer("PING"), "+PONG\r\n");
  EXPECT_EQ(peer("RESET"), "+RESET\r\n");
  EXPECT_EQ(peer("PING"), "-NOAUTH Authentication required.\r\n");
}

TEST(Judge, DebugIsForWhoeverTheConfigurationAllowsIt) {
  constexpr std::string_view refusal = "-ERR DEBUG command not allowed.";
  const auto never = frozen_instance(frozen_start_ms, 1, {{"enable-debug-command", "no"}});
  EXPECT_TRUE(Peer(*never)("DEBUG DIGEST").starts_with(refusal));
  const auto always = frozen_instance(frozen_start_ms, 1, {{"enable-debug-command", "yes"}});
  EXPECT_TRUE(Peer(*always)("DEBUG DIGEST").starts_with("+0"));
  const auto local = frozen_instance(frozen_start_ms, 1, {{"enable-debug-command", "local"}});
  const auto asked_from = [&](std::string_view address) {
    Peer peer(*local);
    peer.session().client().address = address;
    return peer("DEBUG DIGEST").starts_with("+0");
  };
  EXPECT_TRUE(asked_from("127.0.0.1:5"));
  EXPECT_TRUE(asked_from("[::1]:5"));
  EXPECT_TRUE(asked_from(""));
  EXPECT_FALSE(asked_from("192.0.2.1:5"));
}

TEST(Judge, WhereMemoryIsShortOnlyWhatMayNeedMoreIsRefused) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  peer("SET k value");
  EXPECT_EQ(peer("CONFIG SET maxmemory 1"), "+OK\r\n");
  EXPECT_EQ(peer("SET l v"), "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  EXPECT_EQ(peer("GET k"), bulk("value"));
  EXPECT_EQ(peer("DEL k"), ":1\r\n");
}

TEST(Judge, RefusalsAreCountedForTheirCommandAndTheirCode) {
  const auto instance = frozen_instance();
  Peer peer(*instance);
  peer("GET");
  peer("NOSUCH");
  const auto& table = command::CommandTable::standard();
  const auto counters = instance->stats().command(table.index_of(*table.find("get")));
  EXPECT_EQ(counters.rejected, 1u);
  EXPECT_EQ(counters.calls, 0u);
  EXPECT_EQ(instance->stats().errors().at("ERR"), 2u);
}

}  // namespace
}  // namespace redouble::session
