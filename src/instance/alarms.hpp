// Alarms: the deadlines of waiting clients, ordered; a due one wakes its client.
//
// Ordered by (time, sequence). An alarm that is due or cancelled is forgotten; the client's session
// looks again at what it waited for. Deadlines are the instance's clock's, so they stand still and
// move with it.
// Thread safety: every member may be called from any thread; the lock is a leaf (a client's mailbox
// lock is taken below it).
// Units: Unix milliseconds.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "instance/client.hpp"
#include "store/stripe.hpp"
#include "store/sync.hpp"

namespace redouble::instance {

class Alarms {
 public:
  explicit Alarms(const store::Sync& sync) : sync_(sync) {}

  using Key = std::pair<std::int64_t, std::uint64_t>;
  // Wakes `client` when the time has come; with store::never_ms only by wake_all().
  Key add(std::int64_t at_ms, std::shared_ptr<Client> client);
  void cancel(const Key& key);
  void run_due(std::int64_t now_ms);
  void wake_all();
  std::int64_t earliest_ms() const { return earliest_ms_.load(std::memory_order_acquire); }
  std::size_t size() const;

 private:
  void note_earliest() REQUIRES(mutex_);

  const store::Sync& sync_;
  mutable store::Mutex mutex_;
  std::map<Key, std::shared_ptr<Client>> waiting_ GUARDED_BY(mutex_);
  std::uint64_t sequence_ GUARDED_BY(mutex_) = 0;
  std::atomic<std::int64_t> earliest_ms_{store::never_ms};
};

}  // namespace redouble::instance
