#include "value/glob.hpp"

#include <cstddef>
#include <utility>

namespace redouble::value {
namespace {

// Signed on every machine, as the bytes of the reference's platform are.
using SignedByte = signed char;

SignedByte lower(char c) {
  return static_cast<SignedByte>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

// Reads one element that stands for exactly one byte.
class Element {
 public:
  Element(std::string_view pattern, bool ignore_case)
      : pattern_(pattern), ignore_case_(ignore_case) {}

  // Whether the element at `at`, which is not a star, takes `c`; moves `at` behind it.
  bool takes(std::size_t& at, char c) const {
    switch (pattern_[at]) {
      case '?':
        ++at;
        return true;
      case '[':
        return set_takes(++at, c);
      case '\\':
        if (at + 1 < pattern_.size()) ++at;
        [[fallthrough]];
      default:
        return fold(pattern_[at++]) == fold(c);
    }
  }

 private:
  SignedByte fold(char c) const { return ignore_case_ ? lower(c) : static_cast<SignedByte>(c); }
  bool has(std::size_t at) const { return at < pattern_.size(); }

  bool set_takes(std::size_t& at, char c) const {
    const bool negated = has(at) && pattern_[at] == '^';
    if (negated) ++at;
    bool found = false;
    while (has(at)) {
      if (pattern_[at] == '\\' && has(at + 1)) {
        found |= pattern_[at + 1] == c;
        at += 2;
      } else if (pattern_[at] == ']') {
        ++at;
        break;
      } else if (has(at + 2) && pattern_[at + 1] == '-') {
        found |= range_takes(pattern_[at], pattern_[at + 2], c);
        at += 3;
      } else {
        found |= fold(pattern_[at++]) == fold(c);
      }
    }
    return found != negated;
  }
  bool range_takes(char first, char last, char c) const {
    // The ends are put in order before they are folded, as the reference does.
    if (static_cast<SignedByte>(first) > static_cast<SignedByte>(last)) std::swap(first, last);
    return fold(first) <= fold(c) && fold(c) <= fold(last);
  }

  std::string_view pattern_;
  bool ignore_case_;
};

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case) {
  if (text.empty()) return pattern.empty();
  const Element element(pattern, ignore_case);
  std::size_t at = 0;
  std::size_t read = 0;
  // Every element but a star takes one byte, so only the last star is ever worth another try.
  constexpr std::size_t none = std::string_view::npos;
  std::size_t after_star = none;
  std::size_t tried = 0;
  while (read < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_star = ++at;
      tried = read;
      if (at == pattern.size()) return true;
      continue;
    }
    if (at < pattern.size() && element.takes(at, text[read])) {
      ++read;
      continue;
    }
    if (after_star == none) return false;
    at = after_star;
    read = ++tried;
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace redouble::value
