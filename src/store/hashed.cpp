#include "store/hashed.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace redouble::store {

Hashed KeyHash::operator()(std::string_view key) const {
  return {key, XXH3_64bits_withSeed(key.data(), key.size(), seed_)};
}

}  // namespace redouble::store
