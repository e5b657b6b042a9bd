#include "check/waiting_model.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "check/plain_command.hpp"
#include "check/reply_text.hpp"

namespace redouble::check {
namespace {

// The reply of an ARRIVE that was seen to wait.
const std::string waits_reply = "+WAITS\r\n";

bool looks(const std::string& name) {
  return name == "WAITING" || name == "LLEN" || name == "LRANGE" || name == "ZRANGE" ||
         name == "XRANGE";
}

Request arrive_request(const std::string& serial, const Request& request) {
  Request arrive = request;
  arrive.insert(arrive.begin(), {"ARRIVE", serial});
  return arrive;
}

}  // namespace

History split_waits(const History& history) {
  History split;
  for (const Operation& operation : history) {
    if (!waiting::may_wait(operation.request)) {
      split.push_back(operation);
      continue;
    }
    const std::string serial = std::to_string(split.size());
    Operation arrive = operation;
    arrive.request = arrive_request(serial, operation.request);
    split.push_back(arrive);
    if (!operation.reply) continue;
    Operation leave = operation;
    leave.request = {"LEAVE", serial};
    split.push_back(std::move(leave));
  }
  return split;
}

Operation began_to_wait(std::string serial, const Request& request, Ticket called,
                        Ticket returned) {
  return {.request = arrive_request(serial, request),
          .reply = waits_reply,
          .called = called,
          .returned = returned};
}

Operation was_served(std::string serial, std::string reply, Ticket called, Ticket returned) {
  return {.request = {"LEAVE", std::move(serial)},
          .reply = std::move(reply),
          .called = called,
          .returned = returned};
}

void WaitingModel::arrive(State& state, Arrival arrival) const {
  std::optional<std::string> reply = waiting::attempt(state.values, arrival.command);
  if (!reply) {
    state.waiting.push_back(std::move(arrival));
    return;
  }
  state.served[arrival.serial] = std::move(*reply);
  if (!arrival.command.target.empty()) serve(state, arrival.command.target);
}

void WaitingModel::serve(State& state, std::string key) const {
  std::deque<std::string> ready{std::move(key)};
  while (!ready.empty()) {
    const std::string next = std::move(ready.front());
    ready.pop_front();
    for (std::size_t at = 0; at < state.waiting.size();) {
      const waiting::Command& command = state.waiting[at].command;
      if (std::ranges::find(command.keys, next) == command.keys.end() ||
          !waiting::is_ready(state.values, command, next)) {
        ++at;
        continue;
      }
      const Arrival served = std::move(state.waiting[at]);
      state.waiting.erase(state.waiting.begin() + static_cast<std::ptrdiff_t>(at));
      state.served[served.serial] = waiting::perform(state.values, served.command, next);
      if (!served.command.target.empty()) ready.push_back(served.command.target);
    }
  }
}

std::string WaitingModel::run(State& state, const Request& request) const {
  const std::string& name = request.at(0);
  if (name == "WAITING") return integer_reply(static_cast<long long>(state.waiting.size()));
  if (name == "XREAD" || name == "XREADGROUP") {
    waiting::Command command = waiting::parse_waiting(request);
    return waiting::attempt(state.values, command).value();
  }
  std::string reply = waiting::run_plain(state.values, request);
  if (!looks(name)) serve(state, waiting::key_of(request));
  return reply;
}

bool WaitingModel::step(State& state, const Operation& operation) const {
  const Request& request = operation.request;
  if (request.at(0) == "ARRIVE") {
    const std::string& serial = request.at(1);
    arrive(state, {serial, waiting::parse_waiting({request.begin() + 2, request.end()})});
    return operation.reply != waits_reply || !state.served.contains(serial);
  }
  if (request[0] == "LEAVE") {
    const auto served = state.served.find(request.at(1));
    if (served == state.served.end() || served->second != operation.reply) return false;
    state.served.erase(served);
    return true;
  }
  const std::string reply = run(state, request);
  return !operation.reply || *operation.reply == reply;
}

bool WaitingModel::only_reads(const Operation& operation) const {
  return looks(operation.request.at(0));
}

std::uint64_t WaitingModel::hash(const State& state) const {
  return std::hash<std::string>()(describe(state));
}

std::string WaitingModel::describe(const State& state) const {
  std::string text = waiting::describe(state.values) + "waiting:";
  for (const Arrival& arrival : state.waiting) text += " " + arrival.serial;
  text += "; served:";
  for (const auto& [serial, reply] : state.served) text += " " + serial;
  return text;
}

}  // namespace redouble::check
