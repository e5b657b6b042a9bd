// Registry: the clients of an instance, by id; what CLIENT LIST, KILL and UNBLOCK work on.
//
// A client enters when its session starts and leaves when it ends; ids are never used again.
// Thread safety: add(), remove() and size() from any thread. for_each() and find() give clients
// that stay alive, but leave the registry when their sessions end: remove() is called by the
// client's own session inside a step, so with the gate held exclusively the clients found are
// connected. The lock is a leaf.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "instance/client.hpp"
#include "store/annotations.hpp"
#include "store/sync.hpp"

namespace redouble::instance {

class Registry {
 public:
  explicit Registry(const store::Sync& sync) : sync_(sync) {}

  std::shared_ptr<Client> add(std::int64_t now_ms) {
    auto client = std::make_shared<Client>(next_id_.fetch_add(1), sync_, now_ms);
    const store::LeafLock lock(mutex_, sync_, store::Point::registry);
    clients_.emplace(client->id, client);
    return client;
  }
  void remove(std::uint64_t id) {
    const store::LeafLock lock(mutex_, sync_, store::Point::registry);
    clients_.erase(id);
  }
  std::shared_ptr<Client> find(std::uint64_t id) {
    const store::LeafLock lock(mutex_, sync_, store::Point::registry);
    const auto found = clients_.find(id);
    return found == clients_.end() ? nullptr : found->second;
  }
  // In the order of their ids; f runs without the registry's lock.
  template <class F>
  void for_each(F&& f) {
    for (const auto& client : all()) f(*client);
  }
  std::size_t size() {
    const store::LeafLock lock(mutex_, sync_, store::Point::registry);
    return clients_.size();
  }
  std::vector<std::shared_ptr<Client>> all() {
    const store::LeafLock lock(mutex_, sync_, store::Point::registry);
    std::vector<std::shared_ptr<Client>> found;
    found.reserve(clients_.size());
    for (auto& [id, client] : clients_) found.push_back(client);
    return found;
  }
  // The id that the next client gets.
  std::uint64_t next_id() const { return next_id_.load(); }

 private:
  const store::Sync& sync_;
  store::Mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<Client>> clients_ GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> next_id_{1};
};

}  // namespace redouble::instance
