#include "value/dump.hpp"

#include <cstdint>

#include "runtime/mutant.hpp"
#include "value/crc64.hpp"

namespace redouble::value {
namespace {

constexpr std::size_t version_bytes = 2;
constexpr std::size_t checksum_bytes = 8;

std::uint64_t low_first(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    number = number << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return number;
}

void append_low_first(std::string& to, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to += static_cast<char>(number >> (8 * i));
}

}  // namespace

void seal_dump(std::string& value, int version) {
  append_low_first(value, static_cast<std::uint64_t>(version), version_bytes);
  append_low_first(value, crc64(value), checksum_bytes);
}

std::optional<std::string_view> open_dump(std::string_view dump, int newest, Checksum kind) {
  if (dump.size() < version_bytes + checksum_bytes) return std::nullopt;
  const std::size_t value_bytes = dump.size() - version_bytes - checksum_bytes;
  const std::uint64_t version = low_first(dump.substr(value_bytes, version_bytes));
  const std::uint64_t checksum = low_first(dump.substr(value_bytes + version_bytes));
  if (version > static_cast<std::uint64_t>(newest)) return std::nullopt;
  if (kind == Checksum::matters && !mutant("dump-checksum-unchecked") &&
      checksum != crc64(dump.substr(0, value_bytes + version_bytes)))
    return std::nullopt;
  return dump.substr(0, value_bytes);
}

}  // namespace redouble::value
