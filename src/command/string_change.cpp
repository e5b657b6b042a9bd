// The commands that change a part of a string: APPEND and SETRANGE.
#include "command/call.hpp"
#include "command/handlers_string.hpp"

namespace redouble::command::string_group {
namespace {

using store::EventKind;
using store::Look;

// Whether a string of `size` bytes may be made; else the error is written.
bool size_allowed(Call& call, std::uint64_t size) {
  if (size <= static_cast<std::uint64_t>(call.settings().proto_max_bulk_len)) return true;
  call.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  return false;
}

}  // namespace

void append(Call& call) {
  constexpr store::Event event{EventKind::string, "append"};
  const std::string_view added = call.arg(2);
  const store::Entry* entry = call.string_entry(call.key(), Look::write);
  if (call.failed) return;
  if (entry == nullptr) {
    call.set_string(call.key(), 2, {}, event);
    call.reply.integer(static_cast<std::int64_t>(added.size()));
    return;
  }
  const std::size_t before = entry->string().size();
  const std::size_t size = before + added.size();
  if (!size_allowed(call, size)) return;
  call.keys.change_string(call.key(), size, event,
                          [&](store::Entry& string) { string.write(before, added); });
  call.reply.integer(static_cast<std::int64_t>(size));
}

void setrange(Call& call) {
  constexpr store::Event event{EventKind::string, "setrange"};
  const auto offset = call.integer(2);
  if (!offset) return;
  if (*offset < 0) {
    call.error("ERR offset is out of range");
    return;
  }
  const std::string_view written = call.arg(3);
  const store::Entry* entry = call.string_entry(call.key(), Look::write);
  if (call.failed) return;
  const std::size_t before = entry == nullptr ? 0 : entry->string().size();
  if (written.empty()) {
    call.reply.integer(static_cast<std::int64_t>(before));
    return;
  }
  const std::size_t end = static_cast<std::size_t>(*offset) + written.size();
  if (!size_allowed(call, end)) return;
  const std::size_t size = std::max(before, end);
  call.keys.change_string(call.key(), size, event, [&](store::Entry& string) {
    string.write(static_cast<std::size_t>(*offset), written);
  });
  call.reply.integer(static_cast<std::int64_t>(size));
}

}  // namespace redouble::command::string_group
