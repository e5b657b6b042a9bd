// ByteSource: a fuzzer's input as a row of small decisions; after its end every decision is 0.
//
// Thread safety: one thread at a time. The bytes must outlive it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redouble::fuzz {

class ByteSource {
 public:
  explicit ByteSource(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t next() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::uint16_t next_16() {
    const std::uint16_t high = next();
    return static_cast<std::uint16_t>(high << 8 | next());
  }
  // Of 0 .. bound - 1.
  std::size_t below(std::size_t bound) { return (bound > 256 ? next_16() : next()) % bound; }
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace redouble::fuzz
