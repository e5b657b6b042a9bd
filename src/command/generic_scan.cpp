// SCAN: a walk over the keys of the database, a few at a time.
//
// Each call is one step over the whole keyspace: it sees one state. What is there from the first
// call to the last is given, however the table changes in between (store/keys.hpp).
#include "command/handlers_generic.hpp"
#include "command/objects.hpp"

namespace redouble::command::generic_group {

void scan(Call& call) {
  const auto cursor = scan_cursor(call, 1);
  if (!cursor) return;
  ScanOptions options;
  if (!options.parse(call, 2, {.with_type = true})) return;
  const auto place = call.reply.begin();
  std::size_t given = 0;
  const std::uint64_t next = call.keys.scan(*cursor, options.count, [&](const store::Entry& entry) {
    if (!options.admits(entry.key())) return;
    if (options.type && !equal_words(*options.type, value::name_of(entry.type()))) return;
    call.reply.bulk(entry.key());
    ++given;
  });
  end_scan(call, place, next, given);
}

}  // namespace redouble::command::generic_group
