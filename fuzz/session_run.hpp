// SessionRun: a client of a fresh instance with a frozen clock, and what it was answered.
//
// Nothing waits: what a pause holds back goes on at once, because the clock is moved, or the pause
// ended where it is long.
// Thread safety: one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "instance/instance.hpp"
#include "session/open_instance.hpp"
#include "session/session.hpp"
#include "session/workbench.hpp"
#include "session_grammar.hpp"
#include "session_input.hpp"

namespace redouble::fuzz {

inline constexpr std::uint64_t max_bulk = 1024 * 1024;

inline std::unique_ptr<instance::Instance> fresh_instance(const SessionInput& input) {
  static const instance::Config usual = [] {
    instance::Config config;
    config.report("proto-max-bulk-len", "1mb");
    config.report("databases", "4");
    config.report("compat-version", "8.0");  // every row is there
    config.report("enable-debug-command", "no");
    return config;
  }();
  instance::Instance::Options options;
  options.config = usual;
  if (input.debug) options.config.report("enable-debug-command", "yes");
  if (input.password) options.config.report("requirepass", "secret");
  if (input.short_memory) {
    options.config.report("maxmemory", "900kb");  // some 50 kB beyond what is used empty
    options.config.report("maxmemory-policy", input.cut % 2 == 0 ? "allkeys-lru" : "volatile-ttl");
  }
  options.clock = runtime::Clock::Mode::frozen;
  options.start_us = start_s * 1'000'000;
  options.seed = 1;
  return session::open_instance(std::move(options));
}

class SessionRun {
 public:
  explicit SessionRun(const SessionInput& input, instance::Recorder* recorder = nullptr)
      : instance_(fresh_instance(input)),
        bench_(0),
        session_(*instance_, bench_, {.address = "127.0.0.1:1", .local_address = ""}) {
    instance_->set_recorder(recorder);
  }

  // Hands the bytes over in as few pieces as possible; the answer goes to output().
  void feed(std::string_view bytes) {
    while (!bytes.empty() && !closed_) {
      const std::span<char> room = session_.prepare();
      const std::size_t size = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), size);
      bytes.remove_prefix(size);
      drain(session_.received(size));
    }
  }
  void advance(std::int64_t ms) {
    if (ms > 0) instance_->advance_us(0, ms * 1000);
  }
  // What came by itself since the last request.
  void deliver() {
    if (!closed_) drain(session_.deliver());
  }

  // Asks beside the run: the answer is not added to output().
  std::string ask(const Request& request) {
    const std::size_t before = output_.size();
    feed(wire_of(request));
    std::string answer = output_.substr(before);
    output_.resize(before);
    return answer;
  }

  bool closed() const { return closed_; }
  // It should close, and CLIENT REPLY leaves nothing whose sending would do that.
  bool deaf() { return !closed_ && client().close_after_reply; }
  const std::string& output() const { return output_; }
  instance::Instance& instance() { return *instance_; }
  instance::Client& client() { return session_.client(); }
  session::Session& session() { return session_; }

  std::uint64_t digest() {
    return instance_->step({.all = true}, nullptr, [&](store::LockSet& locks, instance::Step&) {
      return instance_->digest(locks);
    });
  }

 private:
  void drain(session::Progress progress) {
    for (;;) {
      output_ += bench_.output.to_string();
      bench_.output.clear();
      // Nobody else comes to serve a command that waits.
      if (progress == session::Progress::waiting &&
          instance_->waiters().unblock(client().id, instance::Unblock::timeout)) {
        progress = session_.deliver();
        continue;
      }
      if (progress == session::Progress::waiting) {
        end_pause();
      } else if (progress != session::Progress::more) {
        break;
      }
      progress = session_.resume();
    }
    closed_ = progress == session::Progress::close;
  }

  void end_pause() {
    constexpr std::int64_t longest_ms = 60 * 60 * 1000;
    const std::int64_t rest_ms = instance_->pause().until_ms() - instance_->clock().now_ms();
    if (rest_ms <= longest_ms) return advance(rest_ms);
    instance_->step({.all = true}, nullptr, [&](store::LockSet&, instance::Step&) {
      instance_->pause().end();
      instance_->alarms().wake_all();
    });
  }

  std::unique_ptr<instance::Instance> instance_;
  session::Workbench bench_;
  session::Session session_;
  std::string output_;
  bool closed_ = false;
};

}  // namespace redouble::fuzz
