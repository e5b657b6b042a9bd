// Step: one atomic step of an instance while it runs; the one place where its effects arrive.
//
// A command, a transaction, a script or a sweep is one step. The store announces every change here
// (effect()), and here it is told on: to the counter of changes, to client-side caching, to those
// who wait for the key, and, when someone records, as deterministic commands. settle() takes the
// step's ticket and hands the records over.
// Invariants: serve_waiters() and then settle() are called at the end of a step, before its locks
// go.
// Thread safety: belongs to the thread of its step.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "instance/recorder.hpp"
#include "store/event.hpp"
#include "store/lock_set.hpp"

namespace redouble::instance {

class Client;
class Instance;

class Step final : public store::EffectSink {
 public:
  // `client` is nullptr where no client caused the step (the sweeper).
  // `slot`: that of the step's plan.
  Step(Instance& instance, Client* client, unsigned slot, bool recording)
      : instance_(instance), client_(client), slot_(slot), recording_(recording) {}

  void effect(const store::Effect& effect) override;
  // A change that concerns whole databases: FLUSHALL and FLUSHDB, SWAPDB.
  enum class Whole : std::uint8_t { emptied, swapped };
  void whole_database_effect(Whole what);

  // The request that runs; recorded as it stands unless its handler records something else.
  void begin_request(int database, std::span<const std::string_view> request) {
    database_ = database;
    request_ = request;
    rewritten_ = false;
    request_changed_ = false;
  }
  // The request that began last has run; its arguments may go.
  void end_request();
  // Who causes what comes next; gives who did until now.
  Client* act_for(Client* client) { return std::exchange(client_, client); }
  // Says how the request is to be recorded, in place of itself. May be called several times, each
  // adds a command; with no command at all nothing is recorded.
  void record_as(std::initializer_list<std::string_view> command);
  void record_as(std::span<const std::string_view> command);
  void record_nothing() { rewritten_ = true; }
  // True where somebody records; else there is no need to make up commands.
  bool recording() const { return recording_; }

  // Serves those who wait for the keys that this step has changed, in the order in which the keys
  // became ready, and those whom that makes ready.
  void serve_waiters(store::LockSet& locks) {
    if (ready_ != nullptr) [[unlikely]]
      serve_ready(locks);
  }

  // How many changes this step has made so far.
  std::uint64_t changes() const { return changes_; }
  void settle() {
    if (changes_ != 0 || records_ != nullptr) settle_changes();
  }

 private:
  void settle_changes();
  // Apart from it, so that a step that nobody records saves no registers for it.
  [[gnu::noinline]] void hand_records_over();
  void push_record(int database, std::span<const std::string_view> command);
  bool wakes(const store::Effect& effect) const;
  void note_ready(int database, std::string_view key);
  void serve_ready(store::LockSet& locks);

  Instance& instance_;
  Client* client_;
  unsigned slot_;
  bool recording_;
  bool rewritten_ = false;
  bool request_changed_ = false;
  int database_ = 0;
  std::uint64_t changes_ = 0;
  std::span<const std::string_view> request_;
  std::unique_ptr<std::vector<Record>> records_;  // made for the first one
  // Keys that somebody waits for and that have changed, the first first; made for the first one.
  std::unique_ptr<std::deque<std::pair<int, std::string>>> ready_;
};

}  // namespace redouble::instance
