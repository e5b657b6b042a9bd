// Mailbox: what others have sent to a client, in order, until its session takes it.
//
// Who causes a message posts it while the step that caused it still holds its locks. The session
// takes the mail after it has the locks of its next command and before that command's reply, and
// at no time between that and the reply; so a reply never overtakes a message that it should
// follow. The letters are bytes of the client's protocol, ready to be sent. Thread safety: every
// member may be called from any thread; the lock is a leaf.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "store/annotations.hpp"
#include "store/sync.hpp"

namespace redouble::instance {

// Wakes the one who sends for a client; implemented by whoever moves its bytes. wake() may be
// called from any thread, under locks: it only posts.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void wake() noexcept = 0;
};

class Mailbox {
 public:
  explicit Mailbox(const store::Sync& sync) : sync_(sync) {}

  // REQUIRES: the letter is not empty.
  void post(std::string letter);
  std::vector<std::string> take();
  bool empty() const { return bytes() == 0; }
  // Of the letters that nobody has taken yet.
  std::size_t bytes() const { return bytes_.load(std::memory_order_acquire); }

  // The one to wake, or nullptr from when it must not be called any more.
  void set_waker(Waker* waker);
  void wake();

 private:
  const store::Sync& sync_;
  store::Mutex mutex_;
  std::vector<std::string> letters_ GUARDED_BY(mutex_);
  Waker* waker_ GUARDED_BY(mutex_) = nullptr;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace redouble::instance
