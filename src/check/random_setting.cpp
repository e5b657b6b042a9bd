#include "check/random_setting.hpp"

namespace redouble::check {
namespace {

constexpr RandomSetting settings[] = {
    {"maxmemory-policy",
     "noeviction",
     {"allkeys-lru", "volatile-ttl", "noeviction", "nosuch", "VOLATILE-RANDOM"}},
    {"maxmemory", "0", {"100gb", "0", "200gib", "-1", "abc"}},
    {"maxmemory-samples", "5", {"5", "1", "0", "-1", "10"}},
    {"hz", "500", {"500", "100", "501", "0", "abc"}},
    {"notify-keyspace-events", "", {"KEA", "", "Elg", "q", "KEx$"}},
    {"timeout", "0", {"0", "100000", "-1", "abc", "2147483648"}},
    {"hash-max-listpack-entries", "512", {"512", "10", "0", "-1", "1e3"}},
    {"lfu-log-factor", "10", {"10", "0", "-1", "", "99"}},
    {"lazyfree-lazy-user-del", "no", {"yes", "no", "1", "YES", "maybe"}},
    {"slowlog-log-slower-than", "10000", {"10000", "-1", "-2", "0", "abc"}},
    {"list-compress-depth", "0", {"0", "1", "-1", "abc", "2147483648"}},
    {"set-max-intset-entries", "512", {"512", "0", "-1", "10", "abc"}},
    {"stream-node-max-entries", "100", {"1", "2", "3", "0", "-1"}},
    {"client-output-buffer-limit",
     "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
     {"normal 0 0 0", "pubsub 32mb 8mb 60", "normal 1 2", "nosuch 0 0 0", "replica 0 0 0"}},
    {"databases", "", {"16", "4", "0", "-1", "abc"}},
    {"nosuch", "", {"1", "", "abc", "0", "yes"}},
};

}  // namespace

std::span<const RandomSetting> random_settings() { return settings; }

std::vector<Request> restoring_requests() {
  Request set{"CONFIG", "SET"};
  for (const RandomSetting& setting : settings) {
    if (setting.name == "databases" || setting.name == "nosuch") continue;
    set.emplace_back(setting.name);
    set.emplace_back(setting.standard);
  }
  return {std::move(set)};
}

}  // namespace redouble::check
