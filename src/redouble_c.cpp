// The C face over the C++ one: no exception leaves it.
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "redouble.h"
#include "redouble.hpp"

struct redouble_redis {
  redouble::Redis redis;
};

struct redouble_client {
  redouble::Client client;
  std::string reply;
};

namespace {

thread_local std::string last_error;

// What `function` gives, or `failure` with the reason kept for redouble_error().
template <class Result, class Function>
Result guarded(Result failure, Function&& function) noexcept {
  try {
    return function();
  } catch (const std::exception& thrown) {
    last_error = thrown.what();
    return failure;
  }
}

}  // namespace

extern "C" {

redouble_redis* redouble_open(const char* configuration) {
  return guarded<redouble_redis*>(nullptr, [&] {
    redouble::Options options;
    if (configuration != nullptr) options.configuration = configuration;
    return new redouble_redis{redouble::Redis(options)};
  });
}

void redouble_close(redouble_redis* redis) { delete redis; }

redouble_client* redouble_connect(redouble_redis* redis) {
  return guarded<redouble_client*>(nullptr,
                                   [&] { return new redouble_client{redis->redis.connect(), {}}; });
}

void redouble_disconnect(redouble_client* client) { delete client; }

ptrdiff_t redouble_send(redouble_client* client, const char* bytes, size_t size,
                        const char** reply) {
  return guarded<ptrdiff_t>(-1, [&] {
    client->reply = client->client.send({bytes, size});
    *reply = client->reply.data();
    return static_cast<ptrdiff_t>(client->reply.size());
  });
}

int redouble_advance_ms(redouble_redis* redis, int64_t milliseconds) {
  if (milliseconds < 0) {
    last_error = "redouble: time only moves forward";
    return -1;
  }
  return guarded(-1, [&] {
    redis->redis.advance(std::chrono::milliseconds(milliseconds));
    return 0;
  });
}

int64_t redouble_now_ms(const redouble_redis* redis) { return redis->redis.now().count(); }

const char* redouble_error(void) { return last_error.c_str(); }

}  // extern "C"
