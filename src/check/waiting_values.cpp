#include "check/waiting_values.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "check/reply_text.hpp"

namespace redouble::check::waiting {
namespace {

std::uint64_t read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument("the model of waiting commands knows no ID " + std::string(text));
  }
  return number;
}

std::string text_of(const List& list) {
  std::string text;
  for (const std::string& element : list) text += " " + element;
  return text;
}

std::string text_of(const SortedSet& set) {
  std::string text;
  for (const auto& [member, score] : set) text += " " + member + "=" + std::to_string(score);
  return text;
}

std::string text_of(const Stream& stream) {
  std::string text = " up to " + to_text(stream.last);
  for (const auto& [id, fields] : stream.entries) {
    text += " " + to_text(id);
    for (const std::string& word : fields) text += " " + word;
  }
  for (const auto& [name, group] : stream.groups) {
    text += ", group " + name + " up to " + to_text(group.last);
    for (const auto& [id, consumer] : group.pending) text += " " + to_text(id) + ">" + consumer;
  }
  return text;
}

}  // namespace

std::string to_text(StreamId id) {
  return std::to_string(id.milliseconds) + "-" + std::to_string(id.sequence);
}

StreamId read_id(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == text.npos) return {.milliseconds = read_number(text)};
  return {read_number(text.substr(0, dash)), read_number(text.substr(dash + 1))};
}

std::string wrong_type_reply() {
  return error_reply("WRONGTYPE Operation against a key holding the wrong kind of value");
}

std::string pop(Values& values, const std::string& key, bool front) {
  List& list = std::get<List>(values.at(key));
  std::string element = front ? list.front() : list.back();
  front ? list.pop_front() : list.pop_back();
  if (list.empty()) values.erase(key);
  return element;
}

Scored pop_scored(Values& values, const std::string& key, bool lowest) {
  SortedSet& set = std::get<SortedSet>(values.at(key));
  const std::vector<Scored> members = in_order(set);
  Scored taken = lowest ? members.front() : members.back();
  set.erase(taken.member);
  if (set.empty()) values.erase(key);
  return taken;
}

std::vector<Scored> in_order(const SortedSet& set) {
  std::vector<Scored> members;
  for (const auto& [member, score] : set) members.push_back({member, score});
  std::ranges::sort(members, {}, [](const Scored& one) { return std::tie(one.score, one.member); });
  return members;
}

std::string entry_reply(StreamId id, const Stream::Fields& fields) {
  std::vector<std::string> words;
  std::ranges::transform(fields, std::back_inserter(words), bulk_reply);
  return array_reply({bulk_reply(to_text(id)), array_reply(words)});
}

std::string entries_reply(const Stream& stream) {
  std::vector<std::string> entries;
  for (const auto& [id, fields] : stream.entries) entries.push_back(entry_reply(id, fields));
  return array_reply(entries);
}

std::string describe(const Values& values) {
  std::string text;
  for (const auto& [key, value] : values) {
    text += key + ":" + std::visit([](const auto& of) { return text_of(of); }, value) + "; ";
  }
  return text;
}

}  // namespace redouble::check::waiting
