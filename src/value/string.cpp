#include "value/string.hpp"

#include <algorithm>
#include <charconv>

#include "resp/number.hpp"
#include "value/patched_string.hpp"

namespace redouble::value {

std::string_view write_digits(std::int64_t integer, Digits& digits) {
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), integer).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

std::string_view StringRef::part(std::size_t from, std::size_t most, Room& room) const {
  const auto part_of = [&](std::string_view whole) {
    return from < whole.size() ? whole.substr(from, most) : std::string_view();
  };
  switch (form) {
    case Form::integer:
      return part_of(write_digits(integer, room.digits));
    case Form::bytes:
      return part_of(bytes);
    case Form::block:
      return part_of(block->view());
    case Form::patched:
      break;
  }
  if (from >= patched->size()) return {};
  most = std::min(most, patched->size() - from);
  const std::string_view run = patched->run_at(from).bytes;
  if (run.size() >= most) return run.substr(0, most);
  room.bytes.resize(most);
  patched->copy_out(from, room.bytes);
  return room.bytes;
}

std::size_t StringRef::size() const {
  switch (form) {
    case Form::integer: {
      Digits digits;
      return write_digits(integer, digits).size();
    }
    case Form::bytes:
      return bytes.size();
    case Form::block:
      return block->size();
    case Form::patched:
      break;
  }
  return patched->size();
}

Encoded encode_short(std::string_view bytes) {
  if (const auto integer = resp::parse_integer(bytes)) return {Encoding::integer, *integer};
  return {Encoding::embstr, 0};
}

}  // namespace redouble::value
