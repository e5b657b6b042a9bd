// The types and encodings of values, by the names that TYPE and OBJECT ENCODING report.
#pragma once

#include <cstdint>
#include <string_view>

namespace redouble::value {

enum class Type : std::uint8_t { string, list, set, zset, hash, stream };

enum class Encoding : std::uint8_t {
  integer,
  embstr,
  raw,
  listpack,
  listpackex,  // a listpack of a hash whose fields have deadlines
  quicklist,
  intset,
  hashtable,
  skiplist,
  stream,
};

constexpr std::string_view name_of(Type type) {
  constexpr std::string_view names[] = {"string", "list", "set", "zset", "hash", "stream"};
  return names[static_cast<std::uint8_t>(type)];
}

constexpr std::string_view name_of(Encoding encoding) {
  constexpr std::string_view names[] = {"int",        "embstr",    "raw",    "listpack",
                                        "listpackex", "quicklist", "intset", "hashtable",
                                        "skiplist",   "stream"};
  return names[static_cast<std::uint8_t>(encoding)];
}

}  // namespace redouble::value
