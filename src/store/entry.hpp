// Entry: one key with its value and deadline, in one allocation where the value is small.
//
// A string is kept in one of the forms of value::StringRef; a value of another type as a pointer to
// its value::Object, of which the entry owns one reference, and which no other entry holds.
// An entry is counted and may be shared by the live table and by snapshots. Shared, it is immutable
// but for its access clock, which no snapshot looks at; alone (unique()) it may be changed in place
// by the few members that say so. All else makes a new entry, which the table puts in its place.
// Thread safety: references may be taken and dropped from any thread; the rest is under the lock
// of the entry's stripe. Units: deadlines in Unix milliseconds, the access clock's as in
// store/access.hpp.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>

#include "resp/block.hpp"
#include "store/hashed.hpp"
#include "value/deadline_index.hpp"
#include "value/node.hpp"
#include "value/object.hpp"
#include "value/string.hpp"

namespace redouble::store {

class Entry;
using EntryPtr = value::Ref<Entry>;
using value::Deadline;

// A key lives through the millisecond of its deadline, as in Redis.
constexpr bool is_due(Deadline deadline, std::int64_t now_ms) { return deadline.at_ms < now_ms; }

class Entry {
 public:
  // A string by the encoding rules of SET; with an encoding of the caller's choice (embstr or raw);
  // an integer. A default Deadline means none.
  static EntryPtr make(const Hashed& key, std::string_view bytes, Deadline deadline = {});
  static EntryPtr make(const Hashed& key, std::string_view bytes, value::Encoded encoded,
                       Deadline deadline);
  static EntryPtr make(const Hashed& key, std::string_view bytes, value::Encoding encoding,
                       Deadline deadline);
  static EntryPtr make(const Hashed& key, std::int64_t integer, Deadline deadline = {});
  // A raw string of `size` bytes: the old ones, then zero bytes; to be filled in by
  // mutable_bytes(). A string above value::block_limit gets room to grow.
  static EntryPtr make_raw(const Hashed& key, std::string_view old, std::size_t size,
                           Deadline deadline);
  // A value of another type than string. REQUIRES: nobody changes it but through this entry.
  static EntryPtr make(const Hashed& key, value::ObjectRef object, Deadline deadline);
  // The same value under another key, or with another deadline; a large interior is shared.
  EntryPtr with(const Hashed& key, Deadline deadline) const;

  std::string_view key() const { return {key_bytes(), key_size_}; }
  std::uint64_t hash() const { return hash_; }
  Hashed hashed() const { return {key(), hash_}; }
  value::Type type() const { return type_; }
  value::Encoding encoding() const {
    return form_ == Form::object ? object_->encoding() : encoding_;
  }
  Deadline deadline() const { return has_deadline_ ? *deadline_place() : Deadline{}; }
  // True for an integer that COPY made: OBJECT REFCOUNT never counts it among the shared ones.
  bool copied_integer() const { return copied_integer_; }
  // REQUIRES: type() is string.
  value::StringRef string() const;
  // REQUIRES: type() is not string. The second may change; REQUIRES: unique().
  const value::Object& object() const;
  value::Object& mutable_object();

  // The access clock: when the entry was last used, or, where the policy counts, how often (see
  // store/access.hpp). Relaxed: readers of one stripe only race for who was last.
  std::uint32_t access() const { return access_.load(std::memory_order_relaxed); }
  void set_access(std::uint32_t access) const { access_.store(access, std::memory_order_relaxed); }

  // Bytes of heap that this entry alone answers for, its block included.
  std::size_t bytes() const;

  bool unique() const { return references_.load(std::memory_order_acquire) == 1; }
  // In place; REQUIRES: unique(). set_integer: the form is integer. assign: tries to become what
  // make() would make of `bytes`; false where another entry is needed. resize: tries to make the
  // raw string `size` bytes long without moving it; false where it cannot. mutable_bytes: the
  // string's bytes; the form is not integer, and a block is not shared with a reply under way.
  // set_deadline: only by a Table, which keeps its index of deadlines; takes_deadline() is true.
  void set_integer(std::int64_t integer);
  bool assign(std::string_view bytes, value::Encoded encoded);
  bool resize(std::size_t size);
  char* mutable_bytes();
  bool takes_deadline(Deadline deadline) const { return has_deadline_ || !deadline.is_set(); }
  void set_deadline(Deadline deadline);
  void set_copied_integer() { copied_integer_ = form_ == Form::integer; }

  friend void retain(Entry* entry) { entry->references_.fetch_add(1, std::memory_order_relaxed); }
  friend void release(Entry* entry) {
    if (entry->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) entry->destroy();
  }
  friend bool unique(const Entry* entry) { return entry->unique(); }

 private:
  enum class Form : std::uint8_t { integer, bytes, block, object };
  Entry() = default;
  static Entry* allocate(const Hashed& key, Deadline deadline, std::size_t inline_size);
  void destroy();

  std::size_t head_size() const { return sizeof(Entry) + (has_deadline_ ? sizeof(Deadline) : 0); }
  Deadline* deadline_place() { return reinterpret_cast<Deadline*>(this + 1); }
  const Deadline* deadline_place() const { return reinterpret_cast<const Deadline*>(this + 1); }
  char* key_bytes() { return reinterpret_cast<char*>(this) + head_size(); }
  const char* key_bytes() const { return reinterpret_cast<const char*>(this) + head_size(); }

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t key_size_ = 0;
  std::uint64_t hash_ = 0;
  union {
    std::int64_t integer_;
    std::size_t inline_size_;
    resp::Block* block_;
    value::Object* object_;
  };
  mutable std::atomic<std::uint32_t> access_{0};
  value::Type type_ = value::Type::string;
  value::Encoding encoding_ = value::Encoding::raw;
  Form form_ = Form::bytes;
  bool has_deadline_ : 1 = false;  // there is room for one, and it may be set
  bool copied_integer_ : 1 = false;
};

}  // namespace redouble::store
