// Executor: the place where a task runs: one thread of a Runtime, as a value of one pointer.
//
// Underneath is that thread's own io_context, always of that concrete type; this header includes
// no Asio, so that tasks may be written without it.
// Thread safety: every member may be called from any thread, as long as the Runtime exists. What
// is posted after the Runtime was stopped does not run; it is dropped when the Runtime dies.
#pragma once

#include "runtime/owned.hpp"
#include "runtime/shared.hpp"

namespace boost::asio {
class io_context;
}

namespace redouble::runtime {

class Worker;

// What can be queued on an executor. It is queued by reference, its wake-up costs no allocation
// beyond the queue's own recycled block.
class Queueable : public Shared {
 protected:
  friend class Executor;
  friend class Worker;
  // On the executor's thread.
  virtual void run_queued(int what) noexcept = 0;
};

class Executor {
 public:
  explicit Executor(Worker& worker) : worker_(&worker) {}

  // Runs object->run_queued(what) on this thread, after what is queued already; never at once.
  void post(Ref<Queueable> object, int what) const;
  // True on the thread of this executor, while it runs.
  bool running_here() const noexcept;
  boost::asio::io_context& context() const noexcept;
  Worker& worker() const noexcept { return *worker_; }

  friend bool operator==(Executor, Executor) = default;

 private:
  Worker* worker_;
};

// A Runtime outlives its tasks, by its contract.
template <>
inline constexpr bool declare_owned<Executor> = true;

}  // namespace redouble::runtime
