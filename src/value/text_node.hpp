// TextNode: what the Table of a set (one text: the member) or of a hash (two: field and value)
// holds: its texts and 48 bits of the first one's hash, in one allocation.
//
// - hash_text() is the hash: seeded, so that a stranger cannot foresee it, its lowest 16 bits zero
//   because a node keeps only the others (a Table looks at no more).
// - A text shorter than 255 bytes has its length in one byte, a longer one in five.
// - In place only the second text is changed, and only by who has the node from
//   Table::writable().
// Thread safety: as a Table's node: the count is atomic, the rest is its owner's. Units: bytes.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include "value/node.hpp"

namespace redouble::value {

std::uint64_t hash_text(std::uint64_t seed, std::string_view text);

template <unsigned texts>
class TextNode {
  static_assert(texts == 1 || texts == 2);

 public:
  static Ref<TextNode> make(std::uint64_t hash, std::string_view key, std::string_view value = {}) {
    std::size_t bytes = header_bytes + whole_size(key) + (texts == 2 ? whole_size(value) : 0);
    bytes = std::max(bytes, sizeof(TextNode));
    auto* node = new (::operator new(bytes)) TextNode(hash);
    char* end = write(node->data(), key);
    if constexpr (texts == 2) write(end, value);
    return Ref<TextNode>::adopt(node);
  }

  std::uint64_t hash() const { return std::uint64_t{high_} << 32 | std::uint64_t{middle_} << 16; }
  std::string_view key() const { return read(data()); }
  std::string_view value() const
    requires(texts == 2)
  {
    const std::string_view first = key();
    return read(first.data() + first.size());
  }
  // False where the sizes differ: then a new node is needed.
  bool assign_value(std::string_view bytes)
    requires(texts == 2)
  {
    const std::string_view old = value();
    if (old.size() != bytes.size()) return false;
    if (!bytes.empty()) std::memcpy(const_cast<char*>(old.data()), bytes.data(), bytes.size());
    return true;
  }
  // Of its allocation.
  std::size_t bytes() const {
    std::size_t bytes = header_bytes + whole_size(key());
    if constexpr (texts == 2) bytes += whole_size(value());
    return std::max(bytes, sizeof(TextNode));
  }

  friend void retain(TextNode* node) { node->references_.fetch_add(1, std::memory_order_relaxed); }
  friend void release(TextNode* node) {
    if (node->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    node->~TextNode();
    ::operator delete(node);
  }
  friend bool unique(const TextNode* node) {
    return node->references_.load(std::memory_order_acquire) == 1;
  }

 private:
  static constexpr std::size_t header_bytes = 10;
  static constexpr unsigned char long_mark = 255;

  explicit TextNode(std::uint64_t hash)
      : high_(static_cast<std::uint32_t>(hash >> 32)),
        middle_(static_cast<std::uint16_t>(hash >> 16)) {}

  char* data() { return reinterpret_cast<char*>(this) + header_bytes; }
  const char* data() const { return reinterpret_cast<const char*>(this) + header_bytes; }
  static std::size_t whole_size(std::string_view text) {
    return text.size() + (text.size() < long_mark ? 1 : 5);
  }
  static char* write(char* to, std::string_view text) {
    if (text.size() < long_mark) {
      *to++ = static_cast<char>(text.size());
    } else {
      const auto size = static_cast<std::uint32_t>(text.size());
      *to++ = static_cast<char>(long_mark);
      std::memcpy(to, &size, sizeof size);
      to += sizeof size;
    }
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }
  static std::string_view read(const char* from) {
    std::uint32_t size = static_cast<unsigned char>(*from++);
    if (size == long_mark) {
      std::memcpy(&size, from, sizeof size);
      from += sizeof size;
    }
    return {from, size};
  }

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t high_;
  std::uint16_t middle_;
};

}  // namespace redouble::value
