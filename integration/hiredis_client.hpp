// HiredisClient: a synchronous connection over hiredis whose replies are RESP2 bytes, for
// histories.
//
// Thread safety: one thread at a time. Errors: a connection that died gives no replies any more.
#pragma once

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "check/history.hpp"
#include "check/reply_text.hpp"

namespace redouble::integration {

inline std::string resp2_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_STATUS:
      return check::simple_reply({reply.str, reply.len});
    case REDIS_REPLY_ERROR:
      return check::error_reply({reply.str, reply.len});
    case REDIS_REPLY_INTEGER:
      return check::integer_reply(reply.integer);
    case REDIS_REPLY_STRING:
      return check::bulk_reply({reply.str, reply.len});
    case REDIS_REPLY_ARRAY: {
      std::vector<std::string> elements;
      for (std::size_t i = 0; i < reply.elements; ++i) {
        elements.push_back(resp2_of(*reply.element[i]));
      }
      return check::array_reply(elements);
    }
    default:
      return check::null_reply();
  }
}

class HiredisClient {
 public:
  explicit HiredisClient(int port) : port_(port) { open(); }
  explicit HiredisClient(std::string socket) : socket_(std::move(socket)) { open(); }

  bool alive() const { return context_ != nullptr && context_->err == 0; }
  void open() {
    context_.reset(socket_.empty() ? ::redisConnectWithTimeout("127.0.0.1", port_, patience_)
                                   : ::redisConnectUnixWithTimeout(socket_.c_str(), patience_));
    if (alive()) ::redisSetTimeout(context_.get(), patience_);
  }
  void append(const check::Request& request) {
    std::vector<const char*> words;
    std::vector<std::size_t> sizes;
    for (const std::string& word : request) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    ::redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(),
                             sizes.data());
  }
  // The next reply in RESP2; nothing where the connection has died.
  std::optional<std::string> next() {
    void* found = nullptr;
    if (!alive() || ::redisGetReply(context_.get(), &found) != REDIS_OK) return std::nullopt;
    const std::unique_ptr<void, void (*)(void*)> reply(found, ::freeReplyObject);
    return resp2_of(*static_cast<const redisReply*>(found));
  }
  // Sends what was appended, without reading.
  void flush() {
    for (int all_sent = 0; all_sent == 0;) {
      if (::redisBufferWrite(context_.get(), &all_sent) != REDIS_OK) return;
    }
  }
  std::optional<std::string> ask(const check::Request& request) {
    append(request);
    return next();
  }

 private:
  struct Free {
    void operator()(redisContext* context) const { ::redisFree(context); }
  };
  static constexpr timeval patience_{.tv_sec = 60, .tv_usec = 0};
  int port_ = 0;
  std::string socket_;  // in place of the port
  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace redouble::integration
