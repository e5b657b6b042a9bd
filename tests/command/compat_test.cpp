// What came with later versions of Redis is there for who asks for them, and for nobody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Peer;

std::unique_ptr<instance::Instance> of_version(std::string_view version) {
  return testing::frozen_instance(testing::frozen_start_ms, 1, {{"compat-version", version}});
}

std::string client_info(std::string_view version) {
  const auto instance = of_version(version);
  return Peer(*instance)("CLIENT INFO");
}

// Clients send it when they connect, and go on where it is refused.
TEST(Compat, SetinfoIsUnknownBefore72AndCountsForNobody) {
  const auto instance = of_version("7.0");
  Peer peer(*instance);
  EXPECT_EQ(peer("CLIENT SETINFO LIB-NAME x"),
            "-ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.\r\n");
  EXPECT_EQ(peer("client no-touch on"), "-ERR unknown subcommand 'no-touch'. Try CLIENT HELP.\r\n");
  EXPECT_EQ(peer("PING"), "+PONG\r\n");
  EXPECT_THAT(peer("INFO commandstats"), Not(HasSubstr("client")));
  EXPECT_THAT(peer("CLIENT INFO"), Not(HasSubstr("lib-name")));
  EXPECT_THAT(peer("CLIENT HELP"), Not(HasSubstr("SETINFO")));
  EXPECT_THAT(peer("COMMAND LIST"), Not(HasSubstr("client|setinfo")));
  EXPECT_EQ(peer("COMMAND INFO client|setinfo"), "*1\r\n$-1\r\n");
  EXPECT_THAT(peer("COMMAND DOCS client"), Not(HasSubstr("MAXAGE")));
}

TEST(Compat, SetinfoTellsTheLibraryFrom72On) {
  const auto instance = of_version("7.2");
  Peer peer(*instance);
  EXPECT_THAT(peer("CLIENT INFO"), HasSubstr(" resp=2 lib-name= lib-ver=\n"));
  EXPECT_EQ(peer("CLIENT SETINFO lib-name redis-py"), "+OK\r\n");
  EXPECT_EQ(peer("CLIENT SETINFO LIB-VER 5.0.1"), "+OK\r\n");
  EXPECT_THAT(peer("CLIENT INFO"), HasSubstr(" lib-name=redis-py lib-ver=5.0.1\n"));
  EXPECT_EQ(peer("CLIENT SETINFO lib-ver \"5 0\""),
            "-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n");
  EXPECT_EQ(peer("CLIENT SETINFO lib-x 5"), "-ERR Unrecognized option 'lib-x'\r\n");
  EXPECT_EQ(peer("CLIENT SETINFO lib-ver"),
            "-ERR wrong number of arguments for 'client|setinfo' command\r\n");
  EXPECT_EQ(peer("RESET"), "+RESET\r\n");
  EXPECT_THAT(peer("CLIENT INFO"), HasSubstr(" lib-name=redis-py lib-ver=5.0.1\n"));
  EXPECT_THAT(peer("COMMAND LIST"), HasSubstr("client|setinfo"));
  EXPECT_THAT(peer("CLIENT HELP"), HasSubstr("+SETINFO "));
}

TEST(Compat, NoTouchLeavesIdleTimesAloneButForTouch) {
  const auto instance = of_version("7.2");
  Peer peer(*instance);
  peer("SET k v");
  instance->advance_us(0, 10'000'000);
  EXPECT_EQ(peer("CLIENT NO-TOUCH ON"), "+OK\r\n");
  EXPECT_THAT(peer("CLIENT INFO"), HasSubstr("flags=T "));
  EXPECT_EQ(peer("GET k"), testing::bulk("v"));
  EXPECT_EQ(peer("OBJECT IDLETIME k"), ":10\r\n");
  EXPECT_EQ(peer("TOUCH k"), ":1\r\n");
  EXPECT_EQ(peer("OBJECT IDLETIME k"), ":0\r\n");
  instance->advance_us(0, 10'000'000);
  EXPECT_EQ(peer("CLIENT NO-TOUCH maybe"), "-ERR syntax error\r\n");
  EXPECT_EQ(peer("CLIENT NO-TOUCH OFF"), "+OK\r\n");
  peer("GET k");
  EXPECT_EQ(peer("OBJECT IDLETIME k"), ":0\r\n");
}

TEST(Compat, KillByAgeIsOf74) {
  {
    const auto instance = of_version("7.2");
    EXPECT_EQ(Peer(*instance)("CLIENT KILL MAXAGE 10"), "-ERR syntax error\r\n");
  }
  const auto instance = of_version("7.4");
  Peer old(*instance);
  instance->advance_us(0, 10'000'000);
  Peer peer(*instance);
  EXPECT_EQ(peer("CLIENT KILL MAXAGE 0"), "-ERR maxage should be greater than 0\r\n");
  EXPECT_EQ(peer("CLIENT KILL MAXAGE x"), "-ERR maxage is not an integer or out of range\r\n");
  EXPECT_EQ(peer("CLIENT KILL MAXAGE 9223372036854775807"), ":0\r\n");
  EXPECT_EQ(peer("CLIENT KILL MAXAGE 11"), ":0\r\n");
  EXPECT_EQ(peer("CLIENT KILL MAXAGE 10"), ":1\r\n");
  EXPECT_EQ(old.deliver(), "");
  EXPECT_TRUE(old.closed());
}

TEST(Compat, RanksComeWithScoresFrom72On) {
  {
    const auto instance = of_version("7.0");
    EXPECT_EQ(Peer(*instance)("ZRANK z a WITHSCORE"),
              "-ERR wrong number of arguments for 'zrank' command\r\n");
    EXPECT_THAT(Peer(*instance)("COMMAND INFO zrank"), HasSubstr("$5\r\nzrank\r\n:3\r\n"));
  }
  const auto instance = of_version("7.2");
  Peer peer(*instance);
  EXPECT_THAT(peer("COMMAND INFO zrank"), HasSubstr("$5\r\nzrank\r\n:-3\r\n"));
  peer("ZADD myzset 1 one 2 two 3.5 three");
  EXPECT_EQ(peer("ZRANK myzset three"), ":2\r\n");
  EXPECT_EQ(peer("ZRANK myzset three WITHSCORE"), "*2\r\n:2\r\n" + testing::bulk("3.5"));
  EXPECT_EQ(peer("ZREVRANK myzset three withscore"), "*2\r\n:0\r\n" + testing::bulk("3.5"));
  EXPECT_EQ(peer("ZRANK myzset four"), "$-1\r\n");
  EXPECT_EQ(peer("ZRANK myzset four WITHSCORE"), "*-1\r\n");
  EXPECT_EQ(peer("ZRANK none four WITHSCORE"), "*-1\r\n");
  EXPECT_EQ(peer("ZRANK myzset one WITHSCORES"), "-ERR syntax error\r\n");
  EXPECT_EQ(peer("ZRANK myzset one WITHSCORE x"),
            "-ERR wrong number of arguments for 'zrank' command\r\n");
  peer("HELLO 3");
  EXPECT_EQ(peer("ZREVRANK myzset one WITHSCORE"), "*2\r\n:2\r\n,1\r\n");
  EXPECT_EQ(peer("ZRANK myzset four WITHSCORE"), "_\r\n");
}

TEST(Compat, XreadGivesTheLastEntryFrom74On) {
  {
    const auto instance = of_version("7.2");
    EXPECT_EQ(Peer(*instance)("XREAD STREAMS s +"),
              "-ERR Invalid stream ID specified as stream command argument\r\n");
  }
  const auto instance = of_version("7.4");
  Peer peer(*instance);
  EXPECT_EQ(peer("XREAD STREAMS s +"), "*-1\r\n");
  peer("XADD s 1-1 a 1");
  peer("XADD s 2-0 b 2");
  peer("XADD s 3-0 c 3");
  peer("XDEL s 3-0");
  const std::string last = peer("XRANGE s 2-0 2-0");
  EXPECT_EQ(peer("XREAD STREAMS s +"), "*1\r\n*2\r\n" + testing::bulk("s") + last);
}

TEST(Compat, SmallSetsAreListpacksFrom72On) {
  {
    const auto instance = of_version("7.0");
    Peer peer(*instance);
    peer("SADD s a");
    EXPECT_EQ(peer("OBJECT ENCODING s"), testing::bulk("hashtable"));
  }
  const auto instance = of_version("7.2");
  Peer peer(*instance);
  peer("SADD s a");
  EXPECT_EQ(peer("OBJECT ENCODING s"), testing::bulk("listpack"));
  peer({"SADD", "s", std::string(65, 'x')});
  EXPECT_EQ(peer("OBJECT ENCODING s"), testing::bulk("hashtable"));
}

TEST(Compat, ClientListShowsMoreInEachVersion) {
  EXPECT_THAT(client_info("7.2"), Not(HasSubstr("watch=")));
  EXPECT_THAT(client_info("7.4"), HasSubstr(" multi=-1 watch=0 qbuf="));
  EXPECT_THAT(client_info("8.0"), HasSubstr(" io-thread=0\n"));
}

}  // namespace
}  // namespace redouble::command
