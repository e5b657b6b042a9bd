#include "check/history.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "check/reply_text.hpp"

namespace redouble::check::history_test {
namespace {

TEST(History, IsReadAsItWasWritten) {
  const History history{
      {0, {"SET", "k", "a b\r\n\x01\xff"}, "+OK\r\n", 1, 4},
      {1, {"GET", "=>", "?", "", "\"\\", "#"}, "$3\r\n\r\n?\r\n", 2, 3},
      {2, {"MGET", "a"}, "*2\r\n$-1\r\n*-1\r\n", 5, 6},
      {3, {"INCR", "k"}, "-ERR value is not an integer or out of range\r\n", 7, 9},
      {4, {"DEL", "k"}, std::nullopt, 8, never},
      {5, {"X"}, "%1\r\n+a\r\n:1\r\n", 10, 10},
      {6, {"Y"}, "*0\r\n", 11, 12},
  };
  const auto again = read_history(write_history(history));
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, history);
}

TEST(History, IsReadable) {
  const Operation operation{1, {"SET", "k", "v w"}, "+OK\r\n", 3, 7};
  EXPECT_EQ(to_line(operation), "c1 [3 7] SET k \"v w\" => +OK");
  const Operation open{2, {"INCR", "n"}, std::nullopt, 4, never};
  EXPECT_EQ(to_line(open), "c2 [4 never] INCR n => ?");
  EXPECT_EQ(reply_notation("*3\r\n$1\r\na\r\n$-1\r\n:1\r\n"), "[\"a\" nil :1]");
  EXPECT_EQ(reply_notation("-ERR no such key\r\n"), "-\"ERR no such key\"");
  EXPECT_EQ(reply_notation("+OK"), "raw\"+OK\"");
  EXPECT_EQ(reply_notation("$5\r\nabc\r\n"), "raw\"$5\\r\\nabc\\r\\n\"");
}

// Found by fuzz_history: a lone line end inside an error.
TEST(History, ALoneLineEndInAnErrorIsNoReply) {
  EXPECT_EQ(reply_notation("-a\nb\r\n"), "raw\"-a\\nb\\r\\n\"");
}

TEST(History, SkipsCommentsAndEmptyLines) {
  const auto history = read_history("# a comment\n\n  c1 [1 2] GET k => nil  \r\n");
  ASSERT_TRUE(history) << history.error();
  EXPECT_EQ(*history, (History{{1, {"GET", "k"}, "$-1\r\n", 1, 2}}));
}

TEST(History, NamesTheLineOfBadInput) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"x", "line 1: a line begins with its client, as in c1"},
      {"\nc1 GET k => nil", "line 2: the call's ticket must follow the client, as in c1 [3 7]"},
      {"c1 [1 x] GET k => nil", "line 1: the second ticket must be a number or never"},
      {"c1 [1 2 GET k => nil", "line 1: the two tickets must be closed by ]"},
      {"c1 [1 2] GET k", "line 1: => and the reply are missing"},
      {"c1 [1 2] => nil", "line 1: the request is empty"},
      {"c1 [1 2] GET \"k => nil", "line 1: a quote is not closed"},
      {"c1 [1 2] GET \"\\q\" => nil", "line 1: unknown escape \\q"},
      {"c1 [1 2] GET \"\\x1\" => nil", "line 1: two hexadecimal digits must follow \\x"},
      {"c1 [1 2] GET k => ", "line 1: a reply is missing"},
      {"c1 [1 2] GET k => nul", "line 1: not a reply: nul"},
      {"c1 [1 2] GET k => :01", "line 1: not a reply: :01"},
      {"c1 [1 2] GET k => [nil", "line 1: a bracket is not closed"},
      {"c1 [1 2] GET k => +\"a\\r\"", "line 1: a simple string or an error holds no line end"},
      {"c1 [1 2] GET k => nil nil", "line 1: more follows the reply: nil"},
      {"c1 [2 1] GET k => nil", "line 1: it returns before it is called"},
      {"c1 [2 never] GET k => nil", "line 1: never returned, yet a reply"},
  };
  for (const auto& [text, error] : cases) {
    const auto history = read_history(text);
    ASSERT_FALSE(history) << text;
    EXPECT_EQ(history.error(), error) << text;
  }
  const std::string nested = "c1 [1 2] X => " + std::string(1000, '[');
  EXPECT_EQ(read_history(nested).error(), "line 1: arrays are nested too deeply");
}

TEST(Recorder, GivesCallsAndReturnsTheirOrder) {
  Recorder recorder(2);
  recorder.record(0, {"SET", "k", "1"}, [&](const Request&) {
    recorder.record(1, {"GET", "k"}, [](const Request&) { return null_reply(); });
    return simple_reply("OK");
  });
  recorder.record(1, {"PING"}, [](const Request&) { return std::optional<std::string>(); });
  const History expected{
      {0, {"SET", "k", "1"}, "+OK\r\n", 1, 4},
      {1, {"GET", "k"}, "$-1\r\n", 2, 3},
      {1, {"PING"}, std::nullopt, 5, never},
  };
  EXPECT_EQ(recorder.history(), expected);
}

TEST(Recorder, KeepsEveryOperationOfManyThreads) {
  constexpr std::uint32_t clients = 4;
  constexpr int each = 500;
  Recorder recorder(clients);
  std::vector<std::jthread> threads;
  for (std::uint32_t client = 0; client < clients; ++client) {
    threads.emplace_back([&recorder, client] {
      for (int i = 0; i < each; ++i) {
        recorder.record(client, {"PING"}, [](const Request&) { return simple_reply("PONG"); });
      }
    });
  }
  threads.clear();
  const History history = recorder.history();
  EXPECT_EQ(history.size(), clients * each);
  std::vector<Ticket> last(clients, 0);
  for (const Operation& operation : history) {
    EXPECT_LT(last[operation.client], operation.called);
    EXPECT_LT(operation.called, operation.returned);
    last[operation.client] = operation.returned;
  }
}

}  // namespace
}  // namespace redouble::check::history_test
