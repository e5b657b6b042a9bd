#include "check/generator.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "command/table.hpp"
#include "runtime/assert.hpp"

namespace redouble::check {

using command::Argument;
using command::ArgumentType;

Generator::Generator(std::uint64_t seed, const Wanted& wanted)
    : random_(seed), words_(random_), settler_(random_) {
  const auto& table = command::CommandTable::standard();
  for (const command::Row& row : table.rows()) {
    if (row.group == command::Group::double_ || !table.visible(row, judged_version)) continue;
    if (wanted && !wanted(table.full_name(row))) continue;
    sources_.push_back(source_of(row, counts_));
    total_weight_ += sources_.back().weight;
    group_weights_[row.group] += sources_.back().weight;
  }
  REDOUBLE_ASSERT(!sources_.empty());
}

void Generator::begin(std::uint64_t seed, command::Group focus) {
  REDOUBLE_ASSERT(group_weights_.contains(focus));
  random_ = Random(seed);
  settler_.begin();
  focus_ = focus;
  held_.reset();
}

std::map<command::Group, double> Generator::groups() const {
  std::map<command::Group, double> groups;
  for (const auto& [group, weight] : group_weights_) {
    groups[group] = static_cast<double>(weight) / static_cast<double>(total_weight_);
  }
  return groups;
}

std::vector<std::string> never_met(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::string> names;
  for (const auto& [name, count] : counts) {
    if (count == 0) names.push_back(name);
  }
  return names;
}

Request Generator::next() {
  if (held_) return *std::exchange(held_, std::nullopt);
  Request request = any_kind();
  if (request.empty() || !is_sort(request)) return request;
  // The real server takes a number that was out of range, in whatever command, for one of SORT's,
  // unless a good one has been read since. This reads three, even where memory is short.
  held_ = std::move(request);
  return {"GEORADIUS_RO", "nosuch", "1", "1", "1", "m"};
}

Request Generator::any_kind() {
  constexpr std::size_t once_unknown = 400;
  if (random_.one_in(once_unknown)) {
    Request request{random_.one_in(2) ? std::string("nosuch") : words_.odd()};
    for (std::size_t more = random_.below(4); more > 0; --more) request.push_back(words_.string());
    return request;
  }
  return any_request();
}

void Generator::focus() {
  auto chosen = group_weights_.begin();
  std::advance(chosen, random_.below(group_weights_.size()));
  focus_ = chosen->first;
  held_.reset();
}

std::vector<Request> Generator::prologue() {
  std::vector<Request> requests;
  const bool long_strings = focus_ == command::Group::string || focus_ == command::Group::bitmap;
  if (long_strings && random_.one_in(8)) {
    // Of several pages, and shared.
    const std::string key = words_.key(*focus_);
    requests.push_back({"SETRANGE", key, std::to_string(random_.below(20'000)), words_.string()});
    requests.push_back({"COPY", key, words_.key(*focus_), "REPLACE"});
    return requests;
  }
  if (focus_ != command::Group::stream || random_.one_in(4)) return requests;
  for (std::size_t streams = 1 + random_.below(3); streams > 0; --streams) {
    const std::string key = words_.key(command::Group::stream);
    requests.push_back({"XGROUP", "CREATE", key, "g", "0", "MKSTREAM"});
    for (std::size_t entries = random_.below(4); entries > 0; --entries) {
      requests.push_back({"XADD", key, "10-*", "f", words_.string()});
    }
  }
  return requests;
}

const Source& Generator::draw(std::optional<command::Group> group) {
  std::size_t place = random_.below(group ? group_weights_[*group] : total_weight_);
  const Source* chosen = nullptr;
  for (const Source& source : sources_) {
    if (group && source.group != *group) continue;
    chosen = &source;
    if (place < source.weight) break;
    place -= source.weight;
  }
  return *chosen;
}

Request Generator::any_request() {
  const bool stays = focus_ && !random_.one_in(away);
  const Source& chosen = draw(stays ? focus_ : std::nullopt);
  return make(chosen, chosen.mistakes && random_.one_in(4));
}

Request Generator::of(std::string_view full_name) {
  const auto found = std::ranges::find(sources_, full_name, &Source::full_name);
  REDOUBLE_ASSERT(found != sources_.end());
  return make(*found, false);
}

Request Generator::make(const Source& source, bool mistakes) {
  ++*source.count;
  Request request;
  for (const std::string& name : source.names) request.push_back(words_.word(name));
  // Each argument's words; the optional ones may change places among themselves, or come twice.
  std::vector<Request> parts;
  std::vector<std::size_t> optional;
  for (const Part& one : source.parts) {
    if (one.argument.optional && !random_.one_in(2)) continue;
    Request part;
    write(one, source.group, part);
    if (one.argument.optional) optional.push_back(parts.size());
    parts.push_back(std::move(part));
  }
  if (optional.size() > 1 && random_.one_in(3)) {
    for (std::size_t index = optional.size() - 1; index > 0; --index) {
      std::swap(parts[optional[index]], parts[optional[random_.below(index + 1)]]);
    }
  }
  if (!optional.empty() && mistakes && random_.one_in(4)) {
    const std::size_t again = optional[random_.below(optional.size())];
    Request part;
    write(source.parts.back(), source.group, part);
    parts.push_back(random_.one_in(2) ? parts[again] : part);
  }
  for (Request& part : parts) std::ranges::move(part, std::back_inserter(request));
  if (mistakes) spoil(request, source.names.size());
  settler_.settle(request);
  return request;
}

void Generator::write(const Part& part, command::Group group, Request& out) {
  const Argument& argument = part.argument;
  ++*part.count;
  std::size_t times = 1;
  if (argument.multiple) {
    times += random_.one_in(2) ? random_.below(4) : 0;
    if (random_.one_in(100)) times += 20;
    if (times > 1) ++*part.repeated;
  }
  for (std::size_t time = 0; time < times; ++time) {
    const bool leads = time == 0 || argument.multiple_token;
    if (argument.token && argument.type != ArgumentType::token && leads) {
      out.push_back(words_.word(*argument.token));
    }
    write_once(part, group, out);
  }
}

void Generator::write_once(const Part& part, command::Group group, Request& out) {
  const Argument& argument = part.argument;
  switch (argument.type) {
    case ArgumentType::token:
      out.push_back(words_.word(argument.token.value_or(argument.name)));
      return;
    case ArgumentType::one_of:
      write(part.parts[random_.below(part.parts.size())], group, out);
      return;
    case ArgumentType::block:
      if (argument.name == "parameter_value") {
        for (const Part& child : part.parts) ++*child.count;
        auto [name, value] = words_.setting();
        out.push_back(std::move(name));
        out.push_back(std::move(value));
        return;
      }
      for (const Part& child : part.parts) {
        if (!child.argument.optional || random_.one_in(2)) write(child, group, out);
      }
      return;
    default:
      write_value(argument, group, out);
  }
}

void Generator::write_value(const Argument& argument, command::Group group, Request& out) {
  if (argument.name == "request") {
    Request inner = any_request();
    for (std::string& one : inner) out.push_back(std::move(one));
  } else if (argument.name == "command-name") {
    out.push_back(words_.word(sources_[random_.below(sources_.size())].full_name));
  } else {
    out.push_back(words_.value(argument, group));
  }
}

void Generator::spoil(Request& request, std::size_t names) {
  const std::size_t size = request.size();
  const auto place = [&] { return names + random_.below(request.size() - names); };
  switch (random_.below(8)) {
    case 0:
      request.resize(names);
      return;
    case 1:
      request.resize(names + random_.below(size - names + 1));
      return;
    case 2:
      request.push_back(random_.one_in(2) ? words_.string() : words_.integer());
      return;
    default:
      break;
  }
  if (size == names) {
    request.push_back(words_.string());
    return;
  }
  const std::size_t at = place();
  switch (random_.below(6)) {
    case 0:
      request.erase(request.begin() + static_cast<std::ptrdiff_t>(at));
      return;
    case 1: {
      const std::string again = request[at];
      request.insert(request.begin() + static_cast<std::ptrdiff_t>(at), again);
      return;
    }
    case 2:
      std::swap(request[at], request[place()]);
      return;
    case 3:
      request[at] = words_.odd();
      return;
    case 4:
      request[at] = words_.integer();
      return;
    default:
      request[at] = words_.string();
  }
}

}  // namespace redouble::check
