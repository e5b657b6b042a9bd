// Peer: a client of an instance without a socket, for tests; and instances whose clock stands
// still.
//
//   const auto instance = frozen_instance();
//   Peer peer(*instance);
//   EXPECT_EQ(peer("SET k v"), "+OK\r\n");
//   EXPECT_EQ(peer({"SET", "k", "any\r\nbytes"}), "+OK\r\n");
//
// Thread safety: a peer belongs to one thread; peers of several threads may share an instance when
// each has a slot of its own. What a request leaves waiting gives no bytes until resume().
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "instance/instance.hpp"
#include "session/open_instance.hpp"
#include "session/session.hpp"
#include "session/workbench.hpp"
#include "support/replies.hpp"

namespace redouble::testing {

// When a frozen clock starts unless a test says otherwise.
inline constexpr std::int64_t frozen_start_ms = 1'700'000'000'000;

inline std::unique_ptr<instance::Instance> frozen_instance(
    std::int64_t start_ms = frozen_start_ms, std::uint64_t seed = 1,
    std::initializer_list<std::pair<std::string_view, std::string_view>> directives = {}) {
  instance::Instance::Options options;
  options.clock = runtime::Clock::Mode::frozen;
  options.start_us = start_ms * 1000;
  options.seed = seed;
  for (const auto& [name, value] : directives) {
    options.config.report(name, value);
  }
  return session::open_instance(std::move(options));
}

// The bytes of a request: an array of bulks.
template <class Words>
std::string request_of(const Words& words) {
  std::string bytes = "*" + std::to_string(std::size(words)) + "\r\n";
  for (const std::string_view word : words) {
    bytes += "$" + std::to_string(word.size()) + "\r\n";
    bytes += word;
    bytes += "\r\n";
  }
  return bytes;
}

using replies::bulk;

class Peer {
 public:
  explicit Peer(instance::Instance& instance, unsigned slot = 0)
      : bench_(slot), session_(instance, bench_, {.address = "127.0.0.1:1", .local_address = ""}) {}

  // An inline request without its end of line; gives the bytes of the reply.
  std::string operator()(std::string_view line) { return send(std::string(line) + "\r\n"); }
  std::string operator()(std::initializer_list<std::string_view> words) {
    return send(request_of(words));
  }
  std::string run(std::span<const std::string> words) { return send(request_of(words)); }

  // Any bytes, whole requests or not; gives what they were answered.
  std::string send(std::string_view bytes) {
    std::string answer;
    while (!bytes.empty() && !closed_) {
      const std::span<char> room = session_.prepare();
      const std::size_t part = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), part);
      bytes.remove_prefix(part);
      answer += drain(session_.received(part));
    }
    return answer;
  }
  // After a wake-up: goes on with a request that waited.
  std::string resume() { return drain(session_.resume()); }
  // What came by itself: messages, invalidations.
  std::string deliver() { return drain(session_.deliver()); }

  bool closed() const { return closed_; }
  bool waiting() const { return waiting_; }
  session::Session& session() { return session_; }

 private:
  std::string drain(session::Progress progress) {
    std::string answer;
    for (;;) {
      answer += bench_.output.to_string();
      bench_.output.clear();
      if (progress != session::Progress::more) break;
      progress = session_.resume();
    }
    closed_ = closed_ || progress == session::Progress::close;
    waiting_ = progress == session::Progress::waiting;
    return answer;
  }

  session::Workbench bench_;
  session::Session session_;
  bool closed_ = false;
  bool waiting_ = false;
};

}  // namespace redouble::testing
