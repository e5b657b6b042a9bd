// Waiters: the commands of an instance that wait, by key in the order of their coming, and by
// deadline.
//
// A step whose effects make a key ready serves those who wait for it at its own end, under its own
// locks, first come, first served. For that it must hold the other keys that they wait for, so that
// no other step serves some of the same waiters meanwhile, and the further keys that their commands
// write: reach() says which; who begins a step asks beforehand, and again under the locks.
// A key's waiters stay the same, but for those that are claimed, while the key's stripe is held.
// Invariants: a waiter is here until it is claimed; claim() succeeds once. While nobody waits a
// change costs one relaxed load.
// Thread safety: every member from any thread; add() in a step that holds the waiter's keys. The
// lock is a leaf; mailboxes' are taken below none of it.
// Units: Unix milliseconds.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "instance/waiter.hpp"
#include "store/annotations.hpp"
#include "store/hashed.hpp"
#include "store/stripe.hpp"
#include "store/sync.hpp"

namespace redouble::instance {

class Waiters {
 public:
  explicit Waiters(const store::Sync& sync) : sync_(sync), earliest_ms_(store::never_ms) {}

  bool active() const { return count_.load(std::memory_order_relaxed) != 0; }
  std::size_t size() const { return count_.load(std::memory_order_relaxed); }
  // Those with a deadline.
  std::size_t timed() const;

  void add(std::shared_ptr<Waiter> waiter);
  // Takes a waiter out; true for the one who did.
  bool claim(const Waiter& waiter);

  // Who waits for a key, the oldest first.
  std::vector<std::shared_ptr<Waiter>> on(int database, std::string_view key) const;
  bool any_on(int database, std::string_view key) const;
  // Whether anybody waits for a stream, in a group or not.
  bool any_for_streams() const;
  // Every key that somebody waits for, with its database.
  std::vector<std::pair<int, std::string>> keys() const;
  // How many of them a reader of a group waits for.
  std::size_t keys_of_groups() const;
  // Adds to `held` the keys (as hashes) of those who wait for one of its keys, and of those who
  // wait for these, and so on; whatever the database. True where it added one.
  bool reach(std::vector<store::Hashed>& held) const;

  std::int64_t earliest_ms() const { return earliest_ms_.load(std::memory_order_acquire); }
  void time_out_due(std::int64_t now_ms);
  // False where that client does not wait.
  bool unblock(std::uint64_t client, Unblock how);
  // Of a client that is being killed.
  void forget(std::uint64_t client);

 private:
  struct Queued {
    std::shared_ptr<Waiter> waiter;
    std::uint64_t number;
  };
  using Deadline = std::pair<std::int64_t, std::uint64_t>;

  bool remove(const Waiter& waiter) REQUIRES(mutex_);
  std::shared_ptr<Waiter> take(std::uint64_t client);

  const store::Sync& sync_;
  std::atomic<std::size_t> count_{0};
  std::atomic<std::int64_t> earliest_ms_;
  mutable store::Mutex mutex_;
  std::uint64_t next_number_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::deque<std::shared_ptr<Waiter>>, std::less<>> by_key_
      GUARDED_BY(mutex_);
  std::map<std::uint64_t, Queued> by_client_ GUARDED_BY(mutex_);
  std::map<Deadline, std::shared_ptr<Waiter>> by_deadline_ GUARDED_BY(mutex_);
};

}  // namespace redouble::instance
