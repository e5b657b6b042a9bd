// SortPattern: the pattern of SORT's BY or GET, which names a value for each element.
//
// "#" is the element itself. Else the first '*' stands for the element, which gives a key that
// holds a string, or, with "->" and a field behind it, a key that holds a hash; without '*' it
// names nothing. Up to its first NUL byte alone a pattern is looked through for these signs.
// Thread safety: as a Call's. The pattern's text must outlive it; what is found is valid until its
// key changes; a string that is kept in pieces is put together in a room of the caller's.
// Source: the Redis documentation of SORT; the cases beside it, as redis-server 7.0.15 answers.
#pragma once

#include <deque>
#include <optional>
#include <string_view>

#include "command/call.hpp"
#include "value/packed.hpp"

namespace redouble::command {

class SortPattern {
 public:
  using Text = value::Packed::Element;
  using Rooms = std::deque<value::StringRef::Room>;

  explicit SortPattern(std::string_view text);

  // False: it is the same for every element.
  bool takes_element() const { return kind_ == Kind::key || kind_ == Kind::field; }
  // REQUIRES: every lock is held.
  std::optional<Text> look_up(Call& call, std::string_view element, Rooms& rooms) const;

 private:
  enum class Kind : unsigned char { nothing, element, key, field };

  Kind kind_ = Kind::nothing;
  std::string_view before_;  // the '*'
  std::string_view behind_;
  std::string_view field_;
};

}  // namespace redouble::command
