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

// A full block that lacked one byte had no room for it.
TEST(Pending, HasRoomForTheLastByteOfABlockThatIsFull) {
  for (std::size_t lacking = 1; lacking <= 4; ++lacking) {
    constexpr std::size_t there = 1000;
    constexpr std::size_t first_room = Pending::own_block;
    const std::size_t bulk = there + first_room + lacking - 2;
    const std::string head = "*2\r\n$4\r\nECHO\r\n$" + std::to_string(bulk) + "\r\n";
    const std::string first = head + std::string(there, 'x');
    resp::RequestParser parser;
    ASSERT_EQ(parser.parse(first, {}), resp::RequestParser::Status::need_more);
    Pending pending(std::move(parser));
    pending.keep(first);
    ASSERT_TRUE(pending.lacks());
    for (std::size_t left = first_room; left != 0;) {
      const std::size_t size = std::min(left, pending.room().size());
      ASSERT_GT(size, 0u);
      std::memset(pending.room().data(), 'x', size);
      pending.received(size);
      left -= size;
    }
    EXPECT_FALSE(pending.room().empty()) << lacking;
    EXPECT_TRUE(pending.lacks());
  }
}

}  // namespace
}  // namespace redouble::session
