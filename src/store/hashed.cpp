#include "store/hashed.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace redouble::store {

// The same function twice: told that the size is small, the compiler leaves out all else.
std::uint64_t KeyHash::of_short(const char* bytes, std::size_t size, std::uint64_t seed) {
  if (size > most_short) __builtin_unreachable();
  return XXH3_64bits_withSeed(bytes, size, seed);
}

std::uint64_t KeyHash::of_long(std::string_view key) const {
  return XXH3_64bits_withSeed(key.data(), key.size(), seed_);
}

}  // namespace redouble::store
