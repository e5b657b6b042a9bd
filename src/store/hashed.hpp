// Hashed: a key together with its hash, which is computed once and passed down.
//
// The low bits of the hash choose the stripe, the high bits the place in its table. The seed comes
// from the instance, so that an instance's order of SCAN replays and a stranger cannot foresee it.
// Thread safety: values. A Hashed does not own its key.
#pragma once

#include <cstdint>
#include <string_view>

namespace redouble::store {

struct Hashed {
  std::string_view key;
  std::uint64_t hash = 0;
};

class KeyHash {
 public:
  explicit KeyHash(std::uint64_t seed) : seed_(seed) {}
  Hashed operator()(std::string_view key) const;

 private:
  std::uint64_t seed_;
};

}  // namespace redouble::store
