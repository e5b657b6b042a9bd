// Hashed: a key together with its hash, which is computed once and passed down.
//
// The low bits of the hash choose the stripe, the high bits the place in its table. The seed comes
// from the instance, so that an instance's order of SCAN replays and a stranger cannot foresee it.
// Thread safety: values. A Hashed does not own its key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redouble::store {

struct Hashed {
  std::string_view key;
  std::uint64_t hash = 0;
};

class KeyHash {
 public:
  constexpr explicit KeyHash(std::uint64_t seed) : seed_(seed) {}
  Hashed operator()(std::string_view key) const {
    return {key, key.size() <= most_short ? of_short(key.data(), key.size(), seed_) : of_long(key)};
  }

 private:
  static constexpr std::size_t most_short = 16;
  static std::uint64_t of_short(const char* bytes, std::size_t size, std::uint64_t seed);
  std::uint64_t of_long(std::string_view key) const;

  std::uint64_t seed_;
};

}  // namespace redouble::store
