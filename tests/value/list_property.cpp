// The list against std::deque, with short, long and integer elements, and copies in between.
#include "value/list.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "value/shared_blocks.hpp"

namespace redouble::value::list_property {
namespace {

using Model = std::deque<std::string>;

std::string text_of(int number) {
  if (number % 4 == 0) return std::to_string(number * 7919);
  if (number % 50 == 1) return std::string(static_cast<std::size_t>(number) * 10, 'x');
  return "element " + std::to_string(number) +
         std::string(static_cast<std::size_t>(number % 90), 'y');
}

void compare(const List& list, const Model& model) {
  list.check();
  RC_ASSERT(list.size() == model.size());
  Digits digits;
  auto forward = list.at(0);
  for (const std::string& text : model) {
    RC_ASSERT(forward.valid());
    RC_ASSERT((*forward).view(digits) == text);
    forward.next();
  }
  RC_ASSERT(!forward.valid());
  auto backward = list.end_at(List::End::back);
  for (std::size_t index = model.size(); index-- > 0; backward.previous()) {
    RC_ASSERT(backward.valid());
    RC_ASSERT(backward.index() == index);
    RC_ASSERT((*backward).view(digits) == model[index]);
  }
  RC_ASSERT(!backward.valid());
}

struct World {
  ObjectRef owner = make_object<List>();
  Model model;
  std::vector<std::pair<ObjectRef, Model>> copies;

  List& list() { return static_cast<List&>(*owner); }
  std::size_t place(int number) const { return static_cast<std::size_t>(number) % model.size(); }

  void run(int kind, int number) {
    const std::string text = text_of(number);
    const bool front = number % 2 == 0;
    switch (kind) {
      case 0:
      case 1:
        for (int i = 0; i < number % 70; ++i) {
          list().push(front ? List::End::front : List::End::back, text_of(number + i));
          model.insert(front ? model.begin() : model.end(), text_of(number + i));
        }
        break;
      case 2:
        for (int i = 0; i < number % 40; ++i) insert(number * 31, text_of(number + i));
        break;
      case 3:
        if (model.empty()) break;
        list().set(place(number), text);
        model[place(number)] = text;
        break;
      case 4:
        for (int i = 0; i < number % 30 && !model.empty(); ++i) {
          const std::size_t at = place(number * 17);
          list().erase(at);
          model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
        }
        break;
      case 5:
        if (!model.empty()) erase_range(place(number * 13), static_cast<std::size_t>(number % 60));
        break;
      case 6:
        if (copies.size() < 3) copies.emplace_back(list().copy(), model);
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
  void insert(int number, const std::string& text) {
    const std::size_t at = static_cast<std::size_t>(number) % (model.size() + 1);
    list().insert(at, text);
    model.insert(model.begin() + static_cast<std::ptrdiff_t>(at), text);
  }
  void erase_range(std::size_t from, std::size_t count) {
    const std::size_t to = std::min(from + count, model.size());
    list().erase_range(from, to);
    model.erase(model.begin() + static_cast<std::ptrdiff_t>(from),
                model.begin() + static_cast<std::ptrdiff_t>(to));
  }
};

RC_GTEST_PROP(ListProperty, BehavesLikeADeque, ()) {
  const auto steps = *rc::gen::scale(
      6.0, rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(
               rc::gen::inRange(0, 8), rc::gen::resize(100, rc::gen::inRange(0, 600)))));
  World world;
  for (const auto& [kind, number] : steps) world.run(kind, number);
  compare(world.list(), world.model);
  for (const auto& [copy, model] : world.copies) compare(static_cast<const List&>(*copy), model);
  while (world.list().size() > 0) world.list().pop(List::End::back);
  RC_ASSERT(world.list().bytes() == sizeof(List));
}

}  // namespace
}  // namespace redouble::value::list_property
