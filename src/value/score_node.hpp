// ScoreNode: what the Table of a sorted set holds: a member, its score, and 48 bits of its hash, in
// one allocation.
//
// - The hash is hash_text()'s (value/text_node.hpp), whose lowest 16 bits are zero.
// - In place only the score is changed, and only by who has the node from Table::writable().
// - Thread safety: as a Table's node: the count is atomic, the rest is its owner's. Units: bytes.
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

class ScoreNode {
 public:
  static Ref<ScoreNode> make(std::uint64_t hash, std::string_view member, double score) {
    const std::size_t bytes = std::max(bytes_for(member), sizeof(ScoreNode));
    auto* node = new (::operator new(bytes)) ScoreNode(hash, score);
    char* to = node->data();
    if (member.size() < long_mark) {
      *to++ = static_cast<char>(member.size());
    } else {
      const auto size = static_cast<std::uint32_t>(member.size());
      *to++ = static_cast<char>(long_mark);
      std::memcpy(to, &size, sizeof size);
      to += sizeof size;
    }
    if (!member.empty()) std::memcpy(to, member.data(), member.size());
    return Ref<ScoreNode>::adopt(node);
  }

  std::uint64_t hash() const { return std::uint64_t{high_} << 32 | std::uint64_t{middle_} << 16; }
  double score() const { return score_; }
  void set_score(double score) { score_ = score; }
  std::string_view key() const {
    const char* from = data();
    std::uint32_t size = static_cast<unsigned char>(*from++);
    if (size == long_mark) {
      std::memcpy(&size, from, sizeof size);
      from += sizeof size;
    }
    return {from, size};
  }
  // Of its allocation.
  std::size_t bytes() const { return std::max(bytes_for(key()), sizeof(ScoreNode)); }

  friend void retain(ScoreNode* node) { node->references_.fetch_add(1, std::memory_order_relaxed); }
  friend void release(ScoreNode* node) {
    if (node->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    node->~ScoreNode();
    ::operator delete(node);
  }
  friend bool unique(const ScoreNode* node) {
    return node->references_.load(std::memory_order_acquire) == 1;
  }

 private:
  static constexpr std::size_t header_bytes = 18;
  static constexpr unsigned char long_mark = 255;
  static std::size_t bytes_for(std::string_view member) {
    return header_bytes + member.size() + (member.size() < long_mark ? 1 : 5);
  }

  ScoreNode(std::uint64_t hash, double score)
      : high_(static_cast<std::uint32_t>(hash >> 32)),
        score_(score),
        middle_(static_cast<std::uint16_t>(hash >> 16)) {}
  char* data() { return reinterpret_cast<char*>(this) + header_bytes; }
  const char* data() const { return reinterpret_cast<const char*>(this) + header_bytes; }

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t high_;
  double score_;
  std::uint16_t middle_;
};

}  // namespace redouble::value
