// Entry: one key with its value and deadline, in one allocation where the value is small.
//
// - Layout: eight bytes of header, then the deadline (16 bytes, where there is room for one), the
//   key's size (4 bytes, where it does not fit into the header's), the key, the value's size (2
//   bytes, likewise), the value. A value is the bytes of a short string, or 8 bytes: an integer, a
//   pointer to a block, or a pointer to a value::Object (for types other than string, and for a
//   value::PatchedString), of which the entry owns one reference and which no other entry holds.
//   Behind the pointer to an object
//   whose parts have deadlines of their own (Object::parts_due_ms) stands the key's own deadline (8
//   bytes); the deadline in front is then the first of all of them. Blocks come from
//   value/slab.hpp, so an entry takes its bytes rounded up to 8. The hash is not kept; who needs it
//   hashes the key.
// - An entry is counted and may be shared by the live table and by snapshots. Shared, it is
//   immutable but for its access clock, which no snapshot looks at; alone (unique()) it may be
//   changed in place by the few members that say so. All else makes a new entry, which the table
//   puts in its place.
// - More than most_references references stop being counted, and the entry then stays for ever. A
//   reference is a copy of the segment that the entry is in, so that many take more than 30 MB.
// Thread safety: references may be taken and dropped from any thread; the rest is under the lock
// of the entry's stripe. Units: deadlines in Unix milliseconds, the access clock's as in
// store/access.hpp.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "resp/block.hpp"
#include "store/hashed.hpp"
#include "value/deadline_index.hpp"
#include "value/node.hpp"
#include "value/object.hpp"
#include "value/patched_string.hpp"
#include "value/string.hpp"

namespace redouble::store {

class Entry;
using EntryPtr = value::Ref<Entry>;
using value::Deadline;

// A key lives through the millisecond of its deadline, as in Redis.
constexpr bool is_due(Deadline deadline, std::int64_t now_ms) { return deadline.at_ms < now_ms; }

class Entry {
 public:
  static constexpr std::uint32_t most_access = 0xffffff;
  static constexpr std::uint16_t most_references = 0x7fff;

  // A string by the encoding rules of SET; with an encoding of the caller's choice (embstr or raw);
  // an integer. A default Deadline means none.
  static EntryPtr make(const Hashed& key, std::string_view bytes, Deadline deadline = {});
  static EntryPtr make(const Hashed& key, std::string_view bytes, value::Encoded encoded,
                       Deadline deadline);
  static EntryPtr make(const Hashed& key, std::string_view bytes, value::Encoding encoding,
                       Deadline deadline);
  static EntryPtr make(const Hashed& key, std::int64_t integer, Deadline deadline = {});
  // A raw string that is a block of somebody's making, longer than value::block_limit.
  static EntryPtr make(const Hashed& key, resp::BlockRef block, Deadline deadline);
  // A raw string of `size` bytes: the old ones, then zero bytes; to be filled in by
  // writable(). A string above value::block_limit gets room to grow.
  static EntryPtr make_raw(const Hashed& key, std::string_view old, std::size_t size,
                           Deadline deadline);
  // What it is then, where the raw string has so large a block that is not its own; else nothing.
  value::ObjectRef patched_block() const;
  // A value of another type than string, or a PatchedString. REQUIRES: nobody changes it but
  // through this entry.
  static EntryPtr make(const Hashed& key, value::ObjectRef object, Deadline deadline);
  // The same value under another key, or with another deadline; a large interior is shared.
  EntryPtr with(const Hashed& key, Deadline deadline) const;

  std::string_view key() const {
    const char* at = begin() + (has(Flag::deadline) ? sizeof(Deadline) : 0);
    if (short_key_size_ != long_key) [[likely]]
      return {at, short_key_size_};
    return {at + sizeof(std::uint32_t), load<std::uint32_t>(at)};
  }
  // What KeyHash(seed) makes of the key.
  std::uint64_t hash(std::uint64_t seed) const { return KeyHash(seed)(key()).hash; }
  value::Type type() const { return static_cast<value::Type>(kind_ & type_mask); }
  value::Encoding encoding() const;
  // When it is due: at the key's deadline, or, where that comes first, at one of its value's parts.
  Deadline due() const { return has(Flag::deadline) ? load<Deadline>(begin()) : Deadline{}; }
  // The key's own.
  Deadline deadline() const {
    Deadline own = due();
    if (keeps_parts_due()) own.at_ms = load<std::int64_t>(value() + sizeof(value::Object*));
    return own;
  }
  // Whether it has room for both.
  bool keeps_parts_due() const { return form() == Form::object && has(Flag::second); }
  // What due() should be, by the value as it is now.
  Deadline due_now() const;
  // True for an integer that COPY made: OBJECT REFCOUNT never counts it among the shared ones.
  bool copied_integer() const { return form() == Form::integer && has(Flag::second); }
  // The bytes of a string that is kept as such, as nearly all are; else a view of nullptr.
  // REQUIRES: type() is string.
  std::string_view usual_string() const {
    return form() == Form::bytes ? kept() : std::string_view();
  }
  // REQUIRES: type() is string.
  value::StringRef string() const {
    if (form() == Form::bytes) [[likely]]
      return {.form = value::StringRef::Form::bytes, .bytes = kept()};
    return other_string();
  }
  // REQUIRES: type() is not string. The second may change; REQUIRES: unique().
  const value::Object& object() const;
  value::Object& mutable_object();

  // The access clock, 24 bits: when the entry was last used, or, where the policy counts, how often
  // (see store/access.hpp). Written only under the lock of the stripe.
  std::uint32_t access() const {
    return access_and_size_.load(std::memory_order_relaxed) & most_access;
  }
  void set_access(std::uint32_t access) const {
    const std::uint32_t size = access_and_size_.load(std::memory_order_relaxed) & ~most_access;
    access_and_size_.store(size | (access & most_access), std::memory_order_relaxed);
  }

  // True where the value is not in the entry's own allocation.
  bool has_interior() const { return form() == Form::block || form() == Form::object; }
  // True where the value is a block that somebody else holds too.
  bool shares_block() const;
  // Bytes of heap that this entry alone answers for, its block included.
  std::size_t bytes() const;

  bool unique() const { return references_.load(std::memory_order_acquire) == 1; }
  // In place; REQUIRES: unique(). set_integer: the form is integer. assign: tries to become what
  // make() would make of `bytes`; false where another entry is needed. resize: makes the
  // raw string `size` bytes long, zero bytes where it grows; false where another entry is needed.
  // writable: the raw string's bytes from `from` on, or the first of them, to be changed until the
  // next call; a block is not shared with a reply under way. write: puts bytes there.
  // set_due: only by a Table, which keeps its index of deadlines; takes_deadline() is true.
  // set_deadline_ms: the key's own, where the parts have deadlines too; then due() may be wrong.
  void set_integer(std::int64_t integer);
  bool assign(std::string_view bytes, value::Encoded encoded) {
    // Bytes in the place of as many bytes, nearly always.
    if (form() == Form::bytes && encoded.encoding != value::Encoding::integer &&
        kept().size() == bytes.size() && unique()) [[likely]] {
      if (!bytes.empty()) std::memcpy(value(), bytes.data(), bytes.size());
      set(Flag::second, encoded.encoding == value::Encoding::embstr);
      return true;
    }
    return assign_other(bytes, encoded);
  }
  bool resize(std::size_t size);
  std::span<char> writable(std::size_t from);
  void write(std::size_t from, std::string_view bytes);
  // The string in pieces, where it is kept so; else nullptr.
  value::PatchedString* patched();
  // Whether there is room for one; it may be unset.
  bool has_deadline() const { return has(Flag::deadline); }
  bool takes_deadline(Deadline deadline) const { return has(Flag::deadline) || !deadline.is_set(); }
  void set_due(Deadline due);
  void set_deadline_ms(std::int64_t at_ms);
  void set_copied_integer() {
    if (form() == Form::integer) set(Flag::second, true);
  }

  friend void retain(Entry* entry) {
    const auto before = entry->references_.fetch_add(1, std::memory_order_relaxed);
    if (before >= most_references) [[unlikely]]
      entry->references_.store(stuck_references, std::memory_order_relaxed);
  }
  friend void release(Entry* entry) {
    const auto before = entry->references_.fetch_sub(1, std::memory_order_acq_rel);
    if (before == 1) entry->destroy();
    if (before > most_references) [[unlikely]]
      entry->references_.store(stuck_references, std::memory_order_relaxed);
  }
  friend bool unique(const Entry* entry) { return entry->unique(); }

 private:
  enum class Form : std::uint8_t { integer, bytes, block, object };
  // `second` is what one bit more says of a form: embstr of bytes and blocks, copied_integer() of
  // integers, keeps_parts_due() of objects.
  enum class Flag : std::uint8_t { deadline = 0x40, second = 0x80 };
  static constexpr std::uint8_t type_mask = 0x0f;
  static constexpr unsigned form_shift = 4;
  static constexpr std::uint8_t form_mask = 0x30;
  static constexpr std::uint8_t long_key = 255;
  static constexpr std::uint32_t long_value = 255;
  static constexpr unsigned size_shift = 24;
  // Far from both ends, so that threads which count at the same time do not get out of it.
  static constexpr std::uint16_t stuck_references = 0xc000;

  // What a block is laid out by.
  struct Shape {
    std::size_t key_size;
    std::size_t value_size;
    bool has_deadline;

    bool value_is_long() const { return value_size >= long_value; }
    std::size_t bytes() const {
      return sizeof(Entry) + (has_deadline ? sizeof(Deadline) : 0) +
             (key_size >= long_key ? sizeof(std::uint32_t) : 0) + key_size +
             (value_is_long() ? sizeof(std::uint16_t) : 0) + value_size;
    }
  };

  Entry() = default;
  static Entry* allocate(const Hashed& key, Deadline due, Form form, std::size_t value_size,
                         bool keeps_due);
  static Entry* allocate(const Hashed& key, Deadline due, Form form, std::size_t value_size) {
    return allocate(key, due, form, value_size, due.is_set());
  }
  void destroy();
  bool assign_other(std::string_view bytes, value::Encoded encoded);

  template <class T>
  static T load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
  }
  template <class T>
  static void store(char* to, T value) {
    std::memcpy(to, &value, sizeof(T));
  }
  Form form() const { return static_cast<Form>((kind_ & form_mask) >> form_shift); }
  bool has(Flag flag) const { return (kind_ & static_cast<std::uint8_t>(flag)) != 0; }
  void set(Flag flag, bool on) {
    const auto bit = static_cast<std::uint8_t>(flag);
    kind_ = static_cast<std::uint8_t>(on ? kind_ | bit : kind_ & ~bit);
  }
  void set_form(value::Type type, Form form) {
    kind_ = static_cast<std::uint8_t>((kind_ & static_cast<std::uint8_t>(Flag::deadline)) |
                                      static_cast<std::uint8_t>(type) |
                                      static_cast<unsigned>(form) << form_shift);
  }
  const char* begin() const { return reinterpret_cast<const char*>(this + 1); }
  char* begin() { return reinterpret_cast<char*>(this + 1); }
  std::uint32_t short_value_size() const {
    return access_and_size_.load(std::memory_order_relaxed) >> size_shift;
  }
  // The value as it stands here: its bytes, or the eight of an integer or a pointer.
  std::string_view kept() const {
    const std::string_view name = key();
    const char* at = name.data() + name.size();
    const std::uint32_t size = short_value_size();
    if (size != long_value) [[likely]]
      return {at, size};
    return {at + sizeof(std::uint16_t), load<std::uint16_t>(at)};
  }
  std::size_t value_size() const { return kept().size(); }
  void set_value_size(std::size_t size);
  const char* value() const { return kept().data(); }
  value::StringRef other_string() const;
  char* value() { return const_cast<char*>(std::as_const(*this).value()); }
  resp::Block* block() const { return load<resp::Block*>(value()); }
  Shape shape() const { return {key().size(), value_size(), has(Flag::deadline)}; }

  std::atomic<std::uint16_t> references_{1};
  std::uint8_t kind_ = 0;  // type, form and flags
  std::uint8_t short_key_size_ = 0;
  mutable std::atomic<std::uint32_t> access_and_size_{0};
};
static_assert(sizeof(Entry) == 8);

}  // namespace redouble::store
