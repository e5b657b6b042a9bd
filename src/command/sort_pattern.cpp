#include "command/sort_pattern.hpp"

#include <string>

#include "value/hash.hpp"

namespace redouble::command {

SortPattern::SortPattern(std::string_view text) {
  constexpr std::string_view arrow = "->";
  const std::string_view signs = text.substr(0, text.find('\0'));
  const std::size_t star = signs.find('*');
  if (signs == "#") kind_ = Kind::element;
  if (star == std::string_view::npos) return;
  kind_ = Kind::key;
  before_ = text.substr(0, star);
  behind_ = text.substr(star + 1);
  const std::size_t at = signs.find(arrow, star + 1);
  if (at == std::string_view::npos || at + arrow.size() == signs.size()) return;
  kind_ = Kind::field;
  behind_ = text.substr(star + 1, at - star - 1);
  field_ = text.substr(at + arrow.size());
}

std::optional<SortPattern::Text> SortPattern::look_up(Call& call, std::string_view element,
                                                      Rooms& rooms) const {
  if (kind_ == Kind::nothing) return std::nullopt;
  if (kind_ == Kind::element) return Text{false, 0, element};
  std::string name;
  name.reserve(before_.size() + element.size() + behind_.size());
  name.append(before_).append(element).append(behind_);
  const store::Entry* entry = call.keys.find(call.hashed(name));
  if (entry == nullptr) return std::nullopt;
  if (kind_ == Kind::field) {
    if (entry->type() != value::Type::hash) return std::nullopt;
    return static_cast<const value::HashObject&>(entry->object()).hash().get(field_);
  }
  if (entry->type() != value::Type::string) return std::nullopt;
  const value::StringRef string = entry->string();
  if (string.form == value::StringRef::Form::integer) return Text::of(string.integer);
  value::StringRef::Room unused;
  const bool in_pieces = string.form == value::StringRef::Form::patched;
  return Text{false, 0, string.view(in_pieces ? rooms.emplace_back() : unused)};
}

}  // namespace redouble::command
