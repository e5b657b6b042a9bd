#include "check/scheduler.hpp"

#include "runtime/assert.hpp"

namespace redouble::check {
namespace {

// One retry after the others' last move is enough; the second makes sure that a stall which itself
// gave something back (the gate's) is not taken for a deadlock.
constexpr unsigned most_stalls = 2;

}  // namespace

std::string_view to_string(store::Point kind) {
  switch (kind) {
    case store::Point::gate:
      return "gate";
    case store::Point::stripe:
      return "stripe";
    case store::Point::mailbox:
      return "mailbox";
    case store::Point::claim:
      return "claim";
    case store::Point::clock:
      return "clock";
    case store::Point::registry:
      return "registry";
    case store::Point::journal:
      return "journal";
  }
  return "unknown";
}

SeededScheduler::SeededScheduler(std::uint64_t seed) : random_(seed) {
  constexpr std::size_t habits[] = {1, 1, 2, 4, 8};
  stay_ = habits[random_.below(std::size(habits))];
}

void SeededScheduler::run(const std::vector<std::function<void()>>& branches) {
  if (branches.empty()) return;
  std::vector<std::thread> threads;
  {
    std::unique_lock lock(mutex_);
    REDOUBLE_ASSERT(running_ == nobody);
    branches_ = std::vector<Branch>(branches.size());
    for (std::size_t i = 0; i < branches.size(); ++i) {
      threads.emplace_back([this, i, &branches] { live(i, branches[i]); });
      branches_[i].thread = threads.back().get_id();
    }
    choose(nobody);
  }
  for (std::thread& thread : threads) thread.join();
  branches_.clear();
  if (!deadlock_.empty()) throw Deadlock(deadlock_);
  if (failure_) std::rethrow_exception(failure_);
}

void SeededScheduler::live(std::size_t branch, const std::function<void()>& work) {
  {
    std::unique_lock lock(mutex_);
    wait_until_chosen(lock, branch);
  }
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  std::unique_lock lock(mutex_);
  if (failure && !failure_) failure_ = failure;
  branches_[branch].ended = true;
  moved_on();
  choose(branch);
}

std::size_t SeededScheduler::branch_of_this_thread() const {
  for (std::size_t i = 0; i < branches_.size(); ++i) {
    if (branches_[i].thread == std::this_thread::get_id()) return i;
  }
  return nobody;
}

void SeededScheduler::wait_until_chosen(std::unique_lock<std::mutex>& lock, std::size_t branch) {
  branches_[branch].chosen.wait(lock, [&] { return running_ == branch; });
}

void SeededScheduler::moved_on() {
  for (Branch& branch : branches_) branch.stalls = 0;
}

// Gives the turn to one of those who may be able to run.
void SeededScheduler::choose(std::size_t from) {
  std::vector<std::size_t> able;
  bool all_ended = true;
  for (std::size_t i = 0; i < branches_.size(); ++i) {
    if (branches_[i].ended) continue;
    all_ended = false;
    if (branches_[i].stalls < most_stalls || !deadlock_.empty()) able.push_back(i);
  }
  if (all_ended) {
    running_ = nobody;
    return;
  }
  if (able.empty()) {
    deadlock_ = "deadlock:";
    for (std::size_t i = 0; i < branches_.size(); ++i) {
      if (branches_[i].ended) continue;
      able.push_back(i);
      deadlock_ += " branch " + std::to_string(i + 1) + " waits for a " +
                   std::string(to_string(branches_[i].waits_for)) + ";";
    }
    deadlock_.pop_back();
  }
  running_ = able[random_.below(able.size())];
  choices_.push_back(static_cast<std::uint8_t>(running_));
  if (running_ != from) branches_[running_].chosen.notify_one();
}

void SeededScheduler::point(store::Point) {
  std::unique_lock lock(mutex_);
  const std::size_t branch = branch_of_this_thread();
  if (branch == nobody) return;
  moved_on();
  if (!deadlock_.empty() || (stay_ > 1 && !random_.one_in(stay_))) return;
  choose(branch);
  wait_until_chosen(lock, branch);
}

void SeededScheduler::stall(store::Point kind) {
  std::unique_lock lock(mutex_);
  const std::size_t branch = branch_of_this_thread();
  if (branch == nobody) {
    lock.unlock();
    std::this_thread::yield();
    return;
  }
  branches_[branch].waits_for = kind;
  ++branches_[branch].stalls;
  choose(branch);
  wait_until_chosen(lock, branch);
  // Ends this branch, which gives back what it holds; so all come to their ends.
  if (!deadlock_.empty()) throw Deadlock(deadlock_);
}

}  // namespace redouble::check
