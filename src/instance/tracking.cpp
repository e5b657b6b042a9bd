#include "instance/tracking.hpp"

namespace redouble::instance {

using store::LeafLock;
using store::Point;

namespace {

// RESP3's push; an empty key stands for all of them.
std::string invalidation(std::string_view key) {
  std::string push = ">2\r\n$10\r\ninvalidate\r\n";
  if (key.data() == nullptr) return push + "_\r\n";
  push += "*1\r\n$" + std::to_string(key.size()) + "\r\n";
  push += key;
  return push + "\r\n";
}

// RESP3's push to the client whose messages have nowhere to go.
std::string redirect_is_broken(std::uint64_t target) {
  return ">2\r\n$21\r\ntracking-redir-broken\r\n:" + std::to_string(target) + "\r\n";
}

}  // namespace

void Tracking::enable(Client& client, std::vector<std::string> prefixes) {
  const LeafLock lock(mutex_, sync_, Point::registry);
  if (!client.tracking.on) trackers_.fetch_add(1, std::memory_order_relaxed);
  client.tracking.on = true;
  client.has_tracked = true;
  broken_.erase(client.id);
  for (std::string& prefix : prefixes) listeners_[std::move(prefix)].insert(client.id);
}

void Tracking::disable(Client& client) {
  if (!client.tracking.on) return;
  {
    const LeafLock lock(mutex_, sync_, Point::registry);
    broken_.erase(client.id);
    leave_out(listeners_, client.id);
  }
  client.tracking = {};
  client.tracking_redirect = 0;
  trackers_.fetch_sub(1, std::memory_order_relaxed);
}

void Tracking::forget(const Client& client) {
  const LeafLock lock(mutex_, sync_, Point::registry);
  broken_.erase(client.id);
  leave_out(readers_, client.id);
  leave_out(listeners_, client.id);
  note_readers();
}

void Tracking::leave_out(Hearers& hearers, std::uint64_t id) {
  for (auto place = hearers.begin(); place != hearers.end();) {
    place->second.erase(id);
    place = place->second.empty() ? hearers.erase(place) : std::next(place);
  }
}

bool Tracking::redirect_broken(const Client& client) const {
  if (client.tracking_redirect == 0) return false;
  const LeafLock lock(mutex_, sync_, Point::registry);
  return broken_.contains(client.id);
}

std::vector<std::string> Tracking::prefixes(const Client& client) const {
  const LeafLock lock(mutex_, sync_, Point::registry);
  std::vector<std::string> found;
  for (const auto& [prefix, ids] : listeners_) {
    if (ids.contains(client.id)) found.push_back(prefix);
  }
  return found;
}

void Tracking::forget_others(std::string_view key, std::uint64_t most) {
  while (readers_.size() > most) {
    auto place = readers_.upper_bound(forgotten_);
    if (place != readers_.end() && place->first == key) ++place;
    if (place == readers_.end()) place = readers_.begin();
    if (place->first == key) ++place;
    for (const std::uint64_t id : place->second) send(id, place->first, nullptr);
    forgotten_ = place->first;
    readers_.erase(place);
  }
}

void Tracking::read(Client& client, std::string_view key, std::uint64_t most) {
  const LeafLock lock(mutex_, sync_, Point::registry);
  auto place = readers_.find(key);
  if (place == readers_.end()) place = readers_.emplace(key, std::set<std::uint64_t>()).first;
  place->second.insert(client.id);
  if (most != 0 && readers_.size() > most) forget_others(key, most);
  note_readers();
}

void Tracking::send(std::uint64_t id, std::string_view key, const Client* by) {
  const std::shared_ptr<Client> reader = clients_.find(id);
  if (reader == nullptr || !reader->tracking.on) return;
  if (by == reader.get() && reader->tracking.noloop) return;
  const std::uint64_t redirect = reader->tracking_redirect;
  const std::shared_ptr<Client> target = redirect == 0 ? reader : clients_.find(redirect);
  if (target != nullptr) {
    if (target->protocol == 3) target->mailbox.post(invalidation(key));
    return;
  }
  broken_.insert(id);
  if (reader->protocol == 3) reader->mailbox.post(redirect_is_broken(redirect));
}

void Tracking::tell(std::string_view key, const Client* by) {
  const LeafLock lock(mutex_, sync_, Point::registry);
  if (const auto place = readers_.find(key); place != readers_.end()) {
    for (const std::uint64_t id : place->second) send(id, key, by);
    readers_.erase(place);
    note_readers();
  }
  for (const auto& [prefix, ids] : listeners_) {
    if (!key.starts_with(prefix)) continue;
    for (const std::uint64_t id : ids) send(id, key, by);
  }
}

void Tracking::flushed() {
  if (!active()) return;
  const LeafLock lock(mutex_, sync_, Point::registry);
  readers_.clear();
  note_readers();
  std::vector<std::uint64_t> ids;
  clients_.for_each([&](const Client& client) {
    if (client.tracking.on) ids.push_back(client.id);
  });
  for (const std::uint64_t id : ids) send(id, std::string_view(), nullptr);
}

std::size_t Tracking::keys() const {
  const LeafLock lock(mutex_, sync_, Point::registry);
  return readers_.size();
}

std::size_t Tracking::items() const {
  const LeafLock lock(mutex_, sync_, Point::registry);
  std::size_t sum = 0;
  for (const auto& [key, ids] : readers_) sum += ids.size();
  return sum;
}

std::size_t Tracking::prefix_count() const {
  const LeafLock lock(mutex_, sync_, Point::registry);
  return listeners_.size();
}

}  // namespace redouble::instance
