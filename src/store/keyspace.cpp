#include "store/keyspace.hpp"

#include <algorithm>
#include <bit>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::store {

Keyspace::Keyspace(const Options& options, const Sync& sync, const runtime::Clock& clock)
    : sync_(sync),
      clock_(clock),
      hash_(options.seed),
      databases_(options.databases),
      stripe_count_(options.stripes),
      gate_(sync) {
  REDOUBLE_ASSERT(std::has_single_bit(stripe_count_) && stripe_count_ <= 64);
  Random seeds(options.seed);
  stripes_ = std::make_unique<Stripe[]>(stripe_count_);
  for (std::size_t index = 0; index < stripe_count_; ++index) {
    stripes_[index].random = Random(seeds.next());
    stripes_[index].hash_seed = options.seed;
  }
}

Keyspace::~Keyspace() = default;

void Keyspace::Held::lock_several(const Plan& plan) NO_THREAD_SAFETY_ANALYSIS {
  Keyspace& keyspace = locks_.keyspace_;
  std::uint64_t needed = 0;
  for (const Hashed& key : plan.keys) {
    needed |= std::uint64_t{1} << keyspace.stripe_index(key.hash);
    if (mutant("lock-only-first-key")) break;
  }
  const bool many = plan.keys.size() > LockSet::most_stripes &&
                    static_cast<std::size_t>(std::popcount(needed)) > LockSet::most_stripes;
  if (plan.all || many) {
    keyspace.gate_.enter_exclusive();
    locks_.whole_ = true;
    locks_.held_ = ~std::uint64_t{0};
    return;
  }
  keyspace.gate_.enter_shared(slot_);
  if (!mutant("stripe-lock-left-out")) {
    for (std::uint64_t rest = needed; rest != 0; rest &= rest - 1) {
      keyspace.stripes_[std::countr_zero(rest)].mutex.lock(keyspace.sync_, Point::stripe);
    }
  }
  locks_.held_ = needed;
}

void Keyspace::Held::unlock_several() NO_THREAD_SAFETY_ANALYSIS {
  Keyspace& keyspace = locks_.keyspace_;
  if (locks_.whole_) return keyspace.gate_.leave_exclusive();
  if (!mutant("stripe-lock-left-out")) {
    for (std::uint64_t rest = locks_.held_; rest != 0; rest &= rest - 1) {
      keyspace.stripes_[std::countr_zero(rest)].mutex.unlock();
    }
  }
  keyspace.gate_.leave_shared(slot_);
}

void LockSet::hand_over_garbage() {
  // Under a scheduler no thread runs that it does not know.
  if (keyspace_.sync_.scheduled()) return;
  Garbage large;
  if (first_garbage_ && Reclaimer::is_large(*first_garbage_)) {
    large.entries.push_back(std::move(first_garbage_));
  }
  if (more_garbage_ != nullptr) {
    const bool many = more_garbage_->entries.size() > Reclaimer::many_entries;
    for (EntryPtr& entry : more_garbage_->entries) {
      if (many || Reclaimer::is_large(*entry)) large.entries.push_back(std::move(entry));
    }
    std::size_t in_tables = 0;
    for (const value::Table<Entry>& table : more_garbage_->tables) in_tables += table.size();
    if (in_tables > Reclaimer::many_entries ||
        more_garbage_->bytes_in_tables > Reclaimer::large_bytes) {
      large.tables = std::move(more_garbage_->tables);
    }
    for (value::ObjectRef& object : more_garbage_->objects) {
      if (Reclaimer::is_large(*object)) large.objects.push_back(std::move(object));
    }
  }
  if (large.entries.empty() && large.tables.empty() && large.objects.empty()) return;
  keyspace_.reclaimer_.take(std::move(large));
}

std::size_t LockSet::stripe_count() const { return keyspace_.stripe_count(); }

Share& LockSet::add_share(Stripe& stripe, int database) {
  const auto place = static_cast<std::size_t>(database);
  if (place >= stripe.shares.size()) stripe.shares.resize(place + 1);
  if (stripe.shares[place] == nullptr)
    stripe.shares[place] = std::make_unique<Share>(stripe.hash_seed);
  return *stripe.shares[place];
}

std::size_t Keyspace::sweep_stripe(LockSet& locks, std::size_t index, std::size_t most) {
  Stripe& stripe = locks.stripe_at(index);
  std::size_t removed = 0;
  std::int64_t earliest = never_ms;
  for (int database = 0; database < databases_; ++database) {
    value::Table<Entry>* table = LockSet::table(stripe, database);
    if (table == nullptr) continue;
    for (;;) {
      const Entry* next = table->deadlines().earliest();
      if (next == nullptr) break;
      if (removed == most || !is_due(next->due(), locks.now_ms())) {
        earliest = std::min(earliest, next->due().at_ms);
        break;
      }
      removed += locks.database(database).expire(hash_(next->key()), most - removed);
    }
  }
  stripe.earliest_ms.store(earliest, std::memory_order_relaxed);
  return removed;
}

bool Keyspace::sweep(unsigned slot, EffectSink& sink, std::size_t most,
                     const std::function<void(LockSet&)>& settle) {
  const std::int64_t now = clock_.now_ms();
  std::size_t left = most;
  for (std::size_t turn = 0; turn < stripe_count_; ++turn) {
    const std::size_t index =
        next_swept_.fetch_add(1, std::memory_order_relaxed) & (stripe_count_ - 1);
    if (stripes_[index].earliest_ms.load(std::memory_order_relaxed) > now) continue;
    // Any hash whose low bits say this stripe.
    const Hashed stripe_itself{.key = {}, .hash = index};
    const std::size_t removed =
        step(Plan{.keys = {&stripe_itself, 1}, .slot = slot}, sink, [&](LockSet& locks) {
          const std::size_t swept = sweep_stripe(locks, index, left);
          settle(locks);
          return swept;
        });
    left -= removed;
    if (left == 0) return true;
  }
  return false;
}

void Keyspace::sweep_in_order(LockSet& locks, std::size_t most) {
  REDOUBLE_ASSERT(locks.whole());
  struct Due {
    Deadline deadline;
    std::size_t stripe;
    int database;
    bool operator<(const Due& other) const { return other.deadline < deadline; }  // earliest on top
  };
  std::vector<Due> due;
  const auto look = [&](std::size_t index, int database) {
    const auto* table = LockSet::table(locks.stripe_at(index), database);
    const Entry* next = table == nullptr ? nullptr : table->deadlines().earliest();
    if (next == nullptr || !is_due(next->due(), locks.now_ms())) return;
    due.push_back({next->due(), index, database});
    std::push_heap(due.begin(), due.end());
  };
  for (std::size_t index = 0; index < stripe_count_; ++index) {
    if (stripes_[index].earliest_ms.load(std::memory_order_relaxed) > locks.now_ms()) continue;
    for (int database = 0; database < databases_; ++database) look(index, database);
  }
  for (std::size_t removed = 0; !due.empty() && removed < most;) {
    std::pop_heap(due.begin(), due.end());
    const Due first = due.back();
    due.pop_back();
    const Entry* entry =
        LockSet::table(locks.stripe_at(first.stripe), first.database)->deadlines().earliest();
    removed += locks.database(first.database).expire(hash_(entry->key()), most - removed);
    look(first.stripe, first.database);
  }
}

std::int64_t Keyspace::earliest_deadline_ms() const {
  std::int64_t earliest = never_ms;
  for (const Stripe& stripe : stripes()) {
    earliest = std::min(earliest, stripe.earliest_ms.load(std::memory_order_relaxed));
  }
  return earliest;
}

void Keyspace::clear(LockSet& locks, int database) {
  REDOUBLE_ASSERT(locks.whole());
  for (std::size_t index = 0; index < stripe_count_; ++index) {
    Stripe& stripe = locks.stripe_at(index);
    Share* share = LockSet::share(stripe, database);
    if (share == nullptr) continue;
    stripe.entry_bytes.fetch_sub(share->entry_bytes, std::memory_order_relaxed);
    stripe.table_bytes.fetch_sub(share->table_bytes, std::memory_order_relaxed);
    locks.discard(share->table.clear(), share->entry_bytes);
    share->entry_bytes = share->table_bytes = 0;
  }
}

void Keyspace::swap(LockSet& locks, int one, int other) {
  REDOUBLE_ASSERT(locks.whole());
  for (std::size_t index = 0; index < stripe_count_; ++index) {
    Stripe& stripe = locks.stripe_at(index);
    std::swap(LockSet::make_share(stripe, one), LockSet::make_share(stripe, other));
  }
}

std::size_t Keyspace::entry_bytes() const {
  std::size_t sum = 0;
  for (const Stripe& stripe : stripes()) sum += stripe.entry_bytes.load(std::memory_order_relaxed);
  return sum;
}

std::size_t Keyspace::used_bytes() const {
  std::size_t sum = entry_bytes();
  for (const Stripe& stripe : stripes()) sum += stripe.table_bytes.load(std::memory_order_relaxed);
  return sum;
}

Totals Keyspace::totals(LockSet& locks) const {
  REDOUBLE_ASSERT(locks.whole());
  Totals totals;
  for (std::size_t index = 0; index < stripe_count_; ++index) {
    Stripe& stripe = locks.stripe_at(index);
    totals.hits += stripe.hits;
    totals.misses += stripe.misses;
    totals.expired += stripe.expired;
    totals.expired_parts += stripe.expired_parts;
    for (const auto& share : stripe.shares) {
      if (share == nullptr) continue;
      totals.entry_bytes += share->entry_bytes;
      totals.table_bytes += share->table.bytes();
    }
  }
  return totals;
}

void Keyspace::reset_counters(LockSet& locks) {
  REDOUBLE_ASSERT(locks.whole());
  for (std::size_t index = 0; index < stripe_count_; ++index) {
    Stripe& stripe = locks.stripe_at(index);
    stripe.hits = stripe.misses = stripe.expired = stripe.expired_parts = 0;
  }
}

}  // namespace redouble::store
