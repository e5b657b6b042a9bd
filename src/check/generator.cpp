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
    // Without BLOCK: who waits for another one's command is compared by histories, not here.
    {"xread", "[COUNT~count:integer] STREAMS~streams{key:key... id:string...}"},
    {"command|getkeysandflags", "request:string"},
};

constexpr std::string_view keys[] = {"a"sv,    "b"sv, "c"sv,           "k:1"sv,
                                     "k:22"sv, ""sv,  "\x00\xff\r\n"sv};
constexpr std::string_view integers[] = {"0",   "1",   "-1",   "2",    "3",    "5",
                                         "7",   "10",  "-2",   "-5",   "16",   "100",
                                         "255", "256", "1000", "9999", "10000"};
constexpr std::string_view boundaries[] = {"127",
                                           "128",
                                           "-128",
                                           "-129",
                                           "32767",
                                           "32768",
                                           "-32769",
                                           "2147483646",
                                           "2147483647",
                                           "2147483648",
                                           "2147483649",
                                           "-2147483647",
                                           "-2147483648",
                                           "-2147483649",
                                           "4294967295",
                                           "4294967296",
                                           "9007199254740993",
                                           "9223372036854775806",
                                           "9223372036854775807",
                                           "9223372036854775808",
                                           "-9223372036854775807",
                                           "-9223372036854775808",
                                           "-9223372036854775809",
                                           "18446744073709551615",
                                           "18446744073709551616",
                                           "99999999999999999999999"};
constexpr std::string_view not_integers[] = {"",    " 1",  "1 ",  "01",   "+1",
                                             "-0",  "1.0", "1e3", "0x10", "abc",
                                             "--1", "-",   "nan", "inf",  "1\0"sv};
constexpr std::string_view floats[] = {"0",
                                       "1",
                                       "-1",
                                       "0.1",
                                       "-0.1",
                                       "3.0",
                                       "3.1415926535897932384626",
                                       "1e3",
                                       "1E-5",
                                       "-1e10",
                                       "5e-324",
                                       "1e308",
                                       "1e400",
                                       "1e4931",
                                       "1e5000",
                                       "-1e17",
                                       "123456789012345678",
                                       "0.0000000000000000001",
                                       "10.50",
                                       ".5",
                                       "5.",
                                       "0x10",
                                       "0x1p3",
                                       "inf",
                                       "-inf",
                                       "+inf",
                                       "Infinity",
                                       "nan",
                                       "-nan",
                                       " 1",
                                       "1 ",
                                       "",
                                       "abc",
                                       "1,5",
                                       "1e",
                                       "+1.5",
                                       "00.5",
                                       "-0",
                                       "-0.0",
                                       "1e-4950",
                                       "9223372036854775807",
                                       "2147483648.5",
                                       "17179869184.00000001"};
constexpr std::string_view patterns[] = {
    "*", "a",  "?",   "k:*",    "k:?",    "[ab]", "[^a]",  "[a-c]", "",       "\\*",
    "[", "[a", "**a", "nosuch", "*\xff*", "K:*",  "[c-a]", "\\",    "a*b*c*d"};
constexpr std::string_view seconds[] = {"100000",
                                        "5001",
                                        "86400",
                                        "0",
                                        "-1",
                                        "-100",
                                        "31536000",
                                        "2147483648",
                                        "9223372036854775",
                                        "9223372036854776",
                                        "9223372036854775807",
                                        "-9223372036854775808",
                                        "9223372036854775808",
                                        "9223370000000000"};
constexpr std::string_view milliseconds[] = {"100000000",
                                             "5000001",
                                             "0",
                                             "-1",
                                             "-100000",
                                             "31536000000",
                                             "9223372036854775807",
                                             "9223370000000000000",
                                             "-9223372036854775808",
                                             "9223372036854775808"};
constexpr std::string_view unix_seconds[] = {"0",
                                             "1",
                                             "-1",
                                             "1000000000",
                                             "8000000000",
                                             "8000000001",
                                             "99999999999",
                                             "9223372036854775",
                                             "9223372036854776",
                                             "9223372036854775807",
                                             "-9223372036854775808"};
constexpr std::string_view unix_milliseconds[] = {"0",
                                                  "1",
                                                  "-1",
                                                  "1000000000000",
                                                  "8000000000123",
                                                  "8000000000500",
                                                  "8000000000499",
                                                  "99999999999999",
                                                  "9223372036854775806",
                                                  "9223372036854775807",
                                                  "9223372036854775808",
                                                  "-9223372036854775808"};
constexpr std::string_view databases[] = {
    "0",  "1",   "2",  "3",          "0",          "1",          "4",
    "-1", "15",  "16", "2147483647", "2147483648", "4294967296", "9223372036854775807",
    "",   "abc", "01"};
constexpr std::string_view offsets[] = {
    "0",       "1",         "5",          "43",         "44",
    "45",      "100",       "-1",         "1048575",    "1048576",
    "1048570", "536870912", "2147483647", "2147483648", "9223372036854775807"};
constexpr std::string_view cursors[] = {
    "0", "0", "0", "0", "", "abc", " 0", "-1", "01", "0 ", "18446744073709551616"};
constexpr std::string_view counts_of_scan[] = {
    "1000000", "1000000", "1000000", "1", "0", "-1", "10", "9223372036854775807", "abc"};
constexpr std::string_view types[] = {"string", "STRING", "list",   "set", "hash",
                                      "zset",   "stream", "nosuch", ""};
constexpr std::string_view sections[] = {
    "server",  "clients",      "memory",     "persistence", "stats",    "replication",
    "cpu",     "commandstats", "errorstats", "cluster",     "keyspace", "modules",
    "default", "all",          "everything", "nosuch",      "KEYSPACE", "latencystats"};
constexpr std::string_view filters[] = {"string", "keyspace", "read",
                                        "STRING", "nosuch",   "@string"};
constexpr std::string_view ids[] = {"0",   "-1", "999999999",          "9223372036854775807",
                                    "abc", "",   "9223372036854775808"};
constexpr std::string_view client_names[] = {"conn",      "a-b:c",    "",   "two words",
                                             "new\nline", "\xc3\xbc", "~!", "\x7f"};
constexpr std::string_view addresses[] = {"127.0.0.1:1", "x", "", "[::1]:9", "nosuch:0"};
constexpr std::string_view parameters[] = {"maxmemory",
                                           "maxmemory-policy",
                                           "maxmemory-samples",
                                           "hz",
                                           "notify-keyspace-events",
                                           "timeout",
                                           "lfu-log-factor",
                                           "slowlog-*",
                                           "hash-max-*",
                                           "*-max-intset-entries",
                                           "MAXMEMORY",
                                           "nosuch",
                                           "",
                                           "lazyfree-lazy-*",
                                           "appendonly",
                                           "save",
                                           "databases",
                                           "proto-max-bulk-len",
                                           "zset-max-ziplist-value",
                                           "client-output-buffer-limit",
                                           "list-compress-depth"};
constexpr std::string_view users[] = {"default", "nobody", "", "DEFAULT"};
constexpr std::string_view yes_no[] = {"yes", "no", "YES", "No", "maybe"};
constexpr std::string_view versions[] = {"5", "6", "7", "0", "-1", "abc", "9223372036854775807"};
constexpr std::string_view protocols[] = {"2", "3",  "3",   "1", "4",
                                          "0", "-1", "abc", "",  "9223372036854775808"};
constexpr std::string_view protocol_types[] = {"string", "integer", "double", "null",  "array",
                                               "set",    "map",     "attrib", "push",  "verbatim",
                                               "true",   "false",   "bignum", "nosuch"};
constexpr std::string_view few[] = {"0", "1", "3", "10", "-1", "abc", "9223372036854775808"};
constexpr std::string_view small_sizes[] = {"0", "1", "5", "50", "100", "-1", "abc"};
constexpr std::string_view flags[] = {"0", "1", "0", "1", "2", "abc"};

// Directives that a random run may change: a value of each is legal or not on both servers alike.
struct Setting {
  std::string_view name;
  std::string_view standard;
  std::array<std::string_view, 5> values;
};
constexpr Setting settings[] = {
    {"maxmemory-policy",
     "noeviction",
     {"allkeys-lru", "volatile-ttl", "noeviction", "nosuch", "VOLATILE-RANDOM"}},
    {"maxmemory", "0", {"100gb", "0", "200gib", "-1", "abc"}},
    {"maxmemory-samples", "5", {"5", "1", "0", "-1", "10"}},
    {"hz", "10", {"10", "100", "501", "0", "abc"}},
    {"notify-keyspace-events", "", {"KEA", "", "Elg", "q", "KEx$"}},
    {"timeout", "0", {"0", "100000", "-1", "abc", "2147483648"}},
    {"hash-max-listpack-entries", "512", {"512", "10", "0", "-1", "1e3"}},
    {"lfu-log-factor", "10", {"10", "0", "-1", "", "99"}},
    {"lazyfree-lazy-user-del", "no", {"yes", "no", "1", "YES", "maybe"}},
    {"slowlog-log-slower-than", "10000", {"10000", "-1", "-2", "0", "abc"}},
    {"list-compress-depth", "0", {"0", "1", "-1", "abc", "2147483648"}},
    {"set-max-intset-entries", "512", {"512", "0", "-1", "10", "abc"}},
    {"client-output-buffer-limit",
     "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
     {"normal 0 0 0", "pubsub 32mb 8mb 60", "normal 1 2", "nosuch 0 0 0", "replica 0 0 0"}},
    {"databases", "", {"16", "4", "0", "-1", "abc"}},
    {"nosuch", "", {"1", "", "abc", "0", "yes"}},
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<Argument> grammar_of(std::string_view full_name, std::string_view text) {
  for (const Supplement& supplement : supplements) {
    if (supplement.full_name == full_name) text = supplement.grammar;
  }
  auto grammar = command::parse_grammar(text);
  REDOUBLE_ASSERT(grammar.has_value());
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
// the name alone are relative to now.
struct DeadlineCommand {
  std::string_view name;
  std::size_t first;
  bool absolute;
};
constexpr DeadlineCommand deadline_commands[] = {
    {"set", 3, false},    {"getex", 2, false},   {"setex", 2, false},   {"psetex", 2, false},
    {"expire", 2, false}, {"pexpire", 2, false}, {"expireat", 2, true}, {"pexpireat", 2, true},
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
  if (found == nullptr || found->absolute) return;
  for (std::size_t index = found->first; index < request.size(); ++index) {
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

}  // namespace

Generator::Generator(std::uint64_t seed, const Wanted& wanted) : random_(seed) {
  const auto& table = command::CommandTable::standard();
  for (const command::Row& row : table.rows()) {
    const std::string full_name(table.full_name(row));
    if (row.group == command::Group::double_ || (wanted && !wanted(full_name))) continue;
    Source source;
    source.full_name = full_name;
    if (const command::Row* parent = table.parent(row)) source.names.emplace_back(parent->name);
    source.names.emplace_back(row.name);
    source.grammar = grammar_of(full_name, row.grammar);
    source.weight = weight_of(row, full_name);
    source.mistakes = full_name != "debug";
    counts_[full_name];
    for (const Argument& argument : source.grammar) expect_parts(full_name, argument);
    total_weight_ += source.weight;
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
  constexpr std::size_t once_unknown = 400;
  if (random_.one_in(once_unknown)) {
    Request request{random_.one_in(2) ? std::string("nosuch") : odd()};
    for (std::size_t more = random_.below(4); more > 0; --more) request.push_back(string());
    return request;
  }
  return any_request();
}

Request Generator::any_request() {
  std::size_t place = random_.below(total_weight_);
  const Source* chosen = &sources_.front();
  for (const Source& source : sources_) {
    chosen = &source;
    if (place < source.weight) break;
    place -= source.weight;
  }
  return make(*chosen, chosen->mistakes && random_.one_in(4));
}

Request Generator::of(std::string_view full_name) {
  const auto found = std::ranges::find(sources_, full_name, &Source::full_name);
  REDOUBLE_ASSERT(found != sources_.end());
  return make(*found, false);
}

Request Generator::make(const Source& source, bool mistakes) {
  count(source.full_name);
  Request request;
  for (const std::string& name : source.names) request.push_back(word(name));
  // Each argument's words; the optional ones may change places among themselves, or come twice.
  std::vector<Request> parts;
  std::vector<std::size_t> optional;
  for (const Argument& argument : source.grammar) {
    if (argument.optional && !random_.one_in(2)) continue;
    Request part;
    write(source.full_name, argument, part);
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
    write(source.full_name, source.grammar.back(), part);
    parts.push_back(random_.one_in(2) ? parts[again] : part);
  }
  for (const Request& part : parts) request.insert(request.end(), part.begin(), part.end());
  if (mistakes) spoil(request, source.names.size());
  keep_deadlines_away(request);
  keep_deadlines_apart(request);
  return request;
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

void Generator::write(const std::string& path, const Argument& argument, Request& out) {
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
      out.push_back(word(*argument.token));
    }
    write_once(own, argument, out);
  }
}

void Generator::write_once(const std::string& own, const Argument& argument, Request& out) {
  switch (argument.type) {
    case ArgumentType::token:
      out.push_back(word(argument.token.value_or(argument.name)));
      return;
    case ArgumentType::one_of:
      write(own, argument.children[random_.below(argument.children.size())], out);
      return;
    case ArgumentType::block:
      if (argument.name == "parameter_value") {
        const Setting& setting = settings[random_.below(std::size(settings))];
        for (const Argument& child : argument.children) count(own + "/" + child.name);
        out.push_back(word(setting.name));
        out.push_back(random_.one_in(6) ? std::string(setting.standard) : pick(setting.values));
        return;
      }
      for (const Argument& child : argument.children) {
        if (!child.optional || random_.one_in(2)) write(own, child, out);
      }
      return;
    default:
      write_value(argument, out);
  }
}

void Generator::write_value(const Argument& argument, Request& out) {
  const std::string_view name = argument.name;
  if (name == "request") {
    Request inner = any_request();
    for (std::string& one : inner) out.push_back(std::move(one));
    return;
  }
  const auto pooled = [&]() -> std::optional<std::string> {
    if (name == "populate-count") return pick(few);
    if (name == "populate-prefix") return pick(keys);
    if (name == "populate-size") return pick(small_sizes);
    if (name == "protocol-type") return word(pick(protocol_types));
    if (name == "flag") return pick(flags);
    if (name == "zero") return std::string("0");
    if (name == "message") return random_.one_in(2) ? "ERR some words" : string();
    if (name == "section") return word(pick(sections));
    if (name == "command-name") return word(sources_[random_.below(sources_.size())].full_name);
    if (name == "parameter") return word(pick(parameters));
    if (name == "category") return pick(filters);
    if (name == "client-id") return pick(ids);
    if (name == "connection-name" || name == "clientname") return pick(client_names);
    if (contains(name, "ip:port")) return pick(addresses);
    if (name == "username") return pick(users);
    if (name == "yes/no") return pick(yes_no);
    if (name == "version") return pick(versions);
    if (name == "protover") return pick(protocols);
    if (name == "cursor") return pick(cursors);
    if (name == "type") return pick(types);
    if (name == "db" || name == "index" || name == "index1" || name == "index2" ||
        name == "destination-db") {
      return pick(databases);
    }
    if (name == "offset") return pick(offsets);
    if (name == "count" && random_.one_in(2)) return pick(counts_of_scan);
    if (name == "seconds") return pick(seconds);
    if (name == "milliseconds") return pick(milliseconds);
    if (name == "unix-time-seconds") return pick(unix_seconds);
    if (name == "unix-time-milliseconds") return pick(unix_milliseconds);
    return std::nullopt;
  }();
  if (pooled) {
    out.push_back(*pooled);
    return;
  }
  switch (argument.type) {
    case ArgumentType::key:
      out.push_back(key());
      return;
    case ArgumentType::integer:
    case ArgumentType::unix_time:
      out.push_back(integer());
      return;
    case ArgumentType::double_:
      out.push_back(random_.one_in(4) ? integer() : pick(floats));
      return;
    case ArgumentType::pattern:
      out.push_back(pick(patterns));
      return;
    default:
      out.push_back(string());
  }
}

std::string Generator::word(std::string_view text) {
  std::string out(text);
  switch (random_.below(4)) {
    case 0:
      for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      }
      break;
    case 1:
      for (char& c : out) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter && random_.one_in(2)) c = static_cast<char>(c ^ 0x20);
      }
      break;
    default:
      break;
  }
  return out;
}

std::string Generator::key() {
  if (random_.one_in(60)) return odd();
  // The odd ones of the pool stand at its end, and come less often.
  return std::string(keys[random_.below(random_.one_in(4) ? std::size(keys) : 4)]);
}

std::string Generator::integer() {
  const std::size_t kind = random_.below(20);
  if (kind == 0) return pick(not_integers);
  if (kind < 4) return pick(boundaries);
  return pick(integers);
}

std::string Generator::string() {
  switch (random_.below(12)) {
    case 0:
    case 1:
      return pick(integers);
    case 2:
      return pick(boundaries);
    case 3:
    case 4:
      return pick(floats);
    case 5:
    case 6: {
      // Words of few letters, so that LCS finds something.
      std::string text;
      for (std::size_t left = random_.below(12); left > 0; --left) {
        text += static_cast<char>('a' + random_.below(4));
      }
      return text;
    }
    case 7:
      return std::string(43 + random_.below(4), 'x');
    case 8:
      return odd();
    default:
      return pick(not_integers);
  }
}

std::string Generator::odd() {
  switch (random_.below(8)) {
    case 0:
      return std::string(1023 + random_.below(3), 'y');
    case 1:
      return random_.one_in(4) ? std::string(16383 + random_.below(3), 'z')
                               : std::string(130, '\'');
    case 2:
      return {};
    case 3:
      return "a\r\nb";
    default: {
      std::string text;
      for (std::size_t left = random_.below(10); left > 0; --left) {
        text += static_cast<char>(random_.below(256));
      }
      return text;
    }
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
      request.push_back(random_.one_in(2) ? string() : integer());
      return;
    default:
      break;
  }
  if (size == names) {
    request.push_back(string());
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
      request[at] = odd();
      return;
    case 4:
      request[at] = integer();
      return;
    default:
      request[at] = string();
  }
}

bool has_near_deadline(const Request& request) {
  Request kept = request;
  keep_deadlines_away(kept);
  return kept != request;
}

std::vector<Request> restoring_requests() {
  Request set{"CONFIG", "SET"};
  for (const Setting& setting : settings) {
    if (setting.name == "databases" || setting.name == "nosuch") continue;
    set.emplace_back(setting.name);
    set.emplace_back(setting.standard);
  }
  return {std::move(set)};
}

}  // namespace redouble::check
