// LOLWUT: the version, for VERSION 5 above a drawing of squares that lose their order from left to
// right, after a plot by Georg Nees, and for VERSION 6 below the lights of a town at night; both
// drawn from the instance's own random numbers.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "command/call.hpp"
#include "command/handlers_server.hpp"
#include "instance/version.hpp"

namespace redouble::command::server_group {
namespace {

// A canvas of dots, shown as Braille: two dots across and four down are one character.
class Canvas {
 public:
  Canvas(int columns, int rows)
      : columns_(columns), rows_(rows), cells_(static_cast<std::size_t>(columns) * rows, 0) {}

  int width() const { return columns_ * 2; }

  void dot(int x, int y) {
    if (x < 0 || y < 0 || x >= columns_ * 2 || y >= rows_ * 4) return;
    constexpr unsigned char bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    cells_[static_cast<std::size_t>(y / 4) * columns_ + x / 2] |= bits[y % 4][x % 2];
  }

  void line(double x0, double y0, double x1, double y1) {
    const int steps = std::max(1, static_cast<int>(std::ceil(std::hypot(x1 - x0, y1 - y0) * 2)));
    for (int step = 0; step <= steps; ++step) {
      const double part = static_cast<double>(step) / steps;
      dot(static_cast<int>(std::lround(std::lerp(x0, x1, part))),
          static_cast<int>(std::lround(std::lerp(y0, y1, part))));
    }
  }

  std::string text() const {
    std::string text;
    for (int row = 0; row < rows_; ++row) {
      for (int column = 0; column < columns_; ++column) {
        const unsigned char cell = cells_[static_cast<std::size_t>(row) * columns_ + column];
        // U+2800 and the dots, in UTF-8.
        text += '\xe2';
        text += static_cast<char>(0xa0 + (cell >> 6));
        text += static_cast<char>(0x80 + (cell & 0x3f));
      }
      text += '\n';
    }
    return text;
  }

 private:
  int columns_;
  int rows_;
  std::vector<unsigned char> cells_;
};

void square(Canvas& canvas, double x, double y, double side, double angle) {
  const double radius = side / std::numbers::sqrt2;
  std::array<std::array<double, 2>, 4> corners;
  for (std::size_t index = 0; index < 4; ++index) {
    const double turn = angle + std::numbers::pi * (0.25 + 0.5 * static_cast<double>(index));
    corners[index] = {x + radius * std::cos(turn), y + radius * std::sin(turn)};
  }
  for (std::size_t index = 0; index < 4; ++index) {
    const auto& from = corners[index];
    const auto& to = corners[(index + 1) % 4];
    canvas.line(from[0], from[1], to[0], to[1]);
  }
}

std::string squares(store::Random& random, int columns, int across, int down) {
  const double side = static_cast<double>(columns * 2) / across;
  Canvas canvas(columns, static_cast<int>(side * down) / 4 + 1);
  const auto offset = [&](double reach) {
    return (static_cast<double>(random.below(2001)) / 1000 - 1) * reach;
  };
  for (int row = 0; row < down; ++row) {
    for (int column = 0; column < across; ++column) {
      const double disorder = across == 1 ? 0 : static_cast<double>(column) / (across - 1);
      square(canvas, (column + 0.5) * side + offset(side * 0.3 * disorder),
             (row + 0.5) * side + offset(side * 0.3 * disorder), side * 0.95,
             offset(disorder * std::numbers::pi / 4));
    }
  }
  return canvas.text();
}

// Houses from the left to the right, each with rows of windows, some of them lit.
std::string town(store::Random& random, int columns, int rows) {
  Canvas canvas(columns, rows);
  const int ground = rows * 4 - 1;
  for (int left = 0; left < canvas.width();) {
    const int width = 5 + 2 * static_cast<int>(random.below(6));
    const int height = 4 + static_cast<int>(random.below(static_cast<std::uint64_t>(rows) * 3 + 1));
    const int right = std::min(left + width, canvas.width() - 1);
    const int roof = std::max(0, ground - height);
    canvas.line(left, ground, left, roof);
    canvas.line(left, roof, right, roof);
    canvas.line(right, roof, right, ground);
    for (int y = roof + 2; y < ground; y += 3) {
      for (int x = left + 2; x < right - 1; x += 2) {
        if (random.below(3) == 0) canvas.dot(x, y);
      }
    }
    left = right + 1;
  }
  return canvas.text();
}

// The numbers behind the version, each within its bounds; nothing: the error is written.
template <std::size_t count>
bool read_shape(Call& call, std::array<std::int64_t, count>& shape,
                const std::array<std::int64_t, count>& most) {
  for (std::size_t index = 0; index < count && index + 3 < call.size(); ++index) {
    const auto given = call.integer(index + 3);
    if (!given) return false;
    shape[index] = std::clamp<std::int64_t>(*given, 1, most[index]);
  }
  return true;
}

}  // namespace

void lolwut(Call& call) {
  const std::string version =
      "Redis ver. " + std::string(instance::version_text(call.settings().compat_version)) + "\n";
  if (call.size() < 3 || !call.is_word(1, "VERSION")) return call.reply.verbatim("txt", version);
  const auto wanted = call.integer(2);
  if (!wanted) return;
  store::Random random(static_cast<std::uint64_t>(call.locks.now_us()) ^ call.instance.seed());
  if (*wanted == 5) {
    std::array<std::int64_t, 3> shape = {66, 8, 12};  // characters, squares across, squares down
    if (!read_shape(call, shape, {1000, 200, 200})) return;
    const std::string drawing = squares(random, static_cast<int>(shape[0]),
                                        static_cast<int>(shape[1]), static_cast<int>(shape[2]));
    return call.reply.verbatim("txt", drawing + "\nGeorg Nees, Schotter, 1968. " + version);
  }
  if (*wanted == 6) {
    std::array<std::int64_t, 2> shape = {80, 20};  // characters across and down
    if (!read_shape(call, shape, {1000, 1000})) return;
    return call.reply.verbatim(
        "txt", town(random, static_cast<int>(shape[0]), static_cast<int>(shape[1])) +
                   "\nA town at night. " + version);
  }
  call.reply.verbatim("txt", version);
}

}  // namespace redouble::command::server_group
