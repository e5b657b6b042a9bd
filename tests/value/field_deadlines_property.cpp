// FieldDeadlines against a map, with copies that live on.
#include "value/field_deadlines.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace redouble::value::field_deadlines_property {
namespace {

// By field: its deadline, and when it was given in the order of all.
struct Model {
  std::map<std::string, std::pair<std::int64_t, int>> at;
  int given = 0;

  std::string earliest() const {
    std::pair<std::pair<std::int64_t, int>, std::string> first{{FieldDeadlines::never, 0}, ""};
    for (const auto& [field, when] : at) first = std::min(first, {when, field});
    return first.second;
  }
};

void compare(FieldDeadlines deadlines, Model model) {
  RC_ASSERT(deadlines.size() == model.at.size());
  for (const auto& [field, when] : model.at) RC_ASSERT(deadlines.of(field) == when.first);
  while (!model.at.empty()) {
    const std::string first = model.earliest();
    RC_ASSERT(deadlines.earliest() == first);
    RC_ASSERT(deadlines.earliest_ms() == model.at[first].first);
    RC_ASSERT(deadlines.erase(first));
    model.at.erase(first);
  }
  RC_ASSERT(deadlines.earliest_ms() == FieldDeadlines::never);
  RC_ASSERT(deadlines.bytes() == 0u);
}

RC_GTEST_PROP(FieldDeadlinesProperty, EverySequenceOfChangesActsAsAMapWithCopies, ()) {
  const auto steps =
      *rc::gen::container<std::vector<std::tuple<int, int, std::int64_t>>>(rc::gen::tuple(
          rc::gen::inRange(0, 6), rc::gen::inRange(0, 40), rc::gen::inRange<std::int64_t>(0, 20)));
  FieldDeadlines deadlines(7);
  Model model;
  std::vector<std::pair<FieldDeadlines, Model>> copies;
  for (const auto& [kind, number, at_ms] : steps) {
    const std::string field(static_cast<std::size_t>(number), 'f');
    if (kind == 0) {
      RC_ASSERT(deadlines.erase(field) == (model.at.erase(field) == 1));
    } else if (kind == 1 && copies.size() < 3) {
      copies.emplace_back(deadlines, model);
    } else {
      deadlines.set(field, at_ms);
      model.at[field] = {at_ms, ++model.given};
    }
  }
  RC_ASSERT(deadlines.of("none") == FieldDeadlines::never);
  compare(deadlines, model);
  for (const auto& [kept, expected] : copies) compare(kept, expected);
}

}  // namespace
}  // namespace redouble::value::field_deadlines_property
