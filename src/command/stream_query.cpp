#include "command/stream_query.hpp"

#include <algorithm>

#include "command/wait.hpp"

namespace redouble::command::stream_group {
namespace {

void only_in_group(Call& call, std::string_view option) {
  call.error("ERR The " + std::string(option) +
             " option is only supported by XREADGROUP. You called XREAD instead.");
}

// Whether the keys stand where they should, whatever else is wrong.
bool has_keys(const Call& call) {
  std::size_t index = 1;
  while (index < call.size() && !call.is_word(index, "STREAMS")) {
    if (call.is_word(index, "COUNT") || call.is_word(index, "BLOCK")) {
      index += 2;
    } else if (call.is_word(index, "GROUP")) {
      index += 3;
    } else if (call.is_word(index, "NOACK")) {
      ++index;
    } else {
      return false;
    }
  }
  return index + 1 < call.size() && (call.size() - index - 1) % 2 == 0;
}

std::optional<Query> parse(Call& call, Reads reads) {
  Query query;
  for (std::size_t index = 1; index < call.size() && query.streams == 0; ++index) {
    const std::size_t rest = call.size() - index - 1;
    if (rest > 0 && call.is_word(index, "BLOCK")) {
      query.deadline_ms = deadline_of_milliseconds(call, ++index);
      if (!query.deadline_ms) return std::nullopt;
    } else if (rest > 0 && call.is_word(index, "COUNT")) {
      const auto count = call.integer(++index);
      if (!count) return std::nullopt;
      query.count = static_cast<std::uint64_t>(std::max<std::int64_t>(*count, 0));
    } else if (rest > 0 && call.is_word(index, "STREAMS")) {
      if (rest % 2 != 0) {
        call.error(
            "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be "
            "specified.");
        return std::nullopt;
      }
      query.keys_at = index + 1;
      query.streams = rest / 2;
    } else if (rest > 1 && call.is_word(index, "GROUP")) {
      if (reads == Reads::alone) return only_in_group(call, "GROUP"), std::nullopt;
      query.group_at = index + 1;
      index += 2;
    } else if (call.is_word(index, "NOACK")) {
      if (reads == Reads::alone) return only_in_group(call, "NOACK"), std::nullopt;
      query.noack = true;
    } else {
      break;
    }
  }
  if (query.streams == 0) return call.syntax_error(), std::nullopt;
  if (reads == Reads::in_group && query.group_at == 0) {
    call.error("ERR Missing GROUP option for XREADGROUP");
    return std::nullopt;
  }
  return query;
}

}  // namespace

std::optional<Query> parse_query(Call& call, Reads reads) {
  const auto query = parse(call, reads);
  // As in the real server nothing counts as read then, for client-side caching.
  if (!query && !has_keys(call)) call.found_keys = {};
  return query;
}

}  // namespace redouble::command::stream_group
