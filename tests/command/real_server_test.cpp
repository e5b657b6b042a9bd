// What differential runs against the real redis-server once found; a test for each.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using testing::bulk;

class RealServerTest : public ::testing::Test {
 protected:
  std::unique_ptr<instance::Instance> instance_ =
      testing::frozen_instance(testing::frozen_start_ms, 1, {{"enable-debug-command", "yes"}});
  testing::Peer peer_{*instance_};

  std::string stats() { return peer_("INFO commandstats"); }
};

TEST_F(RealServerTest, ErrorsQuoteAnArgumentUpToItsFirstNul) {
  const std::string nul("a\0b", 3);
  EXPECT_EQ(peer_({"nosuch", nul}),
            "-ERR unknown command 'nosuch', with args beginning with: 'a' \r\n");
  EXPECT_EQ(peer_({nul}), "-ERR unknown command 'a', with args beginning with: \r\n");
  EXPECT_EQ(peer_({"EXPIRE", "k", "1", nul}), "-ERR Unsupported option a\r\n");
  EXPECT_EQ(peer_({"CONFIG", nul}), "-ERR unknown subcommand 'a'. Try CONFIG HELP.\r\n");
  EXPECT_EQ(peer_({"HELLO", "2", nul}), "-ERR Syntax error in HELLO option 'a'\r\n");
}

TEST_F(RealServerTest, ARangeOfTextsThatTheLastMemberIsBelowIsEmptyWhateverTheScores) {
  peer_({"ZADD", "z", "1", "a", "1", std::string(65, '-'), "10", "1"});
  EXPECT_EQ(peer_("OBJECT ENCODING z"), bulk("skiplist"));
  EXPECT_EQ(peer_("ZRANGEBYLEX z [a (i"), "*0\r\n");
  EXPECT_EQ(peer_("ZLEXCOUNT z [a (i"), ":0\r\n");
}

TEST_F(RealServerTest, AnUnknownSubcommandIsNotCountedForItsContainer) {
  peer_("OBJECT nosuch");
  EXPECT_EQ(stats().find("cmdstat_object:"), std::string::npos);
  peer_("OBJECT");
  EXPECT_NE(stats().find("cmdstat_object:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1"),
            std::string::npos);
}

TEST_F(RealServerTest, AnErrorThatDebugWasAskedForIsNotCounted) {
  EXPECT_EQ(peer_("DEBUG ERROR \"ERR mine\""), "-ERR mine\r\n");
  EXPECT_EQ(peer_("DEBUG ERROR \"\\r\""), "- \r\n");  // found by a long differential run
  EXPECT_EQ(peer_("DEBUG ERROR \"\\na\\r\\n\""), "- a  \r\n");
  EXPECT_NE(stats().find("failed_calls=0"), std::string::npos);
  EXPECT_EQ(peer_("INFO errorstats").find("errorstat_ERR"), std::string::npos);
}

TEST_F(RealServerTest, TheDigestIsThatOfTheRealServer) {
  peer_("SET a 1");
  EXPECT_EQ(peer_("DEBUG DIGEST"), "+943d800368fb9c0e951138f1bc0e313ac769d91f\r\n");
}

TEST_F(RealServerTest, DebugReloadTellsWhoTracksThatAllKeysAreGone) {
  peer_("HELLO 3");
  peer_("CLIENT TRACKING ON");
  EXPECT_EQ(peer_("DEBUG RELOAD") + peer_.deliver(), "+OK\r\n>2\r\n$10\r\ninvalidate\r\n_\r\n");
  EXPECT_EQ(peer_("DEBUG RELOAD NOFLUSH MERGE") + peer_.deliver(), "+OK\r\n");
}

TEST_F(RealServerTest, DebugReloadRefusesOptionsThatItDoesNotKnow) {
  const std::string refused =
      "-ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.\r\n";
  EXPECT_EQ(peer_("DEBUG RELOAD FOO"), refused);
  EXPECT_EQ(peer_("DEBUG RELOAD MERGE x 1 2 3 4"), refused);
  EXPECT_TRUE(peer_("DEBUG RELOAD NOSAVE").starts_with("-ERR redouble"));
  EXPECT_TRUE(peer_("DEBUG RELOAD NOFLUSH").starts_with("-ERR redouble"));
}

// Those that a server without replicas, disk and modules has to itself.
TEST_F(RealServerTest, InfoHasTheFieldsThatMonitorsLookFor) {
  peer_("SET k v");
  const std::string info = peer_("INFO everything");
  for (const std::string_view line :
       {"rdb_current_bgsave_time_sec:-1", "aof_last_cow_size:0", "module_fork_in_progress:0",
        "mem_not_counted_for_evict:0", "mem_clients_slaves:0", "evicted_clients:0",
        "unexpected_error_replies:0", "active_defrag_hits:0", "slave_expires_tracked_keys:0",
        "used_memory_startup:870968", "used_memory_peak_perc:100.00%"}) {
    EXPECT_NE(info.find("\r\n" + std::string(line) + "\r\n"), std::string::npos) << line;
  }
}

TEST_F(RealServerTest, LolwutReadsTheNumbersOfItsVersions) {
  EXPECT_EQ(peer_("LOLWUT VERSION 6 V"), "-ERR value is not an integer or out of range\r\n");
  const std::string town = peer_("LOLWUT VERSION 6 30 2 V");
  EXPECT_TRUE(town.ends_with("Redis ver. 7.0.15\n\r\n")) << town;
  EXPECT_EQ(std::ranges::count(town.substr(0, town.find("A town")), '\n'), 1 + 2 + 1);
  EXPECT_NE(town, peer_("LOLWUT VERSION 6 31 2"));
  EXPECT_EQ(peer_("LOLWUT VERSION 7 V"), bulk("Redis ver. 7.0.15\n"));
}

TEST_F(RealServerTest, DebugObjectTellsOfSharedIntegersAndOfThePiecesOfAList) {
  peer_("SET n 12");
  EXPECT_NE(peer_("DEBUG OBJECT n").find(" refcount:2147483647 encoding:int "), std::string::npos);
  peer_("RPUSH l 1 2 3");
  EXPECT_NE(peer_("DEBUG OBJECT l")
                .find(" ql_nodes:1 ql_avg_node:3.00 ql_listpack_max:-2 "
                      "ql_compressed:0 ql_uncompressed_size:13\r\n"),
            std::string::npos);
  const std::string unknown =
      "-ERR unknown subcommand or wrong number of arguments for 'OBJECT'. Try DEBUG HELP.\r\n";
  EXPECT_EQ(peer_("DEBUG OBJECT l fast"), unknown);
}

TEST_F(RealServerTest, DebugSaysWhyItHasNotWhatTheRealServerHas) {
  EXPECT_EQ(peer_("DEBUG LOADAOF"),
            "-ERR redouble has no DEBUG LOADAOF: nothing is kept on disk\r\n");
  EXPECT_EQ(
      peer_("debug htstats-key k"),
      "-ERR redouble has no DEBUG HTSTATS-KEY: it tells of structures that are others here\r\n");
  EXPECT_EQ(
      peer_("DEBUG NOSUCH"),
      "-ERR unknown subcommand or wrong number of arguments for 'NOSUCH'. Try DEBUG HELP.\r\n");
}

TEST_F(RealServerTest, DebugChangesTheReplicationIdAndMayIgnoreChecksums) {
  const auto id = [&] { return peer_("INFO replication").substr(0, 200); };
  const std::string before = id();
  EXPECT_EQ(before, id());
  EXPECT_EQ(peer_("DEBUG CHANGE-REPL-ID"), "+OK\r\n");
  EXPECT_NE(before, id());

  const std::string dump("\0\1v\12\0damaged!", 13);
  EXPECT_EQ(peer_({"RESTORE", "k", "0", dump}),
            "-ERR DUMP payload version or checksum are wrong\r\n");
  EXPECT_EQ(peer_("DEBUG SET-SKIP-CHECKSUM-VALIDATION 1"), "+OK\r\n");
  EXPECT_EQ(peer_({"RESTORE", "k", "0", dump}), "+OK\r\n");
  EXPECT_EQ(peer_("GET k"), bulk("v"));
  EXPECT_EQ(peer_("DEBUG SET-SKIP-CHECKSUM-VALIDATION 0"), "+OK\r\n");
  EXPECT_EQ(peer_({"RESTORE", "k", "0", dump, "REPLACE"}),
            "-ERR DUMP payload version or checksum are wrong\r\n");
}

TEST_F(RealServerTest, HelloWithoutAPasswordIsToldHowInTheWordsOfItsVersion) {
  for (const auto& [version, word] :
       {std::pair("7.0", "HELLO AUTH"), {"7.2", "HELLO <proto> AUTH"}}) {
    const auto guarded = testing::frozen_instance(
        testing::frozen_start_ms, 1, {{"requirepass", "secret"}, {"compat-version", version}});
    EXPECT_NE(testing::Peer(*guarded)("HELLO 3").find(word), std::string::npos) << version;
  }
}

TEST_F(RealServerTest, TheLastMillisecondOfAllRoundsUp) {
  peer_("SET k v");
  EXPECT_EQ(peer_("PEXPIREAT k 9223372036854775807"), ":1\r\n");
  EXPECT_EQ(peer_("EXPIRETIME k"), ":9223372036854776\r\n");
}

TEST_F(RealServerTest, ClientPauseAndUnblockRefuseTooManyArgumentsInTheirOwnWords) {
  EXPECT_EQ(peer_("CLIENT PAUSE 1 WRITE ALL"),
            "-ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT "
            "HELP.\r\n");
  EXPECT_EQ(peer_("CLIENT UNBLOCK 1 ERROR x"),
            "-ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try CLIENT "
            "HELP.\r\n");
}

TEST_F(RealServerTest, APauseBeyondTheEndOfTimeIsNone) {
  EXPECT_EQ(peer_("CLIENT PAUSE 9223372036854775807"), "+OK\r\n");
  EXPECT_EQ(peer_("SET k v"), "+OK\r\n");
}

TEST_F(RealServerTest, ConfigSetNamesTheDirectiveAsItIsCalled) {
  EXPECT_EQ(peer_("CONFIG SET HZ x"),
            "-ERR CONFIG SET failed (possibly related to argument 'hz') - argument couldn't be "
            "parsed into an integer\r\n");
}

TEST_F(RealServerTest, ClientListTakesAnyNumberForAnId) {
  EXPECT_EQ(peer_("CLIENT LIST ID -1"), bulk(""));
  EXPECT_EQ(peer_("CLIENT LIST ID x"), "-ERR Invalid client ID\r\n");
}

TEST_F(RealServerTest, ClientKillReadsItsOptionsInOrder) {
  EXPECT_EQ(peer_("CLIENT KILL TYPE t ID"), "-ERR Unknown client type 't'\r\n");
  EXPECT_EQ(peer_("CLIENT KILL TYPE normal ID"), "-ERR syntax error\r\n");
}

TEST_F(RealServerTest, HelloDoesWhatItsOptionsSayOneAfterTheOther) {
  EXPECT_EQ(peer_("HELLO 2 AUTH nobody x foo"),
            "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  EXPECT_EQ(peer_("HELLO 2 SETNAME me foo"), "-ERR Syntax error in HELLO option 'foo'\r\n");
  EXPECT_EQ(peer_("CLIENT GETNAME"), bulk("me"));
}

TEST_F(RealServerTest, DebugProtocolPushesOnlyInTheProtocolThatHasPushes) {
  EXPECT_EQ(peer_("DEBUG PROTOCOL push"), "-ERR RESP2 is not supported by this command\r\n");
  peer_("HELLO 3");
  EXPECT_EQ(peer_("DEBUG PROTOCOL push"), ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n" +
                                              bulk("Some real reply following the push reply"));
}

TEST_F(RealServerTest, MallocStatsAreVerbatim) {
  peer_("HELLO 3");
  EXPECT_TRUE(peer_("MEMORY MALLOC-STATS").starts_with("="));
}

TEST_F(RealServerTest, ARequestOfHttpIsNotAnsweredNorWhatStoodBeforeIt) {
  EXPECT_EQ(peer_.send("PING\r\nPOST / HTTP/1.1\r\nPING\r\n"), "");
  EXPECT_TRUE(peer_.closed());
  testing::Peer other{*instance_};
  EXPECT_EQ(other.send("host: x\r\n"), "");
  EXPECT_TRUE(other.closed());
}

TEST_F(RealServerTest, ClientCachingJudgesItsWordOnceTrackingIsOn) {
  EXPECT_EQ(
      peer_("CLIENT CACHING N"),
      "-ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or "
      "OPTOUT mode enabled\r\n");
  peer_("CLIENT TRACKING ON BCAST");
  EXPECT_EQ(peer_("CLIENT CACHING N"), "-ERR syntax error\r\n");
  EXPECT_EQ(peer_("CLIENT CACHING YES"),
            "-ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.\r\n");
}

TEST_F(RealServerTest, ResetLeavesNoEvictOnInThisVersion) {
  peer_("CLIENT NO-EVICT ON");
  peer_("RESET");
  EXPECT_NE(peer_("CLIENT INFO").find("flags=e"), std::string::npos);
}

TEST_F(RealServerTest, PopulateEndsItsPrefixAtANul) {
  peer_({"DEBUG", "POPULATE", "1", std::string_view("p\0q", 3)});
  EXPECT_EQ(peer_("EXISTS p:0"), ":1\r\n");
}

TEST_F(RealServerTest, ACursorEndsAtANul) {
  EXPECT_EQ(peer_({"SCAN", std::string_view("\0x", 2)}), "*2\r\n$1\r\n0\r\n*0\r\n");
}

TEST_F(RealServerTest, ANumberOfTheConfigurationHoldsNoNul) {
  EXPECT_EQ(peer_({"CONFIG", "SET", "hz", std::string_view("20\0", 3)}),
            "-ERR CONFIG SET failed (possibly related to argument 'hz') - argument couldn't be "
            "parsed into an integer\r\n");
  EXPECT_EQ(peer_({"CONFIG", "SET", "maxmemory", std::string_view("20gb\0x", 6)}), "+OK\r\n");
}

TEST_F(RealServerTest, TheLastMillisecondIsNotLaterThanItself) {
  peer_("SET k v");
  EXPECT_EQ(peer_("PEXPIREAT k 9223372036854775807"), ":1\r\n");
  EXPECT_EQ(peer_("PEXPIREAT k 9223372036854775807 GT"), ":0\r\n");
}

TEST_F(RealServerTest, GetrangeTakesItsEndsInEverySense) {
  peer_("SET k abcdef");
  EXPECT_EQ(peer_("GETRANGE k 0 -1"), bulk("abcdef"));
  EXPECT_EQ(peer_("GETRANGE k -3 -2"), bulk("de"));
  EXPECT_EQ(peer_("GETRANGE k -2 -3"), bulk(""));
  EXPECT_EQ(peer_("GETRANGE k 5 5"), bulk("f"));
  EXPECT_EQ(peer_("GETRANGE k -100 -100"), bulk("a"));
  EXPECT_EQ(peer_("GETRANGE k 6 9"), bulk(""));
}

}  // namespace
}  // namespace redouble::command
