#include "check/waiting_model.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/linearizability.hpp"
#include "check/reply_text.hpp"

namespace redouble::check::waiting_model_test {
namespace {

Operation operation(Request request, std::string reply, Ticket called, Ticket returned) {
  return {.client = 0,
          .request = std::move(request),
          .reply = std::move(reply),
          .called = called,
          .returned = returned};
}

std::string popped(std::string_view key, std::string_view element) {
  return array_reply({bulk_reply(key), bulk_reply(element)});
}

Verdict verdict_on(const History& history) {
  WaitingModel model;
  return check(model, split_waits(history)).verdict;
}

// The first is known to wait before the second is sent, and a push brings two elements.
History two_waiters(std::string_view first, std::string_view second) {
  return {operation({"BLPOP", "k", "0"}, popped("k", first), 1, 8),
          operation({"WAITING"}, integer_reply(1), 2, 3),
          operation({"BLPOP", "k", "0"}, popped("k", second), 4, 9),
          operation({"RPUSH", "k", "a", "b"}, integer_reply(2), 5, 7)};
}

TEST(WaitingModelTest, WhoIsOvertakenIsFound) {
  EXPECT_EQ(verdict_on(two_waiters("a", "b")), Verdict::linearizable);
  EXPECT_EQ(verdict_on(two_waiters("b", "a")), Verdict::not_linearizable);
}

TEST(WaitingModelTest, WithoutAnObservationEitherMayHaveComeFirst) {
  History history = two_waiters("b", "a");
  history.erase(history.begin() + 1);
  EXPECT_EQ(verdict_on(history), Verdict::linearizable);
}

TEST(WaitingModelTest, AReplyBeforeThePushIsFound) {
  History history = {operation({"BLPOP", "k", "0"}, popped("k", "a"), 1, 2),
                     operation({"RPUSH", "k", "a"}, integer_reply(1), 3, 4)};
  EXPECT_EQ(verdict_on(history), Verdict::not_linearizable);
  history[0].returned = 5;
  EXPECT_EQ(verdict_on(history), Verdict::linearizable);
}

TEST(WaitingModelTest, AnElementThatTwoHaveIsFound) {
  History history = two_waiters("a", "a");
  EXPECT_EQ(verdict_on(history), Verdict::not_linearizable);
}

TEST(WaitingModelTest, AMoveServesTheNextInTheSameStep) {
  const auto moved = [](std::string_view left_over) {
    return History{operation({"BLMOVE", "a", "b", "LEFT", "RIGHT", "0"}, bulk_reply("x"), 1, 9),
                   operation({"WAITING"}, integer_reply(1), 2, 3),
                   operation({"BRPOP", "b", "0"}, popped("b", "x"), 4, 10),
                   operation({"WAITING"}, integer_reply(2), 5, 6),
                   operation({"RPUSH", "a", "x"}, integer_reply(1), 7, 8),
                   operation({"LLEN", "b"}, std::string(left_over), 11, 12)};
  };
  EXPECT_EQ(verdict_on(moved(integer_reply(0))), Verdict::linearizable);
  EXPECT_EQ(verdict_on(moved(integer_reply(1))), Verdict::not_linearizable);
}

// Commands that wait, each known to do so before the next is sent, then what serves them.
class Queue {
 public:
  Queue& waits(Request request, std::string reply) {
    history_.push_back(operation(std::move(request), std::move(reply), ++now_, 1000));
    ++waiting_;
    return then({"WAITING"}, integer_reply(waiting_));
  }
  Queue& then(Request request, std::string reply) {
    const Ticket called = ++now_;
    history_.push_back(operation(std::move(request), std::move(reply), called, ++now_));
    return *this;
  }
  bool is_explained() const { return verdict_on(history_) == Verdict::linearizable; }

 private:
  History history_;
  Ticket now_ = 0;
  long long waiting_ = 0;
};

const std::string wrong_type = waiting::wrong_type_reply();

std::string scored(std::string_view key, std::string_view member, std::string_view score) {
  return array_reply({bulk_reply(key), bulk_reply(member), bulk_reply(score)});
}

// One entry with the field f.
std::string entry(std::string_view id, std::string_view value) {
  return array_reply({bulk_reply(id), array_reply({bulk_reply("f"), bulk_reply(value)})});
}

std::string has_read(std::string_view key, const std::vector<std::string>& entries) {
  return array_reply({array_reply({bulk_reply(key), array_reply(entries)})});
}

TEST(WaitingModelTest, ASortedSetServesWhoCameFirst) {
  const auto served = [](std::string_view first, std::string_view second) {
    return Queue()
        .waits({"BZPOPMIN", "k", "0"}, scored("k", first, "1"))
        .waits({"BZPOPMIN", "k", "0"}, scored("k", second, "1"))
        .then({"ZADD", "k", "1", "b", "1", "a"}, integer_reply(2))
        .is_explained();
  };
  EXPECT_TRUE(served("a", "b"));
  EXPECT_FALSE(served("b", "a"));
}

TEST(WaitingModelTest, WhoTakesTheHighestGetsTheHighest) {
  const auto served = [](std::string_view member, std::string_view score) {
    return Queue()
        .waits({"BZPOPMAX", "l", "k", "0"}, scored("k", member, score))
        .then({"ZADD", "k", "2", "b", "10", "a"}, integer_reply(2))
        .is_explained();
  };
  EXPECT_TRUE(served("a", "10"));
  EXPECT_FALSE(served("b", "2"));
}

TEST(WaitingModelTest, WhoTakesSeveralLeavesTheRestToTheNext) {
  const auto taken = [](const std::vector<std::string>& elements) {
    return array_reply({bulk_reply("k"), array_reply(elements)});
  };
  const auto lists = [&](std::string_view next) {
    return Queue()
        .waits({"BLMPOP", "0", "2", "l", "k", "RIGHT", "COUNT", "2"},
               taken({bulk_reply("c"), bulk_reply("b")}))
        .waits({"BLPOP", "k", "0"}, popped("k", next))
        .then({"RPUSH", "k", "a", "b", "c"}, integer_reply(3))
        .is_explained();
  };
  EXPECT_TRUE(lists("a"));
  EXPECT_FALSE(lists("c"));
  const auto sorted_sets = [&](std::string_view next) {
    return Queue()
        .waits({"BZMPOP", "0", "1", "k", "MAX", "COUNT", "2"},
               taken({array_reply({bulk_reply("c"), bulk_reply("3")}),
                      array_reply({bulk_reply("b"), bulk_reply("2")})}))
        .waits({"BZMPOP", "0", "1", "k", "MAX"},
               taken({array_reply({bulk_reply(next), bulk_reply("1")})}))
        .then({"ZADD", "k", "1", "a", "2", "b", "3", "c"}, integer_reply(3))
        .is_explained();
  };
  EXPECT_TRUE(sorted_sets("a"));
  EXPECT_FALSE(sorted_sets("c"));
}

TEST(WaitingModelTest, BrpoplpushServesTheNextInTheSameStep) {
  const auto served = [](std::string_view next) {
    return Queue()
        .waits({"BRPOPLPUSH", "a", "b", "0"}, bulk_reply("y"))
        .waits({"BRPOP", "b", "0"}, popped("b", next))
        .then({"RPUSH", "a", "x", "y"}, integer_reply(2))
        .then({"LRANGE", "a", "0", "-1"}, array_reply({bulk_reply("x")}))
        .then({"LLEN", "b"}, integer_reply(0))
        .is_explained();
  };
  EXPECT_TRUE(served("y"));
  EXPECT_FALSE(served("x"));
}

TEST(WaitingModelTest, AMoveToWhatIsNoListTakesNothing) {
  EXPECT_TRUE(Queue()
                  .then({"ZADD", "z", "1", "a"}, integer_reply(1))
                  .waits({"BLMOVE", "k", "z", "LEFT", "RIGHT", "0"}, wrong_type)
                  .then({"RPUSH", "k", "x"}, integer_reply(1))
                  .then({"LPOP", "k"}, bulk_reply("x"))
                  .is_explained());
}

TEST(WaitingModelTest, OneWhoWaitsForAnotherTypeWaitsOn) {
  const auto served = [](std::string_view member) {
    return Queue()
        .waits({"BZPOPMIN", "k", "0"}, scored("k", member, "1"))
        .waits({"BLPOP", "k", "0"}, popped("k", "x"))
        .then({"RPUSH", "k", "x"}, integer_reply(1))
        .then({"WAITING"}, integer_reply(1))
        .then({"ZADD", "k", "1", "a"}, integer_reply(1))
        .is_explained();
  };
  EXPECT_TRUE(served("a"));
  EXPECT_FALSE(served("x"));
}

TEST(WaitingModelTest, OneWhoFindsAnotherTypeIsToldSo) {
  for (const Request& request :
       {Request{"BLPOP", "l", "k", "0"}, Request{"BLMOVE", "k", "l", "LEFT", "LEFT", "0"},
        Request{"XREAD", "BLOCK", "0", "STREAMS", "k", "$"},
        Request{"XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "k", ">"}}) {
    EXPECT_TRUE(Queue()
                    .then({"ZADD", "k", "1", "a"}, integer_reply(1))
                    .then(request, wrong_type)
                    .is_explained())
        << request[0];
  }
}

TEST(WaitingModelTest, WhatIsThereIsTakenFromTheFirstKeyThatHasSome) {
  const auto taken = [](std::string_view key) {
    return Queue()
        .then({"RPUSH", "b", "x"}, integer_reply(1))
        .then({"RPUSH", "c", "x"}, integer_reply(1))
        .then({"BLPOP", "a", "b", "c", "0"}, popped(key, "x"))
        .is_explained();
  };
  EXPECT_TRUE(taken("b"));
  EXPECT_FALSE(taken("c"));
}

TEST(WaitingModelTest, OneEntryServesEveryReaderButOneConsumerOfAGroup) {
  const std::string got = has_read("k", {entry("1-0", "v")});
  const auto consumer = [](const char* name) {
    return Request{"XREADGROUP", "GROUP", "g", name, "BLOCK", "0", "STREAMS", "k", ">"};
  };
  const auto served = [&](std::string first, std::string second) {
    return Queue()
        .then({"XGROUP", "CREATE", "k", "g", "$", "MKSTREAM"}, simple_reply("OK"))
        .waits({"XREAD", "BLOCK", "0", "STREAMS", "k", "$"}, got)
        .waits(consumer("c"), std::move(first))
        .waits({"XREAD", "BLOCK", "0", "STREAMS", "l", "k", "0", "0"}, got)
        .waits(consumer("d"), std::move(second))
        .then({"XADD", "k", "1-*", "f", "v"}, bulk_reply("1-0"))
        .then({"WAITING"}, integer_reply(1))
        .then({"XADD", "k", "1-*", "f", "w"}, bulk_reply("1-1"))
        .is_explained();
  };
  const std::string next = has_read("k", {entry("1-1", "w")});
  EXPECT_TRUE(served(got, next));
  EXPECT_FALSE(served(next, got));
  EXPECT_FALSE(served(got, got));
}

TEST(WaitingModelTest, AReaderGetsWhatCameAfterItDid) {
  const auto read = [](const std::vector<std::string>& entries) {
    return Queue()
        .then({"XADD", "k", "1-*", "f", "v"}, bulk_reply("1-0"))
        .waits({"XREAD", "COUNT", "1", "BLOCK", "0", "STREAMS", "k", "$"}, has_read("k", entries))
        .then({"XADD", "k", "1-*", "f", "w"}, bulk_reply("1-1"))
        .is_explained();
  };
  EXPECT_TRUE(read({entry("1-1", "w")}));
  EXPECT_FALSE(read({entry("1-0", "v")}));
}

TEST(WaitingModelTest, AConsumerHasWhatItGotUntilTheStreamIsGone) {
  Queue queue;
  const auto pending = [](const char* consumer) {
    return Request{"XREADGROUP", "GROUP", "g", consumer, "STREAMS", "k", "0"};
  };
  queue.then({"XGROUP", "CREATE", "k", "g", "$", "MKSTREAM"}, simple_reply("OK"))
      .waits({"XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "k", ">"},
             has_read("k", {entry("1-0", "v")}))
      .then({"XADD", "k", "1-*", "f", "v"}, bulk_reply("1-0"))
      .then(pending("c"), has_read("k", {entry("1-0", "v")}))
      .then(pending("d"), has_read("k", {}))
      .then({"DEL", "k"}, integer_reply(1))
      .then(pending("c"), error_reply("NOGROUP No such key 'k' or consumer group 'g' in XREADGROUP "
                                      "with GROUP option"));
  EXPECT_TRUE(queue.is_explained());
}

TEST(WaitingModelTest, AConsumerIsToldThatWhatItWaitedForIsGone) {
  const auto told = [](const Request& end, const char* text) {
    return Queue()
        .then({"XGROUP", "CREATE", "k", "g", "$", "MKSTREAM"}, simple_reply("OK"))
        .waits({"XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "NOACK", "STREAMS", "k", ">"},
               error_reply(text))
        .then(end, integer_reply(1))
        .is_explained();
  };
  const char* no_stream = "UNBLOCKED the stream key no longer exists";
  const char* no_group = "NOGROUP the consumer group this client was blocked on no longer exists";
  EXPECT_TRUE(told({"DEL", "k"}, no_stream));
  EXPECT_TRUE(told({"XGROUP", "DESTROY", "k", "g"}, no_group));
  EXPECT_FALSE(told({"DEL", "k"}, no_group));
}

TEST(WaitingModelTest, WhoWasSeenToWaitDidNotFindAnything) {
  const Request request{"BLPOP", "k", "0"};
  const auto verdict = [&](Ticket push) {
    return verdict_on({began_to_wait("w", request, 1, 4),
                       operation({"RPUSH", "k", "a"}, integer_reply(1), push, push + 1),
                       was_served("w", popped("k", "a"), 7, 8)});
  };
  EXPECT_EQ(verdict(5), Verdict::linearizable);
  EXPECT_EQ(verdict(2), Verdict::linearizable);
  EXPECT_EQ(verdict(9), Verdict::not_linearizable);
  EXPECT_EQ(
      verdict_on({operation({"RPUSH", "k", "a"}, integer_reply(1), 1, 2),
                  began_to_wait("w", request, 3, 4), was_served("w", popped("k", "a"), 5, 6)}),
      Verdict::not_linearizable);
}

TEST(WaitingModelTest, WhatItDoesNotKnowItRefuses) {
  for (const Request& request :
       {Request{"GET", "k"}, Request{"BLPOP", "k", "1"}, Request{"BLPOP", "0"},
        Request{"BLMPOP", "0", "1", "k", "UP"}, Request{"XADD", "k", "*", "f", "v"},
        Request{"XREAD", "BLOCK", "0", "STREAMS", "k", "l", "$"}, Request{"DEL", "k", "l"}}) {
    EXPECT_THROW(verdict_on({operation(request, null_reply(), 1, 2)}), std::invalid_argument)
        << request[0];
  }
}

}  // namespace
}  // namespace redouble::check::waiting_model_test
