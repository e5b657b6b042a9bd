// redouble: a Redis inside your own process, for tests and tools.
//
//   redouble::Redis redis({.clock_frozen = true});
//   redouble::Client client = redis.connect();
//   client.command({"SET", "greeting", "hello", "EX", "10"});
//   redis.advance(std::chrono::seconds(11));
//   assert(client.command({"GET", "greeting"}).is_null());
//
// It is the server without its sockets: the same commands, replies, errors and clock. A process may
// hold any number of them; each is as separate as two processes would be, and starts in well under
// a millisecond.
// Thread safety: a Redis may be used from any thread; a Client by one thread at a time.
// Errors: std::invalid_argument from Redis's constructor names the configuration that it did not
// take, std::runtime_error from send() a reply that is not there yet. An error reply is a Reply.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "resp/reply.hpp"

namespace redouble {

using Reply = resp::Reply;

struct Options {
  bool clock_frozen = false;
  std::uint64_t seed = 0;
  // Lines of a configuration file, as for redis-server ("maxmemory 1mb\n").
  std::string configuration = {};
};

class Client {
 public:
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // Runs one command and gives its reply.
  Reply command(std::initializer_list<std::string_view> words);
  Reply command(std::span<const std::string_view> words);
  // Hands over bytes of the wire as they are and gives the bytes that come back.
  std::string send(std::string_view bytes);

 private:
  friend class Redis;
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Redis {
 public:
  explicit Redis(const Options& options = {});
  Redis(Redis&&) noexcept;
  Redis& operator=(Redis&&) noexcept;
  ~Redis();

  // The client keeps what it needs of this Redis alive.
  Client connect();
  // Moves the clock forward; returns when all that became due has happened.
  void advance(std::chrono::milliseconds time);
  std::chrono::milliseconds now() const;
  // Equal for equal contents, whatever order they came in.
  std::uint64_t digest() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace redouble
