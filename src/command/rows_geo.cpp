// The rows of the group geo, in alphabetical order.
#include "command/handlers_geo.hpp"
#include "command/keys.hpp"
#include "command/rows.hpp"

namespace redouble::command {
namespace {

constexpr KeySpec key_behind(std::string_view keyword, std::int16_t from) {
  return KeySpec{.flags = key_ow | key_update, .keyword = keyword, .index = from};
}

constexpr std::string_view search_cost =
    "O(N+log(M)) in the N members around the shape and the M of the set";

constexpr Row geo_row_array[] = {
    {.name = "geoadd",
     .arity = -5,
     .flags = write | denyoom,
     .keys = {keys_range(key_rw | key_update, 1)},
     .grammar = "key:key [condition(NX | XX)@6.2.0] [change=CH@6.2.0] "
                "longitude_latitude_member{longitude:double latitude:double member:string}...",
     .group = Group::geo,
     .since = "3.2.0",
     .summary = "Puts members in their places on Earth.",
     .complexity = "O(log(N)) for each member",
     .handler = geo_group::geoadd},
    {.name = "geodist",
     .arity = -4,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key member1:string member2:string [unit(M | KM | FT | MI)]",
     .group = Group::geo,
     .since = "3.2.0",
     .summary = "Tells how far two members are from each other.",
     .complexity = "O(log(N))",
     .handler = geo_group::geodist},
    {.name = "geohash",
     .arity = -2,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key member:string...",
     .group = Group::geo,
     .since = "3.2.0",
     .summary = "Gives the geohashes of members.",
     .complexity = "O(log(N)) for each member",
     .handler = geo_group::geohash},
    {.name = "geopos",
     .arity = -2,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key member:string...",
     .group = Group::geo,
     .since = "3.2.0",
     .summary = "Tells where members are.",
     .complexity = "O(log(N)) for each member",
     .handler = geo_group::geopos},
    {.name = "georadius",
     .arity = -6,
     .flags = write | denyoom | movablekeys,
     .keys = {keys_range(key_ro | key_access, 1), key_behind("STORE", 6),
              key_behind("STOREDIST", 6)},
     .more_keys = georadius_target,
     .grammar = "key:key longitude:double latitude:double radius:double unit(M | KM | FT | MI) "
                "[WITHCOORD] [WITHDIST] [WITHHASH] [count{COUNT~count:integer [ANY@6.2.0]}] "
                "[order(ASC | DESC)] [STORE~key:key#1] [STOREDIST~key:key#2]",
     .group = Group::geo,
     .since = "3.2.0",
     .summary = "Finds the members within a circle around a place.",
     .complexity = search_cost,
     .doc_flags = doc_deprecated,
     .deprecated_since = "6.2.0",
     .replaced_by = "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
     .handler = geo_group::georadius},
    {.name = "georadius_ro",
     .arity = -6,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key longitude:double latitude:double radius:double unit(M | KM | FT | MI) "
                "[WITHCOORD] [WITHDIST] [WITHHASH] [count{COUNT~count:integer [ANY@6.2.0]}] "
                "[order(ASC | DESC)]",
     .group = Group::geo,
     .since = "3.2.10",
     .summary = "Finds the members within a circle around a place, and stores nothing.",
     .complexity = search_cost,
     .doc_flags = doc_deprecated,
     .deprecated_since = "6.2.0",
     .replaced_by = "`GEOSEARCH` with the `BYRADIUS` argument",
     .handler = geo_group::georadius_ro},
    {.name = "georadiusbymember",
     .arity = -5,
     .flags = write | denyoom | movablekeys,
     .keys = {keys_range(key_ro | key_access, 1), key_behind("STORE", 5),
              key_behind("STOREDIST", 5)},
     .more_keys = georadius_target,
     .grammar = "key:key member:string radius:double unit(M | KM | FT | MI) [WITHCOORD] "
                "[WITHDIST] [WITHHASH] [count{COUNT~count:integer [ANY]}] [order(ASC | DESC)] "
                "[STORE~key:key#1] [STOREDIST~key:key#2]",
     .group = Group::geo,
     .since = "3.2.0",
     .summary = "Finds the members within a circle around one of them.",
     .complexity = search_cost,
     .doc_flags = doc_deprecated,
     .deprecated_since = "6.2.0",
     .replaced_by =
         "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
     .handler = geo_group::georadiusbymember},
    {.name = "georadiusbymember_ro",
     .arity = -5,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key member:string radius:double unit(M | KM | FT | MI) [WITHCOORD] "
                "[WITHDIST] [WITHHASH] [count{COUNT~count:integer [ANY]}] [order(ASC | DESC)]",
     .group = Group::geo,
     .since = "3.2.10",
     .summary = "Finds the members within a circle around one of them, and stores nothing.",
     .complexity = search_cost,
     .doc_flags = doc_deprecated,
     .deprecated_since = "6.2.0",
     .replaced_by = "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments",
     .handler = geo_group::georadiusbymember_ro},
    {.name = "geosearch",
     .arity = -7,
     .flags = readonly,
     .keys = {keys_range(key_ro | key_access, 1)},
     .grammar = "key:key from(FROMMEMBER~member:string | "
                "FROMLONLAT~longitude_latitude{longitude:double latitude:double}) "
                "by(circle{BYRADIUS~radius:double unit(M | KM | FT | MI)} | "
                "box{BYBOX~width:double height:double unit(M | KM | FT | MI)}) "
                "[order(ASC | DESC)] [count{COUNT~count:integer [ANY]}] [WITHCOORD] [WITHDIST] "
                "[WITHHASH]",
     .group = Group::geo,
     .since = "6.2.0",
     .summary = "Finds the members within a circle or a box.",
     .complexity = search_cost,
     .handler = geo_group::geosearch},
    {.name = "geosearchstore",
     .arity = -8,
     .flags = write | denyoom,
     .keys = {keys_range(key_ow | key_update, 1), keys_range(key_ro | key_access, 2)},
     .grammar = "destination:key source:key#1 from(FROMMEMBER~member:string | "
                "FROMLONLAT~longitude_latitude{longitude:double latitude:double}) "
                "by(circle{BYRADIUS~radius:double unit(M | KM | FT | MI)} | "
                "box{BYBOX~width:double height:double unit(M | KM | FT | MI)}) "
                "[order(ASC | DESC)] [count{COUNT~count:integer [ANY]}] [STOREDIST]",
     .group = Group::geo,
     .since = "6.2.0",
     .summary = "Stores the members within a circle or a box.",
     .complexity = search_cost,
     .handler = geo_group::geosearchstore},
};

}  // namespace

std::span<const Row> geo_rows() { return geo_row_array; }

}  // namespace redouble::command
