// WaitingRequests: random requests for histories with commands that wait, as check::WaitingModel
// knows them: who waits, what feeds them, and what shows what is left.
//
// Who waits does so for the key k, alone or beside l; a move goes to l or m. Each history has one
// theme, since a list never serves who waits for a sorted set; in one of four the types meet.
// Thread safety: none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/history.hpp"
#include "check/random.hpp"

namespace redouble::testing {

using check::Request;

// The commands that wait, all of which must be seen to do so.
inline constexpr std::array<std::string_view, 10> waiting_names{
    "BLPOP",    "BRPOP",    "BLMOVE", "BRPOPLPUSH", "BLMPOP",
    "BZPOPMIN", "BZPOPMAX", "BZMPOP", "XREAD",      "XREADGROUP"};

class WaitingRequests {
 public:
  enum class Theme : std::uint8_t { lists, sorted_sets, streams, all };

  // The keys' names begin with the prefix.
  WaitingRequests(std::uint64_t seed, std::string prefix)
      : random_(seed), prefix_(std::move(prefix)), theme_(static_cast<Theme>(random_.below(4))) {}

  check::Random& random() { return random_; }
  std::string key(std::string_view name) const { return prefix_ + std::string(name); }

  // Before anybody waits.
  std::vector<Request> prepare() const {
    if (theme_ != Theme::streams) return {};
    return {create_group("k"), create_group("l")};
  }

  Request waiting() {
    switch (theme_ == Theme::all ? random_.below(3) : static_cast<std::size_t>(theme_)) {
      case 0:
        return waiting_for_list();
      case 1:
        return waiting_for_sorted_set();
      default:
        // Where the types meet there are no groups.
        return theme_ == Theme::all || random_.below(2) == 0 ? reading() : reading_in_group();
    }
  }

  // What somebody may wait for; for k, or for l.
  Request feeding() {
    const std::string key = k_or_l();
    switch (theme_ == Theme::all ? random_.below(3) : static_cast<std::size_t>(theme_)) {
      case 0:
        return push(key);
      case 1:
        return add_members(key);
      default:
        return add_entry(key, 1);
    }
  }

  // The same, or now and then what takes something away.
  Request change() {
    const bool meets = theme_ == Theme::all;
    if (random_.below(meets ? 3 : 8) != 0) return feeding();
    const std::string key = k_or_l();
    if (meets || theme_ == Theme::streams) return {"DEL", key};
    const std::size_t which = random_.below(2);
    if (theme_ == Theme::lists) return {which == 0 ? "LPOP" : "RPOP", key};
    return {which == 0 ? "ZPOPMIN" : "ZPOPMAX", key};
  }

  // Whoever waits still is served by these, if not the first time.
  std::vector<Request> fill() {
    std::vector<Request> requests;
    ++filled_;
    for (const std::string& key : {prefix_ + "k", prefix_ + "l"}) {
      const bool all = theme_ == Theme::all;
      if (all) requests.push_back({"DEL", key});
      if (all || theme_ == Theme::lists) requests.push_back(push(key));
      if (all) requests.push_back({"DEL", key});
      if (all || theme_ == Theme::sorted_sets) requests.push_back(add_members(key));
      if (all) requests.push_back({"DEL", key});
      if (all || theme_ == Theme::streams) requests.push_back(add_entry(key, 1 + filled_));
    }
    return requests;
  }

  std::vector<Request> look() const {
    std::vector<Request> requests;
    for (const std::string& key : {prefix_ + "k", prefix_ + "l", prefix_ + "m"}) {
      requests.push_back({"LRANGE", key, "0", "-1"});
      requests.push_back({"ZRANGE", key, "0", "-1", "WITHSCORES"});
      requests.push_back({"XRANGE", key, "-", "+"});
    }
    if (theme_ != Theme::streams) return requests;
    for (std::size_t consumer = 0; consumer < consumers; ++consumer) {
      requests.push_back(
          {"XREADGROUP", "GROUP", "g", name_of(consumer), "STREAMS", prefix_ + "k", "0"});
    }
    return requests;
  }

 private:
  static constexpr std::size_t consumers = 3;

  static std::string name_of(std::size_t consumer) { return "c" + std::to_string(consumer); }
  std::string side() { return random_.below(2) == 0 ? "LEFT" : "RIGHT"; }
  std::string k_or_l() { return prefix_ + (random_.below(3) == 0 ? "l" : "k"); }
  Request create_group(std::string_view name) const {
    return {"XGROUP", "CREATE", key(name), "g", "$", "MKSTREAM"};
  }

  Request waiting_for_list() {
    const std::string k = prefix_ + "k";
    const std::string l = prefix_ + "l";
    const std::string target = prefix_ + std::string(1, "klm"[random_.below(3)]);
    switch (random_.below(10)) {
      case 0:
        return {"BLMOVE", k, target, side(), side(), "0"};
      case 1:
        return {"BLMOVE", k, l, side(), side(), "0"};
      case 2:
        return {"BRPOPLPUSH", k, target, "0"};
      case 3:
        return {"BRPOPLPUSH", k, l, "0"};
      case 4:
        return {"BLMPOP", "0", "1", k, side()};
      case 5:
        return {"BLMPOP", "0", "2", l, k, side(), "COUNT", "2"};
      case 6:
        return {"BLPOP", l, k, "0"};
      case 7:
        return {"BRPOP", k, l, "0"};
      case 8:
        return {"BRPOP", k, "0"};
      default:
        return {"BLPOP", k, "0"};
    }
  }

  Request waiting_for_sorted_set() {
    const std::string k = prefix_ + "k";
    const std::string l = prefix_ + "l";
    const std::string end = random_.below(2) == 0 ? "MIN" : "MAX";
    switch (random_.below(4)) {
      case 0:
        return {"BZMPOP", "0", "1", k, end};
      case 1:
        return {"BZMPOP", "0", "2", l, k, end, "COUNT", "2"};
      case 2:
        return {"BZPOP" + end, l, k, "0"};
      default:
        return {"BZPOP" + end, k, "0"};
    }
  }

  // The end of a request that reads k, or l and k.
  Request reading_from(Request request, const std::string& after) {
    if (random_.below(3) == 0) request.insert(request.end(), {"COUNT", "1"});
    request.insert(request.end(), {"BLOCK", "0", "STREAMS"});
    const bool both = random_.below(2) == 0;
    if (both) request.push_back(prefix_ + "l");
    request.push_back(prefix_ + "k");
    request.insert(request.end(), both ? 2 : 1, after);
    return request;
  }
  Request reading() { return reading_from({"XREAD"}, random_.below(4) == 0 ? "0" : "$"); }
  Request reading_in_group() {
    return reading_from({"XREADGROUP", "GROUP", "g", name_of(random_.below(consumers))}, ">");
  }

  std::string mark() { return "e" + std::to_string(++made_); }
  Request push(const std::string& key) {
    Request request{random_.below(2) == 0 ? "RPUSH" : "LPUSH", key};
    for (std::size_t left = 1 + random_.below(3); left > 0; --left) request.push_back(mark());
    return request;
  }
  Request add_members(const std::string& key) {
    Request request{"ZADD", key};
    for (std::size_t left = 1 + random_.below(3); left > 0; --left) {
      request.push_back(std::to_string(random_.below(3)));
      request.push_back(mark());
    }
    return request;
  }
  Request add_entry(const std::string& key, std::size_t milliseconds) {
    return {"XADD", key, std::to_string(milliseconds) + "-*", "f", mark()};
  }

  check::Random random_;
  std::string prefix_;
  Theme theme_;
  std::size_t made_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace redouble::testing
