#include "instance/alarms.hpp"

namespace redouble::instance {

using store::LeafLock;
using store::Point;

void Alarms::note_earliest() {
  earliest_ms_.store(waiting_.empty() ? store::never_ms : waiting_.begin()->first.first,
                     std::memory_order_release);
}

Alarms::Key Alarms::add(std::int64_t at_ms, std::shared_ptr<Client> client) {
  const LeafLock lock(mutex_, sync_, Point::registry);
  const Key key{at_ms, ++sequence_};
  waiting_.emplace(key, std::move(client));
  note_earliest();
  return key;
}

void Alarms::cancel(const Key& key) {
  const LeafLock lock(mutex_, sync_, Point::registry);
  waiting_.erase(key);
  note_earliest();
}

void Alarms::run_due(std::int64_t now_ms) {
  if (earliest_ms() > now_ms) return;
  const LeafLock lock(mutex_, sync_, Point::registry);
  while (!waiting_.empty() && waiting_.begin()->first.first <= now_ms) {
    waiting_.begin()->second->mailbox.wake();
    waiting_.erase(waiting_.begin());
  }
  note_earliest();
}

void Alarms::wake_all() {
  const LeafLock lock(mutex_, sync_, Point::registry);
  for (const auto& [key, client] : waiting_) client->mailbox.wake();
  waiting_.clear();
  note_earliest();
}

std::size_t Alarms::size() const {
  const LeafLock lock(mutex_, sync_, Point::registry);
  return waiting_.size();
}

}  // namespace redouble::instance
