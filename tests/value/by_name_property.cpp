// ByName against std::map: values that come, change and go by name, with copies in between.
#include "value/by_name.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "value/text_node.hpp"

namespace redouble::value::by_name_property {
namespace {

class Named {
 public:
  Named(std::string_view name, int number) : name_(TextNode<1>::make(0, name)), number_(number) {}
  std::string_view name() const { return name_->key(); }
  std::size_t bytes() const { return name_->bytes() + static_cast<std::size_t>(number_); }
  int number() const { return number_; }
  void set_number(int number) { number_ = number; }
  void check() const {}

 private:
  Ref<TextNode<1>> name_;
  int number_;
};

using Model = std::map<std::string, int>;

std::string name_of(int number) {
  if (number % 11 == 0) return std::string(static_cast<std::size_t>(number) % 270, '\xff');
  return std::to_string(number % 500);
}

void compare(const ByName<Named>& values, const Model& model) {
  values.check();
  RC_ASSERT(values.size() == model.size());
  RC_ASSERT(values.empty() == model.empty());
  auto expected = model.begin();
  values.for_each([&](const Named& value) {
    RC_ASSERT(value.name() == expected->first);
    RC_ASSERT(value.number() == expected->second);
    ++expected;
  });
  for (int number = 0; number < 600; number += 7) {
    const Named* found = values.find(name_of(number));
    const auto wanted = model.find(name_of(number));
    RC_ASSERT((found == nullptr) == (wanted == model.end()));
    if (found != nullptr) RC_ASSERT(found->number() == wanted->second);
  }
}

RC_GTEST_PROP(ByNameProperty, BehavesLikeAMap, ()) {
  const auto steps = *rc::gen::scale(
      4.0, rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(
               rc::gen::inRange(0, 8), rc::gen::resize(100, rc::gen::inRange(0, 900)))));
  ByName<Named> values;
  Model model;
  std::vector<std::pair<ByName<Named>, Model>> copies;
  for (const auto& [kind, number] : steps) {
    for (int i = 0; i < number % 60 && kind < 6; ++i) {
      const std::string name = name_of(number + i);
      if (kind < 3) {
        RC_ASSERT(values.insert(Named(name, number)) == model.try_emplace(name, number).second);
      } else if (kind < 5) {
        RC_ASSERT(values.erase(name) == (model.erase(name) == 1));
      } else if (model.contains(name)) {
        values.change(name, [&](Named& value) { value.set_number(number + 1); });
        model[name] = number + 1;
      }
    }
    if (kind == 6 && copies.size() < 3) copies.emplace_back(values, model);
    if (kind == 7 && !copies.empty()) {
      std::swap(values, copies.back().first);
      std::swap(model, copies.back().second);
    }
  }
  compare(values, model);
  for (const auto& [copy, copied] : copies) compare(copy, copied);
}

}  // namespace
}  // namespace redouble::value::by_name_property
