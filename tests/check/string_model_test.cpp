#include "check/string_model.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>

#include "check/reply_text.hpp"

namespace redouble::check::string_model_test {
namespace {

Request words(const std::string& line) {
  std::istringstream in(line);
  Request request;
  for (std::string word; in >> word;) request.push_back(word);
  return request;
}

// The expected replies are what redis-server 7.0.15 answers.
TEST(StringModel, AnswersAsRedisDoes) {
  const struct {
    const char* request;
    const char* reply;
  } script[] = {
      {"GET k", "nil"},
      {"SET k 1 XX", "nil"},
      {"SET k 1 XX GET", "nil"},
      {"SET k 1 NX", "+OK"},
      {"SET k 2 NX", "nil"},
      {"SET k 2 NX GET", "\"1\""},
      {"SET k 2 GET", "\"1\""},
      {"SET k 2 NX XX", "-\"ERR syntax error\""},
      {"SET k 2 EX 5 KEEPTTL", "-\"ERR syntax error\""},
      {"SET k 2 EX 0", "-\"ERR invalid expire time in 'set' command\""},
      {"SET k 2 EX x", "-\"ERR value is not an integer or out of range\""},
      {"INCR k", ":3"},
      {"incrby k 10", ":13"},
      {"DECR k", ":12"},
      {"DECRBY k 2", ":10"},
      {"DECRBY k -9223372036854775808", "-\"ERR decrement would overflow\""},
      {"INCRBY k 9223372036854775807", "-\"ERR increment or decrement would overflow\""},
      {"INCRBY k +1", "-\"ERR value is not an integer or out of range\""},
      {"APPEND k a", ":3"},
      {"INCR k", "-\"ERR value is not an integer or out of range\""},
      {"STRLEN k", ":3"},
      {"STRLEN none", ":0"},
      {"GETSET k 5", "\"10a\""},
      {"GETDEL k", "\"5\""},
      {"GETDEL k", "nil"},
      {"MSET a 1 b 2 a 3", "+OK"},
      {"MSET a 1 b", "-\"ERR wrong number of arguments for 'mset' command\""},
      {"MSETNX c 1 a 2", ":0"},
      {"MSETNX c 1 d 2", ":1"},
      {"MGET a b c x", "[\"3\" \"2\" \"1\" nil]"},
      {"EXISTS a a x", ":2"},
      {"DEL d d x", ":1"},
      {"RENAME x y", "-\"ERR no such key\""},
      {"RENAME a a", "+OK"},
      {"RENAMENX a a", ":0"},
      {"RENAMENX a b", ":0"},
      {"RENAMENX a e", ":1"},
      {"COPY e e", "-\"ERR source and destination objects are the same\""},
      {"COPY e b", ":0"},
      {"COPY e b REPLACE", ":1"},
      {"COPY none f", ":0"},
      {"GET b", "\"3\""},
      {"TTL b", ":-1"},
      {"TTL none", ":-2"},
      {"PERSIST b", ":0"},
      {"EXPIRE b 10", ":1"},
      {"EXPIRE b 20 NX", ":0"},
      {"EXPIRE b 5 GT", ":0"},
      {"EXPIRE b 20 GT", ":1"},
      {"EXPIRE b 30 LT", ":0"},
      {"EXPIRE b 10 XX LT", ":1"},
      {"EXPIRE e 10 XX", ":0"},
      {"EXPIRE e 10 GT", ":0"},
      {"EXPIRE b 10 NX XX",
       "-\"ERR NX and XX, GT or LT options at the same time are not compatible\""},
      {"EXPIRE b 10 GT LT", "-\"ERR GT and LT options at the same time are not compatible\""},
      {"EXPIRE b 10 UP", "-\"ERR Unsupported option UP\""},
      {"EXPIRE b 9223372036854775807", "-\"ERR invalid expire time in 'expire' command\""},
      {"TTL b", ":10"},
      {"PTTL b", ":10000"},
      {"APPEND b x", ":2"},
      {"SET b 1 KEEPTTL", "+OK"},
      {"INCR b", ":2"},
      {"RENAME b g", "+OK"},
      {"TTL g", ":10"},
      {"COPY g h", ":1"},
      {"TTL h", ":10"},
      {"SET g 1", "+OK"},
      {"TTL g", ":-1"},
      {"GETSET h 1", "\"2\""},
      {"TTL h", ":-1"},
      {"PEXPIRE h 1500", ":1"},
      {"TTL h", ":2"},
      {"PERSIST h", ":1"},
      {"EXPIRE h -1", ":1"},
      {"EXISTS h", ":0"},
      {"GET", "-\"ERR wrong number of arguments for 'get' command\""},
  };
  const StringModel model(1'000'000);
  StringModel::State state = model.initial();
  for (const auto& [request, reply] : script) {
    EXPECT_EQ(reply_notation(model.run(state, words(request))), reply) << request;
  }
  EXPECT_EQ(model.describe(state), "c=1 e=3 g=1");
}

TEST(StringModel, RefusesWhatItDoesNotKnow) {
  const StringModel model;
  StringModel::State state;
  EXPECT_THROW(model.run(state, {"LPUSH", "k", "1"}), std::invalid_argument);
  EXPECT_THROW(model.run(state, {}), std::invalid_argument);
  EXPECT_THROW(StringModel::keys_of({"FLUSHALL"}), std::invalid_argument);
}

TEST(StringModel, KnowsTheKeysOfARequest) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(StringModel::keys_of({"GET", "a"}).names, Names({"a"}));
  EXPECT_EQ(StringModel::keys_of({"SET", "a", "b", "NX"}).names, Names({"a"}));
  EXPECT_EQ(StringModel::keys_of({"MSET", "a", "1", "b", "2"}).names, Names({"a", "b"}));
  EXPECT_EQ(StringModel::keys_of({"del", "a", "b", "c"}).names, Names({"a", "b", "c"}));
  EXPECT_EQ(StringModel::keys_of({"COPY", "a", "b", "REPLACE"}).names, Names({"a", "b"}));
  EXPECT_EQ(StringModel::keys_of({"MSET", "a", "1", "b"}).names, Names());
}

TEST(StringModel, EqualStatesHaveEqualHashes) {
  const StringModel model;
  StringModel::State one, other;
  model.run(one, {"MSET", "a", "1", "b", "2"});
  model.run(other, {"SET", "b", "2"});
  model.run(other, {"APPEND", "a", "1"});
  EXPECT_EQ(one, other);
  EXPECT_EQ(model.hash(one), model.hash(other));
  model.run(other, {"EXPIRE", "a", "5"});
  EXPECT_NE(one, other);
  EXPECT_NE(model.hash(one), model.hash(other));
}

}  // namespace
}  // namespace redouble::check::string_model_test
