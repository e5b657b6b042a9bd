// What the handlers of hashes, sets and their like share beside typed.hpp: changing an object or
// making it, texts as replies, and what the scans of elements (HSCAN, SSCAN, ZSCAN) have in common.
//
// Thread safety: as Call's. Errors: error replies; then `call.failed` is true.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "command/typed.hpp"
#include "value/object.hpp"
#include "value/packed.hpp"

namespace redouble::command {

// Lets `change(T&)` change the object under a key, or a new one where there is none, and announces
// the event where it says true. False: the key is of another type, and the error is written.
template <class T, class Change>
bool change_or_make(Call& call, const store::Hashed& key, store::Event event, Change&& change) {
  const T* found = find_value<T>(call, key, store::Look::write);
  if (call.failed) return false;
  Target<T> target(call, key, found != nullptr);
  if (change(*target)) target.finish(event);
  return true;
}

inline void bulk_text(Call& call, const value::Packed::Element& text) {
  if (text.is_integer) {
    call.reply.bulk_integer(text.integer);
  } else {
    call.reply.bulk(text.bytes);
  }
}

// What OBJECT REFCOUNT tells of an entry's value.
std::int64_t reference_count(const Call& call, const store::Entry& entry);

// The seed of the tables within values.
inline std::uint64_t table_seed(const Call& call) { return call.instance.seed(); }

// args[index], the count of a random choice: any but the smallest integer, which has no opposite.
// Where it is none, the error is written.
std::optional<std::int64_t> random_count(Call& call, std::size_t index);

// The arguments of a scan, and its reply, which has the cursor in front of the elements though it
// is known only after them.
struct ScanWords {
  bool with_type = false;
  bool with_novalues = false;
};
struct ScanOptions {
  std::size_t count = 10;
  std::optional<std::string_view> pattern;
  std::optional<std::string_view> type;
  bool no_values = false;

  // Reads args[first] and what follows, TYPE and NOVALUES only where `words` has them. False: the
  // error is written.
  bool parse(Call& call, std::size_t first, ScanWords words);
  bool admits(std::string_view text) const;
};
// args[index]; where it is no cursor, the error is written.
std::optional<std::uint64_t> scan_cursor(Call& call, std::size_t index);
void end_scan(Call& call, const resp::ReplyWriter::Deferred& place, std::uint64_t next,
              std::size_t given);

// HSCAN and its like, whose object stands under args[1]. `scan(const T&, cursor, count, give)`
// gives `give(key, value)`, or `give(key)`, for each element, and the next cursor.
template <class T, class Scan>
void scan_object(Call& call, Scan&& scan, ScanWords words = {}) {
  const auto cursor = scan_cursor(call, 2);
  if (!cursor) return;
  const T* object = find_value<T>(call, call.key());
  if (call.failed) return;
  ScanOptions options;
  if (object != nullptr && !options.parse(call, 3, words)) return;
  const auto place = call.reply.begin();
  std::size_t given = 0;
  std::uint64_t next = 0;
  const auto give = [&]<class... Texts>(const value::Packed::Element& key, const Texts&... more) {
    value::Digits digits;
    if (!options.admits(key.view(digits))) return;
    bulk_text(call, key);
    ++given;
    if (options.no_values) return;
    (bulk_text(call, more), ...);
    given += sizeof...(more);
  };
  if (object != nullptr) next = scan(*object, *cursor, options.count, give);
  end_scan(call, place, next, given);
}

}  // namespace redouble::command
