#include "check/local_client.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "check/reply_text.hpp"

namespace redouble::check {

LocalClient::LocalClient(instance::Instance& instance, unsigned slot)
    : bench_(slot),
      session_(instance, bench_, session::Peer{.address = "127.0.0.1:1", .local_address = ""}) {}

std::optional<std::string> LocalClient::execute(const Request& request) {
  std::vector<std::string> bulks;
  for (const std::string& word : request) bulks.push_back(bulk_reply(word));
  const std::string bytes = array_reply(bulks);  // a request is an array of bulks too
  std::string reply;
  for (std::size_t sent = 0; sent < bytes.size() && !closed_;) {
    const std::span<char> room = session_.prepare();
    const std::size_t part = std::min(room.size(), bytes.size() - sent);
    std::memcpy(room.data(), bytes.data() + sent, part);
    sent += part;
    reply += take_output(session_.received(part));
  }
  if (reply.empty() && closed_) return std::nullopt;
  return reply;
}

std::string LocalClient::take_output(session::Progress progress) {
  std::string output;
  for (;;) {
    output += bench_.output.to_string();
    bench_.output.clear();
    if (progress != session::Progress::more) break;
    progress = session_.resume();
  }
  if (progress == session::Progress::waiting) throw std::logic_error("the request waits");
  closed_ = progress == session::Progress::close;
  return output;
}

}  // namespace redouble::check
