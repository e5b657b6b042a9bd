// Whole values in the RDB format: what a dump and an RDB file have in common.
//
// - A value is its kind and its body; what an RDB file has between the two is not looked at here.
// - Written, a value has redis-server's bytes where its structure is the same by nature: strings,
//   listpacks, intsets, sorted sets, streams. Tables have an order of their own, and a list's nodes
//   are filled from its front.
// - Read, nothing is believed. What is given back is whole: each member once, a sorted set in
//   order, a stream's counts and IDs as its entries are, no empty value but a stream. Its encoding
//   is the one that redis-server gives it under the same limits. Work: O(n log n) in the bytes.
// - Thread safety: none; values, readers and writers are the caller's. Units: bytes.
// - Source: kinds and encodings as redis-server 7.0.15 writes and reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "value/hash.hpp"
#include "value/list.hpp"
#include "value/object.hpp"
#include "value/rdb_reader.hpp"
#include "value/rdb_writer.hpp"
#include "value/set.hpp"
#include "value/sorted_set.hpp"
#include "value/string.hpp"

namespace redouble::value::rdb {

// The kind that an object is written as, with a writer of these options; and its body.
Kind kind_of(const Object& object, const Writer::Options& options);
void write_body(Writer& writer, const Object& object);
// The same of a string.
void write_body(Writer& writer, const StringRef& string);

// What decides about the encodings of values that are read.
struct Limits {
  int version = version_of_7_0;  // kinds of later versions are refused
  List::Limits list = {};
  Set::Limits set = {};
  Hash::Limits hash = {};
  SortedSet::Limits sorted_set = {};
};

struct Value {
  Type type = Type::string;
  std::string_view text = {};  // of a string: a view of the reader's bytes, or of `room`
  ObjectRef object = {};       // of any other
};
// The kind and the body. Nothing where the bytes are damaged.
std::optional<Value> read_value(Reader& reader, const Limits& limits, std::string& room);
std::optional<Value> read_body(Reader& reader, Kind kind, const Limits& limits, std::string& room);

}  // namespace redouble::value::rdb
