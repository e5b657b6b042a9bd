// Random choices among the elements of a value: HRANDFIELD, SRANDMEMBER, SPOP, ZRANDMEMBER.
//
// Thread safety: pure, but for the generator's state. Units: counts of elements.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include "store/random.hpp"
#include "value/packed.hpp"

namespace redouble::command {

// `count` different elements of a value with size(), for_each(f) and random(bits); count < size().
// Few of many are drawn until they differ, else each is taken with the chance that it has left, in
// the value's own order. `key_of(element)` tells elements apart.
template <class Element, class Value, class KeyOf>
std::vector<Element> draw_different(const Value& value, std::size_t count, store::Random& random,
                                    KeyOf&& key_of) {
  std::vector<Element> drawn;
  drawn.reserve(count);
  if (count < value.size() / 4) {
    std::unordered_set<std::string> seen;
    while (drawn.size() < count) {
      const Element element = value.random(random.next());
      value::Digits digits;
      if (seen.emplace(key_of(element).view(digits)).second) drawn.push_back(element);
    }
    return drawn;
  }
  std::size_t left = value.size();
  value.for_each([&](const Element& element) {
    if (random.below(left--) < count - drawn.size()) drawn.push_back(element);
  });
  return drawn;
}

}  // namespace redouble::command
