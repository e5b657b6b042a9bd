// Values of every type, written in the RDB format and read again; and the parts of the format.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "value/listpack.hpp"
#include "value/lzf.hpp"
#include "value/rdb_round.hpp"

namespace redouble::value::rdb_value_property {
namespace {

using rdb::Contents;
using rdb::contents_of;

// Short and long, with repetitions or without, integers of every width.
std::string any_text() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return std::to_string(*rc::gen::arbitrary<std::int64_t>() >> *rc::gen::inRange(0, 64));
    case 1:
      return *rc::gen::arbitrary<std::string>();
    case 2: {
      std::string text;
      const auto word = *rc::gen::nonEmpty(rc::gen::arbitrary<std::string>());
      const auto size = *rc::gen::element<std::size_t>(20, 64, 300, 5000, 20000);
      while (text.size() < size) text += word;
      return text;
    }
    case 3:
      return std::string(*rc::gen::element<std::size_t>(63, 64, 65, 127, 255, 4095, 4096), 'x');
    default:
      return std::to_string(*rc::gen::inRange(-200, 200));
  }
}

std::size_t any_count() { return *rc::gen::element<std::size_t>(1, 2, 3, 10, 40); }
std::size_t any_limit() { return *rc::gen::element<std::size_t>(0, 5, 64, 512); }

rdb::Limits any_limits() {
  rdb::Limits limits;
  limits.version = *rc::gen::element(rdb::version_of_7_0, rdb::version_of_7_2);
  const bool is_new = limits.version == rdb::version_of_7_2;
  limits.list = {is_new, *rc::gen::element<std::int64_t>(-5, -2, -1, 0, 1, 3, 128)};
  limits.set = {any_limit(), is_new ? any_limit() : 0, any_limit(), 1};
  limits.hash = {any_limit(), any_limit(), 2};
  limits.sorted_set = {any_limit(), any_limit(), 3};
  return limits;
}

ObjectRef any_object(const rdb::Limits& limits) {
  const std::size_t count = any_count();
  const auto repeat = [count](auto&& change) {
    for (std::size_t i = 0; i < count; ++i) change();
  };
  switch (*rc::gen::inRange(0, 4)) {
    case 0: {
      ObjectRef object = make_object<List>(limits.list);
      auto& list = static_cast<List&>(*object);
      repeat([&] { list.push(*rc::gen::element(List::End::front, List::End::back), any_text()); });
      list.grown(limits.list);
      return object;
    }
    case 1: {
      ObjectRef object = make_object<SetObject>();
      const bool integers = *rc::gen::arbitrary<bool>();
      repeat([&] {
        const std::string member =
            integers ? std::to_string(*rc::gen::arbitrary<std::int64_t>()) : any_text();
        static_cast<SetObject&>(*object).set().add(member, limits.set);
      });
      return object;
    }
    case 2: {
      ObjectRef object = make_object<HashObject>();
      repeat([&] {
        static_cast<HashObject&>(*object).hash().set(any_text(), any_text(), limits.hash);
      });
      return object;
    }
    default: {
      ObjectRef object = make_object<SortedSet>();
      repeat([&] {
        const double score = *rc::gen::oneOf(
            rc::gen::map(rc::gen::inRange(-3, 3), [](int whole) { return double(whole); }),
            rc::gen::element(0.5, -0.1, 1e300, 5e-324, 1.0 / 0.0, -1.0 / 0.0, 0x1p62, 0x1p63));
        static_cast<SortedSet&>(*object).set(any_text(), score, limits.sorted_set);
      });
      return object;
    }
  }
}

void comes_back(const Object& object, const rdb::Limits& limits) {
  const rdb::Writer::Options options{.version = limits.version,
                                     .compresses = *rc::gen::arbitrary<bool>(),
                                     .list_max_listpack_size = limits.list.max_listpack_size};
  const std::string bytes = rdb::written(object, options);
  // Whatever stands behind is left alone.
  const std::string more = bytes + "more";
  rdb::Reader reader(more);
  std::string room;
  const auto read = rdb::read_value(reader, limits, room);
  RC_ASSERT(read);
  RC_ASSERT(reader.left() == 4u);
  rdb::check(*read->object);
  RC_ASSERT(contents_of(*read) == contents_of(object));
  for (int tries = 0; tries < 5; ++tries) {
    const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
    rdb::Reader cut(std::string_view(bytes).substr(0, size));
    RC_ASSERT(!rdb::read_value(cut, limits, room));
  }
}

RC_GTEST_PROP(RdbProperty, ListsSetsHashesAndSortedSetsComeBackAsTheyWere, ()) {
  const rdb::Limits limits = any_limits();
  comes_back(*any_object(limits), limits);
}

RC_GTEST_PROP(RdbProperty, StreamsComeBackWithTheirNodesAndWhatTheyRemember, ()) {
  ObjectRef object = make_object<Stream>();
  auto& stream = static_cast<Stream&>(*object);
  const Stream::Limits limits{.node_bytes = *rc::gen::element<std::uint64_t>(0, 60, 400),
                              .node_entries = *rc::gen::element<std::int64_t>(0, 1, 3, 100)};
  StreamId id{1, 1};
  std::vector<StreamId> ids;
  for (std::size_t left = any_count(); left > 0; --left) {
    id.ms += *rc::gen::element<std::uint64_t>(0, 1, 1'000'000, std::uint64_t{1} << 40);
    id.seq = *rc::gen::inRange<std::uint64_t>(id.seq + 1, id.seq + 3);
    std::vector<std::string> texts = {"field", any_text()};
    if (*rc::gen::arbitrary<bool>()) texts.insert(texts.end(), {any_text(), any_text()});
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    stream.append(id, views, limits);
    ids.push_back(id);
  }
  for (const StreamId gone : ids) {
    if (*rc::gen::inRange(0, 3) == 0) stream.erase(gone);
  }
  stream.set_max_deleted_id(*rc::gen::element(StreamId{}, id));
  stream.set_entries_added(*rc::gen::arbitrary<std::uint64_t>());
  for (std::size_t left = *rc::gen::inRange<std::size_t>(0, 4); left > 0; --left) {
    ConsumerGroup group(any_text(), id, *rc::gen::inRange<std::int64_t>(-1, 5));
    for (std::size_t entries = any_count(); entries > 0; --entries) {
      const std::string name = *rc::gen::element<std::string>("", "12", "alice", "bob");
      group.add_consumer(name, *rc::gen::arbitrary<std::int64_t>());
      group.assign({*rc::gen::inRange<std::uint64_t>(0, 300), 1}, name,
                   {.at_ms = *rc::gen::arbitrary<std::int64_t>(),
                    .count = *rc::gen::inRange<std::int64_t>(0, 3)});
    }
    stream.groups().insert(std::move(group));
  }
  comes_back(*object, any_limits());
}

RC_GTEST_PROP(RdbProperty, LengthsAndNumbersComeBack, ()) {
  const auto lengths = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::map(
      rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(0, 64)),
      [](const std::pair<std::uint64_t, int>& drawn) { return drawn.first >> drawn.second; }));
  std::string bytes;
  rdb::Writer writer(bytes, {});
  for (const std::uint64_t length : lengths) {
    writer.length(length);
    writer.fixed_64(length);
    writer.text(std::to_string(static_cast<std::int64_t>(length)));
  }
  rdb::Reader reader(bytes);
  std::string room;
  for (const std::uint64_t length : lengths) {
    RC_ASSERT(reader.length() == length);
    RC_ASSERT(reader.fixed_64() == length);
    RC_ASSERT(reader.text(room) == std::to_string(static_cast<std::int64_t>(length)));
  }
  RC_ASSERT(!reader.failed() && reader.left() == 0u);
}

RC_GTEST_PROP(LzfProperty, WhatIsCompressedComesBackAndAlwaysHasTheSameBytes, ()) {
  LzfCompressor used;
  std::string packed;
  used.compress(any_text() + any_text(), 30000, packed);
  const std::string text = any_text() + any_text() + any_text();
  const bool shorter = used.compress(text, text.size(), packed);
  std::string fresh;
  RC_ASSERT(LzfCompressor().compress(text, text.size(), fresh) == shorter);
  if (!shorter) return;
  RC_ASSERT(fresh == packed);
  RC_ASSERT(packed.size() <= text.size() && text.size() <= lzf_longest(packed.size()));
  std::string unpacked;
  RC_ASSERT(lzf_decompress(packed, text.size(), unpacked));
  RC_ASSERT(unpacked == text);
  RC_ASSERT(!lzf_decompress(packed, text.size() + 1, unpacked));
  RC_ASSERT(!lzf_decompress(packed, text.size() - 1, unpacked));
  // A byte less is not enough room.
  RC_ASSERT(!used.compress(text, packed.size() - 1, fresh));
}

RC_GTEST_PROP(ListpackProperty, ElementsComeBackAndNoOtherBytesAreTaken, ()) {
  std::vector<std::string> texts;
  ListpackWriter writer;
  for (std::size_t left = any_count(); left > 0; --left) {
    texts.push_back(any_text());
    writer.append(texts.back());
  }
  std::string bytes(writer.finish());
  const auto read = [](std::string_view from) {
    std::vector<std::string> found;
    ListpackReader reader(from);
    Packed::Element element;
    Digits digits;
    while (reader.next(element)) found.emplace_back(element.view(digits));
    if (reader.failed()) found = {"failed"};
    return found;
  };
  RC_ASSERT(read(bytes) == texts);
  RC_ASSERT(read(bytes + "x") == std::vector<std::string>{"failed"});
  RC_ASSERT(read(std::string_view(bytes).substr(0, bytes.size() - 1)) ==
            std::vector<std::string>{"failed"});
  // Any byte changed: another listpack, or none; never beyond the end (which ASan sees).
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  read(bytes);
}

}  // namespace
}  // namespace redouble::value::rdb_value_property
