// Streams in the RDB format: nodes, each its ID and its listpack, then what the stream remembers,
// then its consumer groups.
#include <array>
#include <map>
#include <string>
#include <utility>

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

// When and how often each pending entry of a group was delivered. False: no such list.
using Deliveries = std::map<StreamId, StreamDelivery>;
bool read_deliveries(Reader& reader, Deliveries& deliveries) {
  const std::uint64_t count = reader.length();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view id = reader.raw(id_bytes);
    const auto at_ms = static_cast<std::int64_t>(reader.fixed_64());
    const auto times = static_cast<std::int64_t>(reader.length());
    if (reader.failed()) return false;
    const StreamDelivery delivery{.at_ms = at_ms, .count = times};
    if (!deliveries.emplace(id_of(id), delivery).second) return false;
  }
  return !reader.failed();
}

// A consumer, and which entries are pending with it.
bool read_consumer(Reader& reader, Kind kind, const Deliveries& deliveries, ConsumerGroup& group) {
  std::string room;
  const std::string name(reader.text(room));
  const auto seen_ms = static_cast<std::int64_t>(reader.fixed_64());
  const auto active_ms =
      kind == Kind::stream_3 ? static_cast<std::int64_t>(reader.fixed_64()) : seen_ms;
  const std::uint64_t count = reader.length();
  if (reader.failed() || !group.add_consumer(name, active_ms)) return false;
  group.note_consumer(name, active_ms, active_ms != Consumer::never_ms);
  group.note_consumer(name, seen_ms, false);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view bytes = reader.raw(id_bytes);
    if (reader.failed()) return false;
    const auto found = deliveries.find(id_of(bytes));
    if (found == deliveries.end() || group.find(found->first) != nullptr) return false;
    group.assign(found->first, name, found->second);
  }
  return true;
}

bool read_group(Reader& reader, Kind kind, Stream& stream) {
  std::string room;
  const std::string name(reader.text(room));
  const StreamId last_id = read_id(reader);
  std::int64_t entries_read = ConsumerGroup::unknown;
  if (kind != Kind::stream) {
    entries_read = static_cast<std::int64_t>(reader.length());
  } else if (const auto added = stream.entries_added_until(last_id)) {
    entries_read = static_cast<std::int64_t>(*added);
  }
  ConsumerGroup group(name, last_id, entries_read);
  Deliveries deliveries;
  if (reader.failed() || !read_deliveries(reader, deliveries)) return false;
  const std::uint64_t consumers = reader.length();
  for (std::uint64_t i = 0; i < consumers; ++i) {
    if (!read_consumer(reader, kind, deliveries, group)) return false;
  }
  if (reader.failed() || group.pending().size() != deliveries.size()) return false;
  return stream.groups().insert(std::move(group));
}

bool read_groups(Reader& reader, Kind kind, Stream& stream) {
  const std::uint64_t groups = reader.length();
  for (std::uint64_t i = 0; i < groups; ++i) {
    if (!read_group(reader, kind, stream)) return false;
  }
  return !reader.failed();
}

void write_raw_id(Writer& writer, StreamId id) {
  const auto bytes = bytes_of(id);
  writer.raw({bytes.data(), bytes.size()});
}

void write_group(Writer& writer, const ConsumerGroup& group) {
  writer.text(group.name());
  write_id(writer, group.last_id());
  writer.length(static_cast<std::uint64_t>(group.entries_read()));
  writer.length(group.pending().size());
  group.pending().for_each([&](const PendingEntry& entry) {
    write_raw_id(writer, entry.id);
    writer.fixed_64(static_cast<std::uint64_t>(entry.delivery.at_ms));
    writer.length(static_cast<std::uint64_t>(entry.delivery.count));
  });
  writer.length(group.consumers().size());
  group.consumers().for_each([&](const Consumer& consumer) {
    writer.text(consumer.name());
    writer.fixed_64(static_cast<std::uint64_t>(consumer.seen_ms()));
    if (kind_of_stream(writer.options()) == Kind::stream_3) {
      writer.fixed_64(static_cast<std::uint64_t>(consumer.active_ms()));
    }
    writer.length(consumer.pending().size());
    consumer.pending().for_each(
        [&](const Consumer::PendingId& one) { write_raw_id(writer, one.id); });
  });
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
  writer.length(stream.groups().size());
  stream.groups().for_each([&](const ConsumerGroup& group) { write_group(writer, group); });
}

ObjectRef read_stream(Reader& reader, Kind kind) {
  ObjectRef object = make_object<Stream>();
  Stream& stream = static_cast<Stream&>(*object);
  if (!read_nodes(reader, stream) || !read_memory(reader, kind, stream)) return {};
  return read_groups(reader, kind, stream) ? object : ObjectRef();
}

}  // namespace redouble::value::rdb
