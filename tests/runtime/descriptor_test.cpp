#include "runtime/descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <latch>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "runtime/runtime.hpp"
#include "runtime/spawn.hpp"
#include "runtime/timer.hpp"
#include "runtime/yield.hpp"

template <>
inline constexpr bool redouble::runtime::declare_owned<std::latch> = true;

namespace redouble::runtime {
namespace {

using namespace std::chrono_literals;

std::pair<FileDescriptor, FileDescriptor> socket_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

std::string receive(int descriptor) {
  std::array<char, 65536> bytes;
  const ssize_t size = ::recv(descriptor, bytes.data(), bytes.size(), 0);
  return size < 0 ? std::string("error")
                  : std::string(bytes.data(), static_cast<std::size_t>(size));
}

void send_all(int descriptor, std::string_view bytes) {
  ASSERT_EQ(::send(descriptor, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
}

// Whether its thread sleeps at once or polls before.
class DescriptorTest : public testing::TestWithParam<std::chrono::microseconds> {
 protected:
  DescriptorTest() { runtime.start(); }
  Runtime runtime{1, GetParam()};
  Executor here = runtime.executor(0);
};

task<int> echo(Executor here, FileDescriptor owned) {
  Descriptor peer(here, std::move(owned));
  int rounds = 0;
  for (;; ++rounds) {
    EXPECT_EQ(co_await peer.wait(Wake::readable), Wake::readable);
    const std::string bytes = receive(peer.native());
    if (bytes.empty()) co_return rounds;
    send_all(peer.native(), bytes);
  }
}

TEST_P(DescriptorTest, IsReadableWhenBytesComeAndWhenThePeerCloses) {
  auto [mine, theirs] = socket_pair();
  auto handle = spawn(here, echo, here, std::move(theirs));
  ASSERT_EQ(::fcntl(mine.get(), F_SETFL, 0), 0);  // this thread blocks
  for (const char* word : {"one", "two", "three"}) {
    send_all(mine.get(), word);
    EXPECT_EQ(receive(mine.get()), word);
  }
  mine = FileDescriptor();
  EXPECT_EQ(handle.get().value(), 3);
}

TEST_P(DescriptorTest, IsReportedAgainWhileBytesAreLeft) {
  auto [mine, theirs] = socket_pair();
  send_all(mine.get(), "ab");
  auto handle = spawn(
      here,
      [](Executor executor, FileDescriptor owned) -> task<std::string> {
        Descriptor peer(executor, std::move(owned));
        std::string got;
        while (got.size() < 2) {
          co_await peer.wait(Wake::readable);
          char byte = 0;
          if (::recv(peer.native(), &byte, 1, 0) == 1) got += byte;
        }
        co_return got;
      },
      here, std::move(theirs));
  EXPECT_EQ(handle.get().value(), "ab");
}

TEST_P(DescriptorTest, IsWritableWhenThePeerHasMadeRoom) {
  auto [mine, theirs] = socket_pair();
  const auto full = std::make_shared<std::latch>(1);
  auto handle = spawn(
      here,
      [](Executor executor, FileDescriptor owned,
         std::shared_ptr<std::latch> is_full) -> task<std::size_t> {
        Descriptor peer(executor, std::move(owned));
        const std::string bytes(4 << 20, 'x');
        std::size_t sent = 0;
        int waits = 0;
        while (sent < bytes.size()) {
          const ssize_t n = ::send(peer.native(), bytes.data() + sent, bytes.size() - sent, 0);
          if (n > 0) {
            sent += static_cast<std::size_t>(n);
            continue;
          }
          if (waits++ == 0) is_full->count_down();
          EXPECT_EQ(co_await peer.wait(Wake::writable), Wake::writable);
        }
        co_return sent;
      },
      here, std::move(theirs), full);
  full->wait();  // who reads earlier may leave room all the time
  ASSERT_EQ(::fcntl(mine.get(), F_SETFL, 0), 0);
  std::size_t got = 0;
  while (got < (4u << 20)) got += receive(mine.get()).size();
  EXPECT_EQ(handle.get().value(), got);
}

TEST_P(DescriptorTest, GivesWhateverComesFirst) {
  auto [mine, theirs] = socket_pair();
  Signal ready(here);
  auto handle = spawn(
      here,
      [](Executor executor, FileDescriptor owned, int other) -> task<> {
        Descriptor peer(executor, std::move(owned));
        const Notifier self = peer.notifier();
        constexpr Wake both = Wake::readable | Wake::notified;
        const auto soon = [] { return std::chrono::steady_clock::now() + 1ms; };
        EXPECT_EQ(co_await peer.wait(both, soon()), Wake::deadline);
        self.notify();
        EXPECT_EQ(co_await peer.wait(both, soon() + 1h), Wake::notified);
        send_all(other, "x");
        EXPECT_EQ(co_await peer.wait(both), Wake::readable);
        receive(peer.native());
        EXPECT_EQ(co_await peer.wait(both, soon()), Wake::deadline);
        // What is not wanted is kept for the wait that wants it.
        self.notify();
        send_all(other, "y");
        EXPECT_EQ(co_await peer.wait(Wake::readable), Wake::readable);
        EXPECT_EQ(co_await peer.wait(Wake::notified), Wake::notified);
        EXPECT_EQ(co_await peer.wait(Wake::writable), Wake::writable);
      },
      here, std::move(theirs), mine.get());
  EXPECT_TRUE(handle.get());
}

TEST_P(DescriptorTest, AbortEndsAWaitAndClosesTheSocket) {
  auto [mine, theirs] = socket_pair();
  auto handle = spawn(here, echo, here, std::move(theirs));
  while (runtime.tasks() == 0) std::this_thread::yield();
  handle.abort();
  EXPECT_TRUE(handle.get().error().cancelled());
  ASSERT_EQ(::fcntl(mine.get(), F_SETFL, 0), 0);
  EXPECT_EQ(receive(mine.get()), "");
}

TEST_P(DescriptorTest, RefusesWhatIsNoOpenDescriptor) {
  auto handle = spawn(
      here,
      [](Executor executor) -> task<> {
        constexpr int above_every_limit = 1 << 30;
        const Descriptor none(executor, FileDescriptor(above_every_limit));
        co_return;
      },
      here);
  const auto result = handle.get();
  ASSERT_FALSE(result);
  EXPECT_THROW(result.error().rethrow(), std::system_error);
}

TEST_P(DescriptorTest, ARegularFileIsAlwaysReady) {
  auto handle = spawn(
      here,
      [](Executor executor) -> task<Wake> {
        Descriptor file(executor, FileDescriptor(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)));
        co_return co_await file.wait(Wake::readable);
      },
      here);
  EXPECT_EQ(handle.get().value(), Wake::readable);
}

TEST_P(DescriptorTest, LetsTimersAndWhatIsQueuedHaveTheirTurnWhileOnePeerKeepsTalking) {
  auto [mine, theirs] = socket_pair();
  auto talk = spawn(here, echo, here, std::move(theirs));
  ASSERT_EQ(::fcntl(mine.get(), F_SETFL, 0), 0);  // this thread blocks
  auto others = spawn(here, []() -> task<> {
    for (int turn = 0; turn < 3; ++turn) {
      co_await delay(1ms);
      co_await yield_now();
    }
  });
  for (int round = 0; !others.done(); ++round) {
    ASSERT_LT(round, 1'000'000);
    send_all(mine.get(), "x");
    ASSERT_EQ(receive(mine.get()), "x");
  }
  mine = FileDescriptor();
  EXPECT_TRUE(talk.get());
}

INSTANTIATE_TEST_SUITE_P(BusyPoll, DescriptorTest, testing::Values(0us, 200us),
                         [](const auto& poll) {
                           return std::to_string(poll.param.count()) + "us";
                         });

TEST(Descriptor, IsClosedWhenItsRuntimeEnds) {
  auto [mine, theirs] = socket_pair();
  {
    Runtime runtime(1);
    spawn(runtime.executor(0), echo, runtime.executor(0), std::move(theirs)).detach();
    runtime.start();
    while (runtime.tasks() == 0) std::this_thread::yield();
  }
  EXPECT_EQ(receive(mine.get()), "");
}

}  // namespace
}  // namespace redouble::runtime
