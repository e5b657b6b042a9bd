// Stripe: one share of the keyspace: a mutex, and a table for each database, made on first use.
//
// Only a LockSet reaches the tables (store/lock_set.hpp); the phantom capability `stripes_held`
// makes the compiler refuse any other way. Each stripe stands on cache lines of its own.
// Thread safety: the atomics and `mutex` from any thread, the rest as said above.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "store/annotations.hpp"
#include "store/entry.hpp"
#include "store/random.hpp"
#include "store/sync.hpp"
#include "value/table.hpp"

namespace redouble::store {

constexpr std::int64_t never_ms = std::numeric_limits<std::int64_t>::max();

// Held by a thread in the sense of the analysis while it works on stripes that its LockSet locked.
class CAPABILITY("stripes") StripesHeld {};
inline StripesHeld stripes_held;

// A database's share in one stripe.
struct Share {
  explicit Share(std::uint64_t hash_seed) : table(hash_seed) {}

  value::Table<Entry> table;
  // Bytes of the table's entries, without the table's own.
  std::size_t entry_bytes = 0;
  // The table's own, as they were when entry_bytes was last changed.
  std::size_t table_bytes = 0;
};

// What a command touches lies in the first cache line, which is then the only one of the stripe
// that threads take from each other.
struct alignas(64) Stripe {
  Mutex mutex;
  std::vector<std::unique_ptr<Share>> shares GUARDED_BY(stripes_held);  // by database
  std::uint64_t hits GUARDED_BY(stripes_held) = 0;
  std::uint64_t misses GUARDED_BY(stripes_held) = 0;
  // The sums of those of the shares, readable without the lock.
  std::atomic<std::size_t> entry_bytes{0};
  std::atomic<std::size_t> table_bytes{0};

  // No deadline of this stripe is earlier; exact after a sweep.
  std::atomic<std::int64_t> earliest_ms{never_ms};
  std::uint64_t hash_seed = 0;  // of KeyHash; never changes
  Random random GUARDED_BY(stripes_held){0};
  std::uint64_t expired GUARDED_BY(stripes_held) = 0;
  std::uint64_t expired_parts GUARDED_BY(stripes_held) = 0;
};

}  // namespace redouble::store
