#include "value/string.hpp"

#include <charconv>

#include "resp/number.hpp"

namespace redouble::value {

std::string_view StringRef::view(Digits& buffer) const {
  switch (form) {
    case Form::integer: {
      const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), integer).ptr;
      return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
    }
    case Form::bytes:
      return bytes;
    case Form::block:
      return block->view();
  }
  return {};
}

std::size_t StringRef::size() const {
  Digits buffer;
  return view(buffer).size();
}

Encoded encode_short(std::string_view bytes) {
  if (const auto integer = resp::parse_integer(bytes)) return {Encoding::integer, *integer};
  return {Encoding::embstr, 0};
}

}  // namespace redouble::value
