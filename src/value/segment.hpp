// Segment: the elements of one range of the hash space, in one allocation; a part of Table.
//
// - Its range is a prefix of `depth` bits; its elements are all that begin with it.
// - A bucket is one cache line: seven one-byte fingerprints, one counter, seven pointers. An
//   element lives in its home bucket or, where that is full, in the next one with room. The
//   counter says how many elements went past this bucket; an erase takes them back, so there are
//   no tombstones and nothing rots (the idea is that of F14, Facebook 2019). It sticks at 255
//   until the segment is rebuilt.
// - Homes ascend with the hash: home = (the 16 bits after the prefix) * buckets / 65536. So a
//   walk in the order of homes is a walk in the order of hashes, whatever the number of buckets
//   is.
// - Of a hash, the upper 40 bits are positions and bits 16 to 23 the fingerprint; bits 0 to 15
//   are left to the caller (for the stripe).
// - Units: depth in bits, sizes in bytes. Thread safety: none, but for the count of references.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include "runtime/assert.hpp"
#include "value/node.hpp"

namespace redouble::value {

// Does not count. A test's meter counts what one operation does: nodes moved or referenced, entries
// of directory pages written, bytes allocated.
struct NoMeter {
  static void nodes(std::size_t) {}
  static void entries(std::size_t) {}
  static void bytes(std::size_t) {}
};

template <class Node, class Meter>
class alignas(64) Segment {
 public:
  static constexpr unsigned slots = 7;
  static constexpr std::uint32_t full_buckets = 63;  // with the header 4 KiB
  static constexpr unsigned max_depth = 40;

  struct Place {
    std::uint32_t bucket;
    unsigned slot;
  };

  // How many elements so many buckets take before the segment must grow.
  static constexpr std::uint32_t limit(std::uint32_t buckets) {
    return buckets == 1 ? slots : buckets * (slots - 1);
  }
  static constexpr std::uint32_t more_buckets(std::uint32_t buckets) {
    return buckets >= 31 && buckets < full_buckets ? buckets + 16 : buckets * 2 + 1;
  }
  static constexpr std::uint32_t buckets_for(std::uint32_t elements) {
    std::uint32_t buckets = 1;
    while (limit(buckets) < elements) buckets = more_buckets(buckets);
    return buckets;
  }
  static constexpr std::size_t bytes_of(std::uint32_t buckets) {
    return sizeof(Segment) + buckets * sizeof(Bucket);
  }

  static Segment* make(unsigned depth, std::uint32_t buckets) noexcept {
    Meter::bytes(bytes_of(buckets));
    void* memory = ::operator new(bytes_of(buckets), std::align_val_t{alignof(Segment)});
    auto* made = new (memory) Segment(depth, buckets);
    std::memset(static_cast<void*>(made->lines()), 0, buckets * sizeof(Bucket));
    return made;
  }
  // Frees the memory alone: the nodes' references have gone elsewhere.
  static void free_shell(Segment* segment) {
    segment->~Segment();
    ::operator delete(segment, std::align_val_t{alignof(Segment)});
  }
  // A copy of the same shape, which owns a reference of its own to each node.
  Segment* copy() const {
    Segment* made = make(depth_, buckets_);
    made->size_ = size_;
    std::memcpy(static_cast<void*>(made->lines()), lines(), buckets_ * sizeof(Bucket));
    Meter::nodes(size_);
    for_each([](Node* node) { retain_node(node); });
    return made;
  }
  void share() { references_.fetch_add(1, std::memory_order_relaxed); }
  bool shared() const { return references_.load(std::memory_order_acquire) != 1; }
  static void drop(Segment* segment) {
    if (segment->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    segment->for_each([](Node* node) { release_node(node); });
    free_shell(segment);
  }

  unsigned depth() const { return depth_; }
  void set_depth(unsigned depth) { depth_ = static_cast<std::uint8_t>(depth); }
  std::uint32_t size() const { return size_; }
  std::uint32_t buckets() const { return buckets_; }
  std::size_t bytes() const { return bytes_of(buckets_); }
  bool is_full() const { return size_ >= limit(buckets_); }
  Node*& at(Place place) { return lines()[place.bucket].nodes[place.slot]; }
  Node* at(Place place) const { return lines()[place.bucket].nodes[place.slot]; }

  std::uint32_t home(std::uint64_t hash) const {
    return static_cast<std::uint32_t>(((hash << depth_) >> 48) * buckets_ >> 16);
  }

  // False where the key is not there.
  bool find(std::uint64_t hash, std::string_view key, Place& place) const {
    const std::uint64_t pattern = fingerprint(hash) * ones;
    std::uint32_t at_bucket = home(hash);
    for (std::uint32_t probed = 0; probed < buckets_; ++probed) {
      const Bucket& bucket = lines()[at_bucket];
      for (std::uint64_t found = equal_bytes(bucket.meta, pattern); found != 0;
           found &= found - 1) {
        const auto slot = static_cast<unsigned>(std::countr_zero(found)) / 8;
        if (bucket.nodes[slot]->key() == key) {
          place = {at_bucket, slot};
          return true;
        }
      }
      if (bucket.passed() == 0) return false;
      at_bucket = next(at_bucket);
    }
    return false;
  }

  // REQUIRES: not is_full(). Takes over one reference.
  void put(std::uint64_t hash, Node* node) {
    REDOUBLE_ASSERT(size_ < buckets_ * slots);
    std::uint32_t at_bucket = home(hash);
    std::uint64_t free = 0;
    while ((free = equal_bytes(lines()[at_bucket].meta, 0)) == 0) {
      lines()[at_bucket].pass();
      at_bucket = next(at_bucket);
    }
    const auto slot = static_cast<unsigned>(std::countr_zero(free)) / 8;
    lines()[at_bucket].meta |= fingerprint(hash) << (slot * 8);
    lines()[at_bucket].nodes[slot] = node;
    ++size_;
  }

  // Takes the element out; its reference goes to the caller.
  Node* take(std::uint64_t hash, Place place) {
    for (std::uint32_t passed = home(hash); passed != place.bucket; passed = next(passed)) {
      lines()[passed].unpass();
    }
    Bucket& bucket = lines()[place.bucket];
    bucket.meta &= ~(std::uint64_t{0xff} << (place.slot * 8));
    --size_;
    return std::exchange(bucket.nodes[place.slot], nullptr);
  }

  template <class Function>
  void for_each(Function&& function) const {
    for (std::uint32_t i = 0; i < buckets_; ++i) for_each_in(i, function);
  }

  // Gives every element whose home is `from`.
  template <class Function>
  void for_each_at_home(std::uint32_t from, Function&& function) const {
    std::uint32_t at_bucket = from;
    for (std::uint32_t probed = 0; probed < buckets_; ++probed) {
      for_each_in(at_bucket, [&](Node* node) {
        if (home(node->hash()) == from) function(node);
      });
      if (lines()[at_bucket].passed() == 0) return;
      at_bucket = next(at_bucket);
    }
  }

  // Moves every element into the segment that `choose(hash)` names; this one is then a shell.
  template <class Choose>
  void move_all(Choose&& choose) {
    Meter::nodes(size_);
    for_each([&](Node* node) {
      const std::uint64_t hash = node->hash();
      choose(hash)->put(hash, node);
    });
    size_ = 0;
  }

  // How many of the first bits are the same in `hash` and in every element's hash.
  unsigned common_bits(std::uint64_t hash) const {
    std::uint64_t differs = 0;
    Meter::nodes(size_);
    for_each([&](Node* node) { differs |= node->hash() ^ hash; });
    return static_cast<unsigned>(std::countl_zero(differs));
  }

  // The element that is the `rank`th in this segment's own order, rank < size().
  Node* nth(std::uint32_t rank) const {
    for (std::uint32_t i = 0;; ++i) {
      std::uint64_t used = equal_bytes(lines()[i].meta, 0) ^ slot_highs;
      const auto here = static_cast<std::uint32_t>(std::popcount(used));
      if (rank >= here) {
        rank -= here;
        continue;
      }
      while (rank-- > 0) used &= used - 1;
      return lines()[i].nodes[std::countr_zero(used) / 8];
    }
  }

  // Asserts what must hold of a segment at `prefix`.
  void check(std::uint64_t prefix) const {
    std::uint32_t seen = 0;
    for (std::uint32_t i = 0; i < buckets_; ++i) {
      for (unsigned slot = 0; slot < slots; ++slot) {
        const Node* node = lines()[i].nodes[slot];
        const auto mark = (lines()[i].meta >> (slot * 8)) & 0xff;
        REDOUBLE_ASSERT((node == nullptr) == (mark == 0));
        if (node == nullptr) continue;
        ++seen;
        REDOUBLE_ASSERT(mark == fingerprint(node->hash()));
        REDOUBLE_ASSERT(depth_ == 0 || (node->hash() ^ prefix) >> (64 - depth_) == 0);
        Place place{};
        REDOUBLE_ASSERT(find(node->hash(), node->key(), place));
        REDOUBLE_ASSERT(place.bucket == i && place.slot == slot);
      }
    }
    REDOUBLE_ASSERT(seen == size_ && size_ <= limit(buckets_));
    REDOUBLE_ASSERT(buckets_ <= full_buckets || depth_ == max_depth);
  }

 private:
  static constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  static constexpr std::uint64_t slot_highs = 0x0080'8080'8080'8080;

  struct alignas(64) Bucket {
    std::uint64_t meta;  // bytes 0 to 6: fingerprints, 0 where the slot is free; byte 7: passed()
    Node* nodes[slots];

    std::uint64_t passed() const { return meta >> 56; }
    void pass() {
      if (passed() != 255) meta += std::uint64_t{1} << 56;
    }
    void unpass() {
      if (passed() != 255) meta -= std::uint64_t{1} << 56;
    }
  };
  static_assert(sizeof(Bucket) == 64);

  Segment(unsigned depth, std::uint32_t buckets)
      : buckets_(buckets), depth_(static_cast<std::uint8_t>(depth)) {}

  static std::uint64_t fingerprint(std::uint64_t hash) {
    const std::uint64_t byte = (hash >> 16) & 0xff;
    return byte == 0 ? 1 : byte;
  }
  // The high bit of each of the seven bytes which equal the pattern's; exact, no false positives,
  // because a false one could lead to an empty slot.
  static std::uint64_t equal_bytes(std::uint64_t meta, std::uint64_t pattern) {
    const std::uint64_t differs = meta ^ pattern;
    const std::uint64_t low = 0x7f7f'7f7f'7f7f'7f7f;
    return ~(((differs & low) + low) | differs | low) & slot_highs;
  }

  template <class Function>
  void for_each_in(std::uint32_t at_bucket, Function&& function) const {
    const Bucket& bucket = lines()[at_bucket];
    std::uint64_t used = equal_bytes(bucket.meta, 0) ^ slot_highs;
    for (; used != 0; used &= used - 1) function(bucket.nodes[std::countr_zero(used) / 8]);
  }
  std::uint32_t next(std::uint32_t bucket) const { return bucket + 1 == buckets_ ? 0 : bucket + 1; }
  Bucket* lines() { return reinterpret_cast<Bucket*>(this + 1); }
  const Bucket* lines() const { return reinterpret_cast<const Bucket*>(this + 1); }

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t size_ = 0;
  std::uint32_t buckets_;
  std::uint8_t depth_;
};

}  // namespace redouble::value
