#include "check/vocabulary.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "check/dump_payloads.hpp"
#include "check/random_setting.hpp"
#include "command/table.hpp"

namespace redouble::check {
namespace {

using command::Argument;
using command::ArgumentType;
using command::Group;
using std::string_view_literals::operator""sv;
using Pool = std::span<const std::string_view>;

// Keys of each type have names of their own, so that commands mostly find values that they are for.
constexpr std::string_view string_keys[] = {"a", "b", "c", "k:1"};
constexpr std::string_view geo_keys[] = {"geo:1", "geo:2", "geo:3"};
constexpr std::string_view list_keys[] = {"list:1", "list:2", "list:3"};
constexpr std::string_view hash_keys[] = {"hash:1", "hash:2", "hash:3"};
constexpr std::string_view set_keys[] = {"set:1", "set:2", "set:3"};
constexpr std::string_view sorted_set_keys[] = {"zset:1", "zset:2", "zset:3"};
constexpr std::string_view stream_keys[] = {"stream:1", "stream:2", "stream:3"};
// These come less often, for whatever type.
constexpr std::string_view odd_keys[] = {"k:22"sv, ""sv, "\x00\xff\r\n"sv};

struct KeysOfGroup {
  Group group;
  Pool keys;
};
constexpr KeysOfGroup keys_of_groups[] = {
    {Group::string, string_keys},
    {Group::list, list_keys},
    {Group::hash, hash_keys},
    {Group::set, set_keys},
    {Group::sorted_set, sorted_set_keys},
    {Group::stream, stream_keys},
    // The following have their values in common with others.
    {Group::bitmap, string_keys},
    {Group::hyperloglog, string_keys},
    {Group::geo, geo_keys},
};

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
// Of RESTORE: none that ends during a run.
constexpr std::string_view lifetimes[] = {
    "0", "0", "0", "100000000", "8000000000", "9223372036854775807", "-1", "abc"};
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
constexpr std::string_view zero[] = {"0"};
constexpr std::string_view encodings[] = {"u8", "i8",  "u1",  "i64", "u63", "i5", "u16",
                                          "U8", "u64", "i65", "u0",  "i0",  "x8", ""};
// Ends of ranges: of scores, of texts, of a stream's IDs.
constexpr std::string_view bounds[] = {"-",   "+",   "-",   "+",    "[a",   "(a",   "[b",  "(c",
                                       "[xx", "[",   "(",   "a",    "",     "0",    "-1",  "(1",
                                       "(-2", "5",   "inf", "-inf", "+inf", "(inf", "3.5", "(10",
                                       "nan", "1e3", "1-1", "(2-0", "16",   "255"};
constexpr std::string_view bit_operations[] = {"AND", "OR", "XOR", "NOT", "NAND"};
// What SORT's BY and GET name; check/generator.cpp sees to it that some of it is there.
constexpr std::string_view sort_patterns[] = {
    "w_*", "w_*", "h_*->f",    "h_*->f", "#",       "#",         "nosort",    "*",
    "k:*", "*_w", "h_*->",     "h_*->1", "w_*->f",  "hash:*->f", "zset:*",    "list:*->f",
    "->*", "",    "w_*->f->g", "#\0*"sv, "w_\0*"sv, "w_*\0x"sv,  "h_*->f\0"sv};
constexpr std::string_view limits[] = {"0", "1", "2", "3",   "5",  "0",
                                       "1", "2", "7", "100", "-1", "9223372036854775807"};
constexpr std::string_view counts_of_search[] = {"1", "2", "3", "5",  "10", "1",
                                                 "2", "4", "7", "50", "0",  "9223372036854775807"};
constexpr std::string_view places[] = {"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "7"};
constexpr std::string_view longitudes[] = {
    "13.361389", "15.087269",    "13.583333",     "15", "0",       "-0.0", "180",
    "-180",      "179.99999999", "-179.99999999", "90", "-122.41", "1e-7", "45.0000001",
    "180.00001", "-181"};
constexpr std::string_view latitudes[] = {
    "38.115556",   "37.502669",    "37.316667", "37",     "0",     "-0.0",
    "85.05112878", "-85.05112878", "85.0511",   "-85.05", "66",    "66.1",
    "-66.1",       "80",           "80.1",      "-80.1",  "85.06", "-90"};
constexpr std::string_view measures[] = {
    "200",  "100",   "400",   "1000",  "0",           "1",           "0.1",
    "1e-9", "5000",  "10000", "20000", "20037.72637", "20037726.37", "40075017",
    "1e10", "1e300", "inf",   "-1",    "-0.0",        "500.5",       "1e-320"};
constexpr std::string_view pfdebug_words[] = {"GETREG", "ENCODING", "TODENSE", "DECODE", "nosuch"};
// IDs of a stream's entries: to be added, to be read behind as a consumer, and any that may be hit.
constexpr std::string_view new_ids[] = {"1-1",  "1-2",  "2-1",  "2-2", "3-1", "5-0",  "5-1",
                                        "10-*", "10-*", "10-*", "5-*", "1-*", "12-*", "12-*",
                                        "16-0", "20-*", "0-1",  "0-0", "abc"};
constexpr std::string_view read_ids[] = {
    ">",   ">",   ">", ">",    ">", ">",   "0", "0",
    "0-0", "1-1", "2", "10-1", "$", "abc", "+", "18446744073709551615-18446744073709551615"};
constexpr std::string_view entry_ids[] = {
    "0",    "0-0",  "1-1",
    "1-2",  "2-1",  "2-2",
    "3-1",  "5-0",  "5-1",
    "5-2",  "10-0", "10-1",
    "10-2", "10-3", "12-0",
    "1",    "2",    "5",
    "16",   "20",   "$",
    "-",    "+",    ">",
    "abc",  "",     "18446744073709551615-18446744073709551615"};
constexpr std::string_view group_names[] = {"g", "g", "g", "g", "g", "g",      "g",
                                            "g", "g", "g", "g", "h", "i\0j"sv, ""};
constexpr std::string_view consumer_names[] = {"c", "c", "c", "d",           "d",
                                               "e", "f", "",  "g\0h\r\ni"sv, "C"};
// Nothing is idle for as long while a sequence runs.
constexpr std::string_view idle_times[] = {"0",
                                           "0",
                                           "0",
                                           "0",
                                           "0",
                                           "0",
                                           "-1",
                                           "100000000",
                                           "100000000",
                                           "9223372036854775807",
                                           "-9223372036854775808",
                                           "abc"};
constexpr std::string_view idle_since[] = {"0",         "5",
                                           "1000",      "500000000",
                                           "-1",        "9223372036854775807",
                                           "500000000", "-9223372036854775808",
                                           "abc"};

// What an argument of this name is drawn from, whatever command it is of.
struct NamedPool {
  std::string_view name;
  Pool pool;
  bool any_case = false;
};
constexpr NamedPool named_pools[] = {
    {"populate-count", few},
    {"populate-prefix", string_keys},
    {"populate-size", small_sizes},
    {"protocol-type", protocol_types, true},
    {"flag", flags},
    {"zero", zero},
    {"encoding", encodings},
    {"operation", bit_operations, true},
    {"pfdebug-word", pfdebug_words, true},
    {"section", sections, true},
    {"parameter", parameters, true},
    {"category", filters},
    {"client-id", ids},
    {"connection-name", client_names},
    {"clientname", client_names},
    {"ip:port", addresses},
    {"username", users},
    {"yes/no", yes_no},
    {"version", versions},
    {"protover", protocols},
    {"cursor", cursors},
    {"type", types},
    {"db", databases},
    {"index1", databases},
    {"index2", databases},
    {"destination-db", databases},
    {"offset", offsets},
    {"seconds", seconds},
    {"ttl", lifetimes},
    {"milliseconds", milliseconds},
    {"unix-time-seconds", unix_seconds},
    {"unix-time-milliseconds", unix_milliseconds},
    {"group", group_names},
    {"groupname", group_names},
    {"consumer", consumer_names},
    {"consumername", consumer_names},
    {"min-idle-time", idle_times},
    {"ms", idle_since},
    {"new-id", new_ids},
    {"read-id", read_ids},
};

}  // namespace

Vocabulary::Vocabulary(Random& random) : random_(random) {
  for (const command::Row& row : command::CommandTable::standard().commands()) {
    groups_.insert(row.group);
  }
}

std::string Vocabulary::value(const Argument& argument, Group group) {
  const std::string_view name = argument.name;
  if (group == Group::geo) {
    if (auto text = geo_value(name)) return std::move(*text);
  }
  // SORT's: other patterns, and the offset and count of LIMIT, have no token or stand elsewhere.
  if (argument.type == ArgumentType::pattern &&
      (argument.token == "BY" || argument.token == "GET") && !random_.one_in(10)) {
    return pick(Pool(sort_patterns));
  }
  if (group == Group::generic && (name == "offset" || (name == "count" && !argument.token)) &&
      !random_.one_in(10)) {
    return pick(Pool(limits));
  }
  for (const NamedPool& named : named_pools) {
    if (named.name != name) continue;
    std::string text = pick(named.pool);
    return named.any_case ? word(text) : text;
  }
  // An index is a database only where no value has places.
  if (name == "index" && group == Group::connection) return pick(Pool(databases));
  const bool end_of_range =
      name == "min" || name == "max" || name == "start" || name == "stop" || name == "end";
  if (end_of_range && argument.type != ArgumentType::integer && !random_.one_in(6)) {
    return pick(Pool(bounds));
  }
  if (name == "serialized-value" && !random_.one_in(20)) {
    return dump_payloads()[random_.below(dump_payloads().size())];
  }
  if (name == "id" && group == Group::stream && !random_.one_in(10)) {
    return pick(Pool(entry_ids));
  }
  if (name == "message" && random_.one_in(2)) return "ERR some words";
  if (name == "count" && random_.one_in(2)) return pick(Pool(counts_of_scan));
  switch (argument.type) {
    case ArgumentType::key:
      return key(group);
    case ArgumentType::integer:
    case ArgumentType::unix_time:
      return integer();
    case ArgumentType::double_:
      return random_.one_in(4) ? integer() : pick(Pool(floats));
    case ArgumentType::pattern:
      return pick(Pool(patterns));
    default:
      return string();
  }
}

// Places lie in heaps, so that searches find some of them and not others.
std::optional<std::string> Vocabulary::geo_value(std::string_view name) {
  const bool is_longitude = name == "longitude";
  if (is_longitude || name == "latitude") {
    if (random_.one_in(40)) return integer();
    if (random_.one_in(3)) return pick(is_longitude ? Pool(longitudes) : Pool(latitudes));
    constexpr double longitude_heaps[] = {13, 15, -122, 0, 179, -179};
    constexpr double latitude_heaps[] = {38, 37, -33, 0, 84, -70};
    const std::size_t heap = random_.below(std::size(latitude_heaps));
    const double span = static_cast<double>(random_.below(1000)) / 1000;
    const double middle = is_longitude ? longitude_heaps[heap] : latitude_heaps[heap];
    return fmt::format("{}", middle + span / std::pow(10.0, random_.below(6)));
  }
  if (name == "radius" || name == "width" || name == "height") {
    if (random_.one_in(30)) return integer();
    if (random_.one_in(2)) return pick(Pool(measures));
    const double digits = static_cast<double>(1 + random_.below(9999)) / 1000;
    return fmt::format("{}", digits * std::pow(10.0, random_.below(7)));
  }
  if (name.starts_with("member") && !random_.one_in(30)) return pick(Pool(places));
  if (name == "count" && !random_.one_in(10)) return pick(Pool(counts_of_search));
  return std::nullopt;
}

std::pair<std::string, std::string> Vocabulary::setting() {
  const auto settings = random_settings();
  const RandomSetting& chosen = settings[random_.below(settings.size())];
  std::string value = random_.one_in(6) ? std::string(chosen.standard) : pick(Pool(chosen.values));
  return {word(chosen.name), std::move(value)};
}

std::string Vocabulary::word(std::string_view text) {
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

// One key in a few is of another type than the command is for: of any, where it is for any.
std::string Vocabulary::key(Group group) {
  if (random_.one_in(60)) return odd();
  if (random_.one_in(8)) return pick(Pool(odd_keys));
  const KeysOfGroup* own = nullptr;
  std::vector<const KeysOfGroup*> all;
  for (const KeysOfGroup& one : keys_of_groups) {
    if (!groups_.contains(one.group)) continue;
    if (one.group == group) own = &one;
    all.push_back(&one);
  }
  if (own == nullptr || random_.one_in(10)) own = all[random_.below(all.size())];
  return pick(own->keys);
}

std::string Vocabulary::integer() {
  const std::size_t kind = random_.below(20);
  if (kind == 0) return pick(Pool(not_integers));
  if (kind < 4) return pick(Pool(boundaries));
  return pick(Pool(integers));
}

std::string Vocabulary::string() {
  switch (random_.below(12)) {
    case 0:
    case 1:
      return pick(Pool(integers));
    case 2:
      return pick(Pool(boundaries));
    case 3:
    case 4:
      return pick(Pool(floats));
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
      return pick(Pool(not_integers));
  }
}

std::string Vocabulary::odd() {
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

}  // namespace redouble::check
