// crc64: the checksum at the end of a dump and of an RDB file: 64 bits, the polynomial of Jones,
// reflected, begun at 0. crc64("123456789") is 0xe9c6d914c4b8d9ca.
//
// Thread safety: a pure function. Source: Boost.CRC does the work; the parameters and the number
// above are the public ones of "CRC-64-Jones".
#pragma once

#include <cstdint>
#include <string_view>

namespace redouble::value {

std::uint64_t crc64(std::string_view bytes);

}  // namespace redouble::value
