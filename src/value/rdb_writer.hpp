// rdb::Writer: the parts of which values consist in the RDB format, one after another.
//
// - A text that is the usual form of a 32-bit integer becomes that integer; one above 20 bytes is
//   compressed where that saves four bytes or more, unless `compresses` is false.
// - Thread safety: belongs to one thread; the string that is written to outlives it. Units: bytes.
// - Errors: std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "value/lzf.hpp"
#include "value/packed.hpp"
#include "value/rdb_format.hpp"

namespace redouble::value::rdb {

class Writer {
 public:
  struct Options {
    int version = version_of_7_0;
    bool compresses = true;                    // rdbcompression
    std::int64_t list_max_listpack_size = -2;  // how long a list's nodes are
  };

  Writer(std::string& to, const Options& options) : to_(to), options_(options) {}

  const Options& options() const { return options_; }
  void kind(Kind kind) { byte(static_cast<std::uint8_t>(kind)); }
  void length(std::uint64_t length);
  void text(std::string_view text);
  void text(const Packed::Element& element);
  // Eight bytes, the lowest first.
  void fixed_64(std::uint64_t number);
  void real(double number);
  // Bytes as they are, without a length.
  void raw(std::string_view bytes) { to_ += bytes; }

 private:
  void byte(std::uint8_t byte) { to_ += static_cast<char>(byte); }
  void low_first(std::uint64_t number, unsigned bytes);
  void high_first(std::uint64_t number, unsigned bytes);
  bool small_integer(std::string_view text);
  bool compressed(std::string_view text);

  std::string& to_;
  Options options_;
  LzfCompressor compressor_;
  std::string packed_;
};

}  // namespace redouble::value::rdb
