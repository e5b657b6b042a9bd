// StringRef: a string value as it is kept, seen without copying it; and the encoding rules.
//
// A string is kept as a 64-bit integer, as bytes, as a counted block (resp/block.hpp), or in pieces
// (value/patched_string.hpp). Who needs bytes asks part() or view(), which put into the caller's
// room what is not there in one piece; who can do better with the integer or the block takes that.
// Thread safety: a value type; it points into the entry that it was taken from, and is valid as
// long as that entry is locked and unchanged.
// Units: bytes. Source: encodings and their limits as `OBJECT ENCODING` documents them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "resp/block.hpp"
#include "value/type.hpp"

namespace redouble::value {

// The longest string that SET keeps as embstr.
constexpr std::size_t embstr_limit = 44;
// Longer strings are kept in a counted block of their own; shorter ones beside their key.
constexpr std::size_t block_limit = 1024;

class PatchedString;

using Digits = std::array<char, 24>;
std::string_view write_digits(std::int64_t integer, Digits& digits);

struct StringRef {
  enum class Form : std::uint8_t { integer, bytes, block, patched };
  Form form = Form::bytes;
  std::int64_t integer = 0;
  std::string_view bytes = {};
  const resp::Block* block = nullptr;
  const PatchedString* patched = nullptr;

  // For what has to be put together; it must live as long as what is looked at in it.
  struct Room {
    Digits digits;
    std::string bytes = {};
  };
  std::string_view view(Room& room) const { return part(0, size(), room); }
  // The bytes from `from` on, `most` of them or as many as there are.
  std::string_view part(std::size_t from, std::size_t most, Room& room) const;
  std::size_t size() const;
};

// How SET keeps `bytes`: as an integer where they are the usual form of one, else embstr or raw.
struct Encoded {
  Encoding encoding;
  std::int64_t integer;  // where encoding is Encoding::integer
};
Encoded encode_short(std::string_view bytes);
inline Encoded encode_string(std::string_view bytes) {
  constexpr std::size_t longest_integer = 20;
  if (bytes.size() <= longest_integer) return encode_short(bytes);
  return {bytes.size() <= embstr_limit ? Encoding::embstr : Encoding::raw, 0};
}

}  // namespace redouble::value
