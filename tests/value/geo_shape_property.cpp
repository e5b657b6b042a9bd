// Circles and boxes: a search by cells finds what looking at every member finds.
#include "value/geo_shape.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "value/geo_places.hpp"

namespace redouble::value::geo_shape_property {
namespace {

using testing::some_position_near;
using testing::some_share;

constexpr double metres_a_degree = 111'000;

GeoShape some_shape(GeoPosition middle, double reach_m) {
  GeoShape shape;
  shape.middle = middle;
  shape.unit_m = *rc::gen::element(1.0, 1000.0, 0.3048, 1609.34);
  const auto part = [&] { return reach_m * std::fabs(some_share()) / shape.unit_m; };
  if (*rc::gen::arbitrary<bool>()) {
    shape.kind = GeoShape::Kind::box;
    shape.width = 2 * part();
    shape.height = 2 * part();
  } else {
    shape.radius = part();
  }
  return shape;
}

// The scores that lie in the shape's cells and in the shape, in ascending order. Each is in one
// cell.
std::vector<double> searched(const GeoShape& shape, const std::multiset<double>& scores) {
  std::multiset<double> found;
  for (const GeoCell& cell : GeoCover(shape)) {
    const auto end = scores.lower_bound(cell.end_score());
    for (auto at = scores.lower_bound(cell.first_score()); at != end; ++at) {
      if (shape.distance_m(geo_position(*at))) found.insert(*at);
    }
  }
  return {found.begin(), found.end()};
}

RC_GTEST_PROP(GeoShapeProperty, SearchingTheCellsFindsWhatLookingAtEverythingFinds, ()) {
  // Not over the edges of the map, where Redis does not search either.
  const GeoPosition middle{some_share() * 140, some_share() * 70};
  const double degrees = std::pow(10.0, *rc::gen::inRange(-5, 1));
  const GeoShape shape = some_shape(middle, degrees * metres_a_degree);
  std::multiset<double> scores;
  std::vector<double> wanted;
  for (int count = *rc::gen::inRange(0, 200); count > 0; --count) {
    scores.insert(geo_score(some_position_near(middle, 3 * degrees)));
  }
  for (const double score : scores) {
    if (shape.distance_m(geo_position(score))) wanted.push_back(score);
  }
  RC_ASSERT(searched(shape, scores) == wanted);
}

RC_GTEST_PROP(GeoShapeProperty, DistancesAreThoseOfABall, ()) {
  const GeoPosition one = testing::some_position();
  const GeoPosition other = testing::some_position();
  const GeoPosition third = testing::some_position();
  constexpr double half_round_m = 20'020'741;
  constexpr double slack_m = 0.01;
  RC_ASSERT(geo_distance_m(one, one) == 0.0);
  const double there = geo_distance_m(one, other);
  RC_ASSERT(there >= 0 && there < half_round_m);
  RC_ASSERT(std::fabs(there - geo_distance_m(other, one)) < slack_m);
  RC_ASSERT(there <= geo_distance_m(one, third) + geo_distance_m(third, other) + slack_m);
}

RC_GTEST_PROP(GeoShapeProperty, ACoverHasTheMiddleFirstAndEachCellOnce, ()) {
  const GeoShape shape =
      some_shape(testing::some_position(), std::pow(10.0, *rc::gen::inRange(-1, 9)));
  const GeoCover cover(shape);
  RC_ASSERT(cover.size() >= 1 && cover.size() <= 9);
  const double middle = geo_score(shape.middle);
  RC_ASSERT(cover.begin()->first_score() <= middle && middle < cover.begin()->end_score());
  std::set<double> firsts;
  for (const GeoCell& cell : cover) RC_ASSERT(firsts.insert(cell.first_score()).second);
}

}  // namespace
}  // namespace redouble::value::geo_shape_property
