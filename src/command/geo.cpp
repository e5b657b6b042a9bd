// The commands that put members of geo sets in their places and tell of them: GEOADD, GEOPOS,
// GEODIST, GEOHASH.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

#include "command/geo_access.hpp"
#include "command/handlers_geo.hpp"
#include "command/sorted_set_access.hpp"
#include "value/geo_shape.hpp"

namespace redouble::command::geo_group {
namespace {

using store::Look;

// The options of GEOADD; the first coordinate stands behind them. False: the error is written.
bool parse_options(Call& call, sorted_set_group::AddOptions& options) {
  for (; options.first < call.size(); ++options.first) {
    if (call.is_word(options.first, "NX")) {
      options.if_new = true;
    } else if (call.is_word(options.first, "XX")) {
      options.if_existing = true;
    } else if (call.is_word(options.first, "CH")) {
      options.count_changed = true;
    } else {
      break;
    }
  }
  const std::size_t rest = call.size() - options.first;
  if (rest % 3 == 0 && !(options.if_new && options.if_existing)) return true;
  call.syntax_error();
  return false;
}

}  // namespace

std::optional<double> parse_unit(Call& call, std::size_t index) {
  struct Unit {
    std::string_view name;
    double metres;
  };
  constexpr Unit units[] = {{"M", 1}, {"KM", 1000}, {"FT", 0.3048}, {"MI", 1609.34}};
  for (const Unit& unit : units) {
    if (call.is_word(index, unit.name)) return unit.metres;
  }
  call.error("ERR unsupported unit provided. please use M, KM, FT, MI");
  return std::nullopt;
}

std::optional<GeoPosition> parse_position(Call& call, std::size_t index) {
  const auto longitude = resp::parse_double(call.arg(index));
  const auto latitude = longitude ? resp::parse_double(call.arg(index + 1)) : std::nullopt;
  if (!latitude) {
    call.not_a_float();
    return std::nullopt;
  }
  const GeoPosition position{*longitude, *latitude};
  if (position.is_on_map()) return position;
  call.error(fmt::format("ERR invalid longitude,latitude pair {:f},{:f}", position.longitude,
                         position.latitude));
  return std::nullopt;
}

std::optional<GeoPosition> position_of(const SortedSet& set, std::string_view member) {
  const auto score = set.score(member);
  return score ? std::optional(value::geo_position(*score)) : std::nullopt;
}

void reply_distance(Call& call, double distance) {
  call.reply.bulk(fmt::format("{:.4f}", distance));
}

void reply_position(Call& call, GeoPosition position) {
  call.reply.array(2);
  for (const double number : {position.longitude, position.latitude}) {
    call.reply.real_digits(resp::format_long_double(number));
  }
}

void geoadd(Call& call) {
  sorted_set_group::AddOptions options;
  if (!parse_options(call, options)) return;
  std::vector<double> scores;
  for (std::size_t index = options.first; index < call.size(); index += 3) {
    const auto position = parse_position(call, index);
    if (!position) return;
    scores.push_back(value::geo_score(*position));
  }
  sorted_set_group::add_members(call, options, scores, options.first + 2, 3);
}

void geopos(Call& call) {
  const SortedSet* set = find_value<SortedSet>(call, call.key());
  if (call.failed) return;
  call.reply.array(call.size() - 2);
  for (std::size_t index = 2; index < call.size(); ++index) {
    const auto position = set == nullptr ? std::nullopt : position_of(*set, call.arg(index));
    position ? reply_position(call, *position) : call.reply.null_array();
  }
}

void geohash(Call& call) {
  const SortedSet* set = find_value<SortedSet>(call, call.key());
  if (call.failed) return;
  call.reply.array(call.size() - 2);
  for (std::size_t index = 2; index < call.size(); ++index) {
    const auto position = set == nullptr ? std::nullopt : position_of(*set, call.arg(index));
    if (position) {
      const auto text = value::geohash_text(*position);
      call.reply.bulk({text.data(), text.size()});
    } else {
      call.reply.null();
    }
  }
}

void geodist(Call& call) {
  double unit_m = 1;
  if (call.size() == 5) {
    const auto unit = parse_unit(call, 4);
    if (!unit) return;
    unit_m = *unit;
  } else if (call.size() > 5) {
    return call.syntax_error();
  }
  const SortedSet* set = find_value<SortedSet>(call, call.key());
  if (call.failed) return;
  if (set == nullptr) return call.reply.null();
  const auto from = position_of(*set, call.arg(2));
  const auto to = position_of(*set, call.arg(3));
  if (!from || !to) return call.reply.null();
  reply_distance(call, value::geo_distance_m(*from, *to) / unit_m);
}

}  // namespace redouble::command::geo_group
