#include "check/waiting_command.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "check/reply_text.hpp"

namespace redouble::check::waiting {
namespace {

using Kind = Command::Kind;

[[noreturn]] void refuse(const Request& request) {
  std::string text = "the model of waiting commands does not know";
  for (const std::string& word : request) text += " " + word;
  throw std::invalid_argument(text);
}

bool reads_streams(const std::string& name) { return name == "XREAD" || name == "XREADGROUP"; }

bool is_known(const std::string& name) {
  constexpr std::string_view names[] = {"BLPOP",  "BRPOP",     "BLMOVE",   "BRPOPLPUSH",
                                        "BLMPOP", "BZPOPMIN",  "BZPOPMAX", "BZMPOP",
                                        "XREAD",  "XREADGROUP"};
  return std::ranges::find(names, name) != std::end(names);
}

// The words of a request, one after the other.
class Words {
 public:
  explicit Words(const Request& request) : request_(request) {}

  bool at_end() const { return at_ == request_.size(); }
  std::size_t left() const { return request_.size() - at_; }
  const std::string& next() {
    if (at_end()) refuse(request_);
    return request_[at_++];
  }
  bool next_is(std::string_view word) {
    const bool is = !at_end() && request_[at_] == word;
    if (is) ++at_;
    return is;
  }
  // Which of the two it is: true for the first.
  bool one_of(std::string_view yes, std::string_view no) {
    const std::string& word = next();
    if (word != yes && word != no) refuse(request_);
    return word == yes;
  }
  std::size_t number() { return static_cast<std::size_t>(read_id(next()).milliseconds); }
  void no_deadline() {
    if (next() != "0") refuse(request_);
  }
  std::vector<std::string> take(std::size_t count) {
    std::vector<std::string> words;
    while (words.size() < count) words.push_back(next());
    return words;
  }

 private:
  const Request& request_;
  std::size_t at_ = 1;
};

// BLMPOP and BZMPOP.
void parse_several(Words& words, Command& command) {
  command.several = true;
  words.no_deadline();
  const std::size_t keys = words.number();
  command.keys = words.take(keys);
  const bool scored = command.kind == Kind::pop_scored;
  command.first = scored ? words.one_of("MIN", "MAX") : words.one_of("LEFT", "RIGHT");
  if (words.next_is("COUNT")) command.count = words.number();
}

// BLPOP and its like.
void parse_pop(Words& words, Command& command) {
  if (words.left() < 2) return;
  command.keys = words.take(words.left() - 1);
  words.no_deadline();
}

void parse_move(Words& words, Command& command, bool with_sides) {
  command.kind = Kind::move;
  command.keys = words.take(1);
  command.target = words.next();
  command.first = with_sides && words.one_of("LEFT", "RIGHT");
  command.to_front = !with_sides || words.one_of("LEFT", "RIGHT");
  words.no_deadline();
}

void parse_read(Words& words, Command& command) {
  command.waits = false;
  command.count = 0;
  if (words.next_is("GROUP")) {
    command.kind = Kind::read_group;
    command.group = words.next();
    command.consumer = words.next();
  }
  if (words.next_is("COUNT")) command.count = words.number();
  if (words.next_is("BLOCK")) {
    words.no_deadline();
    command.waits = true;
  }
  command.noack = words.next_is("NOACK");
  if (!words.next_is("STREAMS")) return;
  const std::size_t keys = words.left() / 2;
  command.keys = words.take(keys);
  command.ids = words.take(keys);
  if (command.kind == Kind::read_group && command.ids.front() != ">") command.waits = false;
}

std::string popped(Values& values, const Command& command, const std::string& key) {
  if (!command.several) {
    return array_reply({bulk_reply(key), bulk_reply(pop(values, key, command.first))});
  }
  std::vector<std::string> elements;
  while (elements.size() < command.count && find<List>(values, key) != nullptr) {
    elements.push_back(bulk_reply(pop(values, key, command.first)));
  }
  return array_reply({bulk_reply(key), array_reply(elements)});
}

std::string popped_scored(Values& values, const Command& command, const std::string& key) {
  std::vector<std::string> pairs;
  while (pairs.size() < command.count && find<SortedSet>(values, key) != nullptr) {
    const Scored taken = pop_scored(values, key, command.first);
    const std::string member = bulk_reply(taken.member);
    const std::string score = bulk_reply(std::to_string(taken.score));
    if (!command.several) return array_reply({bulk_reply(key), member, score});
    pairs.push_back(array_reply({member, score}));
  }
  return array_reply({bulk_reply(key), array_reply(pairs)});
}

std::string moved(Values& values, const Command& command) {
  if (has_other<List>(values, command.target)) return wrong_type_reply();
  std::string element = pop(values, command.keys.front(), command.first);
  std::string reply = bulk_reply(element);
  List& list = own<List>(values, command.target);
  command.to_front ? list.push_front(std::move(element)) : list.push_back(std::move(element));
  return reply;
}

// A key with its entries.
std::string of_key(const std::string& key, const std::vector<std::string>& entries) {
  return array_reply({bulk_reply(key), array_reply(entries)});
}

std::string read_after(const Stream& stream, const Command& command, std::size_t place) {
  std::vector<std::string> entries;
  auto at = stream.entries.upper_bound(read_id(command.ids[place]));
  for (; at != stream.entries.end(); ++at) {
    entries.push_back(entry_reply(at->first, at->second));
    if (entries.size() == command.count) break;
  }
  return of_key(command.keys[place], entries);
}

// What is new to the group: each entry is one consumer's.
std::string read_new(Stream& stream, const Command& command, const std::string& key) {
  Stream::Group& group = stream.groups.at(command.group);
  std::vector<std::string> entries;
  auto at = stream.entries.upper_bound(group.last);
  for (; at != stream.entries.end(); ++at) {
    entries.push_back(entry_reply(at->first, at->second));
    group.last = at->first;
    if (!command.noack) group.pending[at->first] = command.consumer;
    if (entries.size() == command.count) break;
  }
  return of_key(key, entries);
}

std::string read_again(const Stream& stream, const Command& command, std::size_t place) {
  const Stream::Group& group = stream.groups.at(command.group);
  std::vector<std::string> entries;
  auto at = group.pending.upper_bound(read_id(command.ids[place]));
  for (; at != group.pending.end(); ++at) {
    if (at->second != command.consumer) continue;
    entries.push_back(entry_reply(at->first, stream.entries.at(at->first)));
    if (entries.size() == command.count) break;
  }
  return of_key(command.keys[place], entries);
}

std::optional<std::string> attempt_read(Values& values, Command& command) {
  const bool in_group = command.kind == Kind::read_group;
  for (std::size_t place = 0; place < command.keys.size(); ++place) {
    const std::string& key = command.keys[place];
    if (has_other<Stream>(values, key)) return wrong_type_reply();
    const Stream* stream = find<Stream>(values, key);
    if (in_group && (stream == nullptr || !stream->groups.contains(command.group))) {
      return error_reply("NOGROUP No such key '" + key + "' or consumer group '" + command.group +
                         "' in XREADGROUP with GROUP option");
    }
    if (command.ids[place] == "$") {
      command.ids[place] = to_text(stream == nullptr ? StreamId() : stream->last);
    }
  }
  std::vector<std::string> parts;
  for (std::size_t place = 0; place < command.keys.size(); ++place) {
    const std::string& key = command.keys[place];
    Stream* stream = find<Stream>(values, key);
    if (in_group && command.ids[place] != ">") {
      parts.push_back(read_again(*stream, command, place));
    } else if (stream != nullptr && is_ready(values, command, key)) {
      parts.push_back(in_group ? read_new(*stream, command, key)
                               : read_after(*stream, command, place));
    }
  }
  if (!parts.empty()) return array_reply(parts);
  if (command.waits) return std::nullopt;
  return "*-1\r\n";
}

std::size_t place_of(const Command& command, const std::string& key) {
  return static_cast<std::size_t>(std::ranges::find(command.keys, key) - command.keys.begin());
}

}  // namespace

bool may_wait(const Request& request) {
  if (!is_known(request.at(0))) return false;
  return !reads_streams(request[0]) || parse_waiting(request).waits;
}

Command parse_waiting(const Request& request) {
  const std::string& name = request.at(0);
  Command command;
  Words words(request);
  if (reads_streams(name)) {
    command.kind = Kind::read;
    parse_read(words, command);
  } else if (name == "BLMOVE" || name == "BRPOPLPUSH") {
    parse_move(words, command, name == "BLMOVE");
  } else if (name == "BLMPOP" || name == "BZMPOP") {
    if (name == "BZMPOP") command.kind = Kind::pop_scored;
    parse_several(words, command);
  } else if (is_known(name)) {
    if (name.starts_with("BZ")) command.kind = Kind::pop_scored;
    command.first = name == "BLPOP" || name == "BZPOPMIN";
    parse_pop(words, command);
  }
  if (command.keys.empty() || !words.at_end()) refuse(request);
  return command;
}

std::optional<std::string> attempt(Values& values, Command& command) {
  if (command.kind == Kind::read || command.kind == Kind::read_group) {
    return attempt_read(values, command);
  }
  for (const std::string& key : command.keys) {
    if (is_ready(values, command, key)) return perform(values, command, key);
    if (values.contains(key)) return wrong_type_reply();
  }
  return std::nullopt;
}

bool is_ready(Values& values, const Command& command, const std::string& key) {
  if (command.kind == Kind::pop || command.kind == Kind::move) {
    return find<List>(values, key) != nullptr;
  }
  if (command.kind == Kind::pop_scored) return find<SortedSet>(values, key) != nullptr;
  const Stream* stream = find<Stream>(values, key);
  if (command.kind == Kind::read) {
    return stream != nullptr && stream->last > read_id(command.ids[place_of(command, key)]);
  }
  // Where the group is gone there is an error to be told.
  if (stream == nullptr || !stream->groups.contains(command.group)) return true;
  return stream->last > stream->groups.at(command.group).last;
}

std::string perform(Values& values, const Command& command, const std::string& key) {
  switch (command.kind) {
    case Kind::pop:
      return popped(values, command, key);
    case Kind::pop_scored:
      return popped_scored(values, command, key);
    case Kind::move:
      return moved(values, command);
    case Kind::read:
      return array_reply({read_after(*find<Stream>(values, key), command, place_of(command, key))});
    case Kind::read_group:
      break;
  }
  Stream* stream = find<Stream>(values, key);
  if (stream == nullptr) return error_reply("UNBLOCKED the stream key no longer exists");
  if (!stream->groups.contains(command.group)) {
    return error_reply("NOGROUP the consumer group this client was blocked on no longer exists");
  }
  return array_reply({read_new(*stream, command, key)});
}

}  // namespace redouble::check::waiting
