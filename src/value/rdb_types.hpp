// The bodies of each type's values, as rdb_value.hpp puts them together; for the rdb_*.cpp alone.
//
// Readers give nothing where the bytes are damaged, or where the value is empty and its type knows
// no empty ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "value/rdb_value.hpp"
#include "value/stream.hpp"
#include "value/text_node.hpp"

namespace redouble::value::rdb {

void write_list(Writer& writer, const List& list);
ObjectRef read_list(Reader& reader, Kind kind, const List::Limits& limits);

Kind kind_of(const Set& set, const Writer::Options& options);
void write_set(Writer& writer, const Set& set);
ObjectRef read_set(Reader& reader, Kind kind, const Set::Limits& limits);

Kind kind_of(const Hash& hash);
void write_hash(Writer& writer, const Hash& hash);
ObjectRef read_hash(Reader& reader, Kind kind, const Hash::Limits& limits);

Kind kind_of(const SortedSet& set);
void write_sorted_set(Writer& writer, const SortedSet& set);
ObjectRef read_sorted_set(Reader& reader, Kind kind, const SortedSet::Limits& limits);

Kind kind_of_stream(const Writer::Options& options);
void write_stream(Writer& writer, const Stream& stream);
ObjectRef read_stream(Reader& reader, Kind kind);

// Which texts were seen, by their hashes: so that a search in a listpack, which costs O(n), is made
// only where there is reason to fear a text twice.
class SeenTexts {
 public:
  explicit SeenTexts(std::uint64_t seed) : seed_(seed) {}
  // True where the text is new for sure.
  bool add(std::string_view text) {
    if (2 * size_ >= places_.size()) grow();
    return put(hash_text(seed_, text) | 1);
  }

 private:
  // A hash's own place or the next free one; its lowest bits are the same in all. 0 is free.
  bool put(std::uint64_t hash) {
    const std::size_t mask = places_.size() - 1;
    std::size_t at = hash >> 16 & mask;
    for (; places_[at] != 0; at = (at + 1) & mask) {
      if (places_[at] == hash) return false;
    }
    places_[at] = hash;
    ++size_;
    return true;
  }
  void grow() {
    const std::vector<std::uint64_t> old = std::exchange(
        places_, std::vector<std::uint64_t>(std::max<std::size_t>(32, 2 * places_.size())));
    size_ = 0;
    for (const std::uint64_t hash : old) {
      if (hash != 0) put(hash);
    }
  }

  std::uint64_t seed_;
  std::size_t size_ = 0;
  std::vector<std::uint64_t> places_;  // a power of two, at most half of them used
};

}  // namespace redouble::value::rdb
