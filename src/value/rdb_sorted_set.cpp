// Sorted sets in the RDB format: members and scores in turn, ascending in a listpack, which is one
// text, else from the last to the first; of older servers a ziplist, or scores as digits.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "resp/number.hpp"
#include "value/listpack.hpp"
#include "value/rdb_types.hpp"
#include "value/ziplist.hpp"

namespace redouble::value::rdb {
namespace {

struct Member {
  std::string text;
  double score;
};

// A score in a listpack: a whole number as an integer, else its digits.
void append_score(ListpackWriter& listpack, double score) {
  constexpr double limit = 0x1p62;
  if (score >= -limit && score <= limit && score == std::floor(score)) {
    listpack.append(Packed::Element::of(static_cast<std::int64_t>(score)));
  } else {
    std::array<char, resp::number_buffer_size> digits;
    listpack.append(resp::format_double(digits, score));
  }
}

std::optional<double> score_of(const Packed::Element& element) {
  if (element.is_integer) return static_cast<double>(element.integer);
  return resp::parse_double(element.bytes);
}

std::size_t listpack_bytes(const SortedSet& set) {
  constexpr std::size_t longest_score = 30;
  std::size_t bytes = ListpackWriter::frame_bytes;
  for (auto at = set.at(0); at.valid(); at.next()) {
    bytes += Packed::bytes_with(at.member()) + longest_score;
  }
  return bytes;
}

template <class Source>
bool read_packed(Source source, SortedSet& set, SortedSet::Limits limits) {
  // Only their number makes a skiplist of them.
  limits.listpack_value = std::numeric_limits<std::size_t>::max();
  SeenTexts seen(limits.seed);
  Packed::Element member;
  Packed::Element score_element;
  std::string last;
  double last_score = 0;
  Digits digits;
  while (source.next(member)) {
    if (!source.next(score_element)) return false;
    const std::string_view text = member.view(digits);
    const auto score = score_of(score_element);
    if (!score) return false;
    if (!set.empty() && !SortedSet::comes_before(last_score, last, *score, text)) return false;
    if (!seen.add(text) && set.score(text)) return false;
    set.append(text, *score, limits);
    last = text;
    last_score = *score;
  }
  return !source.failed();
}

// Members of which some or all may be for a listpack: all are read before the first is added.
bool read_few(Reader& reader, Kind kind, std::uint64_t count, SortedSet& set,
              const SortedSet::Limits& limits) {
  std::vector<Member> members;
  bool all_fit = true;
  std::string room;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view text = reader.text(room);
    all_fit = all_fit && text.size() <= limits.listpack_value;
    const double score = kind == Kind::sorted_set ? reader.real() : reader.digits();
    if (reader.failed() || std::isnan(score)) return false;
    // A negative zero is a plain one in a listpack.
    members.push_back({std::string(text), score});
  }
  SeenTexts seen(limits.seed);
  std::ranges::sort(members, [](const Member& left, const Member& right) {
    return SortedSet::comes_before(left.score, left.text, right.score, right.text);
  });
  SortedSet::Limits own = limits;
  if (!all_fit) own.listpack_entries = 0;
  for (const Member& member : members) {
    if (!seen.add(member.text) && set.score(member.text)) return false;
    set.append(member.text, member.score, own);
  }
  return true;
}

bool read_members(Reader& reader, Kind kind, SortedSet& set, SortedSet::Limits limits) {
  const std::uint64_t count = reader.length();
  if (count <= limits.listpack_entries) return read_few(reader, kind, count, set, limits);
  limits.listpack_entries = 0;
  std::string room;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view text = reader.text(room);
    const double score = kind == Kind::sorted_set ? reader.real() : reader.digits();
    if (reader.failed() || std::isnan(score) || !set.set(text, score, limits)) return false;
  }
  return true;
}

}  // namespace

Kind kind_of(const SortedSet& set) {
  if (set.encoding() != Encoding::listpack) return Kind::sorted_set;
  // No member takes four times as much with its digits: mostly nothing need be counted.
  const bool fits = 4 * set.bytes() < longest_listpack || listpack_bytes(set) < longest_listpack;
  return fits ? Kind::sorted_set_listpack : Kind::sorted_set;
}

void write_sorted_set(Writer& writer, const SortedSet& set) {
  if (kind_of(set) == Kind::sorted_set) {
    writer.length(set.size());
    for (auto at = set.last(); at.valid(); at.previous()) {
      writer.text(at.member());
      writer.real(at.score());
    }
    return;
  }
  ListpackWriter listpack;
  for (auto at = set.at(0); at.valid(); at.next()) {
    listpack.append(at.member());
    append_score(listpack, at.score());
  }
  writer.text(listpack.finish());
}

ObjectRef read_sorted_set(Reader& reader, Kind kind, const SortedSet::Limits& limits) {
  ObjectRef object = make_object<SortedSet>();
  SortedSet& set = static_cast<SortedSet&>(*object);
  bool whole = false;
  if (kind == Kind::sorted_set || kind == Kind::sorted_set_of_digits) {
    whole = read_members(reader, kind, set, limits);
  } else {
    std::string room;
    const std::string_view bytes = reader.text(room);
    whole = kind == Kind::sorted_set_ziplist ? read_packed(ZiplistReader(bytes), set, limits)
                                             : read_packed(ListpackReader(bytes), set, limits);
  }
  return whole && !set.empty() ? object : ObjectRef();
}

}  // namespace redouble::value::rdb
