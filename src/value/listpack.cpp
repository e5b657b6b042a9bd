#include "value/listpack.hpp"

#include <cstring>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "value/packed_encoding.hpp"

namespace redouble::value {
namespace {

using packed_encoding::Byte;

constexpr std::size_t head_bytes = 6;
constexpr std::size_t not_counted = 65535;
constexpr Byte end_byte = 0xff;

// The bytes that tell how long an element's body is. 0: there is no such kind.
std::size_t bytes_to_know(Byte kind) {
  using namespace packed_encoding;
  if (kind < integer_13) return 1;
  if (kind < long_string) return 2;
  if (kind == long_string) return 5;
  return kind <= integer_64 ? 1 : 0;
}

std::size_t body_bytes(const Byte* from) {
  using namespace packed_encoding;
  switch (*from) {
    case integer_16:
      return 3;
    case integer_24:
      return 4;
    case integer_32:
      return 5;
    case integer_64:
      return 9;
    default:
      return read(from).body;
  }
}

}  // namespace

void ListpackWriter::clear() {
  bytes_.assign(head_bytes, '\0');
  size_ = 0;
}

void ListpackWriter::append(const Packed::Element& element) {
  const std::size_t body = packed_encoding::body_size(element);
  const std::size_t before = bytes_.size();
  bytes_.resize(before + body + packed_encoding::tail_size(body));
  auto* to = reinterpret_cast<Byte*>(bytes_.data()) + before;
  packed_encoding::write_tail(packed_encoding::write_body(to, element), body);
  ++size_;
}

void ListpackWriter::append_all(const Packed& packed) {
  bytes_ += packed.encoded();
  size_ += packed.size();
}

std::string_view ListpackWriter::finish() {
  REDOUBLE_ASSERT(bytes() <= UINT32_MAX);
  auto* to = reinterpret_cast<Byte*>(bytes_.data());
  packed_encoding::store(to, 4, bytes());
  packed_encoding::store(to + 4, 2, size_ < not_counted ? size_ : not_counted);
  bytes_ += static_cast<char>(end_byte);
  return bytes_;
}

ListpackReader::ListpackReader(std::string_view bytes) : rest_(bytes) {
  if (bytes.size() <= head_bytes) {
    fail();
    return;
  }
  const auto* head = reinterpret_cast<const Byte*>(bytes.data());
  announced_ = packed_encoding::load<2>(head + 4);
  rest_.remove_prefix(head_bytes);
  if (packed_encoding::load<4>(head) != bytes.size()) fail();
}

bool ListpackReader::fail() {
  failed_ = true;
  return false;
}

bool ListpackReader::end() {
  const bool counted = announced_ == not_counted || announced_ == size_;
  at_end_ = rest_.size() == 1 && (counted || mutant("listpack-count-unchecked"));
  return at_end_ ? false : fail();
}

bool ListpackReader::next(Packed::Element& element) {
  if (failed_ || at_end_) return false;
  if (rest_.empty()) return fail();
  const auto* from = reinterpret_cast<const Byte*>(rest_.data());
  if (*from == end_byte) return end();
  const std::size_t known = bytes_to_know(*from);
  if (known == 0 || known > rest_.size()) return fail();
  const std::size_t body = body_bytes(from);
  if (body > rest_.size()) return fail();
  const std::size_t tail = packed_encoding::tail_size(body);
  if (tail > rest_.size() - body) return fail();
  Byte expected[packed_encoding::longest_tail];
  packed_encoding::write_tail(expected, body);
  if (std::memcmp(from + body, expected, tail) != 0) return fail();
  element = packed_encoding::read(from).element;
  if (!element.is_integer) element = Packed::Element::of(element.bytes);
  rest_.remove_prefix(body + tail);
  ++size_;
  return true;
}

}  // namespace redouble::value
