// LZF: the compression of longer strings in a dump and in an RDB file.
//
// - A compressed text is a row of runs, each behind a first byte. Below 32 it is the number, less
//   one, of plain bytes that follow. Else its upper three bits are a length (7: the next byte is
//   added), its lower five and the byte after that a distance: that many bytes and two more are
//   copied from so far back, less one; they may overlap with what they become.
// - LzfCompressor makes the very bytes that redis-server makes, because people compare dumps: it
//   looks for matches as LibLZF 3.6 does (three bytes, a table of 2^16 places, the latest place
//   wins, after a match only its last two places are entered), but its table is never left over
//   from another text, so the same text always gives the same bytes.
// - Thread safety: a compressor belongs to one thread. Units: bytes.
// - Source: the format and the search of LibLZF (M. Lehmann, 2000-2008); code of our own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace redouble::value {

class LzfCompressor {
 public:
  LzfCompressor() {}
  // False where the compressed text would have more than `most` bytes; then `to` is undefined.
  // REQUIRES: text.size() < 2^31.
  bool compress(std::string_view text, std::size_t most, std::string& to);

 private:
  static constexpr unsigned table_bits = 16;
  struct Output;

  // The place where three bytes like those at `at` were seen last, which is then `at`; `none`.
  std::uint32_t exchange(const unsigned char* begin, std::uint32_t at);
  static constexpr std::uint32_t none = UINT32_MAX;
  void prepare(std::size_t text_bytes);
  std::uint32_t& find_short(std::uint32_t slot);

  struct Free {
    void operator()(std::uint32_t* table) const;
  };
  // Of a short text only the places of the table that it uses, found by their number: the number in
  // the upper half, above the place in the text, counted from 1; 0 where there is none.
  static constexpr std::size_t short_text = 2048;
  std::array<std::uint32_t, 2 * short_text> short_table_;
  std::size_t short_mask_ = 0;  // 0: the text is not short
  // Of a longer one all places. Those of this text are above base_; what is not is from another
  // text, or 0.
  std::unique_ptr<std::uint32_t[], Free> table_;
  std::uint32_t base_ = 0;
};

// The longest text that so many compressed bytes can stand for.
constexpr std::size_t lzf_longest(std::size_t compressed) { return compressed * 88; }

// Whether `compressed` is a text of exactly `size` bytes, which are then in `to`.
bool lzf_decompress(std::string_view compressed, std::size_t size, std::string& to);

}  // namespace redouble::value
