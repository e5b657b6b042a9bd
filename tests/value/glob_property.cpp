#include "value/glob.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redouble::value::glob_property {
namespace {

// The model: a pattern is a list of elements, each a star or the set of the 256 bytes that it
// takes; matching tries everything.
using Set = std::vector<bool>;
using Elements = std::vector<std::optional<Set>>;

Elements parse(std::string_view pattern) {
  Elements elements;
  const auto only = [](char c) {
    Set set(256);
    set[static_cast<unsigned char>(c)] = true;
    return set;
  };
  while (!pattern.empty()) {
    const char first = pattern.front();
    pattern.remove_prefix(1);
    if (first == '*') {
      elements.emplace_back();
    } else if (first == '?') {
      elements.emplace_back(Set(256, true));
    } else if (first == '\\' && !pattern.empty()) {
      elements.emplace_back(only(pattern.front()));
      pattern.remove_prefix(1);
    } else if (first == '[') {
      const bool negated = pattern.starts_with('^');
      if (negated) pattern.remove_prefix(1);
      Set set(256);
      while (!pattern.empty() && pattern.front() != ']') {
        std::size_t used = 1;
        if (pattern.front() == '\\' && pattern.size() >= 2) {
          set[static_cast<unsigned char>(pattern[1])] = true;
          used = 2;
        } else if (pattern.size() >= 3 && pattern[1] == '-') {
          const int a = static_cast<signed char>(pattern[0]);
          const int b = static_cast<signed char>(pattern[2]);
          for (int c = std::min(a, b); c <= std::max(a, b); ++c) set[c & 0xff] = true;
          used = 3;
        } else {
          set[static_cast<unsigned char>(pattern.front())] = true;
        }
        pattern.remove_prefix(used);
      }
      if (!pattern.empty()) pattern.remove_prefix(1);
      if (negated) set.flip();
      elements.emplace_back(std::move(set));
    } else {
      elements.emplace_back(only(first));
    }
  }
  return elements;
}

bool matches(const Elements& elements, std::size_t at, std::string_view text) {
  if (at == elements.size()) return text.empty();
  if (!elements[at]) {
    return matches(elements, at + 1, text) ||
           (!text.empty() && matches(elements, at, text.substr(1)));
  }
  return !text.empty() && (*elements[at])[static_cast<unsigned char>(text.front())] &&
         matches(elements, at + 1, text.substr(1));
}

rc::Gen<std::string> text_of(std::string alphabet, std::size_t longest) {
  return rc::gen::resize(static_cast<int>(longest),
                         rc::gen::container<std::string>(rc::gen::elementOf(alphabet)));
}

RC_GTEST_PROP(GlobProperty, EveryPatternMatchesWhatTryingEverythingMatches, ()) {
  // Many pairs a run: a pair alone is little, and most do not match.
  const std::string bytes("ab-]^\\[\xff\x80\0", 10);
  const auto texts = *rc::gen::container<std::vector<std::string>>(20, text_of(bytes, 7));
  const auto patterns =
      *rc::gen::container<std::vector<std::string>>(20, text_of(bytes + "aab***??[[]]--\\", 12));
  for (const std::string& pattern : patterns) {
    const Elements elements = parse(pattern);
    for (const std::string& text : texts) {
      // The reference lets an empty text match the empty pattern alone.
      const bool expected = text.empty() ? pattern.empty() : matches(elements, 0, text);
      if (glob_match(pattern, text) != expected) {
        RC_LOG() << "pattern " << pattern << ", text " << text << "\n";
        RC_FAIL("differs from the model");
      }
    }
  }
}

RC_GTEST_PROP(GlobProperty, ATextMatchesThePatternThatQuotesIt, (const std::string& text)) {
  std::string quoted;
  for (const char c : text) (quoted += '\\') += c;
  RC_ASSERT(glob_match(quoted, text));
  RC_ASSERT(text.empty() || glob_match("*" + quoted + "*", text));
}

}  // namespace
}  // namespace redouble::value::glob_property
