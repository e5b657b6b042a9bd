// Eviction: what goes when keys and values outgrow maxmemory, by maxmemory-policy.
//
// Redis samples a few keys and evicts the best of them; so does this, from the stripes' own random
// numbers. volatile-ttl needs no sample: the deadlines are in order.
#include <cstddef>
#include <limits>
#include <optional>
#include <string>

#include "instance/instance.hpp"

namespace redouble::instance {
namespace {

using store::Entry;

struct Victim {
  int database;
  std::string key;
};

class Evictor {
 public:
  Evictor(store::LockSet& locks, const Settings& settings)
      : locks_(locks), databases_(locks.keyspace().database_count()), settings_(settings) {}

  std::optional<Victim> choose() {
    switch (settings_.maxmemory_policy) {
      case MaxmemoryPolicy::noeviction:
        return std::nullopt;
      case MaxmemoryPolicy::volatile_ttl:
        return earliest();
      case MaxmemoryPolicy::allkeys_random:
      case MaxmemoryPolicy::allkeys_lru:
      case MaxmemoryPolicy::allkeys_lfu:
        return sample(false);
      case MaxmemoryPolicy::volatile_random:
      case MaxmemoryPolicy::volatile_lru:
      case MaxmemoryPolicy::volatile_lfu:
        if (auto victim = sample(true)) return victim;
        return earliest();  // keys with a deadline are too rare to be drawn
    }
    return std::nullopt;
  }

 private:
  // The lower, the sooner a key goes.
  std::uint64_t worth(const Entry& entry) const {
    switch (settings_.maxmemory_policy) {
      case MaxmemoryPolicy::allkeys_lru:
      case MaxmemoryPolicy::volatile_lru:
        return Entry::most_access -
               static_cast<std::uint64_t>(
                   locks_.keyspace().access_clock().idle_s(entry, locks_.now_ms()));
      case MaxmemoryPolicy::allkeys_lfu:
      case MaxmemoryPolicy::volatile_lfu:
        return locks_.keyspace().access_clock().frequency(entry, locks_.now_ms());
      default:
        return 0;
    }
  }

  std::optional<Victim> earliest() {
    std::optional<Victim> found;
    store::Deadline best;
    for (int database = 0; database < databases_; ++database) {
      const Entry* entry = locks_.database(database).first_due();
      if (entry == nullptr || best <= entry->deadline()) continue;
      best = entry->deadline();
      found = Victim{database, std::string(entry->key())};
    }
    return found;
  }

  std::optional<Victim> sample(bool with_deadline) {
    constexpr int most_draws = 64;  // for each sample wanted
    const auto wanted = static_cast<int>(settings_.maxmemory_samples);
    std::optional<Victim> found;
    std::uint64_t best = std::numeric_limits<std::uint64_t>::max();
    int samples = 0;
    for (int draws = 0; samples < wanted && draws < wanted * most_draws; ++draws) {
      next_database_ = (next_database_ + 1) % databases_;
      const Entry* entry = locks_.database(next_database_).random();
      if (entry == nullptr || (with_deadline && !entry->deadline().is_set())) continue;
      ++samples;
      const std::uint64_t here = worth(*entry);
      if (found && here >= best) continue;
      best = here;
      found = Victim{next_database_, std::string(entry->key())};
    }
    return found;
  }

  store::LockSet& locks_;
  int databases_;
  const Settings& settings_;
  int next_database_ = 0;
};

}  // namespace

void Instance::evict(unsigned slot, std::uint64_t limit) {
  step({.all = true, .slot = slot}, nullptr, [&](store::LockSet& locks, Step&) {
    Evictor evictor(locks, settings());
    while (used_memory() > limit) {
      const auto victim = evictor.choose();
      if (!victim) return;
      const store::Hashed key = keyspace_.hash()(victim->key);
      locks.database(victim->database).erase(key, {store::EventKind::evicted, "evicted", false});
      stats_.evicted_keys.fetch_add(1, std::memory_order_relaxed);
    }
  });
}

}  // namespace redouble::instance
