#include "value/list.hpp"

namespace redouble::value {

void List::for_each_part(PartVisitor& visitor) const {
  Digits digits;
  elements_.for_each([&](const Element& element) { visitor.in_order(element.view(digits)); });
}

// Whether the list is within the limit for one listpack, or within its `share`-th part.
bool List::within(const Limits& limits, unsigned share) const {
  constexpr std::size_t listpack_frame = 7;  // head and end
  constexpr std::size_t steps[] = {4096, 8192, 16384, 32768, 65536};
  constexpr std::size_t most_bytes_by_count = 8192;
  const std::int64_t size_limit = limits.max_listpack_size;
  const std::size_t bytes = elements_.encoded_bytes() + listpack_frame;
  if (size_limit >= 0) {
    return size() <= static_cast<std::size_t>(size_limit) / share &&
           bytes <= most_bytes_by_count / share;
  }
  const std::size_t step = size_limit < -5 ? 4 : static_cast<std::size_t>(-size_limit - 1);
  return bytes <= steps[step] / share;
}

void List::grown(const Limits& limits) {
  if (!limits.small_is_listpack || !within(limits, 1)) set_encoding(Encoding::quicklist);
}

void List::shrunk(const Limits& limits) {
  if (limits.small_is_listpack && within(limits, 2)) set_encoding(Encoding::listpack);
}

}  // namespace redouble::value
