// SeenSet: the configurations that a search has been in, so that it enters none twice.
//
// A configuration is the set of linearized operations together with the number of the state. Two of
// them are compared whole; the hash only finds the place. Operations are numbered by their calls,
// so a set is nearly "all up to n": what is kept of it is the words between the first that is not
// full and the last that is not empty, which makes an entry of a history of thousands a few words.
// Thread safety: none.
// Source: Lowe 2017 (see interval_list.hpp), who adds the memo to Wing and Gong's search.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace redouble::check {

// Scatters the bits of a number (the finaliser of splitmix64, public domain, S. Vigna).
constexpr std::uint64_t scatter(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// From hashes to the numbers 0, 1, 2, ... of things that the caller keeps and compares.
class HashIndex {
 public:
  // The number of the thing that `equal(number)` accepts, and false; or the next new number, and
  // true: the caller then keeps the thing under it.
  template <typename Equal>
  std::pair<std::uint32_t, bool> find_or_add(std::uint64_t hash, Equal&& equal) {
    if (2 * (hashes_.size() + 1) > slots_.size()) grow();
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint32_t number = slots_[at] - 1;
      if (hashes_[number] == hash && equal(number)) return {number, false};
    }
    const auto number = static_cast<std::uint32_t>(hashes_.size());
    hashes_.push_back(hash);
    slots_[at] = number + 1;
    return {number, true};
  }
  std::size_t size() const { return hashes_.size(); }

 private:
  void grow();

  std::vector<std::uint32_t> slots_;  // a number + 1, or 0 where nothing is; a power of two of them
  std::vector<std::uint64_t> hashes_;
};

// The set of linearized operations.
class OperationSet {
 public:
  explicit OperationSet(std::size_t operations) : words_(operations / 64 + 1) {}

  void add(std::uint32_t operation) {
    words_[operation / 64] |= std::uint64_t{1} << (operation % 64);
    hash_ ^= scatter(operation + 1);
    if (operation / 64 > last_) last_ = operation / 64;
  }
  void remove(std::uint32_t operation) {
    words_[operation / 64] &= ~(std::uint64_t{1} << (operation % 64));
    hash_ ^= scatter(operation + 1);
    if (operation / 64 < first_) first_ = operation / 64;
  }
  std::uint64_t hash() const { return hash_; }

  // The words that say all: from the first not full to the last not empty.
  struct Extent {
    std::uint32_t first;
    std::uint32_t count;
  };
  Extent extent();
  std::uint64_t word(std::uint32_t at) const { return words_[at]; }

 private:
  std::vector<std::uint64_t> words_;
  std::uint64_t hash_ = 0;
  std::uint32_t first_ = 0;  // no word before it is anything but full
  std::uint32_t last_ = 0;   // no word after it is anything but empty
};

class SeenSet {
 public:
  // False where this configuration was added before.
  bool add(OperationSet& done, std::uint32_t state);
  std::size_t size() const { return index_.size(); }

 private:
  struct Entry {
    std::uint64_t at;  // where its words begin in words_
    OperationSet::Extent extent;
    std::uint32_t state;
  };

  HashIndex index_;
  std::vector<Entry> entries_;
  std::vector<std::uint64_t> words_;
};

}  // namespace redouble::check
