#include "value/rdb_value.hpp"

#include "value/rdb_types.hpp"

namespace redouble::value::rdb {
namespace {

int first_version_with(Kind kind) {
  switch (kind) {
    case Kind::set_listpack:
    case Kind::stream_3:
      return version_of_7_2;
    case Kind::hash_with_deadlines:
    case Kind::hash_listpack_with_deadlines:
      return version_of_7_4;
    default:
      return 1;
  }
}

Value of(ObjectRef object, Type type) { return {type, {}, std::move(object)}; }

}  // namespace

Kind kind_of(const Object& object, const Writer::Options& options) {
  switch (object.type()) {
    case Type::list:
      return Kind::list_nodes;
    case Type::set:
      return kind_of(static_cast<const SetObject&>(object).set(), options);
    case Type::hash:
      return kind_of(static_cast<const HashObject&>(object).hash());
    case Type::zset:
      return kind_of(static_cast<const SortedSet&>(object));
    case Type::stream:
      return kind_of_stream(options);
    case Type::string:
      break;
  }
  return Kind::string;
}

void write_body(Writer& writer, const Object& object) {
  switch (object.type()) {
    case Type::list:
      return write_list(writer, static_cast<const List&>(object));
    case Type::set:
      return write_set(writer, static_cast<const SetObject&>(object).set());
    case Type::hash:
      return write_hash(writer, static_cast<const HashObject&>(object).hash());
    case Type::zset:
      return write_sorted_set(writer, static_cast<const SortedSet&>(object));
    case Type::stream:
      return write_stream(writer, static_cast<const Stream&>(object));
    case Type::string:
      break;
  }
}

void write_body(Writer& writer, const StringRef& string) {
  StringRef::Room room;
  writer.text(string.view(room));
}

std::optional<Value> read_value(Reader& reader, const Limits& limits, std::string& room) {
  const auto kind = static_cast<Kind>(reader.byte());
  if (reader.failed()) return std::nullopt;
  return read_body(reader, kind, limits, room);
}

std::optional<Value> read_body(Reader& reader, Kind kind, const Limits& limits, std::string& room) {
  if (first_version_with(kind) > limits.version) return std::nullopt;
  Value value;
  switch (kind) {
    case Kind::string:
      value.text = reader.text(room);
      if (reader.failed()) return std::nullopt;
      return value;
    case Kind::list:
    case Kind::list_ziplist:
    case Kind::list_ziplists:
    case Kind::list_nodes:
      value = of(read_list(reader, kind, limits.list), Type::list);
      break;
    case Kind::set:
    case Kind::set_intset:
    case Kind::set_listpack:
      value = of(read_set(reader, kind, limits.set), Type::set);
      break;
    case Kind::hash:
    case Kind::hash_zipmap:
    case Kind::hash_ziplist:
    case Kind::hash_listpack:
    case Kind::hash_with_deadlines:
    case Kind::hash_listpack_with_deadlines:
      value = of(read_hash(reader, kind, limits.hash), Type::hash);
      break;
    case Kind::sorted_set:
    case Kind::sorted_set_of_digits:
    case Kind::sorted_set_ziplist:
    case Kind::sorted_set_listpack:
      value = of(read_sorted_set(reader, kind, limits.sorted_set), Type::zset);
      break;
    case Kind::stream:
    case Kind::stream_2:
    case Kind::stream_3:
      value = of(read_stream(reader, kind), Type::stream);
      break;
  }
  if (!value.object || reader.failed()) return std::nullopt;
  return value;
}

}  // namespace redouble::value::rdb
