// Streams in the RDB format: nodes, each its ID and its listpack, then what the stream remembers,
// then its consumer groups.
#include <array>

#include "value/listpack.hpp"
#include "value/rdb_types.hpp"

namespace redouble::value::rdb {
namespace {

constexpr std::size_t id_bytes = 16;

// Both halves, the highest byte first.
std::array<char, id_bytes> bytes_of(StreamId id) {
  std::array<char, id_bytes> bytes;
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(id.ms >> (56 - 8 * i));
    bytes[8 + i] = static_cast<char>(id.seq >> (56 - 8 * i));
  }
  return bytes;
}

// REQUIRES: id_bytes bytes.
StreamId id_of(std::string_view bytes) {
  StreamId id;
  for (unsigned i = 0; i < 8; ++i) {
    id.ms = id.ms << 8 | static_cast<std::uint8_t>(bytes[i]);
    id.seq = id.seq << 8 | static_cast<std::uint8_t>(bytes[8 + i]);
  }
  return id;
}

void write_id(Writer& writer, StreamId id) {
  writer.length(id.ms);
  writer.length(id.seq);
}

StreamId read_id(Reader& reader) {
  const std::uint64_t ms = reader.length();
  return {ms, reader.length()};
}

bool read_nodes(Reader& reader, Stream& stream) {
  const std::uint64_t nodes = reader.length();
  std::string room;
  for (std::uint64_t i = 0; i < nodes; ++i) {
    const std::string_view id = reader.text(room);
    if (reader.failed() || id.size() != id_bytes) return false;
    const StreamId key = id_of(id);
    const std::string_view listpack = reader.text(room);
    if (reader.failed()) return false;
    auto node = StreamNode::read_from(ListpackReader(listpack), key);
    if (!node || !stream.push_node(std::move(*node))) return false;
  }
  return !reader.failed();
}

bool read_memory(Reader& reader, Kind kind, Stream& stream) {
  const std::uint64_t size = reader.length();
  const StreamId last_id = read_id(reader);
  stream.set_last_id(last_id);
  stream.set_entries_added(size);
  if (kind != Kind::stream) {
    read_id(reader);  // the first entry's ID, which the entries tell
    stream.set_max_deleted_id(read_id(reader));
    stream.set_entries_added(reader.length());
  }
  if (reader.failed() || size != stream.size()) return false;
  const auto last = stream.at_most(StreamId::highest());
  return !last.valid() || last->id() <= last_id;
}

}  // namespace

Kind kind_of_stream(const Writer::Options& options) {
  return options.version >= version_of_7_2 ? Kind::stream_3 : Kind::stream_2;
}

void write_stream(Writer& writer, const Stream& stream) {
  writer.length(stream.node_count());
  ListpackWriter listpack;
  stream.for_each_leaf([&](const StreamNode& node) {
    const auto id = bytes_of(node.key());
    writer.text(std::string_view(id.data(), id.size()));
    node.write_to(listpack);
    writer.text(listpack.finish());
    listpack.clear();
  });
  writer.length(stream.size());
  write_id(writer, stream.last_id());
  write_id(writer, stream.first_id());
  write_id(writer, stream.max_deleted_id());
  writer.length(stream.entries_added());
  writer.length(0);  // consumer groups
}

ObjectRef read_stream(Reader& reader, Kind kind) {
  ObjectRef object = make_object<Stream>();
  Stream& stream = static_cast<Stream&>(*object);
  if (!read_nodes(reader, stream) || !read_memory(reader, kind, stream)) return {};
  const std::uint64_t groups = reader.length();
  return !reader.failed() && groups == 0 ? object : ObjectRef();
}

}  // namespace redouble::value::rdb
