// sort_range: sorts so much of a sequence that one range of it is as if all of it were sorted.
//
// Where elements compare equal, the order is the one that redis-server 7.0.15 gives: whole
// sequences are sorted stably; for a part of one it sorts by the algorithm of Bentley and McIlroy,
// leaving out the partitions in which nothing is asked for.
// - Work: O(n log n) compares, in the worst case O(n^2). No recursion.
// - Thread safety: as the elements'. Errors: std::bad_alloc.
// Source: J. L. Bentley, M. D. McIlroy, "Engineering a Sort Function" (1993).
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace redouble::command {

// `compare(left, right)` is below, equal to, or above 0.
template <class T, class Compare>
class RangeSort {
 public:
  RangeSort(std::span<T> all, Compare& compare) : all_(all), compare_(compare) {}

  // The elements [first, last), where last > first.
  void run(std::size_t first, std::size_t last) {
    std::vector<Part> open{{0, all_.size()}};
    while (!open.empty()) {
      const Part part = open.back();
      open.pop_back();
      if (part.size() < smallest_to_split) {
        insert_in_order(part);
        continue;
      }
      const auto [less, greater] = split(part);
      for (const Part& side : {less, greater}) {
        if (side.size() > 1 && side.begin < last && side.end > first) open.push_back(side);
      }
    }
  }

 private:
  static constexpr std::size_t smallest_to_split = 7;
  static constexpr std::size_t median_of_three_above = 7;
  static constexpr std::size_t median_of_nine_above = 40;

  struct Part {
    std::size_t begin;
    std::size_t end;
    std::size_t size() const { return end - begin; }
  };

  int at(std::size_t left, std::size_t right) { return compare_(all_[left], all_[right]); }
  void swap(std::size_t left, std::size_t right) { std::swap(all_[left], all_[right]); }

  void insert_in_order(Part part) {
    for (std::size_t next = part.begin + 1; next < part.end; ++next) {
      for (std::size_t place = next; place > part.begin && at(place - 1, place) > 0; --place) {
        swap(place - 1, place);
      }
    }
  }

  std::size_t median(std::size_t a, std::size_t b, std::size_t c) {
    if (at(a, b) < 0) return at(b, c) < 0 ? b : at(a, c) < 0 ? c : a;
    return at(b, c) > 0 ? b : at(a, c) < 0 ? a : c;
  }

  std::size_t pivot(Part part) {
    std::size_t middle = part.begin + part.size() / 2;
    if (part.size() <= median_of_three_above) return middle;
    std::size_t low = part.begin;
    std::size_t high = part.end - 1;
    if (part.size() > median_of_nine_above) {
      const std::size_t eighth = part.size() / 8;
      low = median(low, low + eighth, low + 2 * eighth);
      middle = median(middle - eighth, middle, middle + eighth);
      high = median(high - 2 * eighth, high - eighth, high);
    }
    return median(low, middle, high);
  }

  // Exchanges the first elements of `part` with its last ones.
  void exchange_ends(Part part, std::size_t count) {
    for (std::size_t index = 0; index < count; ++index) {
      swap(part.begin + index, part.end - count + index);
    }
  }

  // Puts what is less than a pivot in front of it and what is greater behind it, and gives the two.
  // What is equal is gathered at both ends first, and moved between them in the end.
  std::pair<Part, Part> split(Part part) {
    swap(part.begin, pivot(part));
    std::size_t equal_low = part.begin + 1;  // behind the equal ones in front
    std::size_t low = equal_low;
    std::size_t high = part.end;        // behind what is not yet looked at
    std::size_t equal_high = part.end;  // the first of the equal ones at the end
    for (;;) {
      for (; low < high; ++low) {
        const int order = at(low, part.begin);
        if (order > 0) break;
        if (order == 0) swap(equal_low++, low);
      }
      for (; low < high; --high) {
        const int order = at(high - 1, part.begin);
        if (order < 0) break;
        if (order == 0) swap(high - 1, --equal_high);
      }
      if (low >= high) break;
      swap(low++, --high);
    }
    const std::size_t less = low - equal_low;
    const std::size_t greater = equal_high - low;
    exchange_ends({part.begin, low}, std::min(equal_low - part.begin, less));
    exchange_ends({low, part.end}, std::min(greater, part.end - equal_high));
    return {{part.begin, part.begin + less}, {part.end - greater, part.end}};
  }

  std::span<T> all_;
  Compare& compare_;
};

// Stable.
template <class T, class Compare>
void sort_whole(std::span<T> all, Compare& compare) {
  std::vector<std::size_t> places(all.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::sort(places, [&](std::size_t left, std::size_t right) {
    const int order = compare(all[left], all[right]);
    return order != 0 ? order < 0 : left < right;
  });
  std::vector<T> sorted;
  sorted.reserve(all.size());
  for (const std::size_t place : places) sorted.push_back(std::move(all[place]));
  std::ranges::move(sorted, all.begin());
}

// Afterwards all[first .. last) is what a whole sort would have there.
template <class T, class Compare>
void sort_range(std::span<T> all, std::size_t first, std::size_t last, Compare compare) {
  if (first >= last) return;
  if (first == 0 && last == all.size()) {
    sort_whole(all, compare);
  } else {
    RangeSort<T, Compare>(all, compare).run(first, last);
  }
}

}  // namespace redouble::command
