// What the commands on geo sets share: units, positions as arguments and as replies, members'
// positions.
//
// Thread safety: as a Call's. Errors: the error is written, and nothing, or false, is given.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "command/call.hpp"
#include "value/geo_cell.hpp"
#include "value/sorted_set.hpp"

namespace redouble::command::geo_group {

using value::GeoPosition;
using value::SortedSet;

// args[index] as a unit, in metres.
std::optional<double> parse_unit(Call& call, std::size_t index);
// args[index] and the one behind it, as longitude and latitude.
std::optional<GeoPosition> parse_position(Call& call, std::size_t index);

// Where a member is. Nothing where there is no such member; no error then.
std::optional<GeoPosition> position_of(const SortedSet& set, std::string_view member);

// A distance has four digits behind the point, a position's numbers have up to seventeen.
void reply_distance(Call& call, double distance);
void reply_position(Call& call, GeoPosition position);

}  // namespace redouble::command::geo_group
