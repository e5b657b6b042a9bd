// bytes_not_shared: how much memory of a persistent value another one does not share.
#pragma once

#include <cstddef>
#include <set>

namespace redouble::value {

// By what for_each_block(function(const void* block, std::size_t bytes)) of both gives.
template <class Value>
std::size_t bytes_not_shared(const Value& value, const Value& other) {
  std::set<const void*> shared;
  other.for_each_block([&](const void* block, std::size_t) { shared.insert(block); });
  std::size_t own = 0;
  value.for_each_block([&](const void* block, std::size_t bytes) {
    if (!shared.contains(block)) own += bytes;
  });
  return own;
}

}  // namespace redouble::value
