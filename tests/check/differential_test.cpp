#include "check/differential.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "check/difference.hpp"
#include "check/generator.hpp"
#include "fake_server.hpp"

namespace redouble::check::differential_test {
namespace {

using resp::Reply;
using testing::FakeServer;
using testing::Tamper;
struct Found {
  Sequence least;
  Mismatch mismatch;
};

std::optional<Found> search(Tamper tamper, int protocol, int sequences,
                            std::string_view only = {}) {
  FakeServer ours(std::move(tamper));
  FakeServer reference;
  Differential differential(ours.target(), reference.target(), protocol, 4);
  Generator generator(
      1, [&](std::string_view name) { return only.empty() ? !is_left_out(name) : name == only; });
  for (int i = 0; i < sequences; ++i) {
    Sequence sequence(40);
    for (Request& request : sequence) request = generator.next();
    auto seen = differential.run(sequence);
    if (!seen) continue;
    auto [least, mismatch] = differential.shrink(sequence, std::move(*seen));
    return Found{std::move(least), std::move(mismatch)};
  }
  // QUIT, and a command that waits, leave what is behind them unanswered.
  const auto asked = static_cast<std::uint64_t>(sequences) * 40;
  EXPECT_LE(differential.commands(), asked);
  EXPECT_GT(differential.commands(), asked / 4);
  return std::nullopt;
}

TEST(DifferentialRun, FindsNothingBetweenTwoOfTheSame) {
  for (const int protocol : {2, 3}) {
    const auto found = search({}, protocol, 60);
    EXPECT_FALSE(found) << describe(found->least, found->mismatch);
  }
}

TEST(DifferentialRun, FindsAWrongReplyAndShrinksItToOneOrTwoCommands) {
  const auto found = search(
      [](Reply& reply) {
        if (reply.type == Reply::Type::integer && reply.integer == 7) reply.integer = 8;
      },
      2, 400);
  ASSERT_TRUE(found);
  EXPECT_LE(found->least.size(), 2u) << describe(found->least, found->mismatch);
  EXPECT_EQ(found->mismatch.ours, "(integer) 8");
  EXPECT_EQ(found->mismatch.reference, "(integer) 7");
}

TEST(DifferentialRun, TellsWhatWasSeenOnceAndNotAgain) {
  int lies = 0;
  const auto found = search(
      [&](Reply& reply) {
        if (reply.type == Reply::Type::integer && reply.integer == 7 && lies++ == 0)
          reply.integer = 8;
      },
      2, 400);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->least.size(), 40u);
  EXPECT_TRUE(found->mismatch.where.ends_with(" (seen once, not again)")) << found->mismatch.where;
  EXPECT_EQ(found->mismatch.ours, "(integer) 8");
  EXPECT_EQ(found->mismatch.reference, "(integer) 7");
}

TEST(DifferentialRun, FindsAnErrorThatIsWrongInOneLetter) {
  const auto found = search(
      [](Reply& reply) {
        if (reply.text == "ERR no such key") reply.text = "ERR No such key";
      },
      3, 200);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->least.size(), 1u) << describe(found->least, found->mismatch);
}

TEST(DifferentialRun, FindsAValueThatIsWrongOnlyInWhatIsLeftBehind) {
  const auto found = search(
      [](Reply& reply) {
        if (reply.text == "embstr") reply.text = "raw";
      },
      2, 50, "set");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->least.size(), 1u);
  EXPECT_TRUE(found->mismatch.where.starts_with("state"));
}

TEST(DifferentialRun, PrintsWhatARedisCliTakes) {
  const Sequence sequence{{"SET", "k", "a \"b\"\r\n\xff"}, {"GET", ""}};
  EXPECT_EQ(as_redis_cli(sequence), "SET k \"a \\\"b\\\"\\r\\n\\xff\"\nGET \"\"\n");
  const Mismatch mismatch{"reply 2", {"GET", ""}, "(nil)", "\"1\""};
  EXPECT_EQ(describe({{"GET", ""}}, mismatch),
            "GET \"\"\n# reply 2, to: GET \"\"\n#   ours: (nil)\n#   real: \"1\"\n");
}

TEST(DifferentialRun, WritesRequestsAsAClientDoes) {
  EXPECT_EQ(request_bytes(Sequence{{"GET", "k"}, {""}}),
            "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$0\r\n\r\n");
}

}  // namespace
}  // namespace redouble::check::differential_test
