#include "check/partition.hpp"

#include <cstdint>
#include <map>
#include <numeric>
#include <unordered_map>

#include "runtime/assert.hpp"

namespace redouble::check {
namespace {

// Disjoint sets of keys (union by path halving; the sizes here need no ranks).
class Components {
 public:
  std::uint32_t number_of(const std::string& key) {
    const auto [at, added] = numbers_.try_emplace(key, static_cast<std::uint32_t>(up_.size()));
    if (added) up_.push_back(at->second);
    return at->second;
  }
  std::uint32_t root(std::uint32_t key) {
    while (up_[key] != key) key = up_[key] = up_[up_[key]];
    return key;
  }
  void join(std::uint32_t a, std::uint32_t b) { up_[root(a)] = root(b); }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::uint32_t> up_;
};

}  // namespace

std::expected<std::vector<History>, std::string> partition_by_keys(const History& history,
                                                                   const std::vector<Keys>& keys) {
  REDOUBLE_ASSERT(history.size() == keys.size());
  Components components;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (keys[i].all) {
      return std::unexpected("it touches the whole keyspace, judge the history whole: " +
                             to_line(history[i]));
    }
    for (const std::string& name : keys[i].names) {
      components.join(components.number_of(name), components.number_of(keys[i].names.front()));
    }
  }
  std::vector<History> parts;
  History keyless;
  std::map<std::uint32_t, std::size_t> part_of_root;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (keys[i].names.empty()) {
      keyless.push_back(history[i]);
      continue;
    }
    const std::uint32_t root = components.root(components.number_of(keys[i].names.front()));
    const auto [at, added] = part_of_root.try_emplace(root, parts.size());
    if (added) parts.emplace_back();
    parts[at->second].push_back(history[i]);
  }
  if (!keyless.empty()) parts.push_back(std::move(keyless));
  return parts;
}

}  // namespace redouble::check
