#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "redouble.h"

namespace {

std::string send(redouble_client* client, std::string_view bytes) {
  const char* reply = nullptr;
  const ptrdiff_t size = redouble_send(client, bytes.data(), bytes.size(), &reply);
  return size < 0 ? "failed" : std::string(reply, static_cast<std::size_t>(size));
}

TEST(RedoubleC, OpensConnectsSendsAdvancesAndCloses) {
  redouble_redis* redis = redouble_open("clock-frozen yes\n");
  ASSERT_NE(redis, nullptr) << redouble_error();
  redouble_client* client = redouble_connect(redis);
  ASSERT_NE(client, nullptr) << redouble_error();
  EXPECT_EQ(send(client, "SET k v PX 1000\r\nGET k\r\n"), "+OK\r\n$1\r\nv\r\n");
  const std::int64_t before = redouble_now_ms(redis);
  EXPECT_EQ(redouble_advance_ms(redis, 1001), 0);
  EXPECT_EQ(redouble_now_ms(redis), before + 1001);
  EXPECT_EQ(send(client, "GET k\r\n"), "$-1\r\n");
  redouble_disconnect(client);
  redouble_close(redis);
}

TEST(RedoubleC, ClientsOutliveTheirRedis) {
  redouble_redis* redis = redouble_open(nullptr);
  redouble_client* client = redouble_connect(redis);
  redouble_close(redis);
  EXPECT_EQ(send(client, "PING\r\n"), "+PONG\r\n");
  redouble_disconnect(client);
}

TEST(RedoubleC, FailuresAreToldAndThrowNothing) {
  EXPECT_EQ(redouble_open("nosuch-directive 1\n"), nullptr);
  EXPECT_NE(std::string(redouble_error()).find("nosuch-directive"), std::string::npos)
      << redouble_error();
  redouble_redis* redis = redouble_open("clock-frozen yes\n");
  EXPECT_EQ(redouble_advance_ms(redis, -1), -1);
  EXPECT_NE(std::string(redouble_error()), "");
  redouble_close(redis);
  redouble_close(nullptr);
  redouble_disconnect(nullptr);
}

}  // namespace
