// LockSet: what one step holds, and the only way to the tables while it does.
//
// A LockSet exists only inside Keyspace::step(), which hands it to a closure; it cannot be made,
// copied or kept elsewhere, so no lock outlives a step or crosses a co_await. It holds either the
// gate shared with at most `most_stripes` stripes, or the gate exclusively and with it everything.
// Every access asserts that the stripe of the key is held.
// What is taken out of the tables is kept here and freed after the locks are given back; what is
// large goes to the keyspace's Reclaimer then.
// Thread safety: belongs to the thread of its step.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "store/annotations.hpp"
#include "store/event.hpp"
#include "store/reclaimer.hpp"
#include "store/stripe.hpp"

namespace redouble::store {

class Keyspace;
class Keys;

class LockSet {
 public:
  static constexpr std::size_t most_stripes = 32;

  LockSet(const LockSet&) = delete;
  LockSet& operator=(const LockSet&) = delete;
  ~LockSet() {
    const bool may_be_large = first_garbage_ && first_garbage_->has_interior();
    if (may_be_large || more_garbage_ != nullptr) [[unlikely]]
      hand_over_garbage();
  }

  // The time of the step, read once, after its locks were held.
  std::int64_t now_us() const { return now_us_; }
  std::int64_t now_ms() const { return now_ms_; }
  bool whole() const { return whole_; }
  // The stripe of a key with this hash is held.
  bool holds(std::uint64_t hash) const { return (held_ >> (hash & (stripe_count() - 1)) & 1) != 0; }
  Keyspace& keyspace() const { return keyspace_; }
  EffectSink& sink() const { return sink_; }
  // The earliest deadline that this step has set; never_ms if none.
  std::int64_t earliest_set_ms() const { return earliest_set_ms_; }

  Keys database(int number);
  std::size_t stripe_count() const;
  Stripe& stripe_of(std::uint64_t hash) ASSERT_CAPABILITY(stripes_held);
  // REQUIRES: whole() or the stripe is held.
  Stripe& stripe_at(std::size_t index) ASSERT_CAPABILITY(stripes_held);

  // A database's share in a stripe that is held; share() and table() give nullptr where none was
  // made yet.
  static Share* share(Stripe& stripe, int database) REQUIRES(stripes_held) {
    const auto place = static_cast<std::size_t>(database);
    return place < stripe.shares.size() ? stripe.shares[place].get() : nullptr;
  }
  static Share& make_share(Stripe& stripe, int database) REQUIRES(stripes_held) {
    Share* found = share(stripe, database);
    return found != nullptr ? *found : add_share(stripe, database);
  }
  static value::Table<Entry>* table(Stripe& stripe, int database) REQUIRES(stripes_held) {
    Share* found = share(stripe, database);
    return found == nullptr ? nullptr : &found->table;
  }

  void discard(EntryPtr entry) {
    if (!first_garbage_) {
      first_garbage_ = std::move(entry);
    } else {
      more_garbage().entries.push_back(std::move(entry));
    }
  }
  void discard(value::Table<Entry> table, std::size_t entry_bytes) {
    more_garbage().tables.push_back(std::move(table));
    more_garbage().bytes_in_tables += entry_bytes;
  }
  // For a copy of a value that is about to lose a large part, which then dies after the locks.
  void discard(value::ObjectRef copy) { more_garbage().objects.push_back(std::move(copy)); }
  // From here on this step's looking at keys leaves their access clocks alone.
  void leave_untouched() { touches_ = false; }
  bool touches() const { return touches_; }
  // From here on this step's reading of keys removes none that is due: it does not see it.
  void leave_due() { removes_due_ = false; }
  bool removes_due() const { return removes_due_; }
  void note_deadline(std::int64_t at_ms) {
    if (at_ms < earliest_set_ms_) earliest_set_ms_ = at_ms;
  }

 private:
  friend class Keyspace;
  LockSet(Keyspace& keyspace, EffectSink& sink) : keyspace_(keyspace), sink_(sink) {}

  static Share& add_share(Stripe& stripe, int database) REQUIRES(stripes_held);
  // Gives what is large to the reclaimer.
  void hand_over_garbage();
  Garbage& more_garbage() {
    if (more_garbage_ == nullptr) more_garbage_ = std::make_unique<Garbage>();
    return *more_garbage_;
  }

  Keyspace& keyspace_;
  EffectSink& sink_;
  std::uint64_t held_ = 0;  // one bit a stripe
  bool whole_ = false;
  bool touches_ = true;
  bool removes_due_ = true;
  std::int64_t now_us_ = 0;
  std::int64_t now_ms_ = 0;
  std::int64_t earliest_set_ms_ = never_ms;
  EntryPtr first_garbage_;  // one, what a SET replaces, needs no allocation of its own
  std::unique_ptr<Garbage> more_garbage_;
};

}  // namespace redouble::store
