// GeoShape: a circle or a box around a place, what lies in it, and the cells that cover it.
//
// - Distances are great circles of a ball (haversine), as Redis measures them; a box is as high as
//   it says along its middle, and as wide as it says along the latitude of whatever is looked at.
// - covering() gives at most nine cells, the one of the middle first, which hold whatever lies in
//   the shape, where the shape does not reach over the edges of the map; each once. A search gives
//   its finds in the order of the cells, and within one in the order of scores.
// - Thread safety: values and pure functions. Units: metres, degrees; a shape's own measures in
//   units of `unit_m` metres.
// Sources: R. W. Sinnott, "Virtues of the Haversine" (1984); Redis documentation of GEOSEARCH. How
// large the cells are, and their order, as redis-server 7.0.15 answers.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "value/geo_cell.hpp"

namespace redouble::value {

double geo_distance_m(GeoPosition from, GeoPosition to);

struct GeoShape {
  enum class Kind : unsigned char { circle, box };

  Kind kind = Kind::circle;
  GeoPosition middle = {};
  double unit_m = 1;
  double radius = 0;  // of a circle
  double width = 0;   // of a box
  double height = 0;

  // How far from the middle a position lies; nothing where it is outside.
  std::optional<double> distance_m(GeoPosition position) const;
};

class GeoCover {
 public:
  explicit GeoCover(const GeoShape& shape);
  auto begin() const { return cells().begin(); }
  auto end() const { return cells().end(); }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t most = 9;

  std::span<const GeoCell> cells() const { return {cells_.data(), size_}; }
  void add(const GeoCell& cell);

  std::array<GeoCell, most> cells_;
  std::size_t size_ = 0;
};

}  // namespace redouble::value
