// Hashes in the RDB format: a listpack as one text, or fields and values in turn; of older servers
// a ziplist or a zipmap.
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

bool read_pairs(Reader& reader, Hash& hash, Hash::Limits limits) {
  const std::uint64_t count = reader.length();
  if (count > limits.listpack_entries) limits.listpack_entries = 0;
  SeenTexts seen(limits.seed);
  std::string field_room;
  std::string value_room;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view field = reader.text(field_room);
    const std::string_view value = reader.text(value_room);
    if (reader.failed() || !add(hash, seen, field, value, limits)) return false;
  }
  return true;
}

}  // namespace

Kind kind_of(const Hash& hash) {
  // No text takes twice as much in a listpack: mostly nothing need be counted.
  const bool fits = 2 * hash.bytes() < longest_listpack || listpack_bytes(hash) < longest_listpack;
  return hash.encoding() == Encoding::listpack && fits ? Kind::hash_listpack : Kind::hash;
}

void write_hash(Writer& writer, const Hash& hash) {
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
    return read_pairs(reader, hash, limits) && !hash.empty() ? object : ObjectRef();
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
  } else {
    whole = read_packed(ListpackReader(bytes), hash, by_number);
  }
  return whole && !hash.empty() ? object : ObjectRef();
}

}  // namespace redouble::value::rdb
