#include "store/keys.hpp"

#include <algorithm>

#include "resp/number.hpp"
#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "store/keyspace.hpp"

namespace redouble::store {

const Entry* Keys::find(const Hashed& key, Look look) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  value::Table<Entry>* table = LockSet::table(stripe, database_);
  Entry* entry = table == nullptr ? nullptr : table->find(key.hash, key.key);
  const bool counts = look == Look::read || look == Look::untouched;
  if (entry != nullptr && is_due(entry->due(), now_ms()) && !mutant("expiry-not-checked"))
      [[unlikely]] {
    const bool is_left = counts && !locks_.removes_due() && is_due(entry->deadline(), now_ms());
    entry = is_left ? nullptr : expire_all(key);
  }
  if (entry == nullptr) {
    if (counts) ++stripe.misses;
    return nullptr;
  }
  if (counts) ++stripe.hits;
  if ((look == Look::read || look == Look::write) && locks_.touches()) {
    locks_.keyspace().access_clock().use(*entry, now_ms(), stripe.random);
  }
  return entry;
}

Hashed Keys::hashed(std::string_view key) const { return locks_.keyspace().hash()(key); }

Deadline Keys::deadline_at(std::int64_t at_ms) {
  // The last millisecond of all means never.
  return {.at_ms = std::min(at_ms, Deadline::never - 1),
          .sequence = locks_.keyspace().next_sequence()};
}

Deadline Keys::renewed(Deadline old) {
  return {.at_ms = old.at_ms, .sequence = locks_.keyspace().next_sequence()};
}

void Keys::announce(const Hashed& key, const Event& event, Effect::Wakes wakes,
                    std::span<const std::string> expired_parts) {
  locks_.sink().effect({.database = database_,
                        .key = key,
                        .event = event,
                        .wakes = event.wakes ? Effect::Wakes::all : wakes,
                        .expired_parts = expired_parts});
}

void Keys::note_deadline(Stripe& stripe, Deadline deadline) {
  if (!deadline.is_set()) return;
  if (deadline.at_ms < stripe.earliest_ms.load(std::memory_order_relaxed)) {
    stripe.earliest_ms.store(deadline.at_ms, std::memory_order_relaxed);
  }
  locks_.note_deadline(deadline.at_ms);
}

// `bytes` may be negative, modulo its width. Only the holder of the stripe writes the sum.
void Keys::count_bytes(Stripe& stripe, Share& share, std::size_t bytes) {
  share.entry_bytes += bytes;
  stripe.entry_bytes.store(stripe.entry_bytes.load(std::memory_order_relaxed) + bytes,
                           std::memory_order_relaxed);
  const std::size_t table_bytes = share.table.bytes();
  if (table_bytes == share.table_bytes) return;
  stripe.table_bytes.fetch_add(table_bytes - share.table_bytes, std::memory_order_relaxed);
  share.table_bytes = table_bytes;
}

void Keys::insert(Stripe& stripe, Share& share, std::uint64_t hash, EntryPtr entry) {
  note_deadline(stripe, entry->due());
  const std::size_t bytes = entry->bytes();
  share.table.insert(hash, std::move(entry));
  count_bytes(stripe, share, bytes);
}

void Keys::replace(Stripe& stripe, Share& share, std::uint64_t hash, EntryPtr entry) {
  note_deadline(stripe, entry->due());
  const std::size_t bytes = entry->bytes();
  EntryPtr old = share.table.replace(hash, std::move(entry));
  count_bytes(stripe, share, bytes - old->bytes());
  locks_.discard(std::move(old));
}

Entry* Keys::succeed(Stripe& stripe, Share& share, const Hashed& key, const Entry& old,
                     EntryPtr entry) {
  entry->set_access(old.access());
  Entry* const made = entry.get();
  replace(stripe, share, key.hash, std::move(entry));
  return made;
}

void Keys::put(EntryPtr entry, const Event& event, Uses uses) {
  if (uses == Uses::begin) locks_.keyspace().access_clock().begin(*entry, now_ms());
  const Hashed key = hashed(*entry);
  Stripe& stripe = locks_.stripe_of(key.hash);
  Share& share = LockSet::make_share(stripe, database_);
  if (find(key, Look::quiet) == nullptr) {
    insert(stripe, share, key.hash, std::move(entry));
  } else {
    replace(stripe, share, key.hash, std::move(entry));
  }
  announce(key, event, Effect::Wakes::all);
}

void Keys::restore(EntryPtr entry) {
  locks_.keyspace().access_clock().begin(*entry, now_ms());
  const std::uint64_t hash = hashed(*entry).hash;
  Stripe& stripe = locks_.stripe_of(hash);
  replace(stripe, LockSet::make_share(stripe, database_), hash, std::move(entry));
}

Entry* Keys::own(Share& share, const Hashed& key) {
  return share.table.writable(key.hash, key.key, [&key](const Entry& shared) {
    return shared.with(key, shared.deadline());
  });
}

Entry* Keys::own_live(Share& share, const Hashed& key) {
  Entry* entry = own(share, key);
  if (entry == nullptr || !is_due(entry->due(), now_ms())) return entry;
  return expire_all(key) == nullptr ? nullptr : own(share, key);
}

void Keys::set_block(const Hashed& key, const resp::BlockRef& block, Lifetime lifetime,
                     const Event& event) {
  set_encoded(key, {block->view(), {value::Encoding::raw, 0}, &block}, lifetime, event);
}

void Keys::set_text(const Hashed& key, std::string_view bytes, const Event& event) {
  const auto encoding =
      bytes.size() <= value::embstr_limit ? value::Encoding::embstr : value::Encoding::raw;
  set_encoded(key, {bytes, {encoding, 0}}, Lifetime::kept(), event);
}

void Keys::set_encoded(const Hashed& key, const NewString& string, Lifetime lifetime,
                       const Event& event) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Share& share = LockSet::make_share(stripe, database_);
  const AccessClock& clock = locks_.keyspace().access_clock();
  Deadline deadline;
  if (lifetime.kind == Lifetime::Kind::until) deadline = deadline_at(lifetime.at_ms);
  auto wakes = Effect::Wakes::nobody;
  if (Entry* entry = own_live(share, key); entry == nullptr) {
    EntryPtr made = string.entry(key, deadline);
    clock.begin(*made, now_ms());
    insert(stripe, share, key.hash, std::move(made));
  } else {
    wakes = wakes_when_gone(*entry);
    // A new value goes on with the uses of the old one.
    clock.use(*entry, now_ms(), stripe.random);
    if (lifetime.kind == Lifetime::Kind::kept || mutant("overwrite-keeps-deadline"))
      deadline = entry->deadline();
    if (entry->type() == value::Type::string && entry->takes_deadline(deadline) &&
        entry->assign(string.bytes, string.encoded)) {
      if (entry->has_deadline()) share.table.set_due(*entry, deadline);
      note_deadline(stripe, deadline);
    } else {
      succeed(stripe, share, key, *entry, string.entry(key, deadline));
    }
  }
  announce(key, event, wakes);
}

Sum Keys::add(const Hashed& key, std::int64_t increment, const Event& event) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Share& share = LockSet::make_share(stripe, database_);
  const AccessClock& clock = locks_.keyspace().access_clock();
  Entry* entry = own_live(share, key);
  if (entry == nullptr) {
    EntryPtr made = Entry::make(key, increment);
    clock.begin(*made, now_ms());
    insert(stripe, share, key.hash, std::move(made));
    announce(key, event);
    return {.value = increment};
  }
  clock.use(*entry, now_ms(), stripe.random);
  if (entry->type() != value::Type::string) return {.status = Sum::Status::wrong_type};
  const value::StringRef string = entry->string();
  const bool is_integer = string.form == value::StringRef::Form::integer;
  value::StringRef::Room room;
  const std::optional<std::int64_t> old =
      is_integer ? string.integer : resp::parse_integer(string.view(room));
  if (!old) return {.status = Sum::Status::not_an_integer};
  Sum sum;
  if (__builtin_add_overflow(*old, increment, &sum.value)) return {.status = Sum::Status::overflow};
  if (is_integer) {
    entry->set_integer(sum.value);
  } else {
    succeed(stripe, share, key, *entry, Entry::make(key, sum.value, entry->deadline()));
  }
  announce(key, event);
  return sum;
}

bool Keys::take_out(Stripe& stripe, const Hashed& key) {
  Share* share = LockSet::share(stripe, database_);
  EntryPtr old = share == nullptr ? EntryPtr() : share->table.erase(key.hash, key.key);
  if (!old) return false;
  count_bytes(stripe, *share, 0 - old->bytes());
  locks_.discard(std::move(old));
  return true;
}

bool Keys::erase(const Hashed& key, const Event& event) {
  const Entry* entry = find(key, Look::quiet);
  if (entry == nullptr) return false;
  const auto wakes = wakes_when_gone(*entry);
  take_out(locks_.stripe_of(key.hash), key);
  announce(key, event, wakes);
  return true;
}

[[gnu::noinline]] std::size_t Keys::expire(const Hashed& key, std::size_t most) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  const Entry* entry = LockSet::table(stripe, database_)->find(key.hash, key.key);
  if (entry->due() != entry->deadline()) return expire_parts(key, most);
  const auto wakes = wakes_when_gone(*entry);
  // The removed entry, and with it a key that points into it, lives on in the step's garbage.
  take_out(stripe, key);
  ++stripe.expired;
  announce(key, {EventKind::expired, "expired", false}, wakes);
  return 1;
}

Entry* Keys::expire_all(const Hashed& key) {
  const value::Table<Entry>& table = *LockSet::table(locks_.stripe_of(key.hash), database_);
  Entry* entry = nullptr;
  do {
    expire(key);
    entry = table.find(key.hash, key.key);
  } while (entry != nullptr && is_due(entry->due(), now_ms()));
  return entry;
}

Entry& Keys::resize_string(const Hashed& key, std::size_t size) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Share& share = LockSet::make_share(stripe, database_);
  Entry* entry = own_live(share, key);
  if (entry == nullptr) {
    EntryPtr made = Entry::make_raw(key, {}, size, {});
    locks_.keyspace().access_clock().begin(*made, now_ms());
    entry = made.get();
    insert(stripe, share, key.hash, std::move(made));
    return *entry;
  }
  constexpr std::size_t pages_a_write = 4;
  value::PatchedString* pieces = entry->patched();
  if (pieces != nullptr && pieces->fold(pages_a_write)) {
    EntryPtr made = Entry::make(key, pieces->base(), entry->deadline());
    made->set_access(entry->access());
    entry = made.get();
    const std::size_t bytes = made->bytes();
    // It goes at once and not with the step's garbage: as long as it is there the block is shared,
    // and would be copied whole.
    const EntryPtr gone = share.table.replace(key.hash, std::move(made));
    count_bytes(stripe, share, bytes - gone->bytes());
  } else if (value::ObjectRef patched = entry->patched_block()) {
    entry = succeed(stripe, share, key, *entry,
                    Entry::make(key, std::move(patched), entry->deadline()));
  }
  if (pieces = entry->patched(); pieces != nullptr) {
    pieces->grow(size);
    return *entry;
  }
  const std::size_t before = entry->bytes();
  if (entry->encoding() == value::Encoding::integer || !entry->resize(size)) {
    value::StringRef::Room room;
    const std::string_view old = entry->string().part(0, size, room);
    entry = succeed(stripe, share, key, *entry, Entry::make_raw(key, old, size, entry->deadline()));
  } else {
    count_bytes(stripe, share, entry->bytes() - before);
  }
  return *entry;
}

void Keys::finish_string(const Hashed& key, Entry& entry, const Event& event) {
  if (value::PatchedString* pieces = entry.patched()) {
    const std::size_t before = pieces->counted_bytes();
    pieces->recount();
    Stripe& stripe = locks_.stripe_of(key.hash);
    count_bytes(stripe, LockSet::make_share(stripe, database_), pieces->counted_bytes() - before);
  }
  announce(key, event);
}

void Keys::set_deadline(const Hashed& key, std::optional<std::int64_t> at_ms, const Event& event) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Share& share = LockSet::make_share(stripe, database_);
  Entry* entry = own(share, key);
  REDOUBLE_ASSERT(entry != nullptr);
  const Deadline deadline = at_ms ? deadline_at(*at_ms) : Deadline{};
  if (entry->keeps_parts_due()) {
    entry->set_deadline_ms(deadline.at_ms);
    settle_due(stripe, share, key, *entry);
  } else if (entry->takes_deadline(deadline)) {
    share.table.set_due(*entry, deadline);
    note_deadline(stripe, deadline);
  } else {
    replace(stripe, share, key.hash, entry->with(key, deadline));
  }
  announce(key, event);
}

namespace {

// The sum of `of(table)` over the stripes' tables of a database. REQUIRES: locks.whole().
template <class Of>
std::size_t sum_of_tables(LockSet& locks, int database, Of&& of) {
  std::size_t sum = 0;
  for (std::size_t index = 0; index < locks.stripe_count(); ++index) {
    const auto* table = LockSet::table(locks.stripe_at(index), database);
    if (table != nullptr) sum += of(*table);
  }
  return sum;
}

}  // namespace

std::size_t Keys::size() const {
  return sum_of_tables(locks_, database_, [](const auto& table) { return table.size(); });
}

std::size_t Keys::table_bytes() const {
  return sum_of_tables(locks_, database_, [](const auto& table) { return table.bytes(); });
}

DeadlineCounts Keys::deadline_counts() const {
  DeadlineCounts counts;
  double sum = 0;
  for (std::size_t index = 0; index < locks_.stripe_count(); ++index) {
    const auto* table = LockSet::table(locks_.stripe_at(index), database_);
    if (table == nullptr) continue;
    table->deadlines().for_each([&](Deadline, const Entry& entry) {
      if (entry.keeps_parts_due() && *entry.object().parts_due_ms() != Deadline::never) {
        ++counts.with_parts;
      }
      const Deadline own = entry.deadline();
      if (!own.is_set()) return;
      ++counts.keys;
      sum += static_cast<double>(own.at_ms - now_ms());
    });
  }
  if (counts.keys > 0) {
    counts.average_ttl_ms = static_cast<std::int64_t>(sum / static_cast<double>(counts.keys));
  }
  return counts;
}

const Entry* Keys::first_due() const {
  const Entry* first = nullptr;
  Deadline best;
  for (std::size_t index = 0; index < locks_.stripe_count(); ++index) {
    const auto* table = LockSet::table(locks_.stripe_at(index), database_);
    if (table == nullptr) continue;
    // In the order of due(), which is never later than the key's own deadline.
    table->deadlines().for_each_while([&](Deadline due, const Entry& entry) {
      if (best <= due) return false;
      if (entry.deadline() < best) {
        best = entry.deadline();
        first = &entry;
      }
      return true;
    });
  }
  return first;
}

const Entry* Keys::random() {
  Random& draw = locks_.stripe_at(0).random;
  int tries_in_pause = 100;
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
    if (!is_due(drawn->due(), now_ms())) return drawn;
    if (locks_.removes_due()) {
      expire(hashed(*drawn));
    } else if (--tries_in_pause == 0) {
      break;
    }
  }
  return nullptr;
}

}  // namespace redouble::store
