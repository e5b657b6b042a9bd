#include "server/address.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "server/caller.hpp"
#include "support/folder.hpp"

namespace redouble::server {
namespace {

using testing::Caller;
using testing::Folder;

TEST(Address, TakesAFreePortAndTellsWhich) {
  const auto socket = listen_tcp("127.0.0.1", 0, 16);
  ASSERT_TRUE(socket);
  EXPECT_NE(port_of(socket->get()), 0);
  EXPECT_TRUE(Caller(port_of(socket->get())).connected());
}

TEST(Address, SaysInOneLineThatAPortIsTaken) {
  const auto socket = listen_tcp("127.0.0.1", 0, 16);
  const int port = port_of(socket->get());
  const auto second = listen_tcp("127.0.0.1", port, 16);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(),
            "cannot bind 127.0.0.1 port " + std::to_string(port) + ": Address already in use");
}

TEST(Address, IsANumberOrAStar) {
  EXPECT_TRUE(listen_tcp("*", 0, 16));
  for (const char* wrong : {"", "127.0.0", "127.0.0.256", "somewhere", "::g", "-127.0.0.1"}) {
    EXPECT_FALSE(listen_tcp(wrong, 0, 16)) << wrong;
  }
  // 192.0.2.0/24 is for documentation: no machine has it.
  EXPECT_FALSE(listen_tcp("192.0.2.1", 0, 16));
  EXPECT_EQ(errno, EADDRNOTAVAIL);
}

// No name server is asked for what is no name: one part of it has 63 letters at most.
TEST(Address, IsFoundByItsName) {
  for (const char* itself : {"*", "::*", "127.0.0.1", "::1"}) EXPECT_EQ(look_up(itself), itself);
  EXPECT_EQ(look_up("localhost"), "127.0.0.1");
  EXPECT_EQ(look_up("127.1"), "127.0.0.1");  // as inet_aton reads it
  const std::string no_name(64, 'x');
  const auto nothing = look_up(no_name);
  ASSERT_FALSE(nothing);
  EXPECT_THAT(nothing.error(), ::testing::StartsWith("bind: '" + no_name + "' is no address: "));
  EXPECT_FALSE(look_up(":" + no_name));
}

TEST(Address, ListensOnAUnixSocketWithItsModeInThePlaceOfOneLeftBehind) {
  const Folder folder;
  const std::string path = folder / "socket";
  {
    const auto left_behind = listen_unix(path, 0, 16);
  }
  const auto socket = listen_unix(path, 0700, 16);
  ASSERT_TRUE(socket);
  EXPECT_TRUE(Caller(path).connected());
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST(Address, DoesNotReplaceWhatIsNoSocket) {
  const Folder folder;
  const std::string path = folder / "file";
  {
    const runtime::FileDescriptor file(::creat(path.c_str(), 0600));
  }
  EXPECT_FALSE(listen_unix(path, 0, 16));
  EXPECT_TRUE(std::filesystem::is_regular_file(path));
}

TEST(Address, TakesAUnixPathUpToTheSystemsLimit) {
  const Folder folder;
  const std::string start = folder / "";
  constexpr std::size_t limit = 107;
  EXPECT_TRUE(listen_unix(start + std::string(limit - start.size(), 's'), 0, 16));
  EXPECT_FALSE(listen_unix(start + std::string(limit + 1 - start.size(), 's'), 0, 16));
}

TEST(Address, NamesBothEndsOfAConnection) {
  const auto socket = listen_tcp("127.0.0.1", 0, 16);
  const Caller caller(port_of(socket->get()));
  EXPECT_EQ(peer_address(caller.descriptor()),
            "127.0.0.1:" + std::to_string(port_of(socket->get())));
  EXPECT_THAT(local_address(caller.descriptor()), ::testing::StartsWith("127.0.0.1:"));
  EXPECT_FALSE(is_unix_socket(caller.descriptor()));
  EXPECT_TRUE(is_loopback_peer(caller.descriptor()));
}

TEST(Address, CallsBothEndsOfAUnixSocketByItsPath) {
  const Folder folder;
  const std::string path = folder / "socket";
  const auto socket = listen_unix(path, 0, 16);
  const Caller caller(path);
  const runtime::FileDescriptor accepted(::accept(socket->get(), nullptr, nullptr));
  EXPECT_EQ(peer_address(accepted.get()), path + ":0");
  EXPECT_EQ(local_address(accepted.get()), path + ":0");
  EXPECT_TRUE(is_unix_socket(accepted.get()));
  EXPECT_TRUE(is_loopback_peer(accepted.get()));
}

}  // namespace
}  // namespace redouble::server
