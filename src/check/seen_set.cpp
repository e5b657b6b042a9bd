#include "check/seen_set.hpp"

#include "runtime/mutant.hpp"

namespace redouble::check {

void HashIndex::grow() {
  const std::size_t size = slots_.empty() ? 64 : 2 * slots_.size();
  slots_.assign(size, 0);
  for (std::uint32_t number = 0; number < hashes_.size(); ++number) {
    std::size_t at = hashes_[number] & (size - 1);
    while (slots_[at] != 0) at = (at + 1) & (size - 1);
    slots_[at] = number + 1;
  }
}

OperationSet::Extent OperationSet::extent() {
  while (first_ < last_ && words_[first_] == ~std::uint64_t{0}) ++first_;
  while (last_ > first_ && words_[last_] == 0) --last_;
  return {first_, last_ - first_ + 1};
}

bool SeenSet::add(OperationSet& done, std::uint32_t state) {
  const OperationSet::Extent extent = done.extent();
  const auto same = [&](std::uint32_t number) {
    const Entry& entry = entries_[number];
    if (entry.state != state && !mutant("check-memo-without-state")) return false;
    if (entry.extent.first != extent.first || entry.extent.count != extent.count) return false;
    for (std::uint32_t i = 0; i < extent.count; ++i) {
      if (words_[entry.at + i] != done.word(extent.first + i)) return false;
    }
    return true;
  };
  const std::uint64_t state_hash =
      mutant("check-memo-without-state") ? 0 : scatter(~std::uint64_t{state});
  const auto [number, added] = index_.find_or_add(scatter(done.hash() ^ state_hash), same);
  if (!added) return false;
  entries_.push_back({words_.size(), extent, state});
  for (std::uint32_t i = 0; i < extent.count; ++i) words_.push_back(done.word(extent.first + i));
  return true;
}

}  // namespace redouble::check
