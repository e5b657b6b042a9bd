#include "instance/waiters.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::instance {

using store::LeafLock;
using store::Point;

std::size_t Waiters::timed() const {
  const LeafLock lock(mutex_, sync_, Point::claim);
  return by_deadline_.size();
}

void Waiters::add(std::shared_ptr<Waiter> waiter) {
  const LeafLock lock(mutex_, sync_, Point::claim);
  const std::uint64_t number = ++next_number_;
  for (const store::Hashed& key : waiter->keys()) {
    by_key_[std::string(key.key)].push_back(waiter);
  }
  if (waiter->deadline_ms() != store::never_ms) {
    by_deadline_.emplace(Deadline{waiter->deadline_ms(), number}, waiter);
    earliest_ms_.store(by_deadline_.begin()->first.first, std::memory_order_release);
  }
  waiter->client().blocked.store(true, std::memory_order_relaxed);
  const std::uint64_t client = waiter->client().id;
  const bool first = by_client_.emplace(client, Queued{std::move(waiter), number}).second;
  REDOUBLE_ASSERT(first);
  count_.fetch_add(1, std::memory_order_relaxed);
}

bool Waiters::remove(const Waiter& waiter) {
  const auto found = by_client_.find(waiter.client().id);
  if (found == by_client_.end() || found->second.waiter.get() != &waiter) return false;
  // Kept to the end of this function: it may be the last reference.
  const std::shared_ptr<Waiter> kept = std::move(found->second.waiter);
  by_deadline_.erase(Deadline{waiter.deadline_ms(), found->second.number});
  by_client_.erase(found);
  for (const store::Hashed& key : waiter.keys()) {
    const auto queue = by_key_.find(key.key);
    std::erase(queue->second, kept);
    if (queue->second.empty()) by_key_.erase(queue);
  }
  earliest_ms_.store(by_deadline_.empty() ? store::never_ms : by_deadline_.begin()->first.first,
                     std::memory_order_release);
  count_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

bool Waiters::claim(const Waiter& waiter) {
  const LeafLock lock(mutex_, sync_, Point::claim);
  return remove(waiter);
}

std::vector<std::shared_ptr<Waiter>> Waiters::on(int database, std::string_view key) const {
  std::vector<std::shared_ptr<Waiter>> found;
  const LeafLock lock(mutex_, sync_, Point::claim);
  const auto queue = by_key_.find(key);
  if (queue == by_key_.end()) return found;
  for (const std::shared_ptr<Waiter>& waiter : queue->second) {
    if (waiter->database() == database) found.push_back(waiter);
  }
  if (mutant("waiter-overtakes")) std::ranges::reverse(found);
  return found;
}

bool Waiters::any_on(int database, std::string_view key) const {
  const LeafLock lock(mutex_, sync_, Point::claim);
  const auto queue = by_key_.find(key);
  return queue != by_key_.end() && std::ranges::any_of(queue->second, [&](const auto& waiter) {
           return waiter->database() == database;
         });
}

bool Waiters::any_for_streams() const {
  const LeafLock lock(mutex_, sync_, Point::claim);
  return std::ranges::any_of(by_client_, [](const auto& queued) {
    return queued.second.waiter->waits_for() != WaitsFor::value;
  });
}

std::size_t Waiters::keys_of_groups() const {
  std::set<std::pair<int, std::string_view>> keys;
  const LeafLock lock(mutex_, sync_, Point::claim);
  for (const auto& [key, queue] : by_key_) {
    for (const auto& waiter : queue) {
      if (waiter->waits_for() == WaitsFor::group) keys.emplace(waiter->database(), key);
    }
  }
  return keys.size();
}

std::vector<std::pair<int, std::string>> Waiters::keys() const {
  std::vector<std::pair<int, std::string>> keys;
  const LeafLock lock(mutex_, sync_, Point::claim);
  for (const auto& [key, queue] : by_key_) {
    for (const auto& waiter : queue) keys.emplace_back(waiter->database(), key);
  }
  std::ranges::sort(keys);
  const auto twice = std::ranges::unique(keys);
  keys.erase(twice.begin(), twice.end());
  return keys;
}

bool Waiters::reach(std::vector<store::Hashed>& held) const {
  const std::size_t before = held.size();
  const LeafLock lock(mutex_, sync_, Point::claim);
  std::vector<std::string_view> names;
  bool waited_for = false;
  for (const store::Hashed& key : held) {
    names.push_back(key.key);
    waited_for |= by_key_.contains(key.key);
  }
  if (!waited_for) return false;
  std::unordered_set<std::string_view> seen(names.begin(), names.end());
  std::unordered_set<const Waiter*> walked;  // each one's keys once, however many lead to it
  for (std::size_t index = 0; index < names.size(); ++index) {
    const auto queue = by_key_.find(names[index]);
    if (queue == by_key_.end()) continue;
    for (const auto& waiter : queue->second) {
      const bool only_here = waiter->keys().size() == 1 && waiter->further_keys().empty();
      if (only_here || !walked.insert(waiter.get()).second) continue;
      for (const auto* keys : {&waiter->keys(), &waiter->further_keys()}) {
        for (const store::Hashed& key : *keys) {
          if (mutant("waiter-keys-not-locked")) continue;
          if (!seen.insert(key.key).second) continue;
          names.push_back(key.key);
          held.push_back({.key = {}, .hash = key.hash});
        }
      }
    }
  }
  return held.size() != before;
}

void Waiters::time_out_due(std::int64_t now_ms) {
  while (earliest_ms() <= now_ms) {
    std::shared_ptr<Waiter> due;
    {
      const LeafLock lock(mutex_, sync_, Point::claim);
      if (by_deadline_.empty() || by_deadline_.begin()->first.first > now_ms) return;
      due = by_deadline_.begin()->second;
      remove(*due);
    }
    due->time_out();
  }
}

std::shared_ptr<Waiter> Waiters::take(std::uint64_t client) {
  const LeafLock lock(mutex_, sync_, Point::claim);
  const auto found = by_client_.find(client);
  if (found == by_client_.end()) return nullptr;
  std::shared_ptr<Waiter> waiter = found->second.waiter;
  remove(*waiter);
  return waiter;
}

bool Waiters::unblock(std::uint64_t client, Unblock how) {
  const std::shared_ptr<Waiter> waiter = take(client);
  if (waiter == nullptr) return false;
  waiter->unblock(how);
  return true;
}

void Waiters::forget(std::uint64_t client) {
  if (!mutant("killed-waiter-stays")) take(client);
}

}  // namespace redouble::instance
