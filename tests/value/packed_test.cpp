#include "value/packed.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <vector>

namespace redouble::value::packed_test {
namespace {

std::string text_of(const Packed::Element& element) {
  Digits digits;
  return std::string(element.view(digits));
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    constexpr char digits[] = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(byte) >> 4];
    out += digits[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

TEST(Packed, AnEmptyOneCostsNothing) {
  Packed packed;
  EXPECT_TRUE(packed.empty());
  EXPECT_EQ(packed.size(), 0u);
  EXPECT_EQ(packed.bytes(), 0u);
  EXPECT_EQ(packed.begin(), packed.end());
  EXPECT_EQ(packed.find("a"), packed.end());
  packed.append("a");
  packed.erase(packed.begin());
  EXPECT_EQ(packed.bytes(), 0u);
}

// What redis-server 7.0.15 has between a listpack's header and its end byte, read from DUMP of a
// list (the first two examples) or worked out from the specification.
TEST(Packed, ElementsAreEncodedAsInAListpack) {
  const auto encoded = [](std::string_view text) {
    Packed packed;
    packed.append(text);
    EXPECT_EQ(packed.encoded_bytes(), Packed::bytes_with(text));
    return hex(packed.encoded());
  };
  EXPECT_EQ(encoded("abc"), "8361626304");
  EXPECT_EQ(encoded("127"), "7f01");
  EXPECT_EQ(encoded("128"), "c08002");
  EXPECT_EQ(encoded("-1"), "dfff02");
  EXPECT_EQ(encoded("-4096"), "d00002");
  EXPECT_EQ(encoded("4096"), "f1001003");
  EXPECT_EQ(encoded("-32769"), "f2ff7fff04");
  EXPECT_EQ(encoded("2147483647"), "f3ffffff7f05");
  EXPECT_EQ(encoded("-9223372036854775808"), "f4000000000000008009");
  EXPECT_EQ(encoded(""), "8001");
  EXPECT_EQ(encoded("007"), "8330303704");
  EXPECT_EQ(encoded(std::string(64, 'x')), "e040" + hex(std::string(64, 'x')) + "42");
  EXPECT_EQ(encoded(std::string(4096, 'x')), "f000100000" + hex(std::string(4096, 'x')) + "2085");
}

// Each limit of the encodings at n - 1, n and n + 1: the sizes of strings, of lengths behind.
TEST(Packed, EverySizeIsWalkedBothWays) {
  Packed packed;
  std::vector<std::string> model;
  for (const std::size_t limit : {1u, 64u, 126u, 127u, 128u, 4096u, 16381u, 16383u, 2097147u}) {
    for (const std::size_t size : {limit - 1, limit, limit + 1}) {
      packed.append(std::string(size, 'x'));
      model.emplace_back(size, 'x');
    }
  }
  auto forward = packed.begin();
  for (const std::string& text : model) ASSERT_EQ(text_of(*forward++), text);
  EXPECT_EQ(forward, packed.end());
  auto backward = packed.end();
  for (auto text = model.rbegin(); text != model.rend(); ++text) {
    ASSERT_EQ(text_of(*--backward), *text);
  }
  EXPECT_EQ(backward, packed.begin());
}

TEST(Packed, DigitsOfIntegersComeBackExactly) {
  for (unsigned bits = 0; bits < 64; ++bits) {
    const std::uint64_t power = std::uint64_t{1} << bits;
    for (const std::uint64_t word : {power - 1, power, power + 1, 0 - power, 0 - power - 1}) {
      const auto value = static_cast<std::int64_t>(word);
      Packed packed;
      packed.append(std::to_string(value));
      ASSERT_EQ(packed.front(), Packed::Element::of(value)) << value;
      ASSERT_EQ(text_of(packed.front()), std::to_string(value));
    }
  }
  for (const char* text : {"-0", "+1", "01", " 1", "1 ", "9223372036854775808", "", "1.0"}) {
    Packed packed;
    packed.append(text);
    EXPECT_FALSE(packed.front().is_integer) << text;
    EXPECT_EQ(text_of(packed.front()), text);
  }
}

TEST(Packed, FindLooksAtEveryStepth) {
  Packed packed;
  for (const char* text : {"a", "b", "b", "1", "1", "c"}) packed.append(text);
  EXPECT_EQ(packed.find("b"), packed.at(1));
  EXPECT_EQ(packed.find("b", 2), packed.at(2));
  EXPECT_EQ(packed.find("1", 2), packed.at(4));
  EXPECT_EQ(packed.find("c", 2), packed.end());
  EXPECT_EQ(packed.find(Packed::Element::of("b"), packed.at(2)), packed.at(2));
  EXPECT_EQ(packed.find(Packed::Element::of("b"), packed.at(3)), packed.end());
}

TEST(Packed, ACopySharesItsBlockUntilOneOfThemChanges) {
  Packed packed;
  packed.append("one");
  packed.append("two");
  const Packed copy = packed;
  EXPECT_EQ(packed.encoded().data(), copy.encoded().data());
  packed.replace(packed.begin(), "three");
  EXPECT_NE(packed.encoded().data(), copy.encoded().data());
  EXPECT_EQ(text_of(copy.front()), "one");
  EXPECT_EQ(text_of(packed.front()), "three");
}

TEST(Packed, WhatIsReservedIsFilledWithoutACopyAndGivenBackByARemoval) {
  Packed packed;
  packed.append("first");
  packed.reserve(Packed::page_bytes);
  const void* block = packed.encoded().data();
  EXPECT_EQ(packed.bytes(), 4096u);
  while (packed.encoded_bytes() + Packed::bytes_with("element") <= Packed::page_bytes) {
    packed.append("element");
  }
  EXPECT_EQ(packed.encoded().data(), block);
  packed.erase(std::next(packed.begin()), packed.end());
  EXPECT_LT(packed.bytes(), 64u);
  EXPECT_EQ(packed.front(), Packed::Element::of("first"));
}

TEST(Packed, ItsMemoryIsGivenBack) {
  Packed packed;
  for (int i = 0; i < 1000; ++i) packed.append("some text");
  const std::size_t most = packed.bytes();
  EXPECT_LE(most, packed.encoded_bytes() * 5 / 4 + 64);
  packed.erase(packed.at(10), packed.end());
  EXPECT_LT(packed.bytes(), most / 20);
}

}  // namespace
}  // namespace redouble::value::packed_test
