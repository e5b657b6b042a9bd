// The commands that search geo sets: GEOSEARCH, GEORADIUS and their relatives, and what they store.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "command/geo_access.hpp"
#include "command/handlers_geo.hpp"
#include "command/range_sort.hpp"
#include "command/sorted_set_access.hpp"
#include "value/geo_shape.hpp"

namespace redouble::command::geo_group {
namespace {

using store::Look;
using value::GeoCell;
using value::GeoCover;
using value::GeoShape;

enum class Command : std::uint8_t { radius, radius_by_member, search, search_store };
enum class Order : std::uint8_t { none, nearest, farthest };

struct Query {
  Command command;
  bool may_store = false;
  // Which of the keys that were found is searched.
  std::size_t source = 0;

  const SortedSet* set = nullptr;
  GeoShape shape = {};
  // How they were given; each may be given again in the same way.
  enum class Middle : std::uint8_t { none, member, place } middle = Middle::none;
  enum class Extent : std::uint8_t { none, radius, box } extent = Extent::none;
  bool with_distance = false;
  bool with_score = false;
  bool with_position = false;
  Order order = Order::none;
  std::uint64_t count = 0;  // 0: all
  bool any = false;
  // The argument that names the key to store to; 0: none.
  std::size_t store_at = 0;
  bool stores_distance = false;

  bool searches() const { return command >= Command::search; }
};

// A member that lies within the shape.
struct Find {
  SortedSet::Text member;
  GeoPosition position;
  double distance_m;
  double score;
};

// The functions that follow give false where they have written an error.

// A measure of a circle or a box.
bool parse_measure(Call& call, std::size_t index, std::string_view error, double& measure) {
  const auto number = resp::parse_double(call.arg(index));
  if (!number) {
    call.error(error);
    return false;
  }
  measure = *number;
  return true;
}

bool parse_shape_unit(Call& call, std::size_t index, GeoShape& shape) {
  const auto unit = parse_unit(call, index);
  if (unit) shape.unit_m = *unit;
  return unit.has_value();
}

bool parse_circle(Call& call, std::size_t index, GeoShape& shape) {
  shape.kind = GeoShape::Kind::circle;
  if (!parse_measure(call, index, "ERR need numeric radius", shape.radius)) return false;
  if (shape.radius < 0) {
    call.error("ERR radius cannot be negative");
    return false;
  }
  return parse_shape_unit(call, index + 1, shape);
}

bool parse_box(Call& call, std::size_t index, GeoShape& shape) {
  shape.kind = GeoShape::Kind::box;
  if (!parse_measure(call, index, "ERR need numeric width", shape.width) ||
      !parse_measure(call, index + 1, "ERR need numeric height", shape.height)) {
    return false;
  }
  if (shape.width < 0 || shape.height < 0) {
    call.error("ERR height or width cannot be negative");
    return false;
  }
  return parse_shape_unit(call, index + 2, shape);
}

bool place_at(Call& call, std::size_t index, GeoShape& shape) {
  const auto position = parse_position(call, index);
  if (position) shape.middle = *position;
  return position.has_value();
}

// Without a set there is no member, which is no error.
bool place_at_member(Call& call, std::size_t index, Query& query) {
  if (query.set == nullptr) return true;
  const auto position = position_of(*query.set, call.arg(index));
  if (!position) {
    call.error("ERR could not decode requested zset member");
    return false;
  }
  query.shape.middle = *position;
  return true;
}

bool parse_count(Call& call, std::size_t index, Query& query) {
  const auto count = call.integer(index);
  if (!count) return false;
  if (*count <= 0) {
    call.error("ERR COUNT must be > 0");
    return false;
  }
  query.count = static_cast<std::uint64_t>(*count);
  return true;
}

// An option that is one word.
bool take_word(const Call& call, std::size_t index, Query& query) {
  if (call.is_word(index, "WITHDIST")) {
    query.with_distance = true;
  } else if (call.is_word(index, "WITHHASH")) {
    query.with_score = true;
  } else if (call.is_word(index, "WITHCOORD")) {
    query.with_position = true;
  } else if (call.is_word(index, "ANY")) {
    query.any = true;
  } else if (call.is_word(index, "ASC")) {
    query.order = Order::nearest;
  } else if (call.is_word(index, "DESC")) {
    query.order = Order::farthest;
  } else if (query.command == Command::search_store && call.is_word(index, "STOREDIST")) {
    query.stores_distance = true;
  } else {
    return false;
  }
  return true;
}

// FROM... and BY... of a search at args[index], which becomes the next option's place.
bool parse_where(Call& call, std::size_t& index, Query& query) {
  using Middle = Query::Middle;
  using Extent = Query::Extent;
  const std::size_t behind = call.size() - index - 1;
  const std::size_t at = index + 1;
  if (query.middle != Middle::place && behind >= 1 && call.is_word(index, "FROMMEMBER")) {
    query.middle = Middle::member;
    index += 2;
    return place_at_member(call, at, query);
  }
  if (query.middle != Middle::member && behind >= 2 && call.is_word(index, "FROMLONLAT")) {
    query.middle = Middle::place;
    index += 3;
    return place_at(call, at, query.shape);
  }
  if (query.extent != Extent::box && behind >= 2 && call.is_word(index, "BYRADIUS")) {
    query.extent = Extent::radius;
    index += 3;
    return parse_circle(call, at, query.shape);
  }
  if (query.extent != Extent::radius && behind >= 3 && call.is_word(index, "BYBOX")) {
    query.extent = Extent::box;
    index += 4;
    return parse_box(call, at, query.shape);
  }
  call.syntax_error();
  return false;
}

bool parse_options(Call& call, std::size_t index, Query& query) {
  while (index < call.size()) {
    const bool has_value = index + 1 < call.size();
    if (take_word(call, index, query)) {
      ++index;
    } else if (has_value && call.is_word(index, "COUNT")) {
      if (!parse_count(call, index + 1, query)) return false;
      index += 2;
    } else if (has_value && query.may_store && !query.searches() &&
               (call.is_word(index, "STORE") || call.is_word(index, "STOREDIST"))) {
      query.stores_distance = call.is_word(index, "STOREDIST");
      query.store_at = index + 1;
      index += 2;
    } else if (!query.searches()) {
      call.syntax_error();
      return false;
    } else if (!parse_where(call, index, query)) {
      return false;
    }
  }
  return true;
}

// What stands in fixed places, then the options.
bool parse(Call& call, Query& query) {
  switch (query.command) {
    case Command::radius:
      return place_at(call, 2, query.shape) && parse_circle(call, 4, query.shape) &&
             parse_options(call, 6, query);
    case Command::radius_by_member:
      // The real server looks at the radius only where there is a set.
      if (query.set != nullptr &&
          (!place_at_member(call, 2, query) || !parse_circle(call, 3, query.shape))) {
        return false;
      }
      return parse_options(call, 5, query);
    case Command::search:
      return parse_options(call, 2, query);
    case Command::search_store:
      query.store_at = 1;
      return parse_options(call, 3, query);
  }
  return false;
}

bool judge(Call& call, const Query& query) {
  const std::string name(call.arg(0));
  if (query.store_at != 0 && (query.with_distance || query.with_score || query.with_position)) {
    const std::string what = query.searches() ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
    call.error("ERR " + what + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
  } else if (query.searches() && query.middle == Query::Middle::none) {
    call.error("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " + name);
  } else if (query.searches() && query.extent == Query::Extent::none) {
    call.error("ERR exactly one of BYRADIUS and BYBOX can be specified for " + name);
  } else if (query.any && query.count == 0) {
    call.error("ERR the ANY argument requires COUNT argument");
  } else {
    return true;
  }
  return false;
}

std::vector<Find> search(const Query& query) {
  std::vector<Find> finds;
  const auto is_full = [&] { return query.any && finds.size() >= query.count; };
  for (const GeoCell& cell : GeoCover(query.shape)) {
    const double end = cell.end_score();
    const double first = cell.first_score();
    auto at = query.set->lower_bound([&](double score, std::string_view) { return score < first; });
    for (; !is_full() && at.valid() && at.score() < end; at.next()) {
      const GeoPosition position = value::geo_position(at.score());
      if (const auto distance_m = query.shape.distance_m(position)) {
        finds.push_back({at.member(), position, *distance_m, at.score()});
      }
    }
    if (is_full()) break;
  }
  return finds;
}

// Those that are wanted come first, in the order asked for; the others are dropped.
void choose(const Query& query, std::vector<Find>& finds) {
  const std::size_t wanted =
      query.count == 0 ? finds.size() : std::min<std::uint64_t>(query.count, finds.size());
  // So many are the nearest ones, unless any will do.
  Order order = query.order;
  if (order == Order::none && query.count != 0 && !query.any) order = Order::nearest;
  if (order != Order::none) {
    const auto compare = [order](const Find& left, const Find& right) {
      const auto by_distance = left.distance_m <=> right.distance_m;
      const int nearest_first = by_distance < 0 ? -1 : by_distance > 0 ? 1 : 0;
      return order == Order::nearest ? nearest_first : -nearest_first;
    };
    sort_range(std::span(finds), 0, wanted, compare);
  }
  finds.erase(finds.begin() + static_cast<std::ptrdiff_t>(wanted), finds.end());
}

void reply(Call& call, const Query& query, const std::vector<Find>& finds) {
  const std::size_t extras = std::size_t{query.with_distance} + std::size_t{query.with_score} +
                             std::size_t{query.with_position};
  call.reply.array(finds.size());
  for (const Find& find : finds) {
    if (extras > 0) call.reply.array(extras + 1);
    sorted_set_group::MemberReply::text(call, find.member);
    if (query.with_distance) reply_distance(call, find.distance_m / query.shape.unit_m);
    if (query.with_score) call.reply.integer(static_cast<std::int64_t>(find.score));
    if (query.with_position) reply_position(call, find.position);
  }
}

// The key to store to: the row finds it, but not always in the same place among the keys.
const store::Hashed& target_of(const Call& call, const Query& query) {
  const std::string_view name = call.arg(query.store_at);
  return *std::ranges::find(call.found_keys, name, &store::Hashed::key);
}

void store_finds(Call& call, const Query& query, const std::vector<Find>& finds) {
  value::ObjectRef stored = value::make_object<SortedSet>();
  SortedSet::Limits limits = sorted_set_group::limits_of(call);
  value::Digits digits;
  const auto is_short = [&](const Find& find) {
    return find.member.size() <= limits.listpack_value;
  };
  const bool fits = finds.size() <= limits.listpack_entries && std::ranges::all_of(finds, is_short);
  if (!fits) limits.listpack_entries = 0;
  for (const Find& find : finds) {
    const double distance = find.distance_m / query.shape.unit_m;
    static_cast<SortedSet&>(*stored).set(find.member.view(digits),
                                         query.stores_distance ? distance : find.score, limits);
  }
  sorted_set_group::store_result(call, target_of(call, query), std::move(stored),
                                 query.searches() ? "geosearchstore" : "georadiusstore");
}

void run(Call& call, Query query) {
  query.set = find_value<SortedSet>(call, call.key(query.source));
  if (call.failed || !parse(call, query) || !judge(call, query)) return;
  std::vector<Find> finds;
  if (query.set != nullptr) finds = search(query);
  choose(query, finds);
  if (query.store_at != 0) {
    store_finds(call, query, finds);
  } else {
    reply(call, query, finds);
  }
}

}  // namespace

void georadius(Call& call) { run(call, {.command = Command::radius, .may_store = true}); }
void georadius_ro(Call& call) { run(call, {.command = Command::radius}); }
void georadiusbymember(Call& call) {
  run(call, {.command = Command::radius_by_member, .may_store = true});
}
void georadiusbymember_ro(Call& call) { run(call, {.command = Command::radius_by_member}); }
void geosearch(Call& call) { run(call, {.command = Command::search}); }
void geosearchstore(Call& call) {
  run(call, {.command = Command::search_store, .may_store = true, .source = 1});
}

}  // namespace redouble::command::geo_group
