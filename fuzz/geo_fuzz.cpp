// Geo sets and SORT, through a fresh instance: members put anywhere, searches, and any requests of
// these commands. What must hold:
// - every request has one well-formed reply;
// - a search that does not reach over the edges of the map finds the members that lie within, and
//   no others, by distances that are worked out here from what GEOPOS tells; with ASC in their
//   order;
// - what a search stores is as many members as it finds.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numbers>
#include <set>
#include <string>
#include <string_view>

#include "ask.hpp"
#include "byte_source.hpp"

namespace {

using namespace redouble;
using fuzz::ask;
using fuzz::Request;
using resp::Reply;

struct Place {
  long double longitude;
  long double latitude;
};

constexpr long double earth_radius_m = 6372797.560856L;
constexpr long double degree = std::numbers::pi_v<long double> / 180;

// By the chord between two points of the ball, not by haversines.
long double distance_m(const Place& one, const Place& other) {
  const auto at = [](const Place& place, int axis) {
    const long double across = std::cos(place.latitude * degree);
    if (axis == 0) return across * std::cos(place.longitude * degree);
    if (axis == 1) return across * std::sin(place.longitude * degree);
    return std::sin(place.latitude * degree);
  };
  long double square = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const long double side = at(one, axis) - at(other, axis);
    square += side * side;
  }
  return 2 * earth_radius_m * std::asin(std::min(1.0L, std::sqrt(square) / 2));
}

bool is_geo(std::string_view name) {
  return name.starts_with("geo") || name.starts_with("sort") || name == "zadd" ||
         name == "zrange" || name == "rpush" || name == "sadd" || name == "hset" || name == "mset";
}

class World {
 public:
  explicit World(std::string_view bytes) : source_(bytes), run_(fuzz::SessionInput{}) {}

  void play() {
    constexpr int most_requests = 48;
    for (int count = 0; count < most_requests && !source_.empty(); ++count) {
      const std::uint8_t what = source_.next();
      if (what < 0x80) {
        add();
      } else if (what < 0xc0) {
        search();
      } else {
        static const auto forms = fuzz::forms_of(is_geo);
        fuzz::RequestMaker maker(source_);
        ask(run_, maker.make(forms[what % forms.size()]));
      }
    }
  }

 private:
  // Near each other in one input, so that searches find some and not others.
  double coordinate(double most) {
    const double share = static_cast<double>(source_.next_16()) / 65535.0 * 2 - 1;
    const std::uint8_t how = source_.next();
    return how < 0xc0 ? 10 + share / (1 + how) : share * most;
  }
  std::string member() { return "m" + std::to_string(source_.next() % 32); }

  void add() {
    const std::string longitude = std::to_string(coordinate(180));
    const std::string latitude = std::to_string(coordinate(85));
    const Reply reply = ask(run_, {"GEOADD", "g", longitude, latitude, member()});
    REDOUBLE_ASSERT(reply.type == Reply::Type::integer || holds_other_type());
  }
  bool holds_other_type() { return ask(run_, {"TYPE", "g"}).text != "zset"; }

  // Where each member is, by what the instance tells.
  std::map<std::string, Place> places() {
    std::map<std::string, Place> places;
    for (const Reply& name : ask(run_, {"ZRANGE", "g", "0", "-1"}).elements) {
      const Reply reply = ask(run_, {"GEOPOS", "g", name.text});
      const auto& place = reply.elements.at(0).elements;
      places[name.text] = {std::stold(place.at(0).text), std::stold(place.at(1).text)};
    }
    return places;
  }

  void search() {
    if (holds_other_type()) return;
    const Place middle{static_cast<long double>(std::stod(std::to_string(coordinate(170)))),
                       static_cast<long double>(std::stod(std::to_string(coordinate(78))))};
    const bool box = source_.next() % 2 == 0;
    const double width = source_.next_16() * (1 + source_.next() % 4);
    const double height = box ? source_.next_16() * 2 : width;
    Request request = {"GEOSEARCH", "g", "FROMLONLAT",
                       std::to_string(static_cast<double>(middle.longitude)),
                       std::to_string(static_cast<double>(middle.latitude))};
    if (box) {
      request.insert(request.end(), {"BYBOX", std::to_string(width), std::to_string(height), "m"});
    } else {
      request.insert(request.end(), {"BYRADIUS", std::to_string(width / 2), "m"});
    }
    request.emplace_back("ASC");
    const Reply reply = ask(run_, request);
    REDOUBLE_ASSERT(reply.type == Reply::Type::array);
    judge(reply, middle, box, width / 2, height / 2);
    request[0] = "GEOSEARCHSTORE";
    request.insert(request.begin() + 1, "stored");
    const Reply stored = ask(run_, request);
    REDOUBLE_ASSERT(stored.integer == static_cast<std::int64_t>(reply.elements.size()));
    REDOUBLE_ASSERT(ask(run_, {"ZCARD", "stored"}).integer == stored.integer);
  }

  void judge(const Reply& reply, const Place& middle, bool box, long double half_width,
             long double half_height) {
    constexpr long double slack_m = 0.01L;
    std::set<std::string> found;
    const auto all = places();
    long double before = 0;
    for (const Reply& name : reply.elements) {
      REDOUBLE_ASSERT(found.insert(name.text).second);
      const long double distance = distance_m(middle, all.at(name.text));
      REDOUBLE_ASSERT(distance >= before - slack_m);
      before = distance;
    }
    for (const auto& [name, place] : all) {
      // How far beyond the shape's edge.
      long double beyond = distance_m(middle, place) - half_width;
      if (box) {
        const long double aside = distance_m(place, {middle.longitude, place.latitude});
        const long double along = distance_m(middle, {middle.longitude, place.latitude});
        beyond = std::max(aside - half_width, along - half_height);
      }
      if (std::fabs(beyond) > slack_m) REDOUBLE_ASSERT(found.contains(name) == (beyond < 0));
    }
  }

  fuzz::ByteSource source_;
  fuzz::SessionRun run_;
};

}  // namespace

extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=16"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World({reinterpret_cast<const char*>(data), size}).play();
  return 0;
}
