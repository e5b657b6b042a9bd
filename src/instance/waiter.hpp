// Waiter: one command that waits: for one of its keys, for its deadline, or to be unblocked.
//
// It is settled once: by the step that makes a key ready, by its deadline, by CLIENT UNBLOCK, or
// forgotten with its client. Who takes it out of Waiters (Waiters::claim) settles it, nobody else.
// Its reply is a letter in the client's mailbox, so that it keeps its place among what others send.
// Thread safety: the constants from any thread; settled() from any thread; the rest belongs to who
// has claimed it.
// Units: Unix milliseconds of the instance's clock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "instance/client.hpp"
#include "store/hashed.hpp"
#include "store/lock_set.hpp"

namespace redouble::store {
class Entry;
}

namespace redouble::instance {

class Step;

enum class Unblock : bool { timeout, error };
// What a command waits for. A reader of a group is told when its key or group is gone, too.
enum class WaitsFor : std::uint8_t { value, stream, group };

class Waiter {
 public:
  Waiter(std::shared_ptr<Client> client, int database, std::int64_t deadline_ms, WaitsFor waits_for)
      : client_(std::move(client)),
        database_(database),
        deadline_ms_(deadline_ms),
        waits_for_(waits_for) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() = default;

  Client& client() const { return *client_; }
  int database() const { return database_; }
  // store::never_ms where it waits for ever.
  std::int64_t deadline_ms() const { return deadline_ms_; }
  WaitsFor waits_for() const { return waits_for_; }
  // The keys it waits for, each once; and those that its command writes besides when it is served.
  const std::vector<store::Hashed>& keys() const { return keys_; }
  const std::vector<store::Hashed>& further_keys() const { return further_keys_; }

  // Can it go on with the key as it is now? `entry` is nullptr where there is none.
  virtual bool is_ready(const store::Hashed& key, const store::Entry* entry) const = 0;
  // Runs the command, as a part of another's step. REQUIRES: is_ready(); the key and the further
  // keys are held.
  virtual void serve(store::LockSet& locks, Step& step, const store::Hashed& key) = 0;
  virtual void time_out() = 0;
  // CLIENT UNBLOCK: as a timeout or with an error.
  virtual void unblock(Unblock how) = 0;

  // The letter, if there was to be one, is in the mailbox.
  bool settled() const { return settled_.load(std::memory_order_acquire); }

 protected:
  // An empty letter is none.
  void settle(std::string letter) {
    if (!letter.empty()) client_->mailbox.post(std::move(letter));
    client_->blocked.store(false, std::memory_order_relaxed);
    settled_.store(true, std::memory_order_release);
    client_->mailbox.wake();  // whoever woke for the letter may have looked too early
  }
  std::vector<store::Hashed> keys_;
  std::vector<store::Hashed> further_keys_;

 private:
  const std::shared_ptr<Client> client_;
  const int database_;
  const std::int64_t deadline_ms_;
  const WaitsFor waits_for_;
  std::atomic<bool> settled_{false};
};

}  // namespace redouble::instance
