// Dumps: what DUMP gives and RESTORE takes: a value (value/rdb_value.hpp) and a footer, which is
// the version of the format (two bytes, the lowest first) and the crc64 of all before it (eight).
//
// Thread safety: pure functions. Source: the RDB format's published descriptions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redouble::value {

// Puts the footer behind a value.
void seal_dump(std::string& value, int version);
// The value of a dump. Nothing where it has no footer, where its version is above `newest`, or
// where its checksum is another one and that matters.
enum class Checksum : std::uint8_t { matters, ignored };
std::optional<std::string_view> open_dump(std::string_view dump, int newest,
                                          Checksum kind = Checksum::matters);

}  // namespace redouble::value
