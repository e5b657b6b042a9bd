// Hashes in the RDB format: a listpack as one text, or fields and values in turn; of older servers
// a ziplist or a zipmap. With deadlines of fields (Redis 7.4): the earliest, then each field behind
// what its own adds to that and 1, or 0; or a listpack of fields, values and deadlines, 0 for none.
#include <limits>

#include "runtime/mutant.hpp"
#include "value/listpack.hpp"
#include "value/rdb_types.hpp"
#include "value/ziplist.hpp"

namespace redouble::value::rdb {
namespace {

std::size_t listpack_bytes(const Hash& hash) {
  std::size_t bytes = ListpackWriter::frame_bytes;
  hash.for_each([&](const Hash::Pair& pair) {
    bytes += Packed::bytes_with(pair.field) + Packed::bytes_with(pair.value);
  });
  return bytes;
}

// Adds a field that nobody promises to be new. False where it is there.
bool add(Hash& hash, SeenTexts& seen, std::string_view field, std::string_view value,
         const Hash::Limits& limits) {
  if (hash.encoding() == Encoding::hashtable) return hash.set(field, value, limits);
  if (!seen.add(field) && hash.contains(field) && !mutant("rdb-hash-field-twice")) return false;
  hash.append(field, value, limits);
  return true;
}

template <class Source>
bool read_packed(Source source, Hash& hash, const Hash::Limits& limits) {
  SeenTexts seen(limits.seed);
  Packed::Element field;
  Packed::Element value;
  Digits field_digits;
  Digits value_digits;
  while (source.next(field)) {
    if (!source.next(value)) return false;
    if (!add(hash, seen, field.view(field_digits), value.view(value_digits), limits)) return false;
  }
  return !source.failed();
}

// Milliseconds; no deadline is later.
constexpr std::uint64_t latest_deadline = (std::uint64_t{1} << 48) - 1;

bool set_deadline(Hash& hash, std::string_view field, std::uint64_t at_ms,
                  const Hash::Limits& limits) {
  if (at_ms > latest_deadline) return false;
  hash.set_deadline(field, static_cast<std::int64_t>(at_ms), limits);
  return true;
}

// With deadlines the earliest comes first, and before each field by how much its own is later,
// counted from 1; 0 where it has none.
bool read_pairs(Reader& reader, Hash& hash, Hash::Limits limits, bool with_deadlines) {
  const std::uint64_t earliest = with_deadlines ? reader.fixed_64() : 0;
  const std::uint64_t count = reader.length();
  if (count > limits.listpack_entries) limits.listpack_entries = 0;
  SeenTexts seen(limits.seed);
  std::string field_room;
  std::string value_room;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t above = with_deadlines ? reader.length() : 0;
    const std::string_view field = reader.text(field_room);
    const std::string_view value = reader.text(value_room);
    if (reader.failed() || !add(hash, seen, field, value, limits)) return false;
    if (above == 0) continue;
    if (earliest > latest_deadline || above > latest_deadline) return false;
    if (!set_deadline(hash, field, earliest + above - 1, limits)) return false;
  }
  return true;
}

bool read_listpack_with_deadlines(ListpackReader source, Hash& hash, const Hash::Limits& limits) {
  SeenTexts seen(limits.seed);
  Packed::Element field;
  Packed::Element value;
  Packed::Element at_ms;
  Digits field_digits;
  Digits value_digits;
  while (source.next(field)) {
    if (!source.next(value) || !source.next(at_ms)) return false;
    if (!at_ms.is_integer || at_ms.integer < 0) return false;
    const std::string_view name = field.view(field_digits);
    if (!add(hash, seen, name, value.view(value_digits), limits)) return false;
    if (at_ms.integer == 0) continue;
    if (!set_deadline(hash, name, static_cast<std::uint64_t>(at_ms.integer), limits)) return false;
  }
  return !source.failed();
}

void write_with_deadlines(Writer& writer, const Hash& hash) {
  const std::int64_t earliest = hash.earliest_deadline_ms();
  writer.fixed_64(static_cast<std::uint64_t>(earliest));
  writer.length(hash.size());
  Digits digits;
  hash.for_each([&](const Hash::Pair& pair) {
    const std::int64_t at_ms = hash.deadline_ms(pair.field.view(digits));
    const bool has = at_ms != FieldDeadlines::never;
    writer.length(has ? static_cast<std::uint64_t>(at_ms - earliest) + 1 : 0);
    writer.text(pair.field);
    writer.text(pair.value);
  });
}

}  // namespace

Kind kind_of(const Hash& hash) {
  if (hash.earliest_deadline_ms() != FieldDeadlines::never) return Kind::hash_with_deadlines;
  if (hash.encoding() == Encoding::hashtable) return Kind::hash;
  // No text takes twice as much in a listpack: mostly nothing need be counted.
  const bool fits = 2 * hash.bytes() < longest_listpack || listpack_bytes(hash) < longest_listpack;
  return fits ? Kind::hash_listpack : Kind::hash;
}

void write_hash(Writer& writer, const Hash& hash) {
  if (kind_of(hash) == Kind::hash_with_deadlines) return write_with_deadlines(writer, hash);
  if (kind_of(hash) == Kind::hash) {
    writer.length(hash.size());
    hash.for_each([&](const Hash::Pair& pair) {
      writer.text(pair.field);
      writer.text(pair.value);
    });
    return;
  }
  ListpackWriter listpack;
  Digits digits;
  hash.for_each([&](const Hash::Pair& pair) {
    // A table gives integers as digits.
    listpack.append(pair.field.view(digits));
    listpack.append(pair.value.view(digits));
  });
  writer.text(listpack.finish());
}

ObjectRef read_hash(Reader& reader, Kind kind, const Hash::Limits& limits) {
  ObjectRef object = make_object<HashObject>();
  Hash& hash = static_cast<HashObject&>(*object).hash();
  if (kind == Kind::hash)
    return read_pairs(reader, hash, limits, false) && !hash.empty() ? object : ObjectRef();
  if (kind == Kind::hash_with_deadlines) {
    return read_pairs(reader, hash, limits, true) && !hash.empty() ? object : ObjectRef();
  }
  if (kind == Kind::hash_listpack_with_deadlines) reader.fixed_64();  // the earliest
  // Of a listpack only the number of fields makes a table.
  Hash::Limits by_number = limits;
  by_number.listpack_value = std::numeric_limits<std::size_t>::max();
  std::string room;
  const std::string_view bytes = reader.text(room);
  bool whole = false;
  if (kind == Kind::hash_zipmap) {
    whole = read_packed(ZipmapReader(bytes), hash, limits);
  } else if (kind == Kind::hash_ziplist) {
    whole = read_packed(ZiplistReader(bytes), hash, by_number);
  } else if (kind == Kind::hash_listpack_with_deadlines) {
    whole = read_listpack_with_deadlines(ListpackReader(bytes), hash, by_number);
  } else {
    whole = read_packed(ListpackReader(bytes), hash, by_number);
  }
  return whole && !hash.empty() ? object : ObjectRef();
}

}  // namespace redouble::value::rdb
