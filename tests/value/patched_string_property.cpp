// A PatchedString and its copies, under every sequence of writes, against plain strings.
#include "value/patched_string.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "value/patched_write.hpp"

namespace redouble::value {
namespace {

constexpr std::size_t patched_page = PatchedString::page_bytes;

void write(std::string& model, std::size_t from, std::string_view bytes) {
  if (model.size() < from + bytes.size()) model.resize(from + bytes.size());
  model.replace(from, bytes.size(), bytes);
}

RC_GTEST_PROP(PatchedStringProperty, EverySequenceOfWritesActsAsAStringWithCopies, ()) {
  const auto length = *rc::gen::inRange<std::size_t>(1, 5 * patched_page);
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, std::size_t, std::size_t>>>(
      rc::gen::tuple(rc::gen::inRange(0, 8),
                     rc::gen::weightedOneOf<std::size_t>(
                         {{20, rc::gen::inRange<std::size_t>(0, 8 * patched_page)},
                          {1, rc::gen::inRange<std::size_t>(0, 600 * patched_page)}}),
                     rc::gen::inRange<std::size_t>(1, 2 * patched_page)));
  std::string model(length, 'b');
  const resp::BlockRef base = resp::BlockRef::of(model);
  auto string = Ref<PatchedString>::adopt(new PatchedString(base));
  std::deque<std::pair<Ref<PatchedString>, std::string>> copies;
  char letter = 'a';
  for (const auto& [kind, from, size] : steps) {
    if (kind == 6) {
      if (copies.size() == 3) copies.pop_front();
      ObjectRef copy = string->copy();
      copies.emplace_back(Ref<PatchedString>::adopt(static_cast<PatchedString*>(copy.disown())),
                          model);
    } else if (kind == 7 && !copies.empty()) {
      std::swap(string, copies.front().first);
      std::swap(model, copies.front().second);
    } else if (kind == 5) {
      RC_ASSERT(!string->fold(size % 5));  // This test shares the base.
    } else {
      letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1);
      write(*string, from, std::string(size, letter));
      write(model, from, std::string(size, letter));
    }
    RC_ASSERT(string->size() == model.size());
  }
  RC_ASSERT(text_of(*string) == model);
  RC_ASSERT(base->view() == std::string(length, 'b'));
  for (const auto& [copy, expected] : copies) RC_ASSERT(text_of(*copy) == expected);
}

RC_GTEST_PROP(PatchedStringProperty, FoldingAndWritingInTurnLosesNothing, ()) {
  const auto length = *rc::gen::inRange<std::size_t>(1, 20 * patched_page);
  const auto writes = *rc::gen::container<std::vector<std::pair<std::size_t, bool>>>(rc::gen::pair(
      rc::gen::inRange<std::size_t>(0, 25 * patched_page), rc::gen::arbitrary<bool>()));
  std::string model(length, 'b');
  resp::BlockRef base = resp::BlockRef::of(model);
  auto string = Ref<PatchedString>::adopt(new PatchedString(base));
  std::size_t done = 0;
  for (const auto& [from, folds] : writes) {
    if (++done > writes.size() / 2) base = {};
    write(*string, from, "written");
    write(model, from, "written");
    if (folds && string->fold(1)) RC_ASSERT(string->base()->view() == model);
    RC_ASSERT(text_of(*string) == model);
  }
  base = {};
  while (!string->fold(3)) RC_ASSERT(text_of(*string) == model);
  RC_ASSERT(string->base()->view() == model);
}

}  // namespace
}  // namespace redouble::value
