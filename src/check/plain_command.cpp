#include "check/plain_command.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "check/reply_text.hpp"

namespace redouble::check::waiting {
namespace {

std::string count_reply(std::size_t count) { return integer_reply(static_cast<long long>(count)); }

bool ends_with(const Request& request, std::initializer_list<std::string_view> words) {
  return request.size() == 2 + words.size() &&
         std::equal(words.begin(), words.end(), request.begin() + 2);
}

std::string push(Values& values, const Request& request, bool front) {
  List& list = own<List>(values, request[1]);
  for (std::size_t index = 2; index < request.size(); ++index) {
    front ? list.push_front(request[index]) : list.push_back(request[index]);
  }
  return count_reply(list.size());
}

// Nothing: it is no command on lists that is known. So with those below.
std::optional<std::string> run_on_list(Values& values, const Request& request) {
  const std::string& name = request[0];
  const bool pushes = name == "RPUSH" || name == "LPUSH";
  const bool pops = (name == "LPOP" || name == "RPOP") && request.size() == 2;
  const bool ranges = name == "LRANGE" && ends_with(request, {"0", "-1"});
  if (!pushes && !pops && !ranges && name != "LLEN") return std::nullopt;
  if (has_other<List>(values, request[1])) return wrong_type_reply();
  if (pushes) return push(values, request, name == "LPUSH");
  const List* list = find<List>(values, request[1]);
  if (name == "LLEN") return count_reply(list == nullptr ? 0 : list->size());
  if (pops) {
    return list == nullptr ? null_reply() : bulk_reply(pop(values, request[1], name == "LPOP"));
  }
  std::vector<std::string> elements;
  if (list != nullptr) std::ranges::transform(*list, std::back_inserter(elements), bulk_reply);
  return array_reply(elements);
}

std::string scored_reply(const std::vector<Scored>& members) {
  std::vector<std::string> words;
  for (const auto& [member, score] : members) {
    words.push_back(bulk_reply(member));
    words.push_back(bulk_reply(std::to_string(score)));
  }
  return array_reply(words);
}

std::optional<std::string> run_on_sorted_set(Values& values, const Request& request) {
  const std::string& name = request[0];
  const bool adds = name == "ZADD" && request.size() >= 4 && request.size() % 2 == 0;
  const bool pops = (name == "ZPOPMIN" || name == "ZPOPMAX") && request.size() == 2;
  if (!adds && !pops && !(name == "ZRANGE" && ends_with(request, {"0", "-1", "WITHSCORES"}))) {
    return std::nullopt;
  }
  if (has_other<SortedSet>(values, request[1])) return wrong_type_reply();
  if (adds) {
    SortedSet& set = own<SortedSet>(values, request[1]);
    const std::size_t before = set.size();
    for (std::size_t index = 2; index < request.size(); index += 2) {
      set[request[index + 1]] = std::stoll(request[index]);
    }
    return count_reply(set.size() - before);
  }
  const SortedSet* set = find<SortedSet>(values, request[1]);
  if (set == nullptr) return array_reply({});
  if (pops) return scored_reply({pop_scored(values, request[1], name == "ZPOPMIN")});
  return scored_reply(in_order(*set));
}

std::string add_entry(Values& values, const Request& request) {
  Stream& stream = own<Stream>(values, request[1]);
  const std::string& wanted = request[2];
  StreamId id = read_id(wanted.substr(0, wanted.size() - 2));
  if (id.milliseconds < stream.last.milliseconds) {
    return error_reply(
        "ERR The ID specified in XADD is equal or smaller than the target stream top item");
  }
  if (id.milliseconds == stream.last.milliseconds) id.sequence = stream.last.sequence + 1;
  stream.entries[id] = {request.begin() + 3, request.end()};
  stream.last = id;
  return bulk_reply(to_text(id));
}

std::string create_group(Values& values, const Request& request) {
  if (has_other<Stream>(values, request[2])) return wrong_type_reply();
  Stream& stream = own<Stream>(values, request[2]);
  const bool added = stream.groups.try_emplace(request[3], Stream::Group{stream.last, {}}).second;
  return added ? simple_reply("OK") : error_reply("BUSYGROUP Consumer Group name already exists");
}

std::string destroy_group(Values& values, const Request& request) {
  if (has_other<Stream>(values, request[2])) return wrong_type_reply();
  Stream* stream = find<Stream>(values, request[2]);
  if (stream != nullptr) return count_reply(stream->groups.erase(request[3]));
  return error_reply(
      "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to "
      "use the MKSTREAM option to create an empty stream automatically.");
}

std::optional<std::string> run_on_stream(Values& values, const Request& request) {
  const std::string& name = request[0];
  if (name == "XGROUP") {
    if (request.size() == 6 && request[1] == "CREATE" && request[4] == "$" &&
        request[5] == "MKSTREAM") {
      return create_group(values, request);
    }
    if (request.size() == 4 && request[1] == "DESTROY") return destroy_group(values, request);
  }
  const bool adds = name == "XADD" && request.size() > 4 && request[2].ends_with("-*");
  if (!adds && !(name == "XRANGE" && ends_with(request, {"-", "+"}))) return std::nullopt;
  if (has_other<Stream>(values, request[1])) return wrong_type_reply();
  if (adds) return add_entry(values, request);
  const Stream* stream = find<Stream>(values, request[1]);
  return entries_reply(stream == nullptr ? Stream() : *stream);
}

}  // namespace

const std::string& key_of(const Request& request) {
  return request.at(request.at(0) == "XGROUP" ? 2 : 1);
}

std::string run_plain(Values& values, const Request& request) {
  if (request.size() < 2) throw std::invalid_argument("no request of the model: " + request.at(0));
  if (request[0] == "DEL" && request.size() == 2) return count_reply(values.erase(request[1]));
  for (auto* run : {&run_on_list, &run_on_sorted_set, &run_on_stream}) {
    if (const auto reply = run(values, request)) return *reply;
  }
  throw std::invalid_argument("the model of waiting commands does not know " + request[0]);
}

}  // namespace redouble::check::waiting
