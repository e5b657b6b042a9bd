// Segment: the elements of one range of the hash space, in one allocation; a part of Table.
//
// - Its range is a prefix of `depth` bits; its elements are all that begin with it.
// - A bucket is one cache line of eight words: the address of a node in the lower 48 bits, above it
//   the node's tag: the 16 bits of its hash after the prefix. An address of user space has no more
//   bits on the machines that this runs on (asserted). A free slot is a zero word.
// - An element lives in its home bucket or, where that is full, in the next one with room. For each
//   bucket a counter in the segment's first line says how many elements went past it; an erase
//   takes them back, so there are no tombstones and nothing rots (the idea is that of F14, Facebook
//   2019). It sticks at 255 until the segment is rebuilt.
// - home = tag * buckets / 65536: homes ascend with the hash, so a walk in the order of homes is
// one
//   in the order of hashes, whatever the number of buckets is; and a segment gets another number of
//   buckets, or joins another, without a look at the nodes, which lie elsewhere in memory.
// - Of a hash, the upper 40 bits are positions; the lower 8 are left to the caller (for the
//   stripe).
// - Units: depth in bits, sizes in bytes. Thread safety: none, but for the count of references.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "runtime/assert.hpp"
#include "runtime/give_way.hpp"
#include "runtime/same_bytes.hpp"
#include "value/node.hpp"

namespace redouble::value {

// Does not count. A test's meter counts what one operation does: nodes moved or referenced, entries
// of directory pages written, bytes allocated.
struct NoMeter {
  static void nodes(std::size_t) {}
  static void entries(std::size_t) {}
  static void bytes(std::size_t) {}
};

// A bucket's words, and which of them have a tag: one bit a slot. A free slot seems to have tag 0.
struct alignas(64) Bucket {
  static constexpr unsigned slots = 8;
  static constexpr unsigned address_bits = 48;

  std::array<std::uint64_t, slots> words;

  unsigned with_tag_portably(std::uint16_t tag) const {
    unsigned found = 0;
    for (unsigned slot = 0; slot < slots; ++slot) {
      found |= static_cast<unsigned>(words[slot] >> address_bits == tag) << slot;
    }
    return found;
  }
  unsigned with_tag(std::uint16_t tag) const {
#ifdef __SSE2__
    const auto* pairs = reinterpret_cast<const __m128i*>(words.data());
    const auto tags_of = [pairs](int pair) {  // of four words, each in 32 bits
      const __m128 one = _mm_castsi128_ps(_mm_load_si128(pairs + pair));
      const __m128 other = _mm_castsi128_ps(_mm_load_si128(pairs + pair + 1));
      constexpr int upper_halves = _MM_SHUFFLE(3, 1, 3, 1);
      return _mm_srai_epi32(_mm_castps_si128(_mm_shuffle_ps(one, other, upper_halves)), 16);
    };
    const __m128i tags = _mm_packs_epi32(tags_of(0), tags_of(2));
    const __m128i equal = _mm_cmpeq_epi16(tags, _mm_set1_epi16(static_cast<std::int16_t>(tag)));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(equal, _mm_setzero_si128())));
#else
    return with_tag_portably(tag);
#endif
  }
  unsigned used() const {
    unsigned found = 0;
    for (unsigned slot = 0; slot < slots; ++slot) {
      found |= static_cast<unsigned>(words[slot] != 0) << slot;
    }
    return found;
  }
};
static_assert(sizeof(Bucket) == 64);

template <class Node, class Meter>
class alignas(64) Segment {
 public:
  static constexpr unsigned slots = Bucket::slots;
  static constexpr std::uint32_t full_buckets = 48;  // with the first line 3,136 bytes
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
    if (buckets < 4) return buckets + 1;
    return buckets < full_buckets ? buckets + 4 : buckets * 2;
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
    made->passed_ = passed_;
    std::memcpy(static_cast<void*>(made->lines()), lines(), buckets_ * sizeof(Bucket));
    Meter::nodes(size_);
    for_each([](Node* node) { retain_node(node); });
    return made;
  }
  void share() { references_.fetch_add(1, std::memory_order_relaxed); }
  bool shared() const { return references_.load(std::memory_order_acquire) != 1; }
  static void drop(Segment* segment) {
    if (segment->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    runtime::GiveWay::pieces(segment->size());
    segment->for_each([](Node* node) { release_node(node); });
    free_shell(segment);
  }

  unsigned depth() const { return depth_; }
  std::uint32_t size() const { return size_; }
  std::uint32_t buckets() const { return buckets_; }
  std::size_t bytes() const { return bytes_of(buckets_); }
  bool is_full() const { return size_ >= limit(buckets_); }
  Node* at(Place place) const { return node_in(lines()[place.bucket].words[place.slot]); }
  // Puts a node with the same hash in another's place, references as they are.
  Node* exchange(Place place, Node* node) {
    std::uint64_t& word = lines()[place.bucket].words[place.slot];
    Node* before = node_in(word);
    word = word_of(tag_in(word), node);
    return before;
  }

  std::uint32_t home(std::uint64_t hash) const { return home_of(tag_of(hash)); }

  // False where the key is not there.
  bool find(std::uint64_t hash, std::string_view key, Place& place) const {
    const std::uint16_t tag = tag_of(hash);
    place.bucket = home_of(tag);
    if (find_in(place.bucket, tag, key, place.slot) != nullptr) [[likely]]
      return true;
    return passed(place.bucket) != 0 && find_beyond(tag, key, place) != nullptr;
  }
  // The same for who only wants the node; nullptr where the key is not there.
  Node* find_node(std::uint64_t hash, std::string_view key) const {
    const std::uint16_t tag = tag_of(hash);
    Place place{home_of(tag), 0};
    if (Node* node = find_in(place.bucket, tag, key, place.slot); node != nullptr) [[likely]]
      return node;
    return passed(place.bucket) == 0 ? nullptr : find_beyond(tag, key, place);
  }

  // REQUIRES: not is_full(). Takes over one reference.
  void put(std::uint64_t hash, Node* node) { put_tagged(tag_of(hash), node); }

  // Takes the element out; its reference goes to the caller.
  Node* take(Place place) {
    std::uint64_t& word = lines()[place.bucket].words[place.slot];
    for (std::uint32_t gone = home_of(tag_in(word)); gone != place.bucket; gone = next(gone)) {
      if (passed(gone) != most_passed) --passed(gone);
    }
    --size_;
    return node_in(std::exchange(word, 0));
  }

  template <class Function>
  void for_each(Function&& function) const {
    for (std::uint32_t i = 0; i < buckets_; ++i)
      for_each_word_in(i, [&](std::uint64_t word) { function(node_in(word)); });
  }

  // Gives every element whose home is `from`.
  template <class Function>
  void for_each_at_home(std::uint32_t from, Function&& function) const {
    std::uint32_t at_bucket = from;
    for (std::uint32_t probed = 0; probed < buckets_; ++probed) {
      for_each_word_in(at_bucket, [&](std::uint64_t word) {
        if (home_of(tag_in(word)) == from) function(node_in(word));
      });
      if (passed(at_bucket) == 0) return;
      at_bucket = next(at_bucket);
    }
  }

  // The next three move every element elsewhere; this segment is then a shell.
  // Into one of the same depth.
  void move_all_into(Segment& other) {
    Meter::nodes(size_);
    for_each_word([&](std::uint64_t word) { other.put_tagged(tag_in(word), node_in(word)); });
    size_ = 0;
  }
  // Into one that is a bit less deep, of whose two halves this one is the first or the second.
  // Where this one `stays`, it stays whole and the other gets references of its own.
  void join_into(Segment& other, bool is_second, bool stays) {
    Meter::nodes(size_);
    const std::uint16_t upper = is_second ? 0x8000 : 0;
    for_each_word([&](std::uint64_t word) {
      if (stays) retain_node(node_in(word));
      other.put_tagged(static_cast<std::uint16_t>(upper | tag_in(word) >> 1), node_in(word));
    });
    if (!stays) size_ = 0;
  }
  // Into whichever `choose(hash)` names; `hash_of` is asked for every node's hash.
  template <class HashOf, class Choose>
  void move_all(HashOf&& hash_of, Choose&& choose) {
    Meter::nodes(size_);
    for_each([&](Node* node) {
      const std::uint64_t hash = hash_of(*node);
      choose(hash)->put(hash, node);
    });
    size_ = 0;
  }

  // How many of the first bits are the same in `hash` and in every element's hash.
  template <class HashOf>
  unsigned common_bits(std::uint64_t hash, HashOf&& hash_of) const {
    unsigned differs = 0;
    for_each_word([&](std::uint64_t word) { differs |= tag_in(word) ^ tag_of(hash); });
    if (differs != 0) return depth_ + static_cast<unsigned>(std::countl_zero(differs)) - 16;
    std::uint64_t all = 0;
    Meter::nodes(size_);
    for_each([&](Node* node) { all |= hash_of(*node) ^ hash; });
    return static_cast<unsigned>(std::countl_zero(all));
  }

  // How many elements have a one at this bit, counted from the first.
  template <class HashOf>
  std::uint32_t count_ones(unsigned bit, HashOf&& hash_of) const {
    std::uint32_t ones = 0;
    if (bit < depth_ + 16u) {
      const unsigned shift = depth_ + 15 - bit;
      for_each_word([&](std::uint64_t word) { ones += tag_in(word) >> shift & 1; });
    } else {
      for_each([&](Node* node) { ones += hash_of(*node) >> (63 - bit) & 1; });
    }
    return ones;
  }

  // The element that is the `rank`th in this segment's own order, rank < size().
  Node* nth(std::uint32_t rank) const {
    for (std::uint32_t i = 0;; ++i) {
      unsigned used = lines()[i].used();
      const auto here = static_cast<std::uint32_t>(std::popcount(used));
      if (rank >= here) {
        rank -= here;
        continue;
      }
      while (rank-- > 0) used &= used - 1;
      return at({i, static_cast<unsigned>(std::countr_zero(used))});
    }
  }

  // Asserts what must hold of a segment at `prefix`.
  template <class HashOf>
  void check(std::uint64_t prefix, HashOf&& hash_of) const {
    std::uint32_t seen = 0;
    for (std::uint32_t i = 0; i < buckets_; ++i) {
      for (unsigned slot = 0; slot < slots; ++slot) {
        const std::uint64_t word = lines()[i].words[slot];
        if (word == 0) continue;
        ++seen;
        const Node* node = node_in(word);
        const std::uint64_t hash = hash_of(*node);
        REDOUBLE_ASSERT(tag_in(word) == tag_of(hash));
        REDOUBLE_ASSERT(depth_ == 0 || (hash ^ prefix) >> (64 - depth_) == 0);
        Place place{};
        REDOUBLE_ASSERT(find(hash, node->key(), place));
        REDOUBLE_ASSERT(place.bucket == i && place.slot == slot);
      }
    }
    REDOUBLE_ASSERT(seen == size_ && size_ <= limit(buckets_));
    REDOUBLE_ASSERT(buckets_ <= full_buckets || depth_ == max_depth);
  }

 private:
  static constexpr std::uint8_t most_passed = 255;

  Segment(unsigned depth, std::uint32_t buckets)
      : buckets_(buckets), depth_(static_cast<std::uint8_t>(depth)) {}

  std::uint16_t tag_of(std::uint64_t hash) const {
    return static_cast<std::uint16_t>((hash << depth_) >> 48);
  }
  std::uint32_t home_of(std::uint16_t tag) const { return tag * buckets_ >> 16; }
  static std::uint16_t tag_in(std::uint64_t word) {
    return static_cast<std::uint16_t>(word >> Bucket::address_bits);
  }
  static Node* node_in(std::uint64_t word) {
    return reinterpret_cast<Node*>(word & ((std::uint64_t{1} << Bucket::address_bits) - 1));
  }
  static std::uint64_t word_of(std::uint16_t tag, Node* node) {
    const auto address = reinterpret_cast<std::uintptr_t>(node);
    REDOUBLE_ASSERT(address >> Bucket::address_bits == 0);
    return std::uint64_t{tag} << Bucket::address_bits | address;
  }

  Node* find_in(std::uint32_t at_bucket, std::uint16_t tag, std::string_view key,
                unsigned& slot) const {
    const Bucket& bucket = lines()[at_bucket];
    for (unsigned found = bucket.with_tag(tag); found != 0; found &= found - 1) {
      const auto candidate = static_cast<unsigned>(std::countr_zero(found));
      Node* node = node_in(bucket.words[candidate]);
      if (node == nullptr) continue;  // a free slot seems to have the tag 0
      const std::string_view name = node->key();
      if (name.size() == key.size() && same_bytes(name.data(), key.data(), key.size())) [[likely]] {
        slot = candidate;
        return node;
      }
    }
    return nullptr;
  }
  // Where elements went past place.bucket, their home. Rare, so it stands apart.
  [[gnu::noinline]] Node* find_beyond(std::uint16_t tag, std::string_view key, Place& place) const {
    const std::uint32_t home = place.bucket;
    for (place.bucket = next(home); place.bucket != home; place.bucket = next(place.bucket)) {
      Node* node = find_in(place.bucket, tag, key, place.slot);
      if (node != nullptr || passed(place.bucket) == 0) return node;
    }
    return nullptr;
  }
  void put_tagged(std::uint16_t tag, Node* node) {
    REDOUBLE_ASSERT(size_ < buckets_ * slots);
    std::uint32_t at_bucket = home_of(tag);
    for (;; at_bucket = next(at_bucket)) {
      for (std::uint64_t& word : lines()[at_bucket].words) {
        if (word != 0) continue;
        word = word_of(tag, node);
        ++size_;
        return;
      }
      if (passed(at_bucket) != most_passed) ++passed(at_bucket);
    }
  }
  template <class Function>
  void for_each_word(Function&& function) const {
    for (std::uint32_t i = 0; i < buckets_; ++i) for_each_word_in(i, function);
  }
  template <class Function>
  void for_each_word_in(std::uint32_t at_bucket, Function&& function) const {
    for (const std::uint64_t word : lines()[at_bucket].words) {
      if (word != 0) function(word);
    }
  }
  // Beyond full_buckets several buckets share a counter: then it may say that elements went past
  // where none did, never the other way.
  std::uint8_t& passed(std::uint32_t bucket) { return passed_[bucket % full_buckets]; }
  std::uint8_t passed(std::uint32_t bucket) const { return passed_[bucket % full_buckets]; }
  std::uint32_t next(std::uint32_t bucket) const { return bucket + 1 == buckets_ ? 0 : bucket + 1; }
  Bucket* lines() { return reinterpret_cast<Bucket*>(this + 1); }
  const Bucket* lines() const { return reinterpret_cast<const Bucket*>(this + 1); }

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t size_ = 0;
  std::uint32_t buckets_;
  std::uint8_t depth_;
  std::array<std::uint8_t, full_buckets> passed_{};
};

}  // namespace redouble::value
