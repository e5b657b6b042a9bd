// The commands that read strings: GET, GETRANGE, MGET, STRLEN, SUBSTR.
#include <algorithm>

#include "command/call.hpp"
#include "command/handlers_string.hpp"
#include "runtime/mutant.hpp"

namespace redouble::command::string_group {

void get(Call& call) {
  const store::Entry* entry = call.string_entry(call.key());
  if (entry == nullptr) {
    if (!call.failed) call.reply.null();
    return;
  }
  const std::string_view bytes = entry->usual_string();
  if (bytes.data() != nullptr) [[likely]]
    return call.reply.bulk(bytes);
  call.bulk_string(entry->string());
}

void mget(Call& call) {
  call.reply.array(call.found_keys.size());
  for (const store::Hashed& key : call.found_keys) {
    const store::Entry* entry = call.keys.find(key);
    if (entry == nullptr || entry->type() != value::Type::string) {
      call.reply.null();
    } else {
      call.bulk_string(entry->string());
    }
  }
}

void strlen(Call& call) {
  const store::Entry* entry = call.string_entry(call.key());
  if (call.failed) return;
  call.reply.integer(entry == nullptr ? 0 : static_cast<std::int64_t>(entry->string().size()));
}

// Offsets count from 0, negative ones from the end; both ends are included.
void getrange(Call& call) {
  const auto first = call.integer(2);
  if (!first) return;
  const auto last = call.integer(3);
  if (!last) return;
  const store::Entry* entry = call.string_entry(call.key());
  if (call.failed) return;
  const value::StringRef string = entry == nullptr ? value::StringRef{} : entry->string();
  const auto size = static_cast<std::int64_t>(string.size());
  std::int64_t begin = *first;
  std::int64_t end = *last;
  const bool backwards = begin < 0 && end < 0 && begin > end;
  if (begin < 0) begin = std::max<std::int64_t>(0, size + begin);
  if (end < 0) end = std::max<std::int64_t>(0, size + end);
  if (mutant("getrange_negative_end") && *last < 0) ++end;
  end = std::min(end, size - 1);
  if (backwards || begin > end || size == 0) {
    call.reply.bulk("");
    return;
  }
  call.bulk_part(string, static_cast<std::size_t>(begin),
                 static_cast<std::size_t>(end - begin + 1));
}

void substr(Call& call) { getrange(call); }

}  // namespace redouble::command::string_group
