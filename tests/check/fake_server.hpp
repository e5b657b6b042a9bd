// FakeServer: an instance as a check::Target, without a socket; a Tamper makes it a liar.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "check/differential.hpp"
#include "resp/reply_reader.hpp"
#include "support/session_peer.hpp"

namespace redouble::testing {

using Tamper = std::function<void(resp::Reply&)>;

class FakeServer {
 public:
  explicit FakeServer(Tamper tamper = {}) : tamper_(std::move(tamper)) {}

  check::Target target() {
    return {[this] { peer_.emplace(*instance_); },
            [this](std::string_view bytes, std::size_t replies) { return ask(bytes, replies); }};
  }

 private:
  check::Answers ask(std::string_view bytes, std::size_t replies) {
    check::Answers answers;
    resp::ReplyReader reader;
    reader.feed(peer_->send(bytes));
    resp::Reply reply;
    std::size_t seen = 0;
    while (seen < replies && reader.next(reply) == resp::ReplyReader::Status::reply) {
      if (reply.type != resp::Reply::Type::push) ++seen;
      if (tamper_) tamper_(reply);
      answers.replies.push_back(std::move(reply));
      reply = {};
    }
    answers.closed = peer_->closed();
    return answers;
  }

  Tamper tamper_;
  std::unique_ptr<instance::Instance> instance_ =
      frozen_instance(frozen_start_ms, 1, {{"enable-debug-command", "yes"}, {"databases", "4"}});
  std::optional<Peer> peer_;
};

}  // namespace redouble::testing
