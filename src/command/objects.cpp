#include "command/objects.hpp"

#include <string>

#include "resp/number.hpp"
#include "value/glob.hpp"

namespace redouble::command {
namespace {

// Redis keeps one object for each small integer and counts no references to it, except where a
// policy wants to know how each single value is used.
bool is_shared_integer(const Call& call, const store::Entry& entry) {
  constexpr std::int64_t shared_integers = 10000;
  if (entry.encoding() != value::Encoding::integer || entry.copied_integer()) return false;
  const std::int64_t integer = entry.string().integer;
  if (integer < 0 || integer >= shared_integers) return false;
  if (call.settings().maxmemory == 0) return true;
  switch (call.settings().maxmemory_policy) {
    case instance::MaxmemoryPolicy::allkeys_lru:
    case instance::MaxmemoryPolicy::allkeys_lfu:
    case instance::MaxmemoryPolicy::volatile_lru:
    case instance::MaxmemoryPolicy::volatile_lfu:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::int64_t reference_count(const Call& call, const store::Entry& entry) {
  constexpr std::int64_t shared_count = 2147483647;
  return is_shared_integer(call, entry) ? shared_count : 1;
}

std::optional<std::int64_t> random_count(Call& call, std::size_t index) {
  const auto count = call.integer(index);
  if (!count || *count != INT64_MIN) return count;
  call.error(
      "ERR value is out of range, value must between -9223372036854775807 and "
      "9223372036854775807");
  return std::nullopt;
}

bool ScanOptions::parse(Call& call, std::size_t first, ScanWords words) {
  for (std::size_t index = first; index < call.size(); index += 2) {
    const bool has_value = index + 1 < call.size();
    if (has_value && call.is_word(index, "COUNT")) {
      const auto number = call.integer(index + 1);
      if (!number) return false;
      if (*number < 1) {
        call.syntax_error();
        return false;
      }
      count = static_cast<std::size_t>(*number);
    } else if (has_value && call.is_word(index, "MATCH")) {
      pattern = call.arg(index + 1);
    } else if (has_value && words.with_type && call.is_word(index, "TYPE")) {
      type = call.arg(index + 1);
    } else if (call.speaks(instance::CompatVersion::v7_4) && call.is_word(index, "NOVALUES")) {
      if (!words.with_novalues) {
        call.error("ERR NOVALUES option can only be used in HSCAN");
        return false;
      }
      no_values = true;
      --index;  // it has no value of its own
    } else {
      call.syntax_error();
      return false;
    }
  }
  return true;
}

bool ScanOptions::admits(std::string_view text) const {
  return !pattern || *pattern == "*" || value::glob_match(*pattern, text);
}

std::optional<std::uint64_t> scan_cursor(Call& call, std::size_t index) {
  const auto cursor = resp::parse_cursor(call.arg(index));
  if (!cursor) call.error("ERR invalid cursor");
  return cursor;
}

void end_scan(Call& call, const resp::ReplyWriter::Deferred& place, std::uint64_t next,
              std::size_t given) {
  const std::string digits = std::to_string(next);
  const std::string header = "*2\r\n$" + std::to_string(digits.size()) + "\r\n" + digits + "\r\n*" +
                             std::to_string(given) + "\r\n";
  call.reply.output().insert(place, header);
}

}  // namespace redouble::command
