// GeoPosition and GeoCell: places on Earth, and the squares of the grid that their scores number.
//
// A grid of 2^step columns of longitude and 2^step rows of latitude lies over the map. A cell's
// number has the bits of its column and of its row in turn, the column's first, so that a cell of a
// coarse grid is one range of numbers of the finest. A member of a geo set has the number of its
// cell in the grid of step 26 (52 bits) as its score, which a double holds exactly.
// - Invariants: encoding is exact to the bit, so that scores equal those of redis-server 7.0.15,
//   also at the very ends of the map, whose column or row is one beyond the grid's last.
// - Any score has a position: bits above those of the grid are taken as they are, and a position
//   is cut to the map.
// - Thread safety: values and pure functions. Units: degrees, WGS 84.
// Sources: G. M. Morton, "A computer oriented geodetic data base" (1966), for the order of the
// bits; the Redis documentation of GEOADD for the limits of the map and the 52 bits; geohash.org
// for the text of a cell.
#pragma once

#include <array>
#include <cstdint>

namespace redouble::value {

struct GeoPosition {
  static constexpr double most_longitude = 180;
  static constexpr double most_latitude = 85.05112878;

  double longitude = 0;
  double latitude = 0;

  // Whether it lies on the map.
  bool is_on_map() const {
    return longitude >= -most_longitude && longitude <= most_longitude &&
           latitude >= -most_latitude && latitude <= most_latitude;
  }
};

// A rectangle of the map.
struct GeoArea {
  double west;
  double east;
  double south;
  double north;
};

class GeoCell {
 public:
  static constexpr unsigned finest_step = 26;

  GeoCell() = default;
  // REQUIRES: the position is on the map; 1 <= step <= finest_step.
  static GeoCell of(GeoPosition position, unsigned step = finest_step);
  // The cell of the finest grid that a score names.
  static GeoCell of_score(double score);

  unsigned step() const { return step_; }
  std::uint64_t number() const;
  GeoArea area() const;
  // The middle, cut to the map.
  GeoPosition middle() const;
  // So many columns to the east and rows to the north, around the edges of the map.
  GeoCell neighbour(int columns, int rows) const;
  // The scores of what lies in it: from here up to, and without, end_score().
  double first_score() const { return static_cast<double>(number() << finer_bits()); }
  double end_score() const { return static_cast<double>((number() + 1) << finer_bits()); }

  friend bool operator==(const GeoCell&, const GeoCell&) = default;

 private:
  GeoCell(std::uint32_t column, std::uint32_t row, unsigned step)
      : column_(column), row_(row), step_(step) {}
  unsigned finer_bits() const { return 2 * (finest_step - step_); }

  std::uint32_t column_ = 0;
  std::uint32_t row_ = 0;
  unsigned step_ = finest_step;
};

inline double geo_score(GeoPosition position) { return GeoCell::of(position).first_score(); }
inline GeoPosition geo_position(double score) { return GeoCell::of_score(score).middle(); }

// The 11 letters of the position's usual geohash, whose map reaches to the poles; the last letter,
// for which 52 bits are too few, is always 0.
std::array<char, 11> geohash_text(GeoPosition position);

}  // namespace redouble::value
