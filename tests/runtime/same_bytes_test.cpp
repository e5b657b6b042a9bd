#include "runtime/same_bytes.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace redouble {
namespace {

// In blocks of the exact size: a sanitizer sees a byte read beyond.
TEST(SameBytes, SeesEachByteOfEachSizeAndNoneBeyond) {
  for (std::size_t size = 0; size <= 130; ++size) {
    const auto one = std::make_unique<char[]>(size);
    const auto other = std::make_unique<char[]>(size);
    for (std::size_t i = 0; i < size; ++i) one[i] = other[i] = static_cast<char>(i);
    EXPECT_TRUE(same_bytes(one.get(), other.get(), size)) << size;
    for (std::size_t i = 0; i < size; ++i) {
      other[i] = static_cast<char>(~other[i]);
      EXPECT_FALSE(same_bytes(one.get(), other.get(), size)) << size << ", byte " << i;
      other[i] = static_cast<char>(~other[i]);
    }
  }
}

}  // namespace
}  // namespace redouble
