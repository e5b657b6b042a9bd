#include "value/patched_string.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/allocation_count.hpp"
#include "value/patched_write.hpp"

namespace redouble::value {
namespace {

TEST(PatchedStringTest, TheFirstWriteCopiesAPageAndItsPartOfTheDirectory) {
  auto string = Ref<PatchedString>::adopt(
      new PatchedString(resp::BlockRef::of(std::string(50'000'000, 'b'))));
  write(*string, 1'000'000, "x");
  const ObjectRef snapshot = string->copy();
  const ObjectRef changed = string->copy();
  testing::AllocationCount count;
  write(static_cast<PatchedString&>(*changed), 40'000'000, "y");
  EXPECT_LE(count.total(), PatchedString::page_bytes + 2048 + 50 * 16 + 512);
  write(static_cast<PatchedString&>(*changed), 40'000'001, "y");
  EXPECT_LE(count.total(), PatchedString::page_bytes + 2048 + 50 * 16 + 512);
}

TEST(PatchedStringTest, WhatIsAloneAndInTheBaseIsWrittenThere) {
  resp::BlockRef base = resp::BlockRef::of(std::string(100'000, 'b'));
  auto string = Ref<PatchedString>::adopt(new PatchedString(base));
  write(*string, 0, "x");
  base = {};
  const std::size_t before = string->bytes();
  write(*string, 50'000, "y");
  EXPECT_EQ(string->bytes(), before);
  EXPECT_EQ(text_of(*string).substr(49'999, 3), "byb");
}

}  // namespace
}  // namespace redouble::value
