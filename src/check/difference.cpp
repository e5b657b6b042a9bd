#include "check/difference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "check/settler.hpp"
#include "command/table.hpp"
#include "value/rdb_format.hpp"

namespace redouble::check {
namespace {

using resp::Reply;
using Type = Reply::Type;

bool is_text(const Reply& reply) {
  return reply.type == Type::bulk || reply.type == Type::verbatim || reply.type == Type::simple;
}

bool any_error(const Reply& ours, const Reply& reference) {
  return ours.is_error() || reference.is_error();
}

// The comparisons below are asked only where the replies are not equal as they are.

// An error has its text on both sides; of all else only the type counts.
bool same_type(const Request&, const Reply& ours, const Reply& reference) {
  return !any_error(ours, reference) && ours.type == reference.type;
}

bool same_type_and_size(const Request&, const Reply& ours, const Reply& reference) {
  return !any_error(ours, reference) && ours.type == reference.type &&
         ours.elements.size() == reference.elements.size();
}

std::vector<std::string> sorted_texts(const std::vector<Reply>& replies) {
  std::vector<std::string> texts;
  for (const Reply& reply : replies) texts.push_back(encode(reply));
  std::ranges::sort(texts);
  return texts;
}

bool same_members(const Request&, const Reply& ours, const Reply& reference) {
  return ours.type == reference.type && ours.is_aggregate() &&
         sorted_texts(ours.elements) == sorted_texts(reference.elements);
}

// The whole walk in one call is compared as a set. Of a part of it only the form is.
// A map as a flat array, in protocol 2: its pairs in any order.
bool same_pairs(const Request&, const Reply& ours, const Reply& reference) {
  if (ours.type != reference.type || !ours.is_aggregate()) return false;
  const auto pairs = [](const Reply& reply) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
      texts.push_back(encode(reply.elements[i]) + encode(reply.elements[i + 1]));
    }
    std::ranges::sort(texts);
    return texts;
  };
  return ours.elements.size() == reference.elements.size() && pairs(ours) == pairs(reference);
}

// Of SCAN and of its relatives, which name a key first.
bool same_scan(const Request& request, const Reply& ours, const Reply& reference) {
  if (any_error(ours, reference) || ours.elements.size() != 2 || reference.elements.size() != 2) {
    return false;
  }
  const std::size_t cursor = command::equals_lower(request[0], "scan") ? 1 : 2;
  const bool whole =
      request[cursor] == "0" && ours.elements[0].text == "0" && reference.elements[0].text == "0";
  return !whole || same_members(request, ours.elements[1], reference.elements[1]);
}

// DUMP: of a table the same bytes in another order; of a list and an intset the same kind, as how
// long a list's nodes are, and how wide an intset's integers, comes of what was there before; of a
// stream as many bytes, as its consumers remember when they were seen, by each server's clock. What
// is in them is compared by their digests.
bool same_dump(const Request&, const Reply& ours, const Reply& reference) {
  if (ours.type != Type::bulk || reference.type != Type::bulk) return false;
  if (ours.text.empty() || reference.text.empty()) return false;
  const auto kind = static_cast<value::rdb::Kind>(ours.text.front());
  if (ours.text.front() != reference.text.front()) return false;
  switch (kind) {
    case value::rdb::Kind::list_nodes:
    case value::rdb::Kind::set_intset:
      return true;
    case value::rdb::Kind::stream_2:
      return ours.text.size() == reference.text.size();
    case value::rdb::Kind::set:
    case value::rdb::Kind::hash: {
      constexpr std::size_t checksum_bytes = 8;
      if (ours.text.size() != reference.text.size() || ours.text.size() < checksum_bytes) {
        return false;
      }
      std::string bytes = ours.text.substr(0, ours.text.size() - checksum_bytes);
      std::string other = reference.text.substr(0, reference.text.size() - checksum_bytes);
      std::ranges::sort(bytes);
      std::ranges::sort(other);
      return bytes == other;
    }
    default:
      return false;
  }
}

constexpr std::int64_t tolerance_s = 120;

bool near(const Reply& ours, const Reply& reference, std::int64_t tolerance) {
  if (ours.type != Type::integer || reference.type != Type::integer) return false;
  if (ours.integer < 0 || reference.integer < 0) return false;
  const std::int64_t low = std::min(ours.integer, reference.integer);
  const std::int64_t high = std::max(ours.integer, reference.integer);
  return high - low <= tolerance;
}

bool same_ttl(const Request&, const Reply& ours, const Reply& reference) {
  return near(ours, reference, tolerance_s);
}
bool same_pttl(const Request&, const Reply& ours, const Reply& reference) {
  return near(ours, reference, tolerance_s * 1000);
}

// The real server has one object for all keys that hold the same small integer, so that a key may
// seem to have been used before it was set.
bool same_idle_time(const Request&, const Reply& ours, const Reply& reference) {
  if (ours.type != Type::integer || reference.type != Type::integer) return false;
  return ours.integer >= 0 && ours.integer <= reference.integer + tolerance_s;
}

bool same_deadline(const Reply& ours, const Reply& reference, std::int64_t units_a_second) {
  const std::int64_t first = first_exact_deadline_ms / 1000 * units_a_second;
  const std::int64_t last = last_exact_deadline_ms / 1000 * units_a_second;
  if (reference.integer >= first && reference.integer <= last) return false;
  return near(ours, reference, tolerance_s * units_a_second);
}
bool same_deadline_s(const Request&, const Reply& ours, const Reply& reference) {
  return same_deadline(ours, reference, 1);
}
bool same_deadline_ms(const Request&, const Reply& ours, const Reply& reference) {
  return same_deadline(ours, reference, 1000);
}

// Is the part at `index` of this reply a time that each server reads from its own clock: when a
// pending entry was delivered ([id, consumer, time, count], [id, time, count]), or when a consumer
// was seen?
bool is_group_time(const Reply& reply, std::size_t index) {
  const std::vector<Reply>& parts = reply.elements;
  if (index == 0 || parts[index].type != Type::integer) return false;
  const std::string& name = parts[index - 1].text;
  if (name == "idle" || name == "seen-time") return true;
  const bool pending = parts.size() == 3 || (parts.size() == 4 && parts[1].type == Type::bulk);
  return pending && index == parts.size() - 2 && parts.back().type == Type::integer;
}

bool same_but_group_times(const Request& request, const Reply& ours, const Reply& reference) {
  if (ours == reference) return true;
  if (ours.type != reference.type || !ours.is_aggregate() ||
      ours.elements.size() != reference.elements.size()) {
    return false;
  }
  for (std::size_t index = 0; index < ours.elements.size(); ++index) {
    const Reply& one = ours.elements[index];
    const Reply& other = reference.elements[index];
    const bool same = is_group_time(ours, index) ? near(one, other, tolerance_s * 1000)
                                                 : same_but_group_times(request, one, other);
    if (!same) return false;
  }
  return true;
}

// --- Texts of lines ---

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + separator.size()));
  }
  return parts;
}

// The line without the fields (name=value, separated by `separator`) of these names.
std::string without(std::string_view line, std::string_view separator,
                    std::initializer_list<std::string_view> names) {
  std::string kept;
  for (const std::string_view field : split(line, separator)) {
    const std::string_view name = field.substr(0, std::min(field.find('='), field.size()));
    kept += name;
    if (std::ranges::find(names, name) == names.end()) kept += field.substr(name.size());
    kept += separator;
  }
  return kept;
}

// The figures that must agree: keys of databases, calls and errors of commands. Of the other
// sections only that they are there.
std::vector<std::string> info_facts(std::string_view text) {
  std::vector<std::string> facts;
  std::string_view section;
  for (const std::string_view line : split(text, "\r\n")) {
    if (line.starts_with("# ")) {
      section = line.substr(2);
      facts.emplace_back(line);
    } else if (section == "Commandstats") {
      facts.push_back(without(line, ",", {"usec", "usec_per_call"}));
    } else if (section == "Latencystats") {
      std::string& names = facts.emplace_back();
      for (const std::string_view field : split(line, ","))
        names += field.substr(0, field.find('='));
    } else if (section == "Keyspace") {
      facts.push_back(without(line, ",", {"avg_ttl"}));
    } else if (section == "Errorstats" || section == "Cluster") {
      facts.emplace_back(line);
    }
  }
  std::ranges::sort(facts);
  return facts;
}

bool same_info(const Request&, const Reply& ours, const Reply& reference) {
  return ours.type == reference.type && is_text(ours) &&
         info_facts(ours.text) == info_facts(reference.text);
}

std::vector<std::string> client_facts(std::string_view text) {
  std::vector<std::string> facts;
  for (const std::string_view line : split(text, "\n")) {
    facts.push_back(
        without(line, " ",
                {"id", "addr", "laddr", "fd", "age", "idle", "qbuf", "qbuf-free", "argv-mem",
                 "multi-mem", "rbs", "rbp", "obl", "oll", "omem", "tot-mem", "events"}));
  }
  return facts;
}

bool same_clients(const Request&, const Reply& ours, const Reply& reference) {
  return ours.type == reference.type && is_text(ours) &&
         client_facts(ours.text) == client_facts(reference.text);
}

bool same_hello(const Request&, const Reply& ours, const Reply& reference) {
  if (ours.type != reference.type || !ours.is_aggregate() ||
      ours.elements.size() != reference.elements.size()) {
    return false;
  }
  for (std::size_t index = 0; index < ours.elements.size(); ++index) {
    const bool is_id = index % 2 == 1 && ours.elements[index - 1].text == "id";
    if (!is_id && !(ours.elements[index] == reference.elements[index])) return false;
  }
  return true;
}

// Directives that name where a server lies, or that only one of the two has.
constexpr std::string_view own_directives[] = {
    "port", "dir", "unixsocket", "bind", "logfile", "pidfile", "save", "loglevel", "appendonly"};

bool same_config(const Request&, const Reply& ours, const Reply& reference) {
  if (any_error(ours, reference)) return false;
  const auto pairs = [](const Reply& reply) {
    std::map<std::string, std::string> found;
    for (std::size_t index = 0; index + 1 < reply.elements.size(); index += 2) {
      const std::string& name = reply.elements[index].text;
      if (std::ranges::find(own_directives, name) == std::end(own_directives)) {
        found[name] = reply.elements[index + 1].text;
      }
    }
    return found;
  };
  return ours.type == reference.type && pairs(ours) == pairs(reference);
}

// COMMAND INFO: as many entries, and null where the real one has null.
bool same_command_entries(const Request& request, const Reply& ours, const Reply& reference) {
  if (ours.type != reference.type) return false;
  if (request.size() == 2) return true;  // all of them
  if (ours.elements.size() != reference.elements.size()) return false;
  for (std::size_t index = 0; index < ours.elements.size(); ++index) {
    if (ours.elements[index].is_null() != reference.elements[index].is_null()) return false;
  }
  return true;
}

bool same_debug(const Request& request, const Reply& ours, const Reply& reference) {
  const bool own = request.size() > 1 && command::equals_lower(request[1], "object");
  return own && same_type(request, ours, reference);
}

// For rows that differ in something else than their replies.
bool only_equal(const Request&, const Reply&, const Reply&) { return false; }

constexpr Difference allowed[] = {
    {"client|id", same_type, "the numbers of connections are each server's own"},
    {"client|info", same_clients, "numbers, addresses and sizes of buffers are each server's own"},
    {"client|list", same_clients, "numbers, addresses and sizes of buffers are each server's own"},
    {"client|tracking", only_equal,
     "the invalidations of BCAST come when the real server's loop goes round, here at once: they "
     "are not compared"},
    {"client|pause", nullptr,
     "it would hold back the run itself; scripts compare it and its errors"},
    {"client|reply", nullptr,
     "replies could not be told apart any more; scripts compare it on a connection of its own"},
    {"command", same_type,
     "this server has fewer commands; integration/command_differential_test.py compares "
     "every entry"},
    {"command|count", same_type, "this server has fewer commands"},
    {"command|docs", same_type,
     "texts in own words; integration/command_differential_test.py compares the rest"},
    {"command|info", same_command_entries,
     "notes in own words; integration/command_differential_test.py compares the rest"},
    {"command|list", same_type,
     "this server has fewer commands; integration/command_differential_test.py "
     "compares those that both have"},
    {"client|help", same_type, "help is in own words"},
    {"command|help", same_type, "help is in own words"},
    {"config|get", same_config,
     "where a server lies is its own; the order is that of a hash table"},
    {"config|help", same_type, "help is in own words"},
    {"debug", same_debug, "DEBUG OBJECT tells addresses and the length of a compressed dump"},
    {"dump", same_dump,
     "the order of a table, how long nodes were made, and when a consumer was seen, are each "
     "server's own"},
    {"expiretime", same_deadline_s,
     "relative deadlines begin when each server reads its clock; absolute ones must be equal"},
    {"hello", same_hello, "the numbers of connections are each server's own"},
    {"hgetall", same_pairs, "the order is that of a hash table"},
    {"hkeys", same_members, "the order is that of a hash table"},
    {"hrandfield", same_type_and_size, "any field will do"},
    {"hscan", same_scan, "order and cursors are those of a hash table"},
    {"hvals", same_members, "the order is that of a hash table"},
    {"info", same_info,
     "figures are each server's own; sections, keys, calls and errors must be equal"},
    {"keys", same_members, "the order is that of a hash table"},
    {"lolwut", same_type, "the picture is this server's own"},
    {"memory|doctor", same_type, "the advice is in own words"},
    {"memory|help", same_type, "help is in own words"},
    {"memory|malloc-stats", same_type, "the allocators are not the same"},
    {"memory|stats", same_type, "memory is accounted otherwise; this server tells fewer figures"},
    {"memory|usage", same_type, "a key takes what it takes in each server"},
    {"object|freq", same_type, "uses are counted by chance"},
    {"object|help", same_type, "help is in own words"},
    {"object|idletime", same_idle_time,
     "each server reads its own clock; keys with the same small integer share theirs there"},
    {"pexpireat", only_equal,
     "the last two milliseconds of all are one here, as the last one means never: only the last is "
     "compared"},
    {"pexpiretime", same_deadline_ms,
     "relative deadlines begin when each server reads its clock; absolute ones must be equal"},
    {"pttl", same_pttl, "each server reads its own clock"},
    {"pfselftest", nullptr, "the real server works on it for a second; a script compares it"},
    {"randomkey", same_type, "any key will do"},
    {"sdiff", same_members, "the order is that of a hash table"},
    {"sinter", same_members, "the order is that of a hash table"},
    {"smembers", same_members, "the order is that of a hash table"},
    {"spop", nullptr,
     "what is left would differ from then on; scripts compare it where there is no choice"},
    {"srandmember", same_type_and_size, "any member will do"},
    {"sscan", same_scan, "order and cursors are those of a hash table"},
    {"sunion", same_members, "the order is that of a hash table"},
    {"zrandmember", same_type_and_size, "any member will do"},
    {"zscan", same_scan, "order and cursors are those of a hash table"},
    {"scan", same_scan, "order and cursors are those of a hash table; a whole walk is compared"},
    {"shutdown", nullptr,
     "it would end the run; scripts compare its errors, and the end of a run "
     "compares its doing"},
    {"time", same_type_and_size, "each server reads its own clock"},
    {"ttl", same_ttl, "each server reads its own clock"},
    {"xgroup|help", same_type, "help is in own words"},
    {"xinfo|consumers", same_but_group_times, "each server reads its own clock"},
    {"xinfo|help", same_type, "help is in own words"},
    {"xinfo|stream", same_but_group_times, "each server reads its own clock"},
    {"xpending", same_but_group_times, "each server reads its own clock"},
};

constexpr Script script_table[] = {
    {"client|reply", "CLIENT REPLY OFF\r\nPING\r\nSET a 1\r\nCLIENT REPLY ON\r\nGET a\r\n"},
    {"client|reply", "CLIENT REPLY SKIP\r\nPING\r\nPING x\r\n"},
    {"client|reply", "CLIENT REPLY SKIP\r\nCLIENT REPLY SKIP\r\nPING 1\r\nPING 2\r\nPING 3\r\n"},
    {"client|reply", "CLIENT REPLY\r\nCLIENT REPLY foo\r\nCLIENT REPLY ON OFF\r\n"},
    {"client|reply",
     "CLIENT REPLY OFF\r\nCLIENT REPLY SKIP\r\nPING\r\nCLIENT REPLY ON\r\nPING z\r\n"},
    {"client|reply reset", "CLIENT REPLY OFF\r\nRESET\r\nPING\r\n"},
    {"client|pause",
     "CLIENT PAUSE\r\nCLIENT PAUSE abc\r\nCLIENT PAUSE -1\r\nCLIENT PAUSE 1 FOO\r\n"
     "CLIENT PAUSE 9223372036854775807\r\nCLIENT PAUSE 9223372036854775808\r\n"
     "CLIENT PAUSE 1 WRITE ALL\r\nCLIENT PAUSE 0\r\nCLIENT PAUSE 0 write\r\n"
     "CLIENT UNPAUSE\r\nPING\r\n"},
    {"client|pause", "CLIENT PAUSE 20 WRITE\r\nGET a\r\nSET a 1\r\nGET a\r\n"},
    {"client|pause", "CLIENT PAUSE 100000 WRITE\r\nGET a\r\nCLIENT UNPAUSE\r\nSET a 1\r\n"},
    {"client|pause", "CLIENT PAUSE 20\r\nPING\r\nCLIENT PAUSE 0\r\n"},
    {"client|unpause", "CLIENT PAUSE 20\r\nCLIENT UNPAUSE\r\nPING\r\n"},
    {"shutdown",
     "SHUTDOWN ABORT\r\nSHUTDOWN FOO\r\nSHUTDOWN SAVE NOSAVE\r\nSHUTDOWN ABORT NOW\r\n"
     "SHUTDOWN ABORT SAVE\r\nSHUTDOWN NOSAVE SAVE NOW FORCE\r\nPING\r\n"},
    {"config|set auth",
     "CONFIG SET requirepass pass\r\nPING\r\nAUTH\r\nAUTH wrong\r\n"
     "AUTH nobody pass\r\nAUTH default wrong\r\nAUTH pass\r\n"
     "AUTH default pass\r\nAUTH a b c\r\nCONFIG SET requirepass \"\"\r\n"},
    {"auth hello",
     "HELLO 3 AUTH default\r\nHELLO 4\r\nHELLO x\r\nHELLO 2 SETNAME \"a b\"\r\n"
     "HELLO 2 AUTH nobody pass\r\nHELLO 2 FOO\r\nHELLO 2 SETNAME\r\nPING\r\n"},
    {"set get",
     "SET a v EXAT 1\r\nGET a\r\nSET a v PXAT 1\r\nEXISTS a\r\nTTL a\r\nDBSIZE\r\n"
     "SET a v PXAT 1000000000000\r\nSET a w NX GET\r\nSET b v EXAT 1000\r\n"
     "APPEND b x\r\nMGET a b\r\nTTL b\r\n"},
    {"spop",
     "SPOP s\r\nSPOP s 2\r\nSPOP s -1\r\nSPOP s x\r\nSADD s only\r\nSPOP s 0\r\nSPOP s\r\n"
     "EXISTS s\r\nSADD s only\r\nSPOP s 5\r\nEXISTS s\r\nSET s v\r\nSPOP s\r\nSPOP s 1 1\r\n"},
    {"pfselftest", "PFSELFTEST\r\nPFSELFTEST x\r\n"},
    {"quit", "PING\r\nQUIT\r\nPING\r\n"},
    {"quit", "QUIT now please\r\nPING\r\n"},
};

}  // namespace

std::span<const Difference> differences() { return allowed; }

const Difference* find_difference(std::string_view full_name) {
  for (const Difference& difference : allowed) {
    if (difference.command == full_name) return &difference;
  }
  return nullptr;
}

bool is_left_out(std::string_view full_name) {
  const Difference* difference = find_difference(full_name);
  return difference != nullptr && difference->same == nullptr;
}

bool is_always_refused(std::string_view full_name) {
  // There is no configuration file to rewrite.
  return full_name == "config|rewrite";
}

bool same_reply(const Request& request, const Reply& ours, const Reply& reference) {
  if (ours == reference) return true;
  if (ours.is_error() || reference.is_error()) return false;  // no row bears with those
  const auto& commands = command::CommandTable::standard();
  const std::vector<std::string_view> args(request.begin(), request.end());
  const command::Row* row = commands.resolve(args);
  if (row == nullptr) return false;
  const Difference* difference = find_difference(commands.full_name(*row));
  return difference != nullptr && difference->same != nullptr &&
         difference->same(request, ours, reference);
}

bool has_late_pushes(const Request& request) {
  return std::ranges::any_of(request,
                             [](const auto& word) { return command::equals_lower(word, "bcast"); });
}

std::span<const Script> scripts() { return script_table; }

}  // namespace redouble::check
