// Keyspace: every database of an instance, in lock-striped tables; steps run on it.
//
// A step names what it needs beforehand: keys, or all. step() enters the gate and locks the stripes
// in ascending order (beyond LockSet::most_stripes it takes the gate exclusively instead), reads
// the time once, runs the closure with the LockSet, gives everything back, and only then frees what
// the step took out. So a step is atomic and linearizable, and no two steps can deadlock.
// The closure must not start another step.
// Thread safety: every member may be called from any thread, but not from inside a step unless it
// takes the LockSet. Errors: what the closure throws leaves through step(), with all locks given
// back.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "runtime/assert.hpp"
#include "runtime/clock.hpp"
#include "runtime/mutant.hpp"
#include "store/access.hpp"
#include "store/gate.hpp"
#include "store/keys.hpp"
#include "store/lock_set.hpp"
#include "store/reclaimer.hpp"
#include "store/stripe.hpp"

namespace redouble::store {

// What a step needs. Without keys and without `all` it holds the gate shared and no stripe.
struct Plan {
  std::span<const Hashed> keys = {};
  bool all = false;
  unsigned slot = 0;  // of the calling thread, see Gate
};

// Numbers that the whole instance reports.
struct Totals {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t expired = 0;
  std::uint64_t expired_parts = 0;  // fields of hashes
  std::size_t entry_bytes = 0;      // keys and values
  std::size_t table_bytes = 0;      // what holds them together
};

class Keyspace {
 public:
  struct Options {
    int databases = 16;
    std::size_t stripes = 64;  // a power of two, at most 64
    std::uint64_t seed = 0;
  };

  Keyspace(const Options& options, const Sync& sync, const runtime::Clock& clock);
  Keyspace(const Keyspace&) = delete;
  Keyspace& operator=(const Keyspace&) = delete;
  ~Keyspace();

  const KeyHash& hash() const { return hash_; }
  int database_count() const { return databases_; }
  std::size_t stripe_count() const { return stripe_count_; }

  // A step on a key of this hash follows soon. Changes nothing: the line of its stripe, which
  // another thread may have, is asked for.
  void expect(std::uint64_t hash) const {
    const Stripe& stripe = stripes_[stripe_index(hash)];
#if defined(__x86_64__)
    // Not the builtin: the common instruction set lacks this one, and what the compiler takes
    // instead leaves the line with the other thread, which the lock then waits for. Processors
    // that do not know it do nothing.
    asm volatile("prefetchw %0" : : "m"(stripe));
#else
    __builtin_prefetch(&stripe, 1);
#endif
  }

  // Runs f(LockSet&) as one step; gives what f gives.
  template <class F>
  decltype(auto) step(const Plan& plan, EffectSink& sink, F&& f) {
    LockSet locks(*this, sink);
    const Held held(locks, plan);
    return f(locks);
  }

  // Removes what is past its deadline, up to `most` keys in all, each stripe as a step of its own;
  // true when more may be due: then call again, after others had their turn. Keys of one stripe go
  // in the order of their deadlines; a call begins with another stripe than the one before it.
  // `settle` is called at the end of each of these steps, under its locks.
  bool sweep(unsigned slot, EffectSink& sink, std::size_t most,
             const std::function<void(LockSet&)>& settle);
  // The same in one step, in the order of the deadlines over the whole instance.
  // REQUIRES: locks.whole().
  void sweep_in_order(LockSet& locks, std::size_t most);
  // No deadline is earlier; never_ms where there is none. A hint: it may be too early.
  std::int64_t earliest_deadline_ms() const;

  // Changes of whole databases; they announce nothing by key. REQUIRES: locks.whole().
  void clear(LockSet& locks, int database);
  void swap(LockSet& locks, int one, int other);
  Totals totals(LockSet& locks) const;
  void reset_counters(LockSet& locks);
  // Bytes of all keys and values, from any thread without a step.
  std::size_t entry_bytes() const;
  // With what holds them; a table is counted as it was at the last change of a key in it.
  std::size_t used_bytes() const;

  // How uses of keys are remembered; changed with every lock held.
  AccessClock& access_clock() { return access_clock_; }

  // Where large garbage goes, also that of who keeps copies of tables.
  Reclaimer& reclaimer() { return reclaimer_; }

  std::uint64_t next_sequence() { return sequence_.fetch_add(1, std::memory_order_relaxed); }

 private:
  friend class LockSet;

  // Acquires for a scope. Declared inside the LockSet's scope: garbage goes after the locks.
  class Held {
   public:
    Held(LockSet& locks, const Plan& plan);
    ~Held();
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    void lock_several(const Plan& plan);
    void unlock_several();

    LockSet& locks_;
    unsigned slot_;
    Stripe* only_ = nullptr;  // where it is one stripe, as nearly always
  };

  std::span<const Stripe> stripes() const { return {stripes_.get(), stripe_count_}; }
  std::size_t stripe_index(std::uint64_t hash) const { return hash & (stripe_count_ - 1); }
  std::size_t sweep_stripe(LockSet& locks, std::size_t index, std::size_t most);

  const Sync sync_;
  const runtime::Clock& clock_;
  KeyHash hash_;
  int databases_;
  std::size_t stripe_count_;
  Gate gate_;
  std::unique_ptr<Stripe[]> stripes_;
  AccessClock access_clock_;
  std::atomic<std::uint64_t> sequence_{1};
  std::atomic<std::size_t> next_swept_{0};
  Reclaimer reclaimer_;
};

inline Keyspace::Held::Held(LockSet& locks, const Plan& plan) NO_THREAD_SAFETY_ANALYSIS
    : locks_(locks),
      slot_(plan.slot) {
  Keyspace& keyspace = locks.keyspace_;
  if (plan.keys.size() == 1 && !plan.all) [[likely]] {
    keyspace.gate_.enter_shared(slot_);
    const std::size_t index = keyspace.stripe_index(plan.keys.front().hash);
    only_ = &keyspace.stripes_[index];
    if (!mutant("stripe-lock-left-out")) only_->mutex.lock(keyspace.sync_, Point::stripe);
    locks.held_ = std::uint64_t{1} << index;
  } else {
    lock_several(plan);
  }
  keyspace.sync_.point(Point::clock);
  locks.now_us_ = keyspace.clock_.now_us();
  locks.now_ms_ = runtime::Clock::ms_of(locks.now_us_);
}

inline Keyspace::Held::~Held() NO_THREAD_SAFETY_ANALYSIS {
  Keyspace& keyspace = locks_.keyspace_;
  if (only_ != nullptr) [[likely]] {
    if (!mutant("stripe-lock-left-out")) only_->mutex.unlock();
    keyspace.gate_.leave_shared(slot_);
  } else {
    unlock_several();
  }
  locks_.held_ = 0;
}

inline Keys LockSet::database(int number) {
  REDOUBLE_ASSERT(number >= 0 && number < keyspace_.database_count());
  return Keys(*this, number);
}

inline Stripe& LockSet::stripe_of(std::uint64_t hash) {
  return stripe_at(keyspace_.stripe_index(hash));
}

inline Stripe& LockSet::stripe_at(std::size_t index) {
  REDOUBLE_ASSERT(mutant("lock-only-first-key") || (held_ >> index & 1) != 0);
  // Not an acquisition, but what tells a scheduled test that a lock was left out: others may run
  // between any two accesses of a step, and find the stripe locked.
  keyspace_.sync_.point(Point::stripe);
  return keyspace_.stripes_[index];
}

}  // namespace redouble::store
