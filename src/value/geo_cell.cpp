#include "value/geo_cell.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace redouble::value {
namespace {

// The bits of a number, with a clear bit in front of each.
std::uint64_t spread(std::uint32_t number) {
  std::uint64_t bits = number;
  bits = (bits | bits << 16) & 0x0000ffff0000ffff;
  bits = (bits | bits << 8) & 0x00ff00ff00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits << 2) & 0x3333333333333333;
  return (bits | bits << 1) & 0x5555555555555555;
}

// Every second bit, from the lowest on.
std::uint32_t gather(std::uint64_t bits) {
  bits &= 0x5555555555555555;
  bits = (bits | bits >> 1) & 0x3333333333333333;
  bits = (bits | bits >> 2) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits >> 4) & 0x00ff00ff00ff00ff;
  bits = (bits | bits >> 8) & 0x0000ffff0000ffff;
  return static_cast<std::uint32_t>(bits | bits >> 16);
}

// Which of the 2^step equal parts of [-most, most] a coordinate lies in. The end of the last part
// is in one more.
std::uint32_t part_of(double coordinate, double most, unsigned step) {
  const double share = (coordinate - -most) / (most - -most);
  return static_cast<std::uint32_t>(share * static_cast<double>(std::uint64_t{1} << step));
}

double begin_of_part(std::uint32_t part, double most, unsigned step) {
  const double share =
      static_cast<double>(part) * 1.0 / static_cast<double>(std::uint64_t{1} << step);
  return -most + share * (most - -most);
}

// The bits that a conversion of the score to 64 unsigned bits gives on x86-64, where C++ leaves it
// open: a negative number wraps, and what is beyond 64 bits has no bit but the highest, or none.
std::uint64_t bits_of(double score) {
  constexpr double half = 0x1p63;
  constexpr std::uint64_t highest = std::uint64_t{1} << 63;
  if (score >= half) {
    const double rest = score - half;
    return rest < half ? static_cast<std::uint64_t>(rest) ^ highest : 0;
  }
  if (score < -half) return highest;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(score));
}

}  // namespace

GeoCell GeoCell::of(GeoPosition position, unsigned step) {
  return {part_of(position.longitude, GeoPosition::most_longitude, step),
          part_of(position.latitude, GeoPosition::most_latitude, step), step};
}

GeoCell GeoCell::of_score(double score) {
  const std::uint64_t bits = bits_of(score);
  return {gather(bits >> 1), gather(bits), finest_step};
}

std::uint64_t GeoCell::number() const { return spread(column_) << 1 | spread(row_); }

GeoArea GeoCell::area() const {
  return {.west = begin_of_part(column_, GeoPosition::most_longitude, step_),
          .east = begin_of_part(column_ + 1, GeoPosition::most_longitude, step_),
          .south = begin_of_part(row_, GeoPosition::most_latitude, step_),
          .north = begin_of_part(row_ + 1, GeoPosition::most_latitude, step_)};
}

GeoPosition GeoCell::middle() const {
  const auto cut = [](double coordinate, double most) {
    return std::clamp(coordinate, -most, most);
  };
  const GeoArea area = this->area();
  return {cut((area.west + area.east) / 2, GeoPosition::most_longitude),
          cut((area.south + area.north) / 2, GeoPosition::most_latitude)};
}

GeoCell GeoCell::neighbour(int columns, int rows) const {
  const std::uint32_t mask = (std::uint32_t{1} << step_) - 1;
  const auto moved = [mask](std::uint32_t part, int by) {
    return by == 0 ? part : (part + static_cast<std::uint32_t>(by)) & mask;
  };
  return {moved(column_, columns), moved(row_, rows), step_};
}

std::array<char, 11> geohash_text(GeoPosition position) {
  constexpr std::string_view letters = "0123456789bcdefghjkmnpqrstuvwxyz";
  constexpr double pole = 90;
  constexpr unsigned bits_in_all = 2 * GeoCell::finest_step;
  const std::uint64_t number =
      spread(part_of(position.longitude, GeoPosition::most_longitude, GeoCell::finest_step)) << 1 |
      spread(part_of(position.latitude, pole, GeoCell::finest_step));
  std::array<char, 11> text;
  text.fill(letters[0]);
  for (unsigned index = 0; index + 1 < text.size(); ++index) {
    text[index] = letters[number >> (bits_in_all - 5 * (index + 1)) & 31];
  }
  return text;
}

}  // namespace redouble::value
