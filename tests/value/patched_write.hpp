// What tests do with a PatchedString: write into it, and read it whole.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "value/patched_string.hpp"

namespace redouble::value {

inline std::string text_of(const PatchedString& string) {
  std::string whole(string.size(), '?');
  string.copy_out(0, whole);
  return whole;
}

inline void write(PatchedString& string, std::size_t from, std::string_view bytes) {
  string.grow(from + bytes.size());
  while (!bytes.empty()) {
    const std::span<char> place = string.writable(from);
    const std::size_t count = std::min(place.size(), bytes.size());
    std::copy_n(bytes.data(), count, place.data());
    bytes.remove_prefix(count);
    from += count;
  }
}

}  // namespace redouble::value
