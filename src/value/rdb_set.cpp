// Sets in the RDB format: an intset as one text, from version 11 on a listpack, else the members.
#include <algorithm>
#include <limits>
#include <vector>

#include "value/listpack.hpp"
#include "value/packed_encoding.hpp"
#include "value/rdb_types.hpp"

namespace redouble::value::rdb {
namespace {

using packed_encoding::Byte;

constexpr std::size_t intset_head = 8;  // bytes of each integer (four), their number (four)

std::string intset_of(const Set& set) {
  std::vector<std::int64_t> integers;
  integers.reserve(set.size());
  set.for_each([&](const Set::Text& member) {
    // One that is kept in a table gives its digits, in no order.
    integers.push_back(member.is_integer ? member.integer : Set::Text::of(member.bytes).integer);
  });
  if (!std::ranges::is_sorted(integers)) std::ranges::sort(integers);
  const unsigned width = set.integer_width();
  std::string intset(intset_head + integers.size() * width, '\0');
  auto* to = reinterpret_cast<Byte*>(intset.data());
  packed_encoding::store(to, 4, width);
  packed_encoding::store(to + 4, 4, integers.size());
  to += intset_head;
  for (const std::int64_t integer : integers) {
    packed_encoding::store(to, width, static_cast<std::uint64_t>(integer));
    to += width;
  }
  return intset;
}

std::int64_t integer_at(const Byte* from, std::size_t width) {
  if (width == 2) return packed_encoding::load_signed<2>(from);
  return width == 4 ? packed_encoding::load_signed<4>(from) : packed_encoding::load_signed<8>(from);
}

bool read_intset(std::string_view intset, Set& set, Set::Limits limits) {
  if (intset.size() <= intset_head) return false;
  const auto* from = reinterpret_cast<const Byte*>(intset.data());
  const std::size_t width = packed_encoding::load<4>(from);
  const std::size_t count = packed_encoding::load<4>(from + 4);
  if (width != 2 && width != 4 && width != 8) return false;
  if (intset.size() - intset_head != count * width) return false;
  // What does not stay an intset becomes a table at once.
  if (count > limits.intset_entries) limits.intset_entries = 0;
  std::int64_t before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t integer = integer_at(from + intset_head + i * width, width);
    if (i > 0 && integer <= before) return false;
    set.append(Set::Text::of(integer), limits);
    before = integer;
  }
  return true;
}

// Adds a member that nobody promises to be new. False where it is there.
bool add(Set& set, SeenTexts& seen, std::string_view member, const Set::Limits& limits) {
  if (set.encoding() == Encoding::hashtable) return set.add(member, limits);
  if (!seen.add(member) && set.contains(member)) return false;
  set.append(Set::Text::of(member), limits);
  return true;
}

bool read_listpack(std::string_view bytes, Set& set, Set::Limits limits) {
  // Only their number makes a table of them.
  limits.listpack_value = std::numeric_limits<std::size_t>::max();
  set = Set::listpack();
  SeenTexts seen(limits.seed);
  ListpackReader listpack(bytes);
  Packed::Element element;
  Digits digits;
  while (listpack.next(element)) {
    if (!add(set, seen, element.view(digits), limits)) return false;
  }
  return !listpack.failed();
}

bool read_members(Reader& reader, Set& set, Set::Limits limits) {
  const std::uint64_t count = reader.length();
  if (count > limits.intset_entries) limits.intset_entries = 0;
  if (count > limits.listpack_entries) limits.listpack_entries = 0;
  SeenTexts seen(limits.seed);
  std::string room;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view member = reader.text(room);
    if (reader.failed() || !add(set, seen, member, limits)) return false;
  }
  return true;
}

bool is_listpack(const Set& set, const Writer::Options& options) {
  return set.encoding() == Encoding::listpack && options.version >= version_of_7_2;
}

}  // namespace

Kind kind_of(const Set& set, const Writer::Options& options) {
  if (set.encoding() == Encoding::intset) return Kind::set_intset;
  return is_listpack(set, options) ? Kind::set_listpack : Kind::set;
}

void write_set(Writer& writer, const Set& set) {
  if (set.encoding() == Encoding::intset) {
    writer.text(intset_of(set));
  } else if (is_listpack(set, writer.options())) {
    ListpackWriter listpack;
    // A table gives integers as digits.
    Digits digits;
    set.for_each([&](const Set::Text& member) { listpack.append(member.view(digits)); });
    writer.text(listpack.finish());
  } else {
    writer.length(set.size());
    set.for_each([&](const Set::Text& member) { writer.text(member); });
  }
}

ObjectRef read_set(Reader& reader, Kind kind, const Set::Limits& limits) {
  ObjectRef object = make_object<SetObject>();
  Set& set = static_cast<SetObject&>(*object).set();
  bool whole = false;
  if (kind == Kind::set) {
    whole = read_members(reader, set, limits);
  } else {
    std::string room;
    const std::string_view bytes = reader.text(room);
    whole = kind == Kind::set_intset ? read_intset(bytes, set, limits)
                                     : read_listpack(bytes, set, limits);
  }
  return whole && !set.empty() ? object : ObjectRef();
}

}  // namespace redouble::value::rdb
