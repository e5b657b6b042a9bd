// Hash against std::map: every operation under changing limits, with copies that live on.
#include "value/hash.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace redouble::value::hash_property {
namespace {

using Model = std::map<std::string, std::string>;
constexpr std::int64_t never = FieldDeadlines::never;

std::string text_of(const Hash::Text& text) {
  Digits digits;
  return std::string(text.view(digits));
}

void compare(const Hash& hash, const Model& model) {
  RC_ASSERT(hash.size() == model.size());
  Model seen;
  std::size_t given = 0;
  hash.for_each([&](const Hash::Pair& pair) {
    seen[text_of(pair.field)] = text_of(pair.value);
    ++given;
  });
  RC_ASSERT(seen == model && given == model.size());
  seen.clear();
  std::uint64_t cursor = 0;
  do {
    cursor = hash.scan(cursor, 10, [&](const Hash::Pair& pair) {
      RC_ASSERT(seen.emplace(text_of(pair.field), text_of(pair.value)).second);
    });
  } while (cursor != 0);
  RC_ASSERT(seen == model);
  std::size_t least = 0;
  for (const auto& [field, value] : model) {
    const auto found = hash.get(field);
    RC_ASSERT(found && text_of(*found) == value);
    least += Packed::bytes_with(field) + Packed::bytes_with(value) - 4;
  }
  RC_ASSERT(hash.bytes() >= least);
}

RC_GTEST_PROP(HashProperty, EverySequenceOfChangesActsAsAMapWithCopies, ()) {
  const Hash::Limits limits{*rc::gen::element<std::size_t>(0, 10, 512, 100'000),
                            *rc::gen::element<std::size_t>(5, 64, 5000), 7};
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 8), rc::gen::inRange(0, 1500), rc::gen::inRange(1, 120)));
  Hash hash;
  Model model;
  std::vector<std::pair<Hash, Model>> copies;
  bool was_table = false;
  for (const auto& [kind, start, amount] : steps) {
    if (kind == 6 && copies.size() < 3) copies.emplace_back(hash, model);
    if (kind == 7 && !copies.empty()) {
      std::swap(hash, copies.front().first);
      std::swap(model, copies.front().second);
      was_table = hash.encoding() == Encoding::hashtable;
    }
    for (int i = 0; i < amount && kind < 6; ++i) {
      const int number = (start + i) % 1500;
      const std::string field = (number % 3 == 0 ? "field" : "") + std::to_string(number);
      if (kind == 5) {
        RC_ASSERT(hash.erase(field) == (model.erase(field) == 1));
        continue;
      }
      const auto size = static_cast<std::size_t>(start * amount % (i % 10 == 0 ? 600 : 9));
      const std::string value = kind == 0 ? std::to_string(start) : std::string(size, 'v');
      RC_ASSERT(hash.set(field, value, limits) == !model.contains(field));
      model[field] = value;
      const bool over = model.size() > limits.listpack_entries ||
                        std::max(field.size(), value.size()) > limits.listpack_value;
      was_table = was_table || over;
    }
    RC_ASSERT((hash.encoding() == Encoding::hashtable) == was_table);
    if (!model.empty()) {
      const Hash::Pair drawn = hash.random(static_cast<std::uint64_t>(start) << 52);
      RC_ASSERT(model.at(text_of(drawn.field)) == text_of(drawn.value));
    }
  }
  compare(hash, model);
  for (const auto& [kept, expected] : copies) compare(kept, expected);
}

// Beside the values the deadlines of fields: set() ends one, set_keeping_deadline() does not.
struct Dated {
  Model values;
  std::map<std::string, std::int64_t> deadlines;

  std::int64_t earliest() const {
    std::int64_t first = never;
    for (const auto& [field, at_ms] : deadlines) first = std::min(first, at_ms);
    return first;
  }
};

void compare_dated(const Hash& hash, const Dated& model) {
  compare(hash, model.values);
  for (const auto& [field, value] : model.values) {
    const auto found = model.deadlines.find(field);
    RC_ASSERT(hash.deadline_ms(field) == (found == model.deadlines.end() ? never : found->second));
  }
  RC_ASSERT(hash.earliest_deadline_ms() == model.earliest());
}

void take_due(Hash& hash, Dated& model, std::size_t most) {
  const std::int64_t first_ms = model.earliest();
  const auto taken = hash.take_first_due(most);
  std::size_t due = 0;
  for (const auto& [field, at_ms] : model.deadlines) due += at_ms == first_ms ? 1 : 0;
  RC_ASSERT(taken.size() == std::min(most, due));
  for (const std::string& field : taken) {
    RC_ASSERT(model.deadlines.at(field) == first_ms && model.values.erase(field) == 1);
    model.deadlines.erase(field);
  }
}

void change_dated(Hash& hash, Dated& model, int kind, const std::string& field,
                  const Hash::Limits& limits) {
  const bool there = model.values.contains(field);
  if (kind < 3) {
    RC_ASSERT((kind == 0 ? hash.set(field, "v", limits)
                         : hash.set_keeping_deadline(field, "w", limits)) == !there);
    model.values[field] = kind == 0 ? "v" : "w";
    if (kind == 0) model.deadlines.erase(field);
  } else if (kind == 3) {
    RC_ASSERT(hash.erase(field) == (model.values.erase(field) == 1));
    model.deadlines.erase(field);
  } else if (kind == 4) {
    RC_ASSERT(hash.drop_deadline(field) == (model.deadlines.erase(field) == 1));
  } else if (there) {
    const auto at_ms = static_cast<std::int64_t>(field.size() % 5);
    hash.set_deadline(field, at_ms, limits);
    model.deadlines[field] = at_ms;
  }
}

RC_GTEST_PROP(HashProperty, DeadlinesOfFieldsActAsASecondMapWithCopies, ()) {
  const Hash::Limits limits{*rc::gen::element<std::size_t>(0, 10, 512), 64, 7};
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 10), rc::gen::inRange(0, 60), rc::gen::inRange(1, 30)));
  Hash hash;
  Dated model;
  std::vector<std::pair<Hash, Dated>> copies;
  for (const auto& [kind, start, amount] : steps) {
    if (kind == 8 && copies.size() < 3) copies.emplace_back(hash, model);
    if (kind == 9) take_due(hash, model, static_cast<std::size_t>(amount));
    for (int i = 0; i < amount && kind < 8; ++i) {
      change_dated(hash, model, kind, std::string(static_cast<std::size_t>((start + i) % 60), 'f'),
                   limits);
    }
  }
  compare_dated(hash, model);
  for (const auto& [kept, expected] : copies) compare_dated(kept, expected);
}

}  // namespace
}  // namespace redouble::value::hash_property
