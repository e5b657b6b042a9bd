// SCAN: a walk over the keys of the database, a few at a time.
//
// Each call is one step over the whole keyspace: it sees one state. What is there from the first
// call to the last is given, however the table changes in between (store/keys.hpp).
#include <optional>
#include <string>

#include "command/call.hpp"
#include "command/handlers_generic.hpp"
#include "resp/number.hpp"
#include "value/glob.hpp"

namespace redouble::command::generic_group {
namespace {

struct ScanOptions {
  std::size_t count = 10;
  std::optional<std::string_view> pattern;
  std::optional<std::string_view> type;

  bool admits(const store::Entry& entry) const {
    if (pattern && *pattern != "*" && !value::glob_match(*pattern, entry.key())) return false;
    return !type || equal_words(*type, value::name_of(entry.type()));
  }
};

// False: the error is written.
bool parse(Call& call, ScanOptions& options) {
  for (std::size_t index = 2; index < call.size(); index += 2) {
    const bool has_value = index + 1 < call.size();
    if (has_value && call.is_word(index, "COUNT")) {
      const auto count = call.integer(index + 1);
      if (!count) return false;
      if (*count < 1) {
        call.syntax_error();
        return false;
      }
      options.count = static_cast<std::size_t>(*count);
    } else if (has_value && call.is_word(index, "MATCH")) {
      options.pattern = call.arg(index + 1);
    } else if (has_value && call.is_word(index, "TYPE")) {
      options.type = call.arg(index + 1);
    } else {
      call.syntax_error();
      return false;
    }
  }
  return true;
}

}  // namespace

void scan(Call& call) {
  const auto cursor = resp::parse_cursor(call.arg(1));
  if (!cursor) {
    call.error("ERR invalid cursor");
    return;
  }
  ScanOptions options;
  if (!parse(call, options)) return;
  // The cursor stands before the keys, but is known only after them.
  const auto place = call.reply.begin();
  std::size_t given = 0;
  const std::uint64_t next = call.keys.scan(*cursor, options.count, [&](const store::Entry& entry) {
    if (!options.admits(entry)) return;
    call.reply.bulk(entry.key());
    ++given;
  });
  const std::string digits = std::to_string(next);
  const std::string header = "*2\r\n$" + std::to_string(digits.size()) + "\r\n" + digits + "\r\n*" +
                             std::to_string(given) + "\r\n";
  call.reply.output().insert(place, header);
}

}  // namespace redouble::command::generic_group
