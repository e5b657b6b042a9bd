// Listpacks as they lie in the RDB format: a head (bytes in all, four; elements, two, or 65535
// where they are not counted), the elements as in a Packed, an end byte.
//
// - ListpackWriter makes one. ListpackReader reads one that nobody vouches for: each element is
//   checked before it is given, the head when all were. Elements come as Packed keeps them: a
//   string that is the usual form of an integer is that integer.
// - Views are of the bytes that the reader was given. Thread safety: none. Units: bytes.
// - Source: the public specification "Listpack", S. Sanfilippo 2017.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "value/packed.hpp"

namespace redouble::value {

class ListpackWriter {
 public:
  static constexpr std::size_t frame_bytes = 7;  // head and end

  ListpackWriter() { clear(); }
  // Of the whole listpack as it would be now.
  std::size_t bytes() const { return bytes_.size() + 1; }
  std::size_t size() const { return size_; }
  void append(const Packed::Element& element);
  void append(std::string_view text) { append(Packed::Element::of(text)); }
  // Adds all elements of a Packed.
  void append_all(const Packed& packed);
  // The listpack; clear() must come next. REQUIRES: bytes() is below 2^32.
  std::string_view finish();
  void clear();

 private:
  std::string bytes_;
  std::size_t size_ = 0;
};

class ListpackReader {
 public:
  explicit ListpackReader(std::string_view bytes);

  // False behind the last element, and where the next one is damaged: then failed() is true.
  bool next(Packed::Element& element);
  bool failed() const { return failed_; }

 private:
  bool fail();
  bool end();

  std::string_view rest_;  // from the next element to the end byte, that included
  std::size_t announced_ = 0;
  std::size_t size_ = 0;
  bool failed_ = false;
  bool at_end_ = false;
};

}  // namespace redouble::value
