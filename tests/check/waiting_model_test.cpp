#include "check/waiting_model.hpp"

#include <gtest/gtest.h>

#include <string_view>

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

TEST(WaitingModelTest, WhatItDoesNotKnowItRefuses) {
  EXPECT_THROW(verdict_on({operation({"GET", "k"}, null_reply(), 1, 2)}), std::invalid_argument);
}

}  // namespace
}  // namespace redouble::check::waiting_model_test
