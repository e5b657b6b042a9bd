#include "value/list.hpp"

#include <gtest/gtest.h>

#include <string>

#include "value/shared_blocks.hpp"

namespace redouble::value::list_test {
namespace {

List& list_in(const ObjectRef& owner) { return static_cast<List&>(*owner); }

ObjectRef list_of(int count) {
  ObjectRef made = make_object<List>();
  for (int i = 0; i < count; ++i)
    list_in(made).push(List::End::back, "element " + std::to_string(i));
  return made;
}

TEST(ListTest, AChangeAfterACopyCopiesTwoLeavesAtMostAndTheWayToThem) {
  const ObjectRef owner = list_of(200'000);
  List& list = list_in(owner);
  for (std::size_t i = 0; i < 300; ++i) {
    const ObjectRef copy = list.copy();
    const std::size_t at = i * 661;
    if (i % 3 == 0) list.insert(at, "inserted");
    if (i % 3 == 1) list.set(at, "changed");
    if (i % 3 == 2) list.erase(at);
    const std::size_t copied = bytes_not_shared(list, list_in(copy));
    EXPECT_GT(copied, 0u);
    EXPECT_LE(copied, 2 * 4096u + 2 * 2048u);
  }
  list.check();
}

TEST(ListTest, ALongElementIsNotCopiedBecauseOfItsNeighbours) {
  const ObjectRef owner = list_of(3);
  List& list = list_in(owner);
  list.insert(1, std::string(1'000'000, 'x'));
  const ObjectRef copy = list.copy();
  list.push(List::End::front, "a");
  list.push(List::End::back, "b");
  list.insert(2, "c");
  list.insert(4, "d");
  list.erase(1);
  EXPECT_LE(bytes_not_shared(list, list_in(copy)), 4096u);
  EXPECT_EQ((*list.at(2)).size(), 1'000'000u);
}

TEST(ListTest, CostsAsMuchAsItsElementsAndTwoBytesForEach) {
  const ObjectRef owner = make_object<List>();
  List& list = list_in(owner);
  for (int i = 0; i < 100'000; ++i) list.push(List::End::back, "ten bytes!");
  EXPECT_LE(list.bytes(), 100'000u * 12 * 105 / 100);
  const ObjectRef other = make_object<List>();
  for (int i = 0; i < 100'000; ++i) list_in(other).push(List::End::front, "ten bytes!");
  EXPECT_LE(list_in(other).bytes(), 100'000u * 12 * 105 / 100);
}

TEST(ListTest, IsAQuicklistAndFromSevenTwoOnAListpackWhileItIsSmall) {
  const List::Limits old{};
  List plain(old);
  plain.push(List::End::back, "x");
  plain.grown(old);
  EXPECT_EQ(plain.encoding(), Encoding::quicklist);

  const List::Limits limits{.small_is_listpack = true, .max_listpack_size = 4};
  List list(limits);
  for (int i = 0; i < 4; ++i) list.push(List::End::back, "x");
  list.grown(limits);
  EXPECT_EQ(list.encoding(), Encoding::listpack);
  list.push(List::End::back, "x");
  list.grown(limits);
  EXPECT_EQ(list.encoding(), Encoding::quicklist);
  list.erase_range(0, 2);
  list.shrunk(limits);
  EXPECT_EQ(list.encoding(), Encoding::quicklist);
  list.erase(0);
  list.shrunk(limits);
  EXPECT_EQ(list.encoding(), Encoding::listpack);

  const List::Limits by_bytes{.small_is_listpack = true, .max_listpack_size = -1};
  List big(by_bytes);
  big.push(List::End::back, std::string(4096 - 7 - 2 - 2, 'x'));
  big.grown(by_bytes);
  EXPECT_EQ(big.encoding(), Encoding::listpack);
  big.set(0, std::string(4096 - 7 - 2 - 1, 'x'));
  big.grown(by_bytes);
  EXPECT_EQ(big.encoding(), Encoding::quicklist);
}

}  // namespace
}  // namespace redouble::value::list_test
