#include "instance/mailbox.hpp"

#include <utility>

namespace redouble::instance {

using store::LeafLock;
using store::Point;

void Mailbox::post(std::string letter) {
  const LeafLock lock(mutex_, sync_, Point::mailbox);
  bytes_.store(bytes_.load(std::memory_order_relaxed) + letter.size(), std::memory_order_release);
  letters_.push_back(std::move(letter));
  if (waker_ != nullptr) waker_->wake();
}

std::vector<std::string> Mailbox::take() {
  if (empty()) return {};
  const LeafLock lock(mutex_, sync_, Point::mailbox);
  bytes_.store(0, std::memory_order_release);
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
