// Keys: one database as a step sees it, under the step's locks; the only place of change.
//
// Every member that changes something takes the Event to announce, and hands the effect to the
// step's sink directly after the change, so that no change can go unseen. A key past its deadline
// is gone: whoever asks for it removes it, with the effect "expired", before anything else happens
// (where LockSet::removes_due() is false, who reads it leaves it and does not see it).
// So are parts of a value that have deadlines of their own (fields of a hash, effect "hexpired").
// Thread safety: belongs to the thread of its step. REQUIRES of every member with a key: the
// stripe of that key is held (asserted). Pointers to entries are valid until the next change of
// that key. Units: deadlines in Unix milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/entry.hpp"
#include "store/event.hpp"
#include "store/lock_set.hpp"

namespace redouble::store {

// What looking at a key leaves behind: read counts a hit or a miss and touches the access clock;
// untouched only counts; write only touches; quiet does neither.
enum class Look : std::uint8_t { read, untouched, write, quiet };

// What becomes of a key's deadline under a new value.
struct Lifetime {
  enum class Kind : std::uint8_t { none, kept, until };
  Kind kind = Kind::none;
  std::int64_t at_ms = 0;

  static constexpr Lifetime kept() { return {Kind::kept, 0}; }
  static constexpr Lifetime until(std::int64_t at_ms) { return {Kind::until, at_ms}; }
};

// What a sum came to, or why there is none; then nothing is changed.
struct Sum {
  enum class Status : std::uint8_t { done, wrong_type, not_an_integer, overflow };
  Status status = Status::done;
  std::int64_t value = 0;
};

enum class Uses : std::uint8_t { begin, kept };

// How many keys of a database have a deadline, what their mean time to live is (0 where there are
// none), and how many have values with parts that have one.
struct DeadlineCounts {
  std::size_t keys = 0;
  std::int64_t average_ttl_ms = 0;
  std::size_t with_parts = 0;
};

class Keys {
 public:
  Keys(LockSet& locks, int database) : locks_(locks), database_(database) {}

  int number() const { return database_; }
  std::int64_t now_ms() const { return locks_.now_ms(); }
  LockSet& locks() const { return locks_; }

  const Entry* find(const Hashed& key, Look look = Look::read);

  Hashed hashed(std::string_view key) const;
  // The key of an entry.
  Hashed hashed(const Entry& entry) const { return hashed(entry.key()); }

  // A deadline for an entry to be made; a sequence number of its own breaks ties. renewed(): the
  // same time, or none, for another entry.
  Deadline deadline_at(std::int64_t at_ms);
  Deadline renewed(Deadline old);

  // Puts an entry in the place of whatever its key held, which is as if that went and the key came
  // to be again. Its access clock begins, or goes on.
  void put(EntryPtr entry, const Event& event, Uses uses = Uses::begin);
  // Puts an entry with the same key and value in the place of one: a change that nobody need hear
  // of. REQUIRES: the key is in the table.
  void restore(EntryPtr entry);
  // The same with a string by the encoding rules of SET; in place where it fits.
  void set_string(const Hashed& key, std::string_view bytes, Lifetime lifetime,
                  const Event& event) {
    set_encoded(key, {bytes, value::encode_string(bytes)}, lifetime, event);
  }
  // The same with a block that becomes the value as it is, shared with who else holds it.
  // REQUIRES: it is longer than value::block_limit.
  void set_block(const Hashed& key, const resp::BlockRef& block, Lifetime lifetime,
                 const Event& event);
  // A string that is kept as text even if it looks like an integer; the deadline stays.
  void set_text(const Hashed& key, std::string_view bytes, const Event& event);
  // Adds to the integer that a string is; a key that does not exist is 0. Its deadline stays.
  Sum add(const Hashed& key, std::int64_t increment, const Event& event);
  // False where there was no such key.
  bool erase(const Hashed& key, const Event& event);
  // Makes the string raw and `size` bytes long, zero bytes where it grows, and calls write(Entry&),
  // which changes its bytes by Entry::writable() and Entry::write(). Its deadline stays. A key that
  // does not exist is made. Of a long string that a snapshot or a reply shares only those pages are
  // copied which are written.
  template <class Write>
  void change_string(const Hashed& key, std::size_t size, const Event& event, Write&& write) {
    Entry& entry = resize_string(key, size);
    write(entry);
    finish_string(key, entry, event);
  }
  // The value of a key that is there, to be changed: its entry and object are made alone first,
  // where a snapshot shares them. nullptr where there is no such key. It touches no access clock.
  // Whoever changed the value calls changed() next. REQUIRES: the value is no string.
  value::Object* own_object(const Hashed& key);
  // Counts a value anew after own_object() and announces the event; a key whose value has become
  // empty is removed, which a second event "del" tells. REQUIRES: the key exists.
  void changed(const Hashed& key, const Event& event);
  // Puts a value of another type than string in the place of whatever the key held.
  void put_object(const Hashed& key, value::ObjectRef object, Lifetime lifetime,
                  const Event& event);
  // Without a value: no deadline any more. REQUIRES: the key exists.
  void set_deadline(const Hashed& key, std::optional<std::int64_t> at_ms, const Event& event);
  // A further word on the change that was made last; `event.counts` is false.
  void announce_also(const Hashed& key, const Event& event) { announce(key, event); }

  // The number of keys in the stripes that are held. REQUIRES: locks().whole().
  std::size_t size() const;
  // Bytes of what holds them together.
  std::size_t table_bytes() const;
  DeadlineCounts deadline_counts() const;
  // Calls f(const Entry&) for each key that is not past its deadline. f must change nothing.
  template <class F>
  void for_each(F&& f);
  // One part of SCAN: visits about `count` entries from `cursor`; gives the next cursor, 0 at the
  // end. Whatever is there from a scan's first part to its last is visited; cursors are < 2^53.
  // Keys past their deadlines are removed.
  template <class F>
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, F&& f);
  // The key whose own deadline is the earliest; nullptr where none has one.
  const Entry* first_due() const;
  // Any key that is not past its deadline, evenly; nullptr where there is none, or where this step
  // leaves those that are and found no other one in a hundred.
  const Entry* random();
  // A generator for random choices within the value of a key, seeded by its stripe's.
  Random random_for(const Hashed& key);

  static constexpr int scan_bits = 40;

 private:
  friend class Keyspace;
  static constexpr std::size_t no_limit = static_cast<std::size_t>(-1);

  // REQUIRES of both: the key's entry is due. Removes the key, or those of its parts that were due
  // first, at most `most`; gives how much went.
  std::size_t expire(const Hashed& key, std::size_t most = no_limit);
  // Removes all that is due; gives what is left of the key, nullptr where nothing is.
  Entry* expire_all(const Hashed& key);
  std::size_t expire_parts(const Hashed& key, std::size_t most);
  void finish_change(const Hashed& key, const Event& event,
                     std::span<const std::string> expired_parts);
  // Lets the entry be due when its value says, after that changed.
  void settle_due(Stripe& stripe, Share& share, const Hashed& key, Entry& entry)
      REQUIRES(stripes_held);
  // A string to be kept; `block` holds its bytes where that shall be the value.
  struct NewString {
    std::string_view bytes;
    value::Encoded encoded;
    const resp::BlockRef* block = nullptr;

    EntryPtr entry(const Hashed& key, Deadline deadline) const {
      return block == nullptr ? Entry::make(key, bytes, encoded, deadline)
                              : Entry::make(key, *block, deadline);
    }
  };
  void set_encoded(const Hashed& key, const NewString& string, Lifetime lifetime,
                   const Event& event);
  // What change_string() does before it writes, and afterwards.
  Entry& resize_string(const Hashed& key, std::size_t size);
  void finish_string(const Hashed& key, Entry& entry, const Event& event);
  // An event that wakes does so whatever `wakes` is.
  void announce(const Hashed& key, const Event& event, Effect::Wakes wakes = Effect::Wakes::nobody,
                std::span<const std::string> expired_parts = {});
  static Effect::Wakes wakes_when_gone(const Entry& entry) {
    return entry.type() == value::Type::stream ? Effect::Wakes::all_if_streams_are_waited_for
                                               : Effect::Wakes::nobody;
  }
  void note_deadline(Stripe& stripe, Deadline deadline);
  static void count_bytes(Stripe& stripe, Share& share, std::size_t bytes);
  // A new entry under a key that is not there; in the place of one that is.
  void insert(Stripe& stripe, Share& share, std::uint64_t hash, EntryPtr entry)
      REQUIRES(stripes_held);
  void replace(Stripe& stripe, Share& share, std::uint64_t hash, EntryPtr entry)
      REQUIRES(stripes_held);
  // The same for one that goes on with the uses of the old one.
  Entry* succeed(Stripe& stripe, Share& share, const Hashed& key, const Entry& old, EntryPtr entry)
      REQUIRES(stripes_held);
  bool take_out(Stripe& stripe, const Hashed& key) REQUIRES(stripes_held);
  // The entry of a key, shared with no snapshot; nullptr where there is none.
  static Entry* own(Share& share, const Hashed& key) REQUIRES(stripes_held);
  // The same, and nullptr where it was past its deadline: then it is gone.
  Entry* own_live(Share& share, const Hashed& key) REQUIRES(stripes_held);

  template <class F>
  class Walk;

  LockSet& locks_;
  int database_;
};

// What a walk over a table does with its entries: it gives those with nothing due at once, and
// those of which only parts are due afterwards, when it may change the table.
template <class F>
class Keys::Walk {
 public:
  // `removes`: the keys that are due.
  Walk(Keys& keys, F& f, bool removes) : keys_(keys), f_(f), removes_(removes) {}
  void operator()(const Entry& entry) {
    if (!is_due(entry.due(), keys_.now_ms())) return f_(entry);
    if (removes_ || !is_due(entry.deadline(), keys_.now_ms())) later_.emplace_back(entry.key());
  }
  void finish() {
    for (const std::string& key : later_) {
      const Entry* entry = keys_.find(keys_.hashed(key), Look::quiet);
      if (entry != nullptr) f_(*entry);
    }
    later_.clear();
  }

 private:
  Keys& keys_;
  F& f_;
  bool removes_;
  std::vector<std::string> later_;
};

template <class F>
void Keys::for_each(F&& f) {
  Walk<F> walk(*this, f, false);
  for (std::size_t index = 0; index < locks_.stripe_count(); ++index) {
    const auto* table = LockSet::table(locks_.stripe_at(index), database_);
    if (table == nullptr) continue;
    table->for_each([&](const Entry& entry) { walk(entry); });
    walk.finish();
  }
}

// A cursor is the stripe's number above the table's own cursor of at most scan_bits bits.
template <class F>
std::uint64_t Keys::scan(std::uint64_t cursor, std::size_t count, F&& f) {
  Walk<F> walk(*this, f, locks_.removes_due());
  std::size_t index = cursor >> scan_bits;
  std::uint64_t position = cursor & ((std::uint64_t{1} << scan_bits) - 1);
  std::size_t visited = 0;
  while (index < locks_.stripe_count()) {
    const auto* table = LockSet::table(locks_.stripe_at(index), database_);
    if (table != nullptr) {
      position = table->scan(position, count - visited, [&](const Entry& entry) {
        ++visited;
        walk(entry);
      });
      walk.finish();
    } else {
      position = 0;
    }
    if (position == 0) ++index;
    if (visited >= count) break;
  }
  if (index >= locks_.stripe_count()) return 0;
  return std::uint64_t{index} << scan_bits | position;
}

}  // namespace redouble::store
