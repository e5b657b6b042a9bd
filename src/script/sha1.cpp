#include "script/sha1.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace redouble::script {
namespace {

constexpr std::size_t block_size = 64;

struct Sha1 {
  std::array<std::uint32_t, 5> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

  void block(const unsigned char* bytes) {
    std::array<std::uint32_t, 80> words{};
    for (std::size_t i = 0; i < 16; ++i) {
      const unsigned char* at = bytes + 4 * i;
      words[i] = std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 |
                 std::uint32_t{at[2]} << 8 | std::uint32_t{at[3]};
    }
    for (std::size_t i = 16; i < words.size(); ++i) {
      words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    auto [a, b, c, d, e] = state;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto [mixed, constant] = i < 20   ? std::pair{(b & c) | (~b & d), 0x5a827999u}
                                     : i < 40 ? std::pair{b ^ c ^ d, 0x6ed9eba1u}
                                     : i < 60 ? std::pair{(b & c) | (b & d) | (c & d), 0x8f1bbcdcu}
                                              : std::pair{b ^ c ^ d, 0xca62c1d6u};
      const std::uint32_t next = std::rotl(a, 5) + mixed + e + constant + words[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }
};

}  // namespace

std::string sha1_hex(std::string_view bytes) {
  Sha1 sha;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const std::size_t whole = bytes.size() / block_size * block_size;
  for (std::size_t at = 0; at < whole; at += block_size) sha.block(data + at);
  // The rest, a one bit, zeros, and the number of bits in the last eight bytes.
  std::array<unsigned char, 2 * block_size> last{};
  const std::size_t rest = bytes.size() - whole;
  if (rest != 0) std::memcpy(last.data(), data + whole, rest);
  last[rest] = 0x80;
  const std::size_t end = rest < block_size - 8 ? block_size : 2 * block_size;
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (std::size_t i = 0; i < 8; ++i) {
    last[end - 1 - i] = static_cast<unsigned char>(bits >> (8 * i));
  }
  for (std::size_t at = 0; at < end; at += block_size) sha.block(last.data() + at);
  std::string hex;
  for (const std::uint32_t word : sha.state) {
    for (int shift = 28; shift >= 0; shift -= 4) hex += "0123456789abcdef"[word >> shift & 15];
  }
  return hex;
}

}  // namespace redouble::script
