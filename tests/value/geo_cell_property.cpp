// Cells of the geo grid: what is encoded is found again within its cell, and cells fit together.
#include "value/geo_cell.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "value/geo_places.hpp"

namespace redouble::value::geo_cell_property {
namespace {

using testing::some_position;

bool contains(const GeoArea& area, GeoPosition position) {
  // The end of the map belongs to the last cell beyond it.
  return area.west <= position.longitude && position.longitude <= area.east &&
         area.south <= position.latitude && position.latitude <= area.north;
}

RC_GTEST_PROP(GeoCellProperty, APositionLiesInItsCellAndTheMiddleNamesTheCellAgain, ()) {
  const GeoPosition position = some_position();
  const auto step = *rc::gen::inRange(1u, GeoCell::finest_step + 1);
  const GeoCell cell = GeoCell::of(position, step);
  RC_ASSERT(contains(cell.area(), position));
  const GeoPosition middle = cell.middle();
  RC_ASSERT(middle.is_on_map());
  RC_ASSERT(GeoCell::of(middle, step) == cell);
}

RC_GTEST_PROP(GeoCellProperty, AScoreNamesItsCellAndStaysTheSameFromThenOn, ()) {
  const double score = geo_score(some_position());
  RC_ASSERT(GeoCell::of_score(score).first_score() == score);
  RC_ASSERT(geo_score(geo_position(score)) == score);
}

RC_GTEST_PROP(GeoCellProperty, ACoarseCellIsTheRangeOfScoresOfTheFineOnesInIt, ()) {
  const GeoPosition position = some_position();
  const auto step = *rc::gen::inRange(1u, GeoCell::finest_step + 1);
  const GeoCell cell = GeoCell::of(position, step);
  const double score = geo_score(position);
  RC_ASSERT(cell.first_score() <= score);
  RC_ASSERT(score < cell.end_score());
  const GeoPosition other = some_position();
  const double other_score = geo_score(other);
  const bool inside = cell.first_score() <= other_score && other_score < cell.end_score();
  RC_ASSERT(inside == (GeoCell::of(other, step) == cell));
}

RC_GTEST_PROP(GeoCellProperty, NeighboursTouchAndLeadBack, ()) {
  const auto step = *rc::gen::inRange(2u, GeoCell::finest_step + 1);
  const GeoPosition position = some_position();
  // The ends of the map are beyond the last cells.
  RC_PRE(position.longitude < GeoPosition::most_longitude);
  RC_PRE(position.latitude < GeoPosition::most_latitude);
  const GeoCell cell = GeoCell::of(position, step);
  const int columns = *rc::gen::element(-1, 0, 1);
  const int rows = *rc::gen::element(-1, 0, 1);
  const GeoCell other = cell.neighbour(columns, rows);
  RC_ASSERT((other == cell) == (columns == 0 && rows == 0));
  RC_ASSERT(other.neighbour(-columns, -rows) == cell);
  const GeoArea area = cell.area();
  const GeoArea there = other.area();
  // But for the edges of the map, around which it goes.
  if (columns > 0 && area.east < GeoPosition::most_longitude) RC_ASSERT(there.west == area.east);
  if (columns < 0 && area.west > -GeoPosition::most_longitude) RC_ASSERT(there.east == area.west);
  if (rows > 0 && there.north > area.north) RC_ASSERT(there.south == area.north);
  if (rows < 0 && there.south < area.south) RC_ASSERT(there.north == area.south);
}

RC_GTEST_PROP(GeoCellProperty, AnyScoreHasAPlaceOnTheMap, ()) {
  const double mantissa = static_cast<double>(*rc::gen::arbitrary<std::int64_t>());
  const double score = std::ldexp(mantissa, *rc::gen::inRange(-80, 80));
  RC_ASSERT(geo_position(score).is_on_map());
  RC_ASSERT(geo_position(-score).is_on_map());
}

RC_GTEST_PROP(GeoCellProperty, AGeohashHasTheLettersOfCommonPrefixesInCommon, ()) {
  const GeoPosition position = some_position();
  const auto text = geohash_text(position);
  // What lies in the cell of the first letters has those letters: cells of 8 letters have 40 bits.
  const double part = 360.0 / (1 << 20);
  const double west = std::floor((position.longitude + 180) / part) * part - 180;
  RC_PRE(west + part < 180);
  const auto other = geohash_text({west + part / 2, position.latitude});
  RC_ASSERT(std::equal(text.begin(), text.begin() + 8, other.begin()));
  RC_ASSERT(text[10] == '0');
}

}  // namespace
}  // namespace redouble::value::geo_cell_property
