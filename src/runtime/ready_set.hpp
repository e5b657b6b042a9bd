// ReadySet: the descriptors of one thread in an epoll set of their own, which Asio waits for as one
// descriptor.
//
// Asio arms a descriptor anew for every wait, one system call each; here a wait that is the same as
// the last one costs none, and whoever is ready in one look is resumed directly, without a hop
// through Asio's queue. Interest is level-triggered and is given up lazily: only when something
// comes that nobody waits for.
// While looks keep finding something the set is looked at again without asking Asio, a bounded
// number of times; a look that found nothing costs the next ones that favour for a while.
// Invariants: forget() is called before a descriptor's state dies; nobody is told of it afterwards,
// also if it was ready in the look under way.
// Thread safety: belongs to its worker's thread. Errors: add() and change() give errno; the
// constructor throws std::system_error.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>

#include "runtime/wait_state.hpp"

namespace redouble::runtime {

// Who is told what came of its descriptor.
class Watcher {
 public:
  // May resume a task, and `this` may be gone then.
  virtual void ready(Wake what) noexcept = 0;

 protected:
  ~Watcher() = default;
};

class ReadySet {
 public:
  explicit ReadySet(boost::asio::io_context& context);
  ReadySet(const ReadySet&) = delete;
  ReadySet& operator=(const ReadySet&) = delete;

  // Watches a descriptor for a part of readable and writable; 0 or an errno.
  int add(int descriptor, Watcher& watcher, Wake interest) noexcept;
  int change(int descriptor, Watcher& watcher, Wake interest) noexcept;
  void remove(int descriptor) noexcept;
  // The descriptor is about to be closed, which takes it out of the set.
  void forget(const Watcher& watcher) noexcept;

 private:
  static constexpr int most_events = 128;
  // Looks in a row before Asio's queue and timers get their turn, and looks skipped after one in
  // vain.
  static constexpr int most_looks = 16;
  static constexpr int skipped_looks = 64;

  void wait();
  void look();
  bool dispatch() noexcept;

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
  std::array<epoll_event, most_events> events_;
  int next_ = 0;
  int count_ = 0;
  int to_skip_ = 0;
};

}  // namespace redouble::runtime
