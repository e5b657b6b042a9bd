// The stream against std::map: appends, erasures and trims, with copies in between.
#include "value/stream.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redouble::value::stream_property {
namespace {

using Texts = std::vector<std::string>;
using Model = std::map<StreamId, Texts>;

Texts texts_of(int number) {
  Texts texts;
  const int fields = number % 7 == 0 ? 3 : 2;
  for (int i = 0; i < fields; ++i) {
    texts.push_back(number % 5 == 0 ? "field" + std::to_string(number % 3 + i)
                                    : "f" + std::to_string(i));
    texts.push_back(number % 11 == 0 ? std::string(static_cast<std::size_t>(number), 'v')
                                     : std::to_string(number * 31 + i));
  }
  return texts;
}

void same(const Stream::Entry& entry, const std::pair<const StreamId, Texts>& expected) {
  RC_ASSERT(entry.id() == expected.first);
  Texts texts;
  Digits digits;
  entry.for_each_field([&](const StreamNode::Text& field, const StreamNode::Text& value) {
    texts.emplace_back(field.view(digits));
    texts.emplace_back(value.view(digits));
  });
  RC_ASSERT(texts == expected.second);
}

void compare(const Stream& stream, const Model& model) {
  stream.check();
  RC_ASSERT(stream.size() == model.size());
  auto at = stream.at_least(StreamId::lowest());
  for (const auto& expected : model) {
    RC_ASSERT(at.valid());
    same(*at, expected);
    at.next();
  }
  RC_ASSERT(!at.valid());
  at = stream.at_most(StreamId::highest());
  for (auto expected = model.rbegin(); expected != model.rend(); ++expected, at.previous()) {
    RC_ASSERT(at.valid());
    same(*at, *expected);
  }
  RC_ASSERT(!at.valid());
  for (std::uint64_t ms = 0; ms < 60; ++ms) {
    const StreamId id{ms * 7, ms % 4};
    const auto above = model.lower_bound(id);
    const auto found = stream.at_least(id);
    RC_ASSERT(found.valid() == (above != model.end()));
    if (found.valid()) RC_ASSERT(found->id() == above->first);
    auto below = model.upper_bound(id);
    const auto last = stream.at_most(id);
    RC_ASSERT(last.valid() == (below != model.begin()));
    if (last.valid()) RC_ASSERT(last->id() == (--below)->first);
  }
}

struct World {
  ObjectRef owner = make_object<Stream>();
  Model model;
  std::vector<std::pair<ObjectRef, Model>> copies;
  Stream::Limits limits{.node_bytes = 400, .node_entries = 9};

  Stream& stream() { return static_cast<Stream&>(*owner); }
  void run(int kind, int number) {
    const auto some = static_cast<std::uint64_t>(number);
    switch (kind) {
      case 0:
      case 1:
        for (int i = 0; i < number % 30; ++i) append(number + i);
        break;
      case 2:
        for (int i = 0; i < number % 20 && !model.empty(); ++i) erase(number * 13 + i);
        break;
      case 3:
        trim({.kind = Stream::Trim::Kind::length, .length = some % (model.size() + 5)});
        break;
      case 4:
        trim({.kind = Stream::Trim::Kind::least,
              .least = {some % (stream().last_id().ms + 2), some % 3}});
        break;
      case 5:
        trim({.kind = Stream::Trim::Kind::length,
              .length = some % (model.size() + 5),
              .whole_nodes = true,
              .limit = some % 2 * 20});
        break;
      case 6:
        if (copies.size() < 3) copies.emplace_back(stream().copy(), model);
        break;
      case 7:
        if (copies.empty()) break;
        std::swap(copies.back().first, owner);
        std::swap(copies.back().second, model);
        copies.pop_back();
        break;
      default:
        break;
    }
  }
  void append(int number) {
    const StreamId last = stream().last_id();
    const StreamId id = number % 3 == 0 ? last.next() : StreamId{last.ms + 1, 0};
    const Texts texts = texts_of(number % 120);
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    stream().append(id, views, limits);
    model[id] = texts;
  }
  void erase(int number) {
    const auto place = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(number) % model.size());
    const StreamId id = std::next(model.begin(), place)->first;
    RC_ASSERT(stream().erase(id));
    RC_ASSERT(!stream().erase(id));
    model.erase(id);
  }
  void trim(const Stream::Trim& trim) {
    const std::size_t before = stream().size();
    const std::uint64_t gone = stream().trim(trim);
    RC_ASSERT(stream().size() + gone == before);
    const bool by_length = trim.kind == Stream::Trim::Kind::length;
    const auto too_many = [&] {
      if (model.empty()) return false;
      return by_length ? model.size() > trim.length : model.begin()->first < trim.least;
    };
    if (trim.whole_nodes) {
      if (gone > 0) RC_ASSERT(stream().size() >= trim.length);
      for (std::uint64_t i = 0; i < gone; ++i) model.erase(model.begin());
    } else {
      while (too_many()) model.erase(model.begin());
    }
  }
};

RC_GTEST_PROP(StreamProperty, BehavesLikeAMap, ()) {
  const auto steps = *rc::gen::scale(
      4.0, rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(
               rc::gen::inRange(0, 8), rc::gen::resize(100, rc::gen::inRange(0, 600)))));
  World world;
  for (const auto& [kind, number] : steps) world.run(kind, number);
  compare(world.stream(), world.model);
  for (const auto& [copy, model] : world.copies) compare(static_cast<const Stream&>(*copy), model);
}

}  // namespace
}  // namespace redouble::value::stream_property
