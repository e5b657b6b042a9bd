// Sorting a range: what stands there is what a whole sort puts there.
#include "command/range_sort.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace redouble::command {
namespace {

int difference(int left, int right) { return left < right ? -1 : left > right ? 1 : 0; }

RC_GTEST_PROP(RangeSortProperty, TheRangeIsAsIfAllWereSorted, ()) {
  // Of few kinds and of many, so that there are equal ones and none.
  const int kinds = *rc::gen::element(1, 2, 5, 40, 100'000);
  const auto size = *rc::gen::inRange<std::size_t>(0, 300);
  auto numbers = *rc::gen::container<std::vector<int>>(size, rc::gen::inRange(0, kinds));
  const auto shape = *rc::gen::inRange(0, 4);
  if (shape == 1) std::ranges::sort(numbers);
  if (shape == 2) std::ranges::sort(numbers, std::greater());
  const auto last = *rc::gen::inRange<std::size_t>(0, size + 1);
  const auto first = *rc::gen::inRange<std::size_t>(0, last + 1);
  std::vector<int> all = numbers;
  std::ranges::sort(all);
  sort_range(std::span(numbers), first, last, difference);
  for (std::size_t index = first; index < last; ++index) RC_ASSERT(numbers[index] == all[index]);
  std::ranges::sort(numbers);
  RC_ASSERT(numbers == all);
}

RC_GTEST_PROP(RangeSortProperty, AWholeSortLeavesEqualOnesInTheirOrder, ()) {
  struct Item {
    int key;
    std::size_t place;
  };
  std::vector<Item> items;
  for (const int key : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5))) {
    items.push_back({key, items.size()});
  }
  sort_range(std::span(items), 0, items.size(),
             [](const Item& left, const Item& right) { return difference(left.key, right.key); });
  for (std::size_t index = 1; index < items.size(); ++index) {
    const Item& before = items[index - 1];
    RC_ASSERT(before.key < items[index].key ||
              (before.key == items[index].key && before.place < items[index].place));
  }
}

}  // namespace
}  // namespace redouble::command
