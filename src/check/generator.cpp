#include "check/generator.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "command/table.hpp"
#include "resp/number.hpp"
#include "runtime/assert.hpp"

namespace redouble::check {
namespace {

using command::Argument;
using command::ArgumentType;
using std::string_view_literals::operator""sv;

// Arguments that the rows leave open because the documentation does.
struct Supplement {
  std::string_view full_name;
  std::string_view grammar;
};
constexpr Supplement supplements[] = {
    {"debug",
     "subcommand(OBJECT~key:key | DIGEST | DIGEST-VALUE~key:key... | ERROR~message:string | "
     "POPULATE~populate{populate-count:integer [more{populate-prefix:string "
     "[populate-size:integer]}]} | "
     "PROTOCOL~protocol-type:string | SET-ACTIVE-EXPIRE~flag:integer | SLEEP~zero:string | RELOAD "
     "| "
     "NOSUCH)"},
    {"command|getkeys", "request:string"},
    // IDs that mean something to a group, and mostly one for each key.
    {"xreadgroup",
     "GROUP~group_consumer{group:string consumer:string} [COUNT~count:integer] "
     "[BLOCK~milliseconds:integer] [NOACK] "
     "STREAMS~streams(one{key:key read-id:string} | "
     "two{key:key key:key read-id:string read-id:string} | any{key:key... read-id:string...})"},
    {"command|getkeysandflags", "request:string"},
    {"pfdebug", "pfdebug-word:string key:key"},
    // With one prefix: of three, the last two of which overlap, redis-server 7.0.15 refuses by two
    // replies, and the client is out of step from then on.
    {"client|tracking",
     "status(ON | OFF) [REDIRECT~client-id:integer] [PREFIX~prefix:string] [BCAST] [OPTIN] "
     "[OPTOUT] [NOLOOP]"},
    // Without an ID of the clock's, which would differ, and with it all that follows.
    {"xadd",
     "key:key [NOMKSTREAM@6.2.0] [trim{strategy(MAXLEN | MINID@6.2.0) [operator(equal=\"=\" | "
     "approximately=\"~\")] threshold:string [LIMIT~count:integer@6.2.0]}] "
     "new-id:string field_value{field:string value:string}..."},
};

std::vector<Argument> grammar_of(std::string_view full_name, std::string_view text) {
  for (const Supplement& supplement : supplements) {
    if (supplement.full_name == full_name) text = supplement.grammar;
  }
  auto grammar = command::parse_grammar(text);
  REDOUBLE_ASSERT(grammar.has_value());
  leave_out_later(*grammar, judged_version);
  return std::move(*grammar);
}

std::size_t weight_of(const command::Row& row, std::string_view full_name) {
  for (const std::string_view rare :
       {"flushall", "flushdb", "quit", "reset", "command|docs", "command|list", "command", "info",
        "memory|malloc-stats", "memory|stats", "lolwut", "command|info", "swapdb", "client|kill"}) {
    if (full_name == rare) return 1;
  }
  switch (row.group) {
    case command::Group::connection:
    case command::Group::server:
      return 3;
    default:
      return row.grammar.size() > 60 ? 60 : 25;
  }
}

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

bool is_sort(const Request& request) {
  return command::equals_lower(request[0], "sort") || command::equals_lower(request[0], "sort_ro");
}

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

}  // namespace

Generator::Generator(std::uint64_t seed, const Wanted& wanted) : random_(seed), words_(random_) {
  const auto& table = command::CommandTable::standard();
  for (const command::Row& row : table.rows()) {
    const std::string full_name(table.full_name(row));
    if (row.group == command::Group::double_ || !table.visible(row, judged_version)) continue;
    if (wanted && !wanted(full_name)) continue;
    Source source;
    source.full_name = full_name;
    if (const command::Row* parent = table.parent(row)) source.names.emplace_back(parent->name);
    source.names.emplace_back(row.name);
    source.group = row.group;
    source.grammar = grammar_of(full_name, row.grammar);
    source.weight = weight_of(row, full_name);
    source.mistakes = full_name != "debug";
    counts_[full_name];
    for (const Argument& argument : source.grammar) expect_parts(full_name, argument);
    total_weight_ += source.weight;
    group_weights_[source.group] += source.weight;
    sources_.push_back(std::move(source));
  }
  REDOUBLE_ASSERT(!sources_.empty());
}

void Generator::expect_parts(const std::string& path, const Argument& argument) {
  const std::string own = path + "/" + argument.name;
  counts_[own];
  if (argument.multiple) counts_[own + "..."];
  for (const Argument& child : argument.children) expect_parts(own, child);
}

std::vector<std::string> Generator::missing() const {
  std::vector<std::string> names;
  for (const auto& [name, count] : counts_) {
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

const Generator::Source& Generator::draw(std::optional<command::Group> group) {
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
  constexpr std::size_t away = 3;  // one request in so many is of any group
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
  count(source.full_name);
  Request request;
  for (const std::string& name : source.names) request.push_back(words_.word(name));
  // Each argument's words; the optional ones may change places among themselves, or come twice.
  std::vector<Request> parts;
  std::vector<std::size_t> optional;
  for (const Argument& argument : source.grammar) {
    if (argument.optional && !random_.one_in(2)) continue;
    Request part;
    write(source.full_name, argument, source.group, part);
    if (argument.optional) optional.push_back(parts.size());
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
    write(source.full_name, source.grammar.back(), source.group, part);
    parts.push_back(random_.one_in(2) ? parts[again] : part);
  }
  for (const Request& part : parts) request.insert(request.end(), part.begin(), part.end());
  if (mistakes) spoil(request, source.names.size());
  // What a mistake has left in a command's place may be one that only the other server has.
  if (source.full_name.starts_with("command|getkeys") && request.size() > 2 &&
      command::CommandTable::standard().find(request[2]) == nullptr) {
    request[2] = "nosuch";
  }
  keep_deadlines_away(request);
  keep_deadlines_apart(request);
  keep_idle_times_away(request);
  keep_reservations_small(request);
  keep_draws_few(request);
  keep_waits_short(request);
  prepare_sorts(request);
  keep_orders_known(request);
  return request;
}

// A negative count of draws is answered with as many elements: neither server holds two thousand
// million of them.
void Generator::keep_draws_few(Request& request) {
  constexpr std::int64_t most = 1000;
  constexpr std::int64_t refused = std::numeric_limits<std::int64_t>::min();
  const bool draws = request.size() > 2 && (command::equals_lower(request[0], "srandmember") ||
                                            command::equals_lower(request[0], "hrandfield") ||
                                            command::equals_lower(request[0], "zrandmember"));
  if (!draws) return;
  const auto count = resp::parse_integer(request[2]);
  if (count && *count < -most && *count != refused) request[2] = "-3";
}

// SORT wants numbers to sort and values to sort by: some of the requests that add to keys are made
// to add those. Only they make the keys "order:...", which therefore are never sets in tables,
// whose order is each server's own.
void Generator::prepare_sorts(Request& request) {
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
void Generator::keep_orders_known(Request& request) {
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

// EXPIRE and PEXPIRE with GT or LT compare a relative deadline with that of the key: were both
// relative and the same, the clock would decide.
void Generator::keep_deadlines_apart(Request& request) {
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

void Generator::write(const std::string& path, const Argument& argument, command::Group group,
                      Request& out) {
  const std::string own = path + "/" + argument.name;
  count(own);
  std::size_t times = 1;
  if (argument.multiple) {
    times += random_.one_in(2) ? random_.below(4) : 0;
    if (random_.one_in(100)) times += 20;
    if (times > 1) count(own + "...");
  }
  for (std::size_t time = 0; time < times; ++time) {
    const bool leads = time == 0 || argument.multiple_token;
    if (argument.token && argument.type != ArgumentType::token && leads) {
      out.push_back(words_.word(*argument.token));
    }
    write_once(own, argument, group, out);
  }
}

void Generator::write_once(const std::string& own, const Argument& argument, command::Group group,
                           Request& out) {
  switch (argument.type) {
    case ArgumentType::token:
      out.push_back(words_.word(argument.token.value_or(argument.name)));
      return;
    case ArgumentType::one_of:
      write(own, argument.children[random_.below(argument.children.size())], group, out);
      return;
    case ArgumentType::block:
      if (argument.name == "parameter_value") {
        for (const Argument& child : argument.children) count(own + "/" + child.name);
        auto [name, value] = words_.setting();
        out.push_back(std::move(name));
        out.push_back(std::move(value));
        return;
      }
      for (const Argument& child : argument.children) {
        if (!child.optional || random_.one_in(2)) write(own, child, group, out);
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

bool has_near_deadline(const Request& request) {
  Request kept = request;
  keep_deadlines_away(kept);
  keep_idle_times_away(kept);
  return kept != request;
}

}  // namespace redouble::check
