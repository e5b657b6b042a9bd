#include "store/keys.hpp"

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "store/keyspace.hpp"

namespace redouble::store {

const Entry* Keys::find(const Hashed& key, Look look) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  value::Table<Entry>* table = LockSet::table(stripe, database_);
  Entry* entry = table == nullptr ? nullptr : table->find(key.hash, key.key);
  if (entry != nullptr && is_due(entry->deadline(), now_ms()) && !mutant("expiry-not-checked")) {
    expire(key);
    entry = nullptr;
  }
  const bool counts = look == Look::read || look == Look::untouched;
  if (entry == nullptr) {
    if (counts) ++stripe.misses;
    return nullptr;
  }
  if (counts) ++stripe.hits;
  if (look == Look::read || look == Look::write) {
    locks_.keyspace().access_clock().use(*entry, now_ms(), stripe.random);
  }
  return entry;
}

Deadline Keys::deadline_at(std::int64_t at_ms) {
  return {.at_ms = at_ms, .sequence = locks_.keyspace().next_sequence()};
}

void Keys::announce(const Hashed& key, Event event) {
  locks_.sink().effect({.database = database_, .key = key, .event = event});
}

void Keys::note_deadline(Stripe& stripe, Deadline deadline) {
  if (!deadline.is_set()) return;
  if (deadline.at_ms < stripe.earliest_ms.load(std::memory_order_relaxed)) {
    stripe.earliest_ms.store(deadline.at_ms, std::memory_order_relaxed);
  }
  locks_.note_deadline(deadline.at_ms);
}

// `bytes` may be negative, modulo its width.
void Keys::count_bytes(Stripe& stripe, Share& share, std::size_t bytes) {
  share.entry_bytes += bytes;
  stripe.entry_bytes.fetch_add(bytes, std::memory_order_relaxed);
}

// An entry in the place of an old one with the same key, or of none.
void Keys::place(Stripe& stripe, EntryPtr entry) {
  Share& share = LockSet::make_share(stripe, database_);
  note_deadline(stripe, entry->deadline());
  count_bytes(stripe, share, entry->bytes());
  if (share.table.find(entry->hash(), entry->key()) == nullptr) {
    share.table.insert(std::move(entry));
    return;
  }
  EntryPtr old = share.table.replace(std::move(entry));
  count_bytes(stripe, share, 0 - old->bytes());
  locks_.discard(std::move(old));
}

void Keys::put(EntryPtr entry, Event event) {
  locks_.keyspace().access_clock().begin(*entry, now_ms());
  const Entry* placed = entry.get();
  place(locks_.stripe_of(entry->hash()), std::move(entry));
  announce(placed->hashed(), event);
}

void Keys::restore(EntryPtr entry) {
  locks_.keyspace().access_clock().begin(*entry, now_ms());
  place(locks_.stripe_of(entry->hash()), std::move(entry));
}

bool Keys::take_out(Stripe& stripe, const Hashed& key) {
  Share* share = LockSet::share(stripe, database_);
  EntryPtr old = share == nullptr ? EntryPtr() : share->table.erase(key.hash, key.key);
  if (!old) return false;
  count_bytes(stripe, *share, 0 - old->bytes());
  locks_.discard(std::move(old));
  return true;
}

bool Keys::erase(const Hashed& key, Event event) {
  if (find(key, Look::quiet) == nullptr) return false;
  take_out(locks_.stripe_of(key.hash), key);
  announce(key, event);
  return true;
}

void Keys::expire(const Hashed& key) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  // The removed entry, and with it a key that points into it, lives on in the step's garbage.
  take_out(stripe, key);
  ++stripe.expired;
  announce(key, {EventKind::expired, "expired"});
}

Entry* Keys::own(Stripe& stripe, const Hashed& key) {
  Entry* entry = LockSet::table(stripe, database_)
                     ->writable(key.hash, key.key, [](const Entry& shared) {
                       return shared.with(shared.hashed(), shared.deadline());
                     });
  REDOUBLE_ASSERT(entry != nullptr);
  return entry;
}

void Keys::set_integer(const Hashed& key, std::int64_t integer, Event event) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Entry* entry = own(stripe, key);
  if (entry->encoding() == value::Encoding::integer) {
    entry->set_integer(integer);
  } else {
    place(stripe, Entry::make(key, integer, entry->deadline()));
  }
  announce(key, event);
}

std::span<char> Keys::resize_string(const Hashed& key, std::size_t size, Event event) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Entry* entry = own(stripe, key);
  const std::size_t before = entry->bytes();
  if (entry->encoding() == value::Encoding::integer || !entry->resize(size)) {
    value::Digits digits;
    const std::string_view old = entry->string().view(digits);
    EntryPtr grown = Entry::make_raw(entry->hashed(), old.substr(0, size), size, entry->deadline());
    grown->set_access(entry->access());
    entry = grown.get();
    place(stripe, std::move(grown));
  } else {
    count_bytes(stripe, *LockSet::share(stripe, database_), entry->bytes() - before);
  }
  announce(key, event);
  return {entry->mutable_bytes(), size};
}

void Keys::set_deadline(const Hashed& key, std::optional<std::int64_t> at_ms, Event event) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  const Entry* entry = LockSet::table(stripe, database_)->find(key.hash, key.key);
  REDOUBLE_ASSERT(entry != nullptr);
  place(stripe, entry->with(key, at_ms ? deadline_at(*at_ms) : Deadline{}));
  announce(key, event);
}

std::size_t Keys::size() const {
  std::size_t size = 0;
  for (std::size_t index = 0; index < locks_.stripe_count(); ++index) {
    const auto* table = LockSet::table(locks_.stripe_at(index), database_);
    if (table != nullptr) size += table->size();
  }
  return size;
}

std::size_t Keys::size_with_deadline() const {
  std::size_t size = 0;
  for (std::size_t index = 0; index < locks_.stripe_count(); ++index) {
    const auto* table = LockSet::table(locks_.stripe_at(index), database_);
    if (table != nullptr) size += table->deadlines().size();
  }
  return size;
}

std::int64_t Keys::average_ttl_ms() const {
  std::int64_t count = 0;
  double sum = 0;
  for (std::size_t index = 0; index < locks_.stripe_count(); ++index) {
    const auto* table = LockSet::table(locks_.stripe_at(index), database_);
    if (table == nullptr) continue;
    table->deadlines().for_each([&](Deadline at, const Entry&) {
      ++count;
      sum += static_cast<double>(at.at_ms - now_ms());
    });
  }
  return count == 0 ? 0 : static_cast<std::int64_t>(sum / static_cast<double>(count));
}

const Entry* Keys::first_due() const {
  const Entry* first = nullptr;
  for (std::size_t index = 0; index < locks_.stripe_count(); ++index) {
    const auto* table = LockSet::table(locks_.stripe_at(index), database_);
    const Entry* here = table == nullptr ? nullptr : table->deadlines().earliest();
    if (here != nullptr && (first == nullptr || here->deadline() < first->deadline())) first = here;
  }
  return first;
}

const Entry* Keys::random() {
  Random& draw = locks_.stripe_at(0).random;
  for (std::size_t left = size(); left > 0; left = size()) {
    std::size_t index = 0;
    std::uint64_t place = draw.below(left);
    for (;; ++index) {
      const auto* table = LockSet::table(locks_.stripe_at(index), database_);
      const std::size_t here = table == nullptr ? 0 : table->size();
      if (place < here) break;
      place -= here;
    }
    const Entry* drawn = LockSet::table(locks_.stripe_at(index), database_)->random(draw.next());
    if (!is_due(drawn->deadline(), now_ms())) return drawn;
    expire(drawn->hashed());
  }
  return nullptr;
}

}  // namespace redouble::store
