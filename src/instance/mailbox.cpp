#include "instance/mailbox.hpp"

#include <utility>

namespace redouble::instance {

using store::LeafLock;
using store::Point;

void Mailbox::post(std::string letter) {
  const LeafLock lock(mutex_, sync_, Point::mailbox);
  letters_.push_back(std::move(letter));
  filled_.store(true, std::memory_order_release);
  if (waker_ != nullptr) waker_->wake();
}

std::vector<std::string> Mailbox::take() {
  if (empty()) return {};
  const LeafLock lock(mutex_, sync_, Point::mailbox);
  filled_.store(false, std::memory_order_release);
  return std::exchange(letters_, {});
}

void Mailbox::set_waker(Waker* waker) {
  const LeafLock lock(mutex_, sync_, Point::mailbox);
  waker_ = waker;
}

void Mailbox::wake() {
  const LeafLock lock(mutex_, sync_, Point::mailbox);
  if (waker_ != nullptr) waker_->wake();
}

}  // namespace redouble::instance
