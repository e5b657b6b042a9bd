// Positions for properties: anywhere on the map, and around its edges and marks.
#pragma once

#include <rapidcheck.h>

#include <cstdint>

#include "value/geo_cell.hpp"

namespace redouble::testing {

// From -1 to 1, the ends included.
inline double some_share() {
  constexpr std::int64_t parts = std::int64_t{1} << 40;
  return static_cast<double>(*rc::gen::inRange(-parts, parts + 1)) / static_cast<double>(parts);
}

inline value::GeoPosition some_position() {
  constexpr double most_longitude = value::GeoPosition::most_longitude;
  constexpr double most_latitude = value::GeoPosition::most_latitude;
  value::GeoPosition position{some_share() * most_longitude, some_share() * most_latitude};
  if (*rc::gen::inRange(0, 8) == 0) {
    position.longitude = *rc::gen::element(-most_longitude, 0.0, most_longitude, 90.0);
  }
  if (*rc::gen::inRange(0, 8) == 0) {
    position.latitude = *rc::gen::element(-most_latitude, 0.0, most_latitude, 66.0);
  }
  return position;
}

// Within so many degrees of a position, and on the map.
inline value::GeoPosition some_position_near(value::GeoPosition middle, double degrees) {
  for (;;) {
    const value::GeoPosition position{middle.longitude + some_share() * degrees,
                                      middle.latitude + some_share() * degrees};
    if (position.is_on_map()) return position;
  }
}

}  // namespace redouble::testing
