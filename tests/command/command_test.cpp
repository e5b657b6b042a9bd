#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "command/table.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

class CommandTest : public ::testing::Test {
 protected:
  std::unique_ptr<instance::Instance> instance_ = testing::frozen_instance();
  testing::Peer peer_{*instance_};
};

TEST_F(CommandTest, CountsTheCommandsWithoutTheirSubcommands) {
  const CommandTable& table = CommandTable::standard();
  const std::string count = std::to_string(std::ranges::count_if(
      table.commands(), [&](const Row& row) { return table.visible(row, compat_number("7.0")); }));
  EXPECT_EQ(peer_("COMMAND COUNT"), ":" + count + "\r\n");
  EXPECT_TRUE(peer_("COMMAND").starts_with("*" + count + "\r\n*10\r\n"));
  EXPECT_TRUE(peer_("COMMAND INFO").starts_with("*" + count + "\r\n*10\r\n"));
  EXPECT_TRUE(peer_("HELLO 3").starts_with("%"));
  EXPECT_TRUE(peer_("COMMAND DOCS").starts_with("%" + count + "\r\n"));
}

TEST_F(CommandTest, TellsNothingOfWhatIsNotThere) {
  EXPECT_EQ(peer_("COMMAND INFO nosuch config|nosuch"), "*2\r\n$-1\r\n$-1\r\n");
  EXPECT_EQ(peer_("COMMAND DOCS nosuch"), "*0\r\n");
  EXPECT_EQ(peer_("COMMAND LIST FILTERBY MODULE nosuch"), "*0\r\n");
  EXPECT_EQ(peer_("COMMAND LIST FILTERBY ACLCAT nosuch"), "*0\r\n");
  EXPECT_EQ(peer_("COMMAND nosuch"), "-ERR unknown subcommand 'nosuch'. Try COMMAND HELP.\r\n");
}

TEST_F(CommandTest, FindsWhatIsNamedAsOftenAsItIsNamed) {
  const std::string twice = peer_("COMMAND INFO CONFIG|get Config|GET");
  const std::string entry = "*10\r\n$10\r\nconfig|get\r\n";
  EXPECT_TRUE(twice.starts_with("*2\r\n" + entry));
  EXPECT_NE(twice.find(entry, 10), std::string::npos);
  EXPECT_TRUE(peer_("COMMAND DOCS get GET").starts_with("*4\r\n$3\r\nget\r\n"));
}

TEST_F(CommandTest, ListsTheRowsThatAFilterLeaves) {
  const CommandTable& table = CommandTable::standard();
  const auto rows = std::ranges::count_if(
      table.rows(), [&](const Row& row) { return table.visible(row, compat_number("7.0")); });
  EXPECT_TRUE(peer_("COMMAND LIST").starts_with("*" + std::to_string(rows) + "\r\n"));
  EXPECT_EQ(peer_("COMMAND LIST FILTERBY PATTERN CONFIG|G*"), "*1\r\n$10\r\nconfig|get\r\n");
  EXPECT_EQ(peer_("command list filterby pattern MSETN?"), "*1\r\n$6\r\nmsetnx\r\n");
  EXPECT_EQ(peer_("COMMAND LIST FILTERBY foo bar"), "-ERR syntax error\r\n");
  EXPECT_EQ(peer_("COMMAND LIST foo"), "-ERR syntax error\r\n");
}

TEST_F(CommandTest, FindsTheKeysOfARequest) {
  EXPECT_EQ(peer_("COMMAND GETKEYS MSET a 1 b 2"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(peer_("COMMAND GETKEYS object encoding k"), "*1\r\n$1\r\nk\r\n");
  EXPECT_EQ(peer_("COMMAND GETKEYSANDFLAGS set k v"),
            "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+OW\r\n+update\r\n");
  EXPECT_EQ(peer_("COMMAND GETKEYSANDFLAGS set k v get"),
            "*1\r\n*2\r\n$1\r\nk\r\n*3\r\n+RW\r\n+access\r\n+update\r\n");
}

TEST_F(CommandTest, RefusesARequestWithoutKeysInTheRealServersWords) {
  EXPECT_EQ(peer_("COMMAND GETKEYS nosuch a"), "-ERR Invalid command specified\r\n");
  EXPECT_EQ(peer_("COMMAND GETKEYS object nosuch k"), "-ERR Invalid command specified\r\n");
  EXPECT_EQ(peer_("COMMAND GETKEYS object|encoding k"), "-ERR Invalid command specified\r\n");
  EXPECT_EQ(peer_("COMMAND GETKEYS ping a"), "-ERR The command has no key arguments\r\n");
  EXPECT_EQ(peer_("COMMAND GETKEYS get a b"),
            "-ERR Invalid number of arguments specified for command\r\n");
  EXPECT_EQ(peer_("COMMAND GETKEYS get"),
            "-ERR wrong number of arguments for 'command|getkeys' command\r\n");
}

TEST_F(CommandTest, ExplainsEverySubcommand) {
  for (const Row& row : CommandTable::standard().commands()) {
    if (!has_subcommands(row)) continue;
    const std::string help = peer_({row.name, "HELP"});
    std::string name(row.name);
    for (char& c : name) c = static_cast<char>(c & ~0x20);
    const std::string heading =
        "+" + name + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n";
    EXPECT_EQ(help.find(heading), help.find('+')) << help;
    EXPECT_EQ(help.rfind("+HELP\r\n"), help.rfind('+', help.rfind('+') - 1)) << help;
    for (const Row& subcommand : row.subcommands) {
      if (!CommandTable::standard().visible(subcommand, compat_number("7.0"))) continue;
      EXPECT_NE(help.find("+    " + std::string(subcommand.summary) + "\r\n"), std::string::npos)
          << subcommand.name << " in " << help;
    }
  }
  EXPECT_NE(peer_("OBJECT HELP").find("+FREQ <key>\r\n"), std::string::npos);
}

}  // namespace
}  // namespace redouble::command
