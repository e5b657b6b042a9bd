// Tracking: client-side caching; which clients have read which keys, and the messages to them.
//
// A client that turned tracking on is remembered for each key that its commands read; when the key
// changes or expires it gets an invalidation, once, and is forgotten for that key. In broadcast
// mode it registers prefixes instead and hears of every key below them. The message is posted to
// the mailbox inside the step that changed the key, so the client cannot read a newer reply before
// it. Invariants: costs two relaxed loads per change while nobody tracks. Thread safety: every
// member may be called from any thread inside a step; the lock is a leaf above mailboxes. Source:
// "Client-side caching in Redis" of the Redis documentation; RESP3 push `invalidate`.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "instance/registry.hpp"
#include "store/annotations.hpp"
#include "store/sync.hpp"

namespace redouble::instance {

class Tracking {
 public:
  Tracking(Registry& clients, const store::Sync& sync) : clients_(clients), sync_(sync) {}

  bool active() const {
    return trackers_.load(std::memory_order_relaxed) != 0 ||
           remembers_.load(std::memory_order_relaxed);
  }

  // Turns tracking on for a client whose `tracking` members say how; prefixes only in broadcast
  // mode. REQUIRES: the gate is held exclusively.
  void enable(Client& client, std::vector<std::string> prefixes);
  // It hears no more. Which keys it has read stays remembered, as in the real server: of those it
  // hears when it turns tracking on again.
  void disable(Client& client);
  // All that is remembered of a client that goes, but for its own record.
  void forget(const Client& client);
  // Was there something to tell, and the client that it should have gone to is no more?
  bool redirect_broken(const Client& client) const;
  // The prefixes of a client in broadcast mode.
  std::vector<std::string> prefixes(const Client& client) const;

  // A command of `client` has read `key`. Of more than `most` keys (0 is no limit) others are
  // forgotten, and whoever had read them is told as if they had changed.
  void read(Client& client, std::string_view key, std::uint64_t most);
  // A key has changed; `by` caused it, nullptr for the sweeper.
  void changed(std::string_view key, const Client* by) {
    if (active()) [[unlikely]]
      tell(key, by);
  }
  // Many keys are gone at once: everybody who tracks is told, NOLOOP or not.
  void flushed();

  std::size_t keys() const;
  std::size_t items() const;
  std::size_t prefix_count() const;
  std::size_t clients() const { return trackers_.load(std::memory_order_relaxed); }

 private:
  void tell(std::string_view key, const Client* by);
  void forget_others(std::string_view key, std::uint64_t most) REQUIRES(mutex_);
  using Hearers = std::map<std::string, std::set<std::uint64_t>, std::less<>>;
  void leave_out(Hearers& hearers, std::uint64_t id) REQUIRES(mutex_);
  void note_readers() REQUIRES(mutex_) {
    remembers_.store(!readers_.empty(), std::memory_order_relaxed);
  }
  void send(std::uint64_t id, std::string_view key, const Client* by) REQUIRES(mutex_);

  Registry& clients_;
  const store::Sync& sync_;
  std::atomic<std::size_t> trackers_{0};
  std::atomic<bool> remembers_{false};  // that somebody has read a key
  mutable store::Mutex mutex_;
  // Which clients have read a key; which clients hear of a prefix.
  Hearers readers_ GUARDED_BY(mutex_);
  // The last key that was forgotten for the limit; the next goes on behind it, so that no key is
  // spared and none goes always.
  std::string forgotten_ GUARDED_BY(mutex_);
  Hearers listeners_ GUARDED_BY(mutex_);
  std::set<std::uint64_t> broken_ GUARDED_BY(mutex_);
};

}  // namespace redouble::instance
