// rdb::Reader: the parts of which values consist in the RDB format, taken from bytes that nobody
// vouches for.
//
// - The first thing that cannot be makes it failed() for good; everything it gives then is zero or
//   empty, so that who reads a row of parts asks in the end, and in a loop once a round.
// - It never allocates more than the bytes that are left can stand for (88 times their number,
//   where they are compressed), nor a text longer than `longest_text`.
// - Views that it gives are of the bytes it was given, or of the `room` that the caller lends.
// - Thread safety: belongs to one thread. Units: bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "value/rdb_format.hpp"

namespace redouble::value::rdb {

class Reader {
 public:
  explicit Reader(std::string_view bytes, std::size_t longest_text = std::size_t{1} << 29)
      : rest_(bytes), longest_text_(longest_text) {}

  bool failed() const { return failed_; }
  // What was not read yet.
  std::size_t left() const { return rest_.size(); }
  void fail() {
    failed_ = true;
    rest_ = {};
  }

  std::uint8_t byte();
  std::uint64_t length();
  // A text: plain, compressed, or an integer.
  std::string_view text(std::string& room);
  std::uint64_t fixed_64();
  double real();
  // A score of old: its digits, or a mark for an infinity. NaN is refused.
  double digits();
  // Exactly so many bytes.
  std::string_view raw(std::size_t size);

 private:
  std::uint64_t low_first(unsigned bytes);
  std::uint64_t high_first(unsigned bytes);
  // The rest of a length that begins with this byte.
  std::uint64_t length_from(std::uint8_t first);
  std::string_view integer_text(std::uint64_t bits, unsigned bytes, std::string& room);
  std::string_view compressed(std::string& room);

  std::string_view rest_;
  std::size_t longest_text_;
  bool failed_ = false;
};

}  // namespace redouble::value::rdb
