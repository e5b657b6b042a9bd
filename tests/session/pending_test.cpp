#include "session/pending.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace redouble::session {
namespace {

TEST(Pending, MovesABufferOfManySmallArgumentsAFewTimesOnly) {
  constexpr std::size_t received_at_once = 16 * 1024;
  constexpr int arguments = 300'000;
  std::string request = "*" + std::to_string(arguments) + "\r\n";
  for (int i = 0; i < arguments; ++i) request += "$6\r\nabcdef\r\n";
  const std::string_view first = std::string_view(request).substr(0, received_at_once);
  resp::RequestParser parser;
  ASSERT_EQ(parser.parse(first, {}), resp::RequestParser::Status::need_more);
  Pending pending(std::move(parser));
  pending.keep(first);
  int moves = 0;
  const char* place = pending.input().data();
  std::string_view left = std::string_view(request).substr(first.size());
  while (!left.empty()) {
    const std::span<char> room = pending.room();
    const std::size_t size = std::min({room.size(), left.size(), received_at_once});
    std::memcpy(room.data(), left.data(), size);
    pending.received(size);
    left.remove_prefix(size);
    moves += static_cast<int>(pending.input().data() != place);
    place = pending.input().data();
    const auto status = pending.parser().parse(pending.input(), {});
    ASSERT_EQ(status == resp::RequestParser::Status::request, left.empty());
    if (!left.empty()) pending.keep(pending.input());
  }
  EXPECT_LE(moves, 20);  // the buffer grows by a half at least
  EXPECT_LE(pending.capacity(), 2 * request.size());
}

}  // namespace
}  // namespace redouble::session
