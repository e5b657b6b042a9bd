#include "value/text_node.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace redouble::value {

std::uint64_t hash_text(std::uint64_t seed, std::string_view text) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed) & ~std::uint64_t{0xffff};
}

}  // namespace redouble::value
