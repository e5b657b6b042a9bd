#include "check/instance_model.hpp"

#include <algorithm>
#include <string_view>

#include "check/program.hpp"
#include "check/reply_text.hpp"
#include "command/table.hpp"
#include "resp/reply_reader.hpp"

namespace redouble::check {
namespace {

std::uint64_t digest_of(instance::Instance& instance) {
  return instance.step({.all = true}, nullptr, [&](store::LockSet& locks, instance::Step&) {
    return instance.digest(locks);
  });
}

const command::Row* row_of(const Request& request) {
  if (request.empty()) return nullptr;
  const std::vector<std::string_view> words(request.begin(), request.end());
  return command::CommandTable::standard().resolve(words);
}

bool order_means_nothing(const command::Row* row) {
  return row != nullptr &&
         std::ranges::find(row->tips, "nondeterministic_output_order") != row->tips.end();
}

}  // namespace

std::string normal_reply(const Request& request, std::string reply) {
  const command::Row* row = row_of(request);
  if (!order_means_nothing(row) || !reply.starts_with('*')) return reply;
  resp::ReplyReader reader;
  reader.feed(reply);
  resp::Reply array;
  if (reader.next(array) != resp::ReplyReader::Status::reply) return reply;
  // HGETALL gives fields and values in turn.
  const std::size_t step = row->name == "hgetall" ? 2 : 1;
  std::vector<std::string> elements;
  for (std::size_t at = 0; at + step <= array.elements.size(); at += step) {
    elements.emplace_back();
    for (std::size_t part = at; part < at + step; ++part) {
      elements.back() += encode(array.elements[part]);
    }
  }
  std::ranges::sort(elements);
  std::string sorted = "*" + std::to_string(array.elements.size()) + "\r\n";
  for (const std::string& element : elements) sorted += element;
  return sorted;
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
