// Packed against std::vector<std::string>: every operation, with copies that live on.
#include "value/packed.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace redouble::value::packed_property {
namespace {

using Model = std::vector<std::string>;

std::string text_of(const Packed::Element& element) {
  Digits digits;
  return std::string(element.view(digits));
}

void compare(const Packed& packed, const Model& model) {
  RC_ASSERT(packed.size() == model.size());
  RC_ASSERT(packed.empty() == model.empty());
  Model forward;
  for (const Packed::Element element : packed) forward.push_back(text_of(element));
  RC_ASSERT(forward == model);
  Model backward;
  for (auto at = packed.end(); at != packed.begin();) backward.push_back(text_of(*--at));
  std::ranges::reverse(backward);
  RC_ASSERT(backward == model);
  std::size_t bytes = 0;
  for (const std::string& text : model) bytes += Packed::bytes_with(text);
  RC_ASSERT(packed.encoded_bytes() == bytes);
  RC_ASSERT(packed.bytes() >= bytes && (packed.bytes() == 0) == model.empty());
}

rc::Gen<std::string> texts() {
  const auto numbers = rc::gen::map(rc::gen::arbitrary<std::pair<std::int64_t, unsigned>>(),
                                    [](const std::pair<std::int64_t, unsigned>& drawn) {
                                      return std::to_string(drawn.first >> (drawn.second % 64));
                                    });
  const auto long_texts = rc::gen::map(rc::gen::inRange<std::size_t>(0, 20000),
                                       [](std::size_t size) { return std::string(size, 'x'); });
  return rc::gen::oneOf(rc::gen::arbitrary<std::string>(), numbers, numbers,
                        rc::gen::element<std::string>("a", "b", "7", "007", ""), long_texts);
}

enum Kind { insert, append, prepend, replace, erase, erase_range, split, append_all, copy, swap };

RC_GTEST_PROP(PackedProperty, EverySequenceOfChangesActsAsAVectorOfTexts, ()) {
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, unsigned, std::string>>>(
      rc::gen::tuple(rc::gen::inRange(0, 14), rc::gen::arbitrary<unsigned>(), texts()));
  Packed packed;
  Model model;
  std::vector<std::pair<Packed, Model>> copies;
  for (const auto& [kind, place, text] : steps) {
    const std::size_t index = model.empty() ? 0 : place % model.size();
    const auto model_at = model.begin() + static_cast<std::ptrdiff_t>(index);
    const auto at = model.empty() ? packed.end() : packed.at(index);
    switch (kind % 10) {
      case insert:
        RC_ASSERT(text_of(*packed.insert(at, text)) == text);
        model.insert(model_at, text);
        break;
      case append:
        packed.append(text);
        model.push_back(text);
        break;
      case prepend:
        packed.prepend(text);
        model.insert(model.begin(), text);
        break;
      case replace:
        if (model.empty()) break;
        RC_ASSERT(text_of(*packed.replace(at, text)) == text);
        *model_at = text;
        break;
      case erase:
        if (model.empty()) break;
        RC_ASSERT(std::distance(packed.begin(), packed.erase(at)) ==
                  static_cast<std::ptrdiff_t>(index));
        model.erase(model_at);
        break;
      case erase_range: {
        const std::size_t last = std::min(model.size(), index + text.size() % 5);
        packed.erase(at, last == model.size() ? packed.end() : packed.at(last));
        model.erase(model_at, model.begin() + static_cast<std::ptrdiff_t>(last));
        break;
      }
      case split: {
        const Packed right = packed.split(at);
        compare(right, Model(model_at, model.end()));
        model.erase(model_at, model.end());
        break;
      }
      case append_all:
        if (packed.encoded_bytes() > 200000) break;
        packed.append_all(copies.empty() ? packed : copies.front().first);
        {
          const Model added = copies.empty() ? model : copies.front().second;
          model.insert(model.end(), added.begin(), added.end());
        }
        break;
      case copy:
        if (copies.size() < 3) copies.emplace_back(packed, model);
        break;
      case swap:
        if (copies.empty()) break;
        std::swap(packed, copies.back().first);
        std::swap(model, copies.back().second);
        if (place % 3 == 0) copies.pop_back();
        break;
      default:
        break;
    }
    const auto expected = std::ranges::find(model, text);
    const auto found = packed.find(text);
    if (expected == model.end()) {
      RC_ASSERT(found == packed.end());
    } else {
      RC_ASSERT(found == packed.at(static_cast<std::size_t>(expected - model.begin())));
    }
  }
  compare(packed, model);
  for (const auto& [kept, expected] : copies) compare(kept, expected);
}

}  // namespace
}  // namespace redouble::value::packed_property
