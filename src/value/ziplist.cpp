#include "value/ziplist.hpp"

#include "value/packed_encoding.hpp"

namespace redouble::value {
namespace {

using packed_encoding::Byte;
using packed_encoding::load;
using packed_encoding::load_signed;

constexpr std::size_t ziplist_head = 10;
constexpr std::size_t uncountable = 65535;
constexpr Byte ziplist_end = 0xff;
constexpr Byte long_size = 254;  // four bytes with the size follow

const Byte* bytes_of(std::string_view text) { return reinterpret_cast<const Byte*>(text.data()); }

struct IntegerKind {
  std::size_t bytes = 0;
  std::int64_t (*load)(const Byte*) = nullptr;
};

// Of a kind that is no string's; nullptr where there is no such.
IntegerKind integer_kind(Byte kind) {
  switch (kind) {
    case 0xc0:
      return {2, load_signed<2>};
    case 0xd0:
      return {4, load_signed<4>};
    case 0xe0:
      return {8, load_signed<8>};
    case 0xf0:
      return {3, load_signed<3>};
    case 0xfe:
      return {1, load_signed<1>};
    default:
      return {};
  }
}

}  // namespace

ZiplistReader::ZiplistReader(std::string_view bytes) : rest_(bytes), all_bytes_(bytes.size()) {
  if (bytes.size() <= ziplist_head || load<4>(bytes_of(bytes)) != bytes.size()) {
    fail();
    return;
  }
  last_at_ = load<4>(bytes_of(bytes) + 4);
  announced_ = load<2>(bytes_of(bytes) + 8);
  rest_.remove_prefix(ziplist_head);
}

bool ZiplistReader::fail() {
  failed_ = true;
  return false;
}

bool ZiplistReader::end() {
  const std::size_t last_at = all_bytes_ - 1 - bytes_before_;
  at_end_ = rest_.size() == 1 && last_at == last_at_ &&
            (announced_ == uncountable || announced_ == size_);
  return at_end_ ? false : fail();
}

bool ZiplistReader::next(Packed::Element& element) {
  if (failed_ || at_end_) return false;
  if (rest_.empty()) return fail();
  if (*bytes_of(rest_) == ziplist_end) return end();
  const std::size_t before = rest_.size();
  std::size_t size_before = *bytes_of(rest_);
  rest_.remove_prefix(1);
  if (size_before == long_size) {
    if (rest_.size() < 4) return fail();
    size_before = load<4>(bytes_of(rest_));
    rest_.remove_prefix(4);
  }
  if (size_before != bytes_before_ || !read_content(element)) return fail();
  bytes_before_ = before - rest_.size();
  ++size_;
  return true;
}

// False where it is not whole.
bool ZiplistReader::read_content(Packed::Element& element) {
  if (rest_.empty()) return false;
  const Byte* from = bytes_of(rest_);
  const Byte kind = *from;
  constexpr Byte first_integer_kind = 0xc0;
  if (kind < first_integer_kind) {
    constexpr std::size_t head_sizes[] = {1, 2, 5};
    const std::size_t head = head_sizes[kind >> 6];
    if (rest_.size() < head) return false;
    std::size_t length = kind & 0x3fu;
    if (head == 2) length = length << 8 | from[1];
    if (head == 5) {
      length = std::size_t{from[1]} << 24 | std::size_t{from[2]} << 16 | std::size_t{from[3]} << 8 |
               from[4];
    }
    if (rest_.size() - head < length) return false;
    element = Packed::Element::of(rest_.substr(head, length));
    rest_.remove_prefix(head + length);
    return true;
  }
  constexpr Byte least_immediate = 0xf1;  // 0 to 12 are in the kind itself
  constexpr Byte most_immediate = 0xfd;
  if (kind >= least_immediate && kind <= most_immediate) {
    element = Packed::Element::of(std::int64_t{kind - least_immediate});
    rest_.remove_prefix(1);
    return true;
  }
  const IntegerKind integer = integer_kind(kind);
  if (integer.load == nullptr || rest_.size() <= integer.bytes) return false;
  element = Packed::Element::of(integer.load(from + 1));
  rest_.remove_prefix(1 + integer.bytes);
  return true;
}

ZipmapReader::ZipmapReader(std::string_view bytes) : rest_(bytes) {
  if (bytes.size() < 2) {
    fail();
    return;
  }
  announced_ = *bytes_of(bytes);
  rest_.remove_prefix(1);
}

bool ZipmapReader::fail() {
  failed_ = true;
  return false;
}

bool ZipmapReader::read_length(std::size_t& length) {
  if (rest_.empty()) return false;
  length = *bytes_of(rest_);
  rest_.remove_prefix(1);
  if (length < long_size) return true;
  if (length != long_size || rest_.size() < 4) return false;
  length = load<4>(bytes_of(rest_));
  rest_.remove_prefix(4);
  return true;
}

bool ZipmapReader::next(Packed::Element& element) {
  if (failed_ || at_end_) return false;
  if (rest_.empty()) return fail();
  const bool is_value = size_ % 2 == 1;
  if (*bytes_of(rest_) == ziplist_end) {
    at_end_ =
        rest_.size() == 1 && !is_value && (announced_ >= long_size || announced_ == size_ / 2);
    return at_end_ ? false : fail();
  }
  std::size_t length = 0;
  if (!read_length(length)) return fail();
  std::size_t unused = 0;
  if (is_value) {
    if (rest_.empty()) return fail();
    unused = *bytes_of(rest_);
    rest_.remove_prefix(1);
  }
  if (rest_.size() < length || rest_.size() - length < unused) return fail();
  element = Packed::Element::of(rest_.substr(0, length));
  rest_.remove_prefix(length + unused);
  ++size_;
  return true;
}

}  // namespace redouble::value
