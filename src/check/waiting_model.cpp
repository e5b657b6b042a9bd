#include "check/waiting_model.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "check/reply_text.hpp"

namespace redouble::check {
namespace {

bool waits(const Request& request) {
  return request[0] == "BLPOP" || request[0] == "BRPOP" || request[0] == "BLMOVE";
}

// The keys that a waiting command waits for.
std::vector<std::string> awaited(const Request& request) {
  if (request[0] == "BLMOVE") return {request[1]};
  return {request.begin() + 1, request.end() - 1};
}

bool has_elements(const WaitingModel::State& state, const std::string& key) {
  return state.lists.contains(key);
}

std::string take(WaitingModel::State& state, const std::string& key, bool front) {
  const auto list = state.lists.find(key);
  std::string element = front ? list->second.front() : list->second.back();
  front ? list->second.pop_front() : list->second.pop_back();
  if (list->second.empty()) state.lists.erase(list);
  return element;
}

void put(WaitingModel::State& state, const std::string& key, bool front, std::string element) {
  auto& list = state.lists[key];
  front ? list.push_front(std::move(element)) : list.push_back(std::move(element));
}

// What a waiting command does with a key that has elements. Gives the key that it pushed to.
std::string perform(WaitingModel::State& state, const WaitingModel::Arrival& arrival,
                    const std::string& key) {
  const Request& request = arrival.request;
  if (request[0] == "BLMOVE") {
    std::string element = take(state, key, request[3] == "LEFT");
    state.served[arrival.serial] = bulk_reply(element);
    put(state, request[2], request[4] == "LEFT", std::move(element));
    return request[2];
  }
  const std::string element = take(state, key, request[0] == "BLPOP");
  state.served[arrival.serial] = array_reply({bulk_reply(key), bulk_reply(element)});
  return "";
}

}  // namespace

History split_waits(const History& history) {
  History split;
  for (const Operation& operation : history) {
    if (!waits(operation.request)) {
      split.push_back(operation);
      continue;
    }
    const std::string serial = std::to_string(split.size());
    Operation arrive = operation;
    arrive.request.insert(arrive.request.begin(), {"ARRIVE", serial});
    split.push_back(arrive);
    if (!operation.reply) continue;
    Operation leave = operation;
    leave.request = {"LEAVE", serial};
    split.push_back(std::move(leave));
  }
  return split;
}

void WaitingModel::arrive(State& state, Arrival arrival) const {
  for (const std::string& key : awaited(arrival.request)) {
    if (!has_elements(state, key)) continue;
    const std::string pushed = perform(state, arrival, key);
    if (!pushed.empty()) serve(state, pushed);
    return;
  }
  state.waiting.push_back(std::move(arrival));
}

void WaitingModel::serve(State& state, std::string key) const {
  std::deque<std::string> ready{std::move(key)};
  while (!ready.empty()) {
    const std::string next = std::move(ready.front());
    ready.pop_front();
    for (std::size_t at = 0; at < state.waiting.size() && has_elements(state, next);) {
      const std::vector<std::string> keys = awaited(state.waiting[at].request);
      if (std::ranges::find(keys, next) == keys.end()) {
        ++at;
        continue;
      }
      const Arrival served = std::move(state.waiting[at]);
      state.waiting.erase(state.waiting.begin() + static_cast<std::ptrdiff_t>(at));
      std::string pushed = perform(state, served, next);
      if (!pushed.empty()) ready.push_back(std::move(pushed));
    }
  }
}

std::string WaitingModel::run(State& state, const Request& request) const {
  const std::string& name = request.at(0);
  if (name == "WAITING") return integer_reply(static_cast<long long>(state.waiting.size()));
  const std::string& key = request.at(1);
  const auto list = state.lists.find(key);
  const std::size_t size = list == state.lists.end() ? 0 : list->second.size();
  if (name == "LLEN") return integer_reply(static_cast<long long>(size));
  if (name == "RPUSH" || name == "LPUSH") {
    for (std::size_t index = 2; index < request.size(); ++index) {
      put(state, key, name == "LPUSH", request[index]);
    }
    serve(state, key);
    return integer_reply(static_cast<long long>(size + request.size() - 2));
  }
  if ((name == "LPOP" || name == "RPOP") && request.size() == 2) {
    return size == 0 ? null_reply() : bulk_reply(take(state, key, name == "LPOP"));
  }
  if (name == "LRANGE" && request.size() == 4 && request[2] == "0" && request[3] == "-1") {
    std::vector<std::string> elements;
    if (size != 0) std::ranges::transform(list->second, std::back_inserter(elements), bulk_reply);
    return array_reply(elements);
  }
  throw std::invalid_argument("the model of waiting commands does not know " + name);
}

bool WaitingModel::step(State& state, const Operation& operation) const {
  const Request& request = operation.request;
  if (request.at(0) == "ARRIVE") {
    arrive(state, {request.at(1), Request(request.begin() + 2, request.end())});
    return true;
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

std::uint64_t WaitingModel::hash(const State& state) const {
  return std::hash<std::string>()(describe(state));
}

std::string WaitingModel::describe(const State& state) const {
  std::string text;
  for (const auto& [key, list] : state.lists) {
    text += key + ":";
    for (const std::string& element : list) text += " " + element;
    text += "; ";
  }
  text += "waiting:";
  for (const Arrival& arrival : state.waiting) text += " " + arrival.serial;
  text += "; served:";
  for (const auto& [serial, reply] : state.served) text += " " + serial;
  return text;
}

}  // namespace redouble::check
