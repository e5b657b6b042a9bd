// The bodies of each type's values, as rdb_value.hpp puts them together; for the rdb_*.cpp alone.
//
// Readers give nothing where the bytes are damaged, or where the value is empty and its type knows
// no empty ones.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_set>

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
  bool add(std::string_view text) { return hashes_.insert(hash_text(seed_, text)).second; }

 private:
  std::uint64_t seed_;
  std::unordered_set<std::uint64_t> hashes_;
};

}  // namespace redouble::value::rdb
