// The numbers of the RDB format: how a value lies in a dump and in an RDB file.
//
// A value is a Kind (one byte) and a body. What bodies consist of: lengths, texts, numbers of fixed
// size (rdb_writer.hpp, rdb_reader.hpp); what each kind's body is: rdb_value.hpp.
// Source: the format as its published descriptions have it, and as redis-server 7.0.15 writes it.
#pragma once

#include <cstdint>

namespace redouble::value::rdb {

enum class Kind : std::uint8_t {
  string = 0,
  list = 1,  // texts
  set = 2,   // texts
  sorted_set_of_digits = 3,
  hash = 4,
  sorted_set = 5,  // scores as eight bytes
  hash_zipmap = 9,
  list_ziplist = 10,
  set_intset = 11,
  sorted_set_ziplist = 12,
  hash_ziplist = 13,
  list_ziplists = 14,
  stream = 15,
  hash_listpack = 16,
  sorted_set_listpack = 17,
  list_nodes = 18,
  stream_2 = 19,  // with its first and its highest deleted ID, and the number of entries ever added
  set_listpack = 20,
  stream_3 = 21,  // with the time when a consumer last got something
  hash_with_deadlines = 24,
  hash_listpack_with_deadlines = 25,
};

// Versions of the format, by the servers that brought them.
constexpr int version_of_7_0 = 10;
constexpr int version_of_7_2 = 11;
constexpr int version_of_7_4 = 12;

// The first byte of a length: its upper two bits say what follows.
constexpr std::uint8_t length_14 = 0x40;     // 6 bits here, 8 in the next byte
constexpr std::uint8_t length_32 = 0x80;     // four bytes follow, the highest first
constexpr std::uint8_t length_64 = 0x81;     // eight
constexpr std::uint8_t special_text = 0xc0;  // no length: what is added says what the text is
constexpr std::uint8_t special_mask = 0xc0;
constexpr std::uint8_t text_of_8_bits = 0;  // an integer, the lowest byte first
constexpr std::uint8_t text_of_16_bits = 1;
constexpr std::uint8_t text_of_32_bits = 2;
constexpr std::uint8_t compressed_text = 3;

// How a list's node is kept: an element alone, or a listpack.
constexpr std::uint64_t plain_node = 1;
constexpr std::uint64_t listpack_node = 2;

// What is longer than this is in no listpack.
constexpr std::size_t longest_listpack = std::size_t{1} << 30;

}  // namespace redouble::value::rdb
