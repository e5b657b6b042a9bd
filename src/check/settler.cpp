#include "check/settler.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>

#include "command/table.hpp"
#include "resp/number.hpp"

namespace redouble::check {
namespace {

// The commands whose numbers may become deadlines: from which place on, and whether those behind
// the name alone are relative to now; `alone`: only there.
struct DeadlineCommand {
  std::string_view name;
  std::size_t first;
  bool absolute;
  bool alone = false;
};
constexpr DeadlineCommand deadline_commands[] = {
    {"set", 3, false},           {"getex", 2, false},
    {"setex", 2, false},         {"psetex", 2, false},
    {"expire", 2, false},        {"pexpire", 2, false},
    {"expireat", 2, true},       {"pexpireat", 2, true},
    {"restore", 2, false, true}, {"restore-asking", 2, false, true},
};

const DeadlineCommand* deadline_command(const Request& request) {
  if (request.empty()) return nullptr;
  for (const DeadlineCommand& one : deadline_commands) {
    if (command::equals_lower(request.front(), one.name)) return &one;
  }
  return nullptr;
}

// SET with a deadline that has passed leaves a key in the real server until somebody comes across
// it; a script compares that. Everything else deletes at once.
void keep_deadlines_away(Request& request) {
  const DeadlineCommand* found = deadline_command(request);
  if (found == nullptr) return;
  // The one before the last millisecond of all, see check/difference.cpp.
  std::ranges::replace(request, "9223372036854775806", "9223372036854775807");
  if (found->absolute) return;
  constexpr std::int64_t seems_exact_ms = 5'000'000'000'000;
  const std::size_t end = found->alone ? found->first + 1 : request.size();
  for (std::size_t index = found->first; index < std::min(end, request.size()); ++index) {
    const auto number = resp::parse_integer(request[index]);
    if (!number || *number <= 0) continue;
    const bool in_seconds = command::equals_lower(request[index - 1], "exat");
    const bool in_milliseconds = command::equals_lower(request[index - 1], "pxat");
    if (found->name == "set" && in_seconds && *number < first_exact_deadline_ms / 1000) {
      request[index] = "8000000000";
    } else if (found->name == "set" && in_milliseconds && *number < first_exact_deadline_ms) {
      request[index] = "8000000000000";
    } else if (*number <= nearest_deadline_s * 1000) {
      request[index] = "100000000";
    } else if (!in_seconds && !in_milliseconds && *number >= seems_exact_ms &&
               *number <= last_exact_deadline_ms) {
      // It would be taken for one that was given as it is.
      request[index] = "100000000";
    }
  }
}

// The commands that may wait: where their timeout stands (0: it is the last word; `behind_block`:
// behind the word BLOCK), and a short one.
struct WaitingCommand {
  std::string_view name;
  std::size_t timeout_at;
  std::string_view shortest;
  bool behind_block = false;
};
constexpr WaitingCommand waiting_commands[] = {
    {"blpop", 0, "0.001"},    {"brpop", 0, "0.001"},        {"bzpopmin", 0, "0.001"},
    {"bzpopmax", 0, "0.001"}, {"blmove", 5, "0.001"},       {"brpoplpush", 3, "0.001"},
    {"blmpop", 1, "0.001"},   {"bzmpop", 1, "0.001"},       {"wait", 2, "1"},
    {"xread", 0, "1", true},  {"xreadgroup", 0, "1", true},
};

// Nobody else is there who could end a wait: a millisecond is enough for both servers.
void keep_waits_short(Request& request) {
  const auto found = std::ranges::find_if(waiting_commands, [&](const WaitingCommand& one) {
    return command::equals_lower(request.front(), one.name);
  });
  if (found == std::end(waiting_commands)) return;
  const auto shorten = [&](std::string& timeout) {
    const auto value = resp::parse_long_double(timeout);
    if (value && *value >= 0 && timeout != found->shortest) timeout = found->shortest;
  };
  if (found->behind_block) {
    for (std::size_t index = 1; index + 1 < request.size(); ++index) {
      if (command::equals_lower(request[index], "block")) shorten(request[index + 1]);
    }
  } else if (const std::size_t at = found->timeout_at == 0 ? request.size() - 1 : found->timeout_at;
             at != 0 && at < request.size()) {
    shorten(request[at]);
  }
}

// Where a request says for how long an entry must have been idle; 0 where it does not.
std::size_t idle_time_at(const Request& request) {
  constexpr std::size_t place = 4;
  if (request.size() <= place) return 0;
  const bool pending =
      command::equals_lower(request[0], "xpending") && command::equals_lower(request[3], "idle");
  const bool claims = command::equals_lower(request[0], "xclaim") ||
                      command::equals_lower(request[0], "xautoclaim");
  return pending || claims ? place : 0;
}

// Whether an entry was idle for a few milliseconds, the clock would decide.
void keep_idle_times_away(Request& request) {
  constexpr std::int64_t most_idle = 10'000'000'000'000;
  const std::size_t place = idle_time_at(request);
  if (place == 0) return;
  const auto number = resp::parse_integer(request[place]);
  if (number && *number > 0 && *number < most_idle) request[place] = "100000000";
}

// XAUTOCLAIM reserves memory for COUNT IDs in the real server: how much there is decides.
void keep_reservations_small(Request& request) {
  constexpr std::int64_t small = 1 << 24;
  constexpr std::int64_t refused = std::int64_t{1} << 46;
  if (request.empty() || !command::equals_lower(request[0], "xautoclaim")) return;
  for (std::size_t index = 6; index < request.size(); ++index) {
    const auto number = resp::parse_integer(request[index]);
    if (number && *number > small && *number < refused) request[index] = "10";
  }
}

// A negative count of draws is answered with as many elements: neither server holds two thousand
// million of them.
void keep_draws_few(Request& request) {
  constexpr std::int64_t most = 1000;
  constexpr std::int64_t refused = std::numeric_limits<std::int64_t>::min();
  const bool draws = request.size() > 2 && (command::equals_lower(request[0], "srandmember") ||
                                            command::equals_lower(request[0], "hrandfield") ||
                                            command::equals_lower(request[0], "zrandmember"));
  if (!draws) return;
  const auto count = resp::parse_integer(request[2]);
  if (count && *count < -most && *count != refused) request[2] = "-3";
}

}  // namespace

bool is_sort(const Request& request) {
  return command::equals_lower(request[0], "sort") || command::equals_lower(request[0], "sort_ro");
}

void Settler::settle(Request& request) {
  // What a mistake has left in a command's place may be one that only the other server has.
  constexpr std::size_t inner = 2;
  if (request.size() > inner && command::equals_lower(request[0], "command") &&
      (command::equals_lower(request[1], "getkeys") ||
       command::equals_lower(request[1], "getkeysandflags")) &&
      command::CommandTable::standard().find(request[inner]) == nullptr) {
    request[inner] = "nosuch";
  }
  keep_deadlines_away(request);
  keep_deadlines_apart(request);
  keep_idle_times_away(request);
  keep_reservations_small(request);
  keep_draws_few(request);
  keep_waits_short(request);
  prepare_sorts(request);
  keep_orders_known(request);
  keep_texts_in_order(request);
}

// SORT wants numbers to sort and values to sort by: some of the requests that add to keys are made
// to add those. Only they make the keys "order:...", which therefore are never sets in tables,
// whose order is each server's own.
void Settler::prepare_sorts(Request& request) {
  constexpr std::size_t times = 5;  // one request in so many
  constexpr std::size_t numbers = 12;
  if (request.size() < 3 || !random_.one_in(times)) return;
  const auto is = [&](std::string_view name) { return command::equals_lower(request[0], name); };
  const auto number = [&] { return std::to_string(random_.below(numbers)); };
  if (is("rpush") || is("lpush")) {
    request[1] = "order:list";
    for (std::size_t index = 2; index < request.size(); ++index) {
      if (!random_.one_in(20)) request[index] = number();
    }
  } else if (is("zadd")) {
    request[1] = "order:zset";
    request.back() = number();
  } else if (is("sadd")) {
    for (std::size_t index = 2; index < request.size(); ++index) request[index] = number();
  } else if (is("set")) {
    request[1] = "w_" + number();
    if (random_.one_in(2)) request[2] = number();
  } else if (is("hset")) {
    request[1] = "h_" + number();
    request[2] = "f";
  }
}

// Where elements compare equal, or are not compared, they come as they lie, or as they lie in a
// table: servers agree on that only for lists, and for sorted sets that are not to be sorted.
void Settler::keep_orders_known(Request& request) {
  // The real server's SORT stumbles over a score of a listpack that is so small.
  if (!request.empty() &&
      (command::equals_lower(request[0], "zadd") || command::equals_lower(request[0], "zincrby"))) {
    std::ranges::replace(request, "5e-324", "5e-300");
  }
  if (request.size() < 2 || !is_sort(request)) return;
  const auto has = [&](std::string_view word) {
    return std::ranges::any_of(request,
                               [&](const auto& one) { return command::equals_lower(one, word); });
  };
  const bool alpha = has("alpha");
  const bool depends = has("by") || (alpha && !has("store"));
  if (!depends && random_.one_in(2)) return;
  request[1] = !alpha && random_.one_in(2) ? "order:zset" : "order:list";
}

// Where scores differ, what lies between two texts is not specified: in the real server it comes of
// how high a skip list's nodes are, which chance decides. The only sorted set that is asked has
// equal scores.
void Settler::keep_texts_in_order(Request& request) {
  constexpr std::string_view key = "lex:zset";
  constexpr std::size_t times = 5;  // one request in so many
  if (request.size() < 3) return;
  const auto is = [&](std::string_view name) { return command::equals_lower(request[0], name); };
  if (is("zadd") && random_.one_in(times)) {
    Request equal{request[0], std::string(key)};
    for (std::size_t index = 2; index < request.size(); ++index) {
      equal.emplace_back("0");
      equal.push_back(std::move(request[index]));
    }
    request = std::move(equal);
    return;
  }
  const auto is_by_text = [](const std::string& word) {
    return command::equals_lower(word, "bylex");
  };
  const bool stores = is("zrangestore");
  const bool by_text = is("zlexcount") || is("zrangebylex") || is("zrevrangebylex") ||
                       is("zremrangebylex") ||
                       ((is("zrange") || stores) && std::ranges::any_of(request, is_by_text));
  if (!by_text) return;
  // Seldom it is of another type.
  request[stores ? 2 : 1] = random_.one_in(times) ? "order:list" : key;
}

// EXPIRE and PEXPIRE with GT or LT compare a relative deadline with that of the key: were both
// relative and the same, the clock would decide.
void Settler::keep_deadlines_apart(Request& request) {
  const DeadlineCommand* found = deadline_command(request);
  if (found == nullptr || request.size() < 4) return;
  const std::int64_t unit = found->name == "expire" ? 1 : found->name == "pexpire" ? 1000 : 0;
  const auto number = resp::parse_integer(request[2]);
  constexpr std::int64_t never_s = std::numeric_limits<std::int64_t>::max() / 1000;
  if (unit == 0 || !number || *number <= 0 || *number > never_s * unit) return;
  constexpr std::int64_t step_s = 7201;
  constexpr std::uint64_t steps = 90'000;
  const auto apart = static_cast<std::int64_t>(++deadlines_ % steps + 1);
  request[2] = std::to_string((nearest_deadline_s * 1000 + apart * step_s) * unit);
}

bool has_near_deadline(const Request& request) {
  Request kept = request;
  keep_deadlines_away(kept);
  keep_idle_times_away(kept);
  return kept != request;
}

}  // namespace redouble::check
