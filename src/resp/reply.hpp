// Reply: one reply of RESP2 or RESP3 as a tree.
//
// Every form of the wire has a type of its own, the three nulls included, so that two servers'
// replies can be compared as they were sent. Attributes hang on the reply that they describe; a
// push is a type (it is not the answer to a request).
// Thread safety: as a standard container. Errors: std::bad_alloc.
// Source: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redouble::resp {

struct Reply {
  enum class Type : std::uint8_t {
    simple,      // +text
    error,       // -text
    integer,     // :integer
    bulk,        // $ text
    null_bulk,   // $-1
    null_array,  // *-1
    null,        // _
    real,        // ,real
    boolean,     // #boolean
    big_number,  // (text
    verbatim,    // = format, text
    blob_error,  // ! text
    array,       // * elements
    map,         // % elements: a key, its value, ...
    set,         // ~ elements
    push,        // > elements
  };

  Type type = Type::null;
  bool boolean = false;
  std::array<char, 3> format{};
  std::int64_t integer = 0;
  double real = 0;
  std::string text{};
  std::vector<Reply> elements{};
  std::vector<Reply> attributes{};  // a key, its value, ...; of an attribute that came before

  bool is_null() const {
    return type == Type::null || type == Type::null_bulk || type == Type::null_array;
  }
  bool is_error() const { return type == Type::error || type == Type::blob_error; }
  bool is_aggregate() const { return type >= Type::array; }

  // Equal on the wire: the type and what belongs to it. All NaNs are equal, 0 and -0 are not.
  friend bool operator==(const Reply& left, const Reply& right);
};

// As redis-cli shows it on a terminal, the newline at the end included; attributes are left out.
std::string to_text(const Reply& reply);
// The bytes of the reply, attributes included; reading them gives an equal reply.
std::string encode(const Reply& reply);
// A string in quotes, with the escapes that redis-cli shows.
std::string quoted_text(std::string_view bytes);

}  // namespace redouble::resp
