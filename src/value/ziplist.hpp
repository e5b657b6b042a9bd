// ZiplistReader and ZipmapReader: the two small encodings that servers before 7.0 wrote into their
// dumps, read from bytes that nobody vouches for.
//
// - A ziplist: bytes in all (four), place of the last element (four), number of elements (two, or
//   65535 where they are not counted), the elements, an end byte. An element: the size of the one
//   before it, its kind and length, its bytes.
// - A zipmap, from before 2.6: the number of pairs (one byte, or 254), then keys and values in
//   turn, each behind its length, a value also behind the number of unused bytes that follow it; an
//   end byte.
// - Everything is checked before it is given, or, what only the end can show, there. Elements come
//   as Packed keeps them: a string that is the usual form of an integer is that integer.
// - Views are of the bytes that the reader was given. Thread safety: none. Units: bytes.
// - Source: the published descriptions of both formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "value/packed.hpp"

namespace redouble::value {

class ZiplistReader {
 public:
  explicit ZiplistReader(std::string_view bytes);
  // False behind the last element, and where the next one is damaged: then failed() is true.
  bool next(Packed::Element& element);
  bool failed() const { return failed_; }

 private:
  bool fail();
  bool end();
  bool read_content(Packed::Element& element);

  std::string_view rest_;
  std::size_t all_bytes_ = 0;
  std::size_t last_at_ = 0;  // as announced
  std::size_t announced_ = 0;
  std::size_t size_ = 0;
  std::size_t bytes_before_ = 0;  // of the element before
  bool failed_ = false;
  bool at_end_ = false;
};

class ZipmapReader {
 public:
  explicit ZipmapReader(std::string_view bytes);
  bool next(Packed::Element& element);
  bool failed() const { return failed_; }

 private:
  bool fail();
  // False where it is not whole.
  bool read_length(std::size_t& length);

  std::string_view rest_;
  std::size_t announced_ = 0;
  std::size_t size_ = 0;  // keys and values
  bool failed_ = false;
  bool at_end_ = false;
};

}  // namespace redouble::value
