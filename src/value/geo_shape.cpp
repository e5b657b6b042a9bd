#include "value/geo_shape.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runtime/mutant.hpp"

namespace redouble::value {
namespace {

constexpr double earth_radius_m = 6372797.560856;
constexpr double degree = std::numbers::pi / 180.0;  // in radians

double radians(double degrees) { return degrees * degree; }
double degrees(double radians) { return radians / degree; }

// Along a meridian.
double north_distance_m(double from_latitude, double to_latitude) {
  return earth_radius_m * std::fabs(radians(to_latitude) - radians(from_latitude));
}

// The rectangle around a shape; where it is wider near the equator than near the pole, the wider.
GeoArea bounds_of(const GeoShape& shape) {
  const bool round = shape.kind == GeoShape::Kind::circle;
  const double up_m = shape.unit_m * (round ? shape.radius : shape.height / 2);
  const double aside_m = shape.unit_m * (round ? shape.radius : shape.width / 2);
  const GeoPosition middle = shape.middle;
  const double up = degrees(up_m / earth_radius_m);
  const double pole_side = middle.latitude < 0 ? middle.latitude - up : middle.latitude + up;
  const double aside = degrees(aside_m / earth_radius_m / std::cos(radians(pole_side)));
  return {.west = middle.longitude - aside,
          .east = middle.longitude + aside,
          .south = middle.latitude - up,
          .north = middle.latitude + up};
}

// The step of a grid whose cells are about as large as the shape's reach.
unsigned step_for(const GeoShape& shape) {
  constexpr double half_of_the_map_m = 20037726.37;  // of Mercator's, from the middle to an edge
  double reach = shape.radius;
  if (shape.kind == GeoShape::Kind::box) {
    reach =
        std::sqrt((shape.width / 2) * (shape.width / 2) + (shape.height / 2) * (shape.height / 2));
  }
  reach *= shape.unit_m;
  if (reach == 0) return GeoCell::finest_step;
  int step = -1;
  for (; reach < half_of_the_map_m; reach *= 2) ++step;
  // Towards the poles the map stretches, and so must the cells.
  const double latitude = std::fabs(shape.middle.latitude);
  if (latitude > 66) --step;
  if (latitude > 80) --step;
  return static_cast<unsigned>(std::clamp(step, 1, static_cast<int>(GeoCell::finest_step)));
}

// Whether the cells next to this one reach as far as the bounds on all four sides.
bool reaches(const GeoCell& cell, const GeoArea& bounds) {
  return !(cell.neighbour(0, 1).area().north < bounds.north ||
           cell.neighbour(0, -1).area().south > bounds.south ||
           cell.neighbour(1, 0).area().east < bounds.east ||
           cell.neighbour(-1, 0).area().west > bounds.west);
}

}  // namespace

double geo_distance_m(GeoPosition from, GeoPosition to) {
  const double v = std::sin((radians(to.longitude) - radians(from.longitude)) / 2);
  if (v == 0) return north_distance_m(from.latitude, to.latitude);
  const double from_latitude = radians(from.latitude);
  const double to_latitude = radians(to.latitude);
  const double u = std::sin((to_latitude - from_latitude) / 2);
  const double a = u * u + std::cos(from_latitude) * std::cos(to_latitude) * v * v;
  return 2.0 * earth_radius_m * std::asin(std::sqrt(a));
}

std::optional<double> GeoShape::distance_m(GeoPosition position) const {
  if (kind == Kind::circle) {
    const double distance = geo_distance_m(middle, position);
    return distance > radius * unit_m ? std::nullopt : std::optional(distance);
  }
  if (north_distance_m(middle.latitude, position.latitude) > height * unit_m / 2) {
    return std::nullopt;
  }
  const GeoPosition beside{middle.longitude, position.latitude};
  if (geo_distance_m(position, beside) > width * unit_m / 2) return std::nullopt;
  return geo_distance_m(middle, position);
}

GeoCover::GeoCover(const GeoShape& shape) {
  const GeoArea bounds = bounds_of(shape);
  unsigned step = step_for(shape);
  GeoCell cell = GeoCell::of(shape.middle, step);
  if (step > 1 && !reaches(cell, bounds)) cell = GeoCell::of(shape.middle, --step);
  // A side on which the middle cell reaches beyond the bounds by itself needs no cells.
  const GeoArea area = cell.area();
  const bool all = step < 2;
  const bool north = all || !(area.north > bounds.north);
  const bool south = all || !(area.south < bounds.south);
  const bool east = all || !(area.east > bounds.east);
  const bool west = all || !(area.west < bounds.west);
  add(cell);
  if (mutant("geo-cover-is-one-cell")) return;
  if (north) add(cell.neighbour(0, 1));
  if (south) add(cell.neighbour(0, -1));
  if (east) add(cell.neighbour(1, 0));
  if (west) add(cell.neighbour(-1, 0));
  if (north && east) add(cell.neighbour(1, 1));
  if (north && west) add(cell.neighbour(-1, 1));
  if (south && east) add(cell.neighbour(1, -1));
  if (south && west) add(cell.neighbour(-1, -1));
}

// In a grid of two columns and two rows the cells on two sides are the same.
void GeoCover::add(const GeoCell& cell) {
  if (size_ > 1 && cells_[size_ - 1] == cell) return;
  cells_[size_++] = cell;
}

}  // namespace redouble::value
