// The pools that Vocabulary draws words from: the boundaries, the mistakes of people, and keys.
//
// A word that stands in a pool twice is drawn twice as often. Thread safety: constants.
#pragma once

#include <span>
#include <string_view>

#include "command/row.hpp"

namespace redouble::check::word_pools {

using std::string_view_literals::operator""sv;
using Pool = std::span<const std::string_view>;

// Keys of each type have names of their own, so that commands mostly find values that they are for.
inline constexpr std::string_view string_keys[] = {"a", "b", "c", "k:1"};
inline constexpr std::string_view geo_keys[] = {"geo:1", "geo:2", "geo:3"};
inline constexpr std::string_view list_keys[] = {"list:1", "list:2", "list:3"};
inline constexpr std::string_view hash_keys[] = {"hash:1", "hash:2", "hash:3"};
inline constexpr std::string_view set_keys[] = {"set:1", "set:2", "set:3"};
inline constexpr std::string_view sorted_set_keys[] = {"zset:1", "zset:2", "zset:3"};
inline constexpr std::string_view stream_keys[] = {"stream:1", "stream:2", "stream:3"};
// These come less often, for whatever type.
inline constexpr std::string_view odd_keys[] = {"k:22"sv, ""sv, "\x00\xff\r\n"sv};

struct KeysOfGroup {
  command::Group group;
  Pool keys;
};
inline constexpr KeysOfGroup keys_of_groups[] = {
    {command::Group::string, string_keys},
    {command::Group::list, list_keys},
    {command::Group::hash, hash_keys},
    {command::Group::set, set_keys},
    {command::Group::sorted_set, sorted_set_keys},
    {command::Group::stream, stream_keys},
    // The following have their values in common with others.
    {command::Group::bitmap, string_keys},
    {command::Group::hyperloglog, string_keys},
    {command::Group::geo, geo_keys},
};

inline constexpr std::string_view integers[] = {"0",   "1",   "-1",   "2",    "3",    "5",
                                                "7",   "10",  "-2",   "-5",   "16",   "100",
                                                "255", "256", "1000", "9999", "10000"};
inline constexpr std::string_view boundaries[] = {"127",
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
inline constexpr std::string_view not_integers[] = {"",    " 1",  "1 ",  "01",   "+1",
                                                    "-0",  "1.0", "1e3", "0x10", "abc",
                                                    "--1", "-",   "nan", "inf",  "1\0"sv};
inline constexpr std::string_view floats[] = {"0",
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
inline constexpr std::string_view patterns[] = {
    "*", "a",  "?",   "k:*",    "k:?",    "[ab]", "[^a]",  "[a-c]", "",       "\\*",
    "[", "[a", "**a", "nosuch", "*\xff*", "K:*",  "[c-a]", "\\",    "a*b*c*d"};
inline constexpr std::string_view seconds[] = {"100000",
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
inline constexpr std::string_view milliseconds[] = {"100000000",
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
inline constexpr std::string_view lifetimes[] = {
    "0", "0", "0", "100000000", "8000000000", "9223372036854775807", "-1", "abc"};
inline constexpr std::string_view unix_seconds[] = {"0",
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
inline constexpr std::string_view unix_milliseconds[] = {"0",
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
inline constexpr std::string_view databases[] = {
    "0",  "1",   "2",  "3",          "0",          "1",          "4",
    "-1", "15",  "16", "2147483647", "2147483648", "4294967296", "9223372036854775807",
    "",   "abc", "01"};
inline constexpr std::string_view offsets[] = {"0",          "1",
                                               "5",          "43",
                                               "44",         "45",
                                               "100",        "-1",
                                               "1048575",    "1048576",
                                               "4095",       "4096",
                                               "8190",       "12000",
                                               "32767",      "32768",
                                               "98303",      "1048570",
                                               "536870912",  "2147483647",
                                               "2147483648", "9223372036854775807"};
inline constexpr std::string_view cursors[] = {
    "0", "0", "0", "0", "", "abc", " 0", "-1", "01", "0 ", "18446744073709551616"};
inline constexpr std::string_view counts_of_scan[] = {
    "1000000", "1000000", "1000000", "1", "0", "-1", "10", "9223372036854775807", "abc"};
inline constexpr std::string_view types[] = {"string", "STRING", "list",   "set", "hash",
                                             "zset",   "stream", "nosuch", ""};
inline constexpr std::string_view sections[] = {
    "server",  "clients",      "memory",     "persistence", "stats",    "replication",
    "cpu",     "commandstats", "errorstats", "cluster",     "keyspace", "modules",
    "default", "all",          "everything", "nosuch",      "KEYSPACE", "latencystats"};
inline constexpr std::string_view filters[] = {"string", "keyspace", "read",
                                               "STRING", "nosuch",   "@string"};
inline constexpr std::string_view ids[] = {"0",   "-1", "999999999",          "9223372036854775807",
                                           "abc", "",   "9223372036854775808"};
inline constexpr std::string_view client_names[] = {"conn",      "a-b:c",    "",   "two words",
                                                    "new\nline", "\xc3\xbc", "~!", "\x7f"};
inline constexpr std::string_view addresses[] = {"127.0.0.1:1", "x", "", "[::1]:9", "nosuch:0"};
inline constexpr std::string_view parameters[] = {"maxmemory",
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
inline constexpr std::string_view users[] = {"default", "nobody", "", "DEFAULT"};
inline constexpr std::string_view yes_no[] = {"yes", "no", "YES", "No", "maybe"};
inline constexpr std::string_view versions[] = {
    "5", "6", "7", "0", "-1", "abc", "9223372036854775807"};
inline constexpr std::string_view protocols[] = {"2", "3",  "3",   "1", "4",
                                                 "0", "-1", "abc", "",  "9223372036854775808"};
inline constexpr std::string_view protocol_types[] = {
    "string", "integer", "double",   "null", "array", "set",    "map",
    "attrib", "push",    "verbatim", "true", "false", "bignum", "nosuch"};
inline constexpr std::string_view few[] = {"0", "1", "3", "10", "-1", "abc", "9223372036854775808"};
inline constexpr std::string_view small_sizes[] = {"0", "1", "5", "50", "100", "-1", "abc"};
inline constexpr std::string_view flags[] = {"0", "1", "0", "1", "2", "abc"};
inline constexpr std::string_view zero[] = {"0"};
inline constexpr std::string_view encodings[] = {"u8", "i8",  "u1",  "i64", "u63", "i5", "u16",
                                                 "U8", "u64", "i65", "u0",  "i0",  "x8", ""};
// Ends of ranges: of scores, of texts, of a stream's IDs.
inline constexpr std::string_view bounds[] = {
    "-",    "+",    "-",   "+",   "[a",  "(a",  "[b",  "(c",   "[xx", "[",
    "(",    "a",    "",    "0",   "-1",  "(1",  "(-2", "5",    "inf", "-inf",
    "+inf", "(inf", "3.5", "(10", "nan", "1e3", "1-1", "(2-0", "16",  "255"};
inline constexpr std::string_view bit_operations[] = {"AND", "OR", "XOR", "NOT", "NAND"};
// What SORT's BY and GET name; check/generator.cpp sees to it that some of it is there.
inline constexpr std::string_view sort_patterns[] = {
    "w_*", "w_*", "h_*->f",    "h_*->f", "#",       "#",         "nosort",    "*",
    "k:*", "*_w", "h_*->",     "h_*->1", "w_*->f",  "hash:*->f", "zset:*",    "list:*->f",
    "->*", "",    "w_*->f->g", "#\0*"sv, "w_\0*"sv, "w_*\0x"sv,  "h_*->f\0"sv};
inline constexpr std::string_view limits[] = {"0", "1", "2", "3",   "5",  "0",
                                              "1", "2", "7", "100", "-1", "9223372036854775807"};
inline constexpr std::string_view counts_of_search[] = {
    "1", "2", "3", "5", "10", "1", "2", "4", "7", "50", "0", "9223372036854775807"};
inline constexpr std::string_view places[] = {"p1", "p2", "p3", "p4", "p5",
                                              "p6", "p7", "p8", "p9", "7"};
inline constexpr std::string_view longitudes[] = {
    "13.361389", "15.087269",    "13.583333",     "15", "0",       "-0.0", "180",
    "-180",      "179.99999999", "-179.99999999", "90", "-122.41", "1e-7", "45.0000001",
    "180.00001", "-181"};
inline constexpr std::string_view latitudes[] = {
    "38.115556",   "37.502669",    "37.316667", "37",     "0",     "-0.0",
    "85.05112878", "-85.05112878", "85.0511",   "-85.05", "66",    "66.1",
    "-66.1",       "80",           "80.1",      "-80.1",  "85.06", "-90"};
inline constexpr std::string_view measures[] = {
    "200",  "100",   "400",   "1000",  "0",           "1",           "0.1",
    "1e-9", "5000",  "10000", "20000", "20037.72637", "20037726.37", "40075017",
    "1e10", "1e300", "inf",   "-1",    "-0.0",        "500.5",       "1e-320"};
inline constexpr std::string_view pfdebug_words[] = {"GETREG", "ENCODING", "TODENSE", "DECODE",
                                                     "nosuch"};
// IDs of a stream's entries: to be added, to be read behind as a consumer, and any that may be hit.
inline constexpr std::string_view new_ids[] = {"1-1",  "1-2",  "2-1",  "2-2", "3-1", "5-0",  "5-1",
                                               "10-*", "10-*", "10-*", "5-*", "1-*", "12-*", "12-*",
                                               "16-0", "20-*", "0-1",  "0-0", "abc"};
inline constexpr std::string_view read_ids[] = {
    ">",   ">",   ">", ">",    ">", ">",   "0", "0",
    "0-0", "1-1", "2", "10-1", "$", "abc", "+", "18446744073709551615-18446744073709551615"};
inline constexpr std::string_view entry_ids[] = {
    "0",    "0-0",  "1-1",
    "1-2",  "2-1",  "2-2",
    "3-1",  "5-0",  "5-1",
    "5-2",  "10-0", "10-1",
    "10-2", "10-3", "12-0",
    "1",    "2",    "5",
    "16",   "20",   "$",
    "-",    "+",    ">",
    "abc",  "",     "18446744073709551615-18446744073709551615"};
inline constexpr std::string_view group_names[] = {"g", "g", "g", "g", "g", "g",      "g",
                                                   "g", "g", "g", "g", "h", "i\0j"sv, ""};
inline constexpr std::string_view consumer_names[] = {"c", "c", "c", "d",           "d",
                                                      "e", "f", "",  "g\0h\r\ni"sv, "C"};
// Nothing is idle for as long while a sequence runs.
inline constexpr std::string_view idle_times[] = {"0",
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
inline constexpr std::string_view idle_since[] = {"0",         "5",
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
inline constexpr NamedPool named_pools[] = {
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

}  // namespace redouble::check::word_pools
