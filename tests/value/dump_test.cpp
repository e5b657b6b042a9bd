// Dumps beside recorded ones of redis-server 7.0.15.
#include "value/dump.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "value/crc64.hpp"
#include "value/rdb_round.hpp"

namespace redouble::value::dump_test {
namespace {

std::string bytes_of(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  }
  return bytes;
}

struct Recorded {
  std::string_view name;
  Encoding encoding;
  std::string_view hex;
};

// What each was made by is in its name.
constexpr Recorded recorded[] = {
    {"SET k 7", Encoding::integer, "00c0070a0074cd48a283abce92"},
    {"SET k -300", Encoding::integer, "00c1d4fe0a00c6c48623febede2e"},
    {"SET k 12345678901234", Encoding::integer,
     "000e31323334353637383930313233340a00afcb8c7b76a08b6a"},
    {"SET k hello", Encoding::embstr, "000568656c6c6f0a006372df766534200a"},
    {"SET k (ab, 40 times)", Encoding::raw, "00c30a405002616261e042010161620a00949d5f0eb1dea445"},
    {"RPUSH k a 1 -5000 xxxxxxxxxx", Encoding::quicklist,
     "1201021c1c00000004008161020101f178ec038a787878787878787878780bff0a00e29f5a44f14db103"},
    {"SADD k 3 1 100000", Encoding::intset,
     "0b1404000000030000000100000003000000a08601000a00b9134b43aef0792b"},
    {"HSET k f v g 12", Encoding::listpack,
     "10121200000004008166028176028167020c01ff0a00de133993f783817e"},
    {"ZADD k 1 a 2.5 b inf c", Encoding::listpack,
     "111c1c0000000600816102010181620283322e350481630283696e6604ff0a006b1ddedce8e2c399"},
    {"ZADD k 1 (a, 65 times) -0 b", Encoding::skiplist,
     "0502c3094041016161e03400016161000000000000f03f016200000000000000800a00004f06e3b8ab80a2"},
    {"XADD k 1-1 f v; XADD k 2-1 f w; XADD k 3-1 g 1 h 2; XDEL k 2-1", Encoding::stream,
     "13011000000000000000010000000000000001c3373c073c000000180002014000078166020001020100200105817"
     "6"
     "020401032014200a0077200a80170302018167202a0781680202010801ff0203010101020103000a0076eaa270d4b"
     "1"
     "af06"},
    {"a stream with two groups, a consumer with two entries, and two with none", Encoding::stream,
     "1301100000000000000001000000000000000128280000000f000101010101018166020001030100"
     "01000181760204010201010100018177020401ff010201020101010202c02a020181ffffffffffff"
     "ffff0001c00771dcf619a2010000001467726f75702d6f662d736f6d652d6c656e67746802010202"
     "000000000000000100000000000000010068e5cf8b01000080000111700000000000000002000000"
     "000000000171dcf619a2010000010205616c69636571dcf619a20100000003626f6271dcf619a201"
     "00000200000000000000010000000000000001000000000000000200000000000000010a00e86fa1"
     "e73384fb9b"},
    {"XADD k 1-1 f v; XDEL k 1-1", Encoding::stream, "13000001010000010101000a00cda16212d34bf396"},
};

TEST(Dump, OfTheRealServerIsReadAndWrittenByteForByte) {
  for (const Recorded& one : recorded) {
    SCOPED_TRACE(one.name);
    const std::string dump = bytes_of(one.hex);
    const auto bytes = open_dump(dump, rdb::version_of_7_0);
    ASSERT_TRUE(bytes);
    rdb::Reader reader(*bytes);
    std::string room;
    const auto value = rdb::read_value(reader, {}, room);
    ASSERT_TRUE(value);
    EXPECT_EQ(reader.left(), 0u);
    EXPECT_EQ(rdb::contents_of(*value).encoding, one.encoding);
    std::string again = rdb::written(*value);
    seal_dump(again, rdb::version_of_7_0);
    EXPECT_EQ(again, dump);
  }
}

TEST(Dump, CutShortAnywhereIsNoValue) {
  for (const Recorded& one : recorded) {
    SCOPED_TRACE(one.name);
    const std::string dump = bytes_of(one.hex);
    const std::string_view bytes = std::string_view(dump).substr(0, dump.size() - 10);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      // In a block of its own, so that reading beyond it is seen.
      const std::string cut(bytes.substr(0, size));
      rdb::Reader reader(cut);
      std::string room;
      EXPECT_FALSE(rdb::read_value(reader, {}, room)) << size;
    }
  }
}

// Found by a damaged dump that redis-server refused: a list's node of its own with nothing in it.
TEST(Dump, AListOfAnEmptyNodeIsNoValue) {
  for (const char* hex : {"12010100", "12010200"}) {
    const std::string bytes = bytes_of(hex);
    rdb::Reader reader(bytes);
    std::string room;
    EXPECT_FALSE(rdb::read_value(reader, {}, room)) << hex;
  }
}

TEST(Dump, HasAFooterThatTellsAnyChange) {
  std::string dump = "value";
  seal_dump(dump, 10);
  EXPECT_EQ(open_dump(dump, 10), "value");
  EXPECT_EQ(open_dump(dump, 11), "value");
  EXPECT_EQ(open_dump(dump, 9), std::nullopt);
  EXPECT_EQ(open_dump("", 10), std::nullopt);
  EXPECT_EQ(open_dump(dump.substr(1), 10), std::nullopt);
  for (char& byte : dump) {
    byte ^= 1;
    EXPECT_EQ(open_dump(dump, 255), std::nullopt);
    byte ^= 1;
  }
}

TEST(Crc64, IsThatOfJones) { EXPECT_EQ(crc64("123456789"), 0xe9c6d914c4b8d9caU); }

TEST(RdbReader, BelievesNoLength) {
  using namespace std::string_view_literals;
  constexpr std::string_view lies[] = {
      // A list, a set, a hash and a sorted set of 2^64 - 1, and a text and a compressed one of it.
      "\x01\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01x"sv,
      "\x02\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01x"sv,
      "\x04\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01x\x01y"sv,
      "\x05\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01x\0\0\0\0\0\0\0\0"sv,
      "\x00\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv,
      "\x00\xc3\x02\x81\xff\xff\xff\xff\xff\xff\xff\xff\0x"sv,
      "\x00\xc3\x81\xff\xff\xff\xff\xff\xff\xff\xff\x05\0x"sv,
      // No text is so short that 88 times its bytes were too few.
      "\x00\xc3\x02\x40\xb1\0x"sv,
  };
  for (const std::string_view lie : lies) {
    rdb::Reader reader(lie);
    std::string room;
    EXPECT_FALSE(rdb::read_value(reader, {}, room));
  }
}

std::optional<rdb::Value> read(std::string_view bytes, const rdb::Limits& limits = {}) {
  rdb::Reader reader(bytes);
  std::string room;
  return rdb::read_value(reader, limits, room);
}

TEST(RdbValue, RefusesWhatStandsTwiceOrInWrongOrder) {
  using namespace std::string_view_literals;
  const rdb::Limits none{.hash = {0, 0, 0}, .sorted_set = {0, 0, 0}};
  for (const rdb::Limits& limits : {rdb::Limits(), none}) {
    EXPECT_FALSE(
        read("\x02\x02\x01"
             "a\x01"
             "a"sv,
             limits));
    EXPECT_FALSE(
        read("\x02\x02\x01"
             "7\xc0\x07"sv,
             limits));
    EXPECT_FALSE(
        read("\x04\x02\x01"
             "a\x01x\x01"
             "a\x01x"sv,
             limits));
    EXPECT_FALSE(
        read("\x03\x02\x01"
             "a\x01"
             "1\x01"
             "a\x01"
             "2"sv,
             limits));
    // Integers of an intset: descending, and twice.
    EXPECT_FALSE(read("\x0b\x0c\x02\0\0\0\x02\0\0\0\x02\0\x01\0"sv, limits));
    EXPECT_FALSE(read("\x0b\x0c\x02\0\0\0\x02\0\0\0\x02\0\x02\0"sv, limits));
    EXPECT_TRUE(read("\x0b\x0c\x02\0\0\0\x02\0\0\0\x01\0\x02\0"sv, limits));
    // Scores in a listpack: 2 before 1; NaN.
    EXPECT_FALSE(
        read("\x11\x11\x11\0\0\0\x04\0\x81"
             "a\2\2\1\x81"
             "b\2\1\1\xff"sv,
             limits));
    EXPECT_TRUE(
        read("\x11\x11\x11\0\0\0\x04\0\x81"
             "a\2\1\1\x81"
             "b\2\2\1\xff"sv,
             limits));
    EXPECT_FALSE(
        read("\x11\x0f\x0f\0\0\0\x02\0\x81"
             "a\2\x83nan\4\xff"sv,
             limits));
    EXPECT_FALSE(
        read("\x03\x01\x01"
             "a\xfd"sv,
             limits));
    EXPECT_FALSE(
        read("\x05\x01\x01"
             "a\0\0\0\0\0\0\xf8\x7f"sv,
             limits));
  }
}

TEST(RdbValue, RefusesCountsAndPlacesThatAreNotTrue) {
  constexpr std::string_view hash = "10121200000004008166028176028167020c01ff";
  EXPECT_TRUE(read(bytes_of(hash)));
  const auto changed = [&](std::size_t at, char byte) {
    std::string bytes = bytes_of(hash);
    bytes[at] = byte;
    return bytes;
  };
  EXPECT_FALSE(read(changed(2, 0x13)));   // the bytes in all
  EXPECT_FALSE(read(changed(6, 5)));      // the number of elements
  EXPECT_FALSE(read(changed(10, 3)));     // the length behind an element
  EXPECT_FALSE(read(changed(11, -124)));  // the length in front of one
  EXPECT_FALSE(read(changed(19, 0)));     // the end
  // A ziplist of the element 1: its place, and how many there are.
  EXPECT_TRUE(read(bytes_of("0a0d0d0000000a000000010000f2ff")));
  EXPECT_FALSE(read(bytes_of("0a0d0d0000000b000000010000f2ff")));
  EXPECT_FALSE(read(bytes_of("0a0d0d0000000a000000020000f2ff")));
  // A stream without an entry that counts one.
  EXPECT_TRUE(read(bytes_of("1300000101000001010100")));
  EXPECT_FALSE(read(bytes_of("1300010101000001010100")));
}

TEST(RdbValue, KnowsNoEmptyValuesButStreams) {
  using namespace std::string_view_literals;
  for (const std::string_view empty :
       {"\x01\0"sv, "\x02\0"sv, "\x03\0"sv, "\x04\0"sv, "\x05\0"sv, "\x12\0"sv,
        "\x0b\x08\x02\0\0\0\0\0\0\0"sv, "\x10\x07\7\0\0\0\0\0\xff"sv}) {
    EXPECT_FALSE(read(empty));
  }
  EXPECT_TRUE(read("\x13\0\0\0\0\0\0\0\0\0\0"sv));
}

TEST(RdbValue, HasKindsOfLaterVersionsOnlyThere) {
  Set set = Set::listpack();
  const Set::Limits limits{.listpack_entries = 128};
  set.append(Set::Text::of("12"), limits);
  const ObjectRef object = make_object<SetObject>(set);
  const rdb::Writer::Options newer{.version = rdb::version_of_7_2};
  const std::string bytes = rdb::written(*object, newer);
  EXPECT_EQ(bytes.front(), static_cast<char>(rdb::Kind::set_listpack));
  EXPECT_FALSE(read(bytes));
  const auto again = read(bytes, {.version = rdb::version_of_7_2, .set = limits});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->object->encoding(), Encoding::listpack);
  EXPECT_EQ(rdb::written(*object).front(), static_cast<char>(rdb::Kind::set));
}

TEST(RdbValue, KeepsTheWidthThatAFormerMemberGaveAnIntset) {
  Set set;
  set.add("100000", {});
  set.add("1", {});
  set.erase("100000");
  EXPECT_EQ(rdb::written(*make_object<SetObject>(set)),
            std::string("\x0b\x0c\4\0\0\0\1\0\0\0\1\0\0\0", 14));
}

}  // namespace
}  // namespace redouble::value::dump_test
