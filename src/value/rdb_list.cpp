// Lists in the RDB format: nodes one after another, each a listpack or an element that is too long
// for one; of older servers ziplists, or elements alone.
#include <algorithm>
#include <iterator>

#include "value/listpack.hpp"
#include "value/rdb_types.hpp"
#include "value/ziplist.hpp"

namespace redouble::value::rdb {
namespace {

// How redis-server fills the nodes of a list: by the bytes that they may have, where the limit is
// negative, else by their elements and at most 8 KiB.
class NodeLimit {
 public:
  explicit NodeLimit(std::int64_t list_max_listpack_size) : limit_(list_max_listpack_size) {}

  // Whether an element goes into the node with the others.
  bool takes(const ListpackWriter& node, std::size_t element_bytes) const {
    if (node.size() == 0) return true;
    constexpr std::size_t assumed_frame = 8;  // of an element, at most
    constexpr std::size_t steps[] = {4096, 8192, 16384, 32768, 65536};
    constexpr std::size_t most_bytes_by_count = 8192;
    const std::size_t bytes = node.bytes() + element_bytes + assumed_frame;
    if (limit_ < 0) {
      const auto step = static_cast<std::size_t>(std::min<std::int64_t>(-limit_, 5) - 1);
      return bytes <= steps[step];
    }
    return bytes <= most_bytes_by_count && node.size() < static_cast<std::size_t>(limit_);
  }

 private:
  std::int64_t limit_;
};

struct Nodes {
  std::string bodies;
  std::uint64_t count = 0;
};

template <class Source>
bool take_all(Source source, List& list) {
  Packed::Element element;
  Digits digits;
  while (source.next(element)) list.push(List::End::back, element.view(digits));
  return !source.failed();
}

bool take_node(Reader& reader, Kind kind, List& list, std::string& room) {
  if (kind == Kind::list) {
    const std::string_view text = reader.text(room);
    if (!reader.failed()) list.push(List::End::back, text);
    return !reader.failed();
  }
  if (kind != Kind::list_nodes) return take_all(ZiplistReader(reader.text(room)), list);
  const std::uint64_t container = reader.length();
  const std::string_view node = reader.text(room);
  // An element that stands alone is a large one: redis-server takes none that is empty.
  if (reader.failed() || node.empty()) return false;
  if (container == listpack_node) return take_all(ListpackReader(node), list);
  if (container != plain_node) return false;
  list.push(List::End::back, node);
  return true;
}

}  // namespace

void write_list(Writer& writer, const List& list) {
  const NodeLimit limit(writer.options().list_max_listpack_size);
  Nodes nodes;
  Writer bodies(nodes.bodies, writer.options());
  ListpackWriter node;
  const auto finish_node = [&] {
    if (node.size() == 0) return;
    ++nodes.count;
    bodies.length(listpack_node);
    bodies.text(node.finish());
    node.clear();
  };
  list.for_each([&](const List::Element& element) {
    const std::size_t bytes = element.size();
    if (bytes >= longest_listpack) {
      finish_node();
      ++nodes.count;
      bodies.length(plain_node);
      bodies.text(element);
      return;
    }
    if (!limit.takes(node, bytes)) finish_node();
    node.append(element);
  });
  finish_node();
  writer.length(nodes.count);
  writer.raw(nodes.bodies);
}

ObjectRef read_list(Reader& reader, Kind kind, const List::Limits& limits) {
  ObjectRef object = make_object<List>(limits);
  List& list = static_cast<List&>(*object);
  const std::uint64_t nodes = kind == Kind::list_ziplist ? 1 : reader.length();
  std::string room;
  for (std::uint64_t i = 0; i < nodes; ++i) {
    if (!take_node(reader, kind, list, room)) return {};
  }
  if (list.empty()) return {};
  list.grown(limits);
  return object;
}

}  // namespace redouble::value::rdb
