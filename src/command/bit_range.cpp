#include "command/bit_range.hpp"

#include <algorithm>

#include "resp/number.hpp"

namespace redouble::command::bitmap_group {

std::optional<std::uint64_t> bit_offset(Call& call, std::size_t index, unsigned width) {
  std::string_view text = call.arg(index);
  const bool counts_widths = width > 0 && text.starts_with('#');
  if (counts_widths) text.remove_prefix(1);
  const auto parsed = resp::parse_integer(text);
  if (parsed) {
    // A product beyond 64 bits wraps round in the real server too.
    const std::uint64_t factor = counts_widths ? width : 1;
    const auto offset = static_cast<std::int64_t>(static_cast<std::uint64_t>(*parsed) * factor);
    if (offset >= 0 &&
        static_cast<std::uint64_t>(offset) >> 3 < call.settings().proto_max_bulk_len) {
      return static_cast<std::uint64_t>(offset);
    }
  }
  call.error("ERR bit offset is not an integer or out of range");
  return std::nullopt;
}

BitRange bit_range(std::int64_t start, std::int64_t end, bool in_bits, std::size_t size) {
  const auto total = static_cast<std::int64_t>(in_bits ? size * 8 : size);
  if (start < 0) start = std::max<std::int64_t>(total + start, 0);
  if (end < 0) end = std::max<std::int64_t>(total + end, 0);
  end = std::min(end, total - 1);
  if (start > end) return {};
  return in_bits ? BitRange{start, end} : BitRange{start * 8, end * 8 + 7};
}

std::optional<value::StringRef> find_bits(Call& call, const store::Hashed& key, store::Look look) {
  const store::Entry* entry = call.string_entry(key, look);
  if (call.failed) return std::nullopt;
  return entry == nullptr ? value::StringRef{} : entry->string();
}

}  // namespace redouble::command::bitmap_group
