// Uses the installed library as somebody else's project would: a key expires when its clock is
// moved.
#include <chrono>
#include <cstdio>

#include "redouble.hpp"

int main() {
  redouble::Redis redis({.clock_frozen = true});
  redouble::Client client = redis.connect();
  client.command({"SET", "greeting", "hello", "EX", "10"});
  const bool before = client.command({"GET", "greeting"}).is_null();
  redis.advance(std::chrono::seconds(11));
  const bool after = client.command({"GET", "greeting"}).is_null();
  std::printf("%s, %s\n", before ? "gone" : "there", after ? "gone" : "there");
}
