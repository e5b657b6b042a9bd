// same_bytes: whether two short runs of bytes are equal, in place and without a call.
//
// memcmp costs a call through a table and a choice by size; most keys and names are of two words at
// most. Thread safety: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace redouble {

inline bool same_bytes(const char* one, const char* other, std::size_t size) {
  // The first and the last of a word's width; between them they are all, twice where they overlap.
  const auto same_ends = [=]<class Word>(Word) {
    const auto load = [](const char* from) {
      Word word;
      std::memcpy(&word, from, sizeof(Word));
      return word;
    };
    const std::size_t last = size - sizeof(Word);
    return load(one) == load(other) && load(one + last) == load(other + last);
  };
  if (size >= sizeof(std::uint64_t)) [[likely]] {
    if (size > 2 * sizeof(std::uint64_t)) return std::memcmp(one, other, size) == 0;
    return same_ends(std::uint64_t{});
  }
  if (size >= sizeof(std::uint32_t)) return same_ends(std::uint32_t{});
  if (size >= sizeof(std::uint16_t)) return same_ends(std::uint16_t{});
  return size == 0 || *one == *other;
}

}  // namespace redouble
