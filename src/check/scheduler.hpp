// SeededScheduler: real threads of which only one runs at a time; who runs next is drawn from a
// seed at each acquisition of shared state. The same seed and the same program give the same run.
//
// It stands behind the store's Sync policy: point() is a place where another may be chosen, stall()
// says that the caller cannot go on. Who stalls is not chosen again until another has moved on,
// because only another can let it go. When all who have not ended stalled in turn, nobody can run:
// that is a deadlock, and every branch is ended by the exception Deadlock, which run() throws on.
// Some seeds change at nearly every point, some seldom: bugs of both kinds exist.
//
// Threads that are no branch of run() (a test's own, before or after) pass without waiting. A
// branch must not wait for another one except through Sync: a wait inside the operating system
// while the others are held back would never end. Thread safety: run() by one thread; point() and
// stall() by any. Source: cooperative random scheduling as in S. Burckhardt et al., "A randomized
// scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010 (there with priorities).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check/random.hpp"
#include "store/sync.hpp"

namespace redouble::check {

class Deadlock : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class SeededScheduler : public store::Scheduler {
 public:
  explicit SeededScheduler(std::uint64_t seed);

  // Runs each branch on a thread of its own and returns when all have ended. Throws what the first
  // branch to fail threw; the others are run to their ends nevertheless.
  void run(const std::vector<std::function<void()>>& branches);

  void point(store::Point kind) override;
  void stall(store::Point kind) override;

  // The branches in the order in which they were chosen, for the proof that a seed replays.
  const std::vector<std::uint8_t>& choices() const { return choices_; }

 private:
  struct Branch {
    std::thread::id thread;
    std::condition_variable chosen;
    bool ended = false;
    unsigned stalls = 0;  // in a row, since any branch moved on
    store::Point waits_for = store::Point::gate;
  };

  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  std::size_t branch_of_this_thread() const;
  void wait_until_chosen(std::unique_lock<std::mutex>& lock, std::size_t branch);
  void choose(std::size_t from);
  void moved_on();
  void live(std::size_t branch, const std::function<void()>& work);

  std::mutex mutex_;
  Random random_;
  std::size_t stay_;  // of so many points, one is left for another branch
  std::vector<Branch> branches_;
  std::size_t running_ = nobody;
  std::vector<std::uint8_t> choices_;
  std::string deadlock_;  // who waits for what, where there is one
  std::exception_ptr failure_;
};

std::string_view to_string(store::Point kind);

}  // namespace redouble::check
