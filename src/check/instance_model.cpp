#include "check/instance_model.hpp"

#include <algorithm>

#include "check/program.hpp"
#include "check/reply_text.hpp"

namespace redouble::check {
namespace {

std::uint64_t digest_of(instance::Instance& instance) {
  return instance.step({.all = true}, nullptr, [&](store::LockSet& locks, instance::Step&) {
    return instance.digest(locks);
  });
}

bool order_means_nothing(const Request& request) {
  return !request.empty() && (request[0] == "KEYS" || request[0] == "keys");
}

}  // namespace

std::string normal_reply(const Request& request, std::string reply) {
  if (!order_means_nothing(request)) return reply;
  // Bulks of keys without line ends in them: sorted as lines, two for a bulk.
  std::vector<std::string> elements;
  const std::size_t head = reply.find("\r\n");
  if (!reply.starts_with('*') || head == std::string::npos) return reply;
  for (std::size_t at = head + 2; at < reply.size();) {
    const std::size_t length_end = reply.find("\r\n", at);
    const std::size_t end = reply.find("\r\n", length_end + 2);
    elements.push_back(reply.substr(at, end + 2 - at));
    at = end + 2;
  }
  std::sort(elements.begin(), elements.end());
  return array_reply(elements);
}

InstanceModel::InstanceModel(MakeInstance make) : make_(std::move(make)) {
  number_of(digest_of(*make_(nullptr)), {});
}

InstanceModel::State InstanceModel::number_of(std::uint64_t digest,
                                              const std::vector<Request>& path) {
  const auto [at, added] = by_digest_.try_emplace(digest, static_cast<State>(states_.size()));
  if (added) states_.push_back({path, digest});
  return at->second;
}

const InstanceModel::Outcome& InstanceModel::outcome(State state, const Request& request) {
  const auto known = outcomes_.find({state, request});
  if (known != outcomes_.end()) return known->second;
  ++executed_;
  std::vector<Request> path = states_[state].path;
  const std::unique_ptr<instance::Instance> instance = make_(nullptr);
  LocalClient client(*instance, 0);
  for (const Request& earlier : path) client.execute(earlier);
  std::string reply = normal_reply(request, client.execute(request).value_or(""));
  const std::uint64_t digest = digest_of(*instance);
  path.push_back(request);
  Outcome outcome{std::move(reply), number_of(digest, path)};
  return outcomes_.emplace(std::pair(state, request), std::move(outcome)).first->second;
}

bool InstanceModel::step(State& state, const Operation& operation) {
  const Outcome& next = outcome(state, operation.request);
  state = next.state;
  return !operation.reply || normal_reply(operation.request, *operation.reply) == next.reply;
}

std::string InstanceModel::describe(State state) const {
  std::string text = "what these leave:";
  for (const Request& request : states_[state].path) {
    for (const std::string& word : request) text += " " + quote_word(word);
    text += ';';
  }
  return text;
}

InstanceSubject::InstanceSubject(std::unique_ptr<instance::Instance> instance)
    : instance_(std::move(instance)) {
  for (unsigned slot = 0; slot <= Program::most_branches; ++slot) {
    clients_.push_back(std::make_unique<LocalClient>(*instance_, slot));
  }
}

std::optional<std::string> InstanceSubject::execute(std::uint32_t client, const Request& request) {
  return clients_.at(client)->execute(request);
}

}  // namespace redouble::check
