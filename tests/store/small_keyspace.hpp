// SmallKeyspace: a keyspace with a frozen clock and a sink that writes down what it is told.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/clock.hpp"
#include "store/keyspace.hpp"

namespace redouble::store {

class ListSink final : public EffectSink {
 public:
  void effect(const Effect& effect) override {
    heard.push_back(std::to_string(effect.database) + " " + std::string(effect.event.name) + " " +
                    std::string(effect.key.key));
  }
  std::vector<std::string> heard;
};

struct SmallKeyspace {
  static constexpr std::int64_t start_ms = 1'000'000;

  explicit SmallKeyspace(std::size_t stripes = 4, Scheduler* scheduler = nullptr)
      : sync(scheduler), keyspace({.databases = 2, .stripes = stripes, .seed = 1}, sync, clock) {}

  Hashed hashed(std::string_view key) const { return keyspace.hash()(key); }
  // One step on the keys named; f(LockSet&).
  template <class F>
  decltype(auto) step(std::initializer_list<std::string_view> names, F&& f) {
    std::vector<Hashed> keys;
    for (const std::string_view name : names) keys.push_back(hashed(name));
    return keyspace.step({.keys = keys}, sink, f);
  }
  template <class F>
  decltype(auto) whole_step(F&& f) {
    return keyspace.step({.all = true}, sink, f);
  }
  void set(std::string_view key, std::string_view value, Lifetime lifetime = {}) {
    step({key}, [&](LockSet& locks) {
      locks.database(0).set_string(hashed(key), value, lifetime, {EventKind::string, "set"});
    });
  }
  // The value, or "none".
  std::string get(std::string_view key) {
    return step({key}, [&](LockSet& locks) -> std::string {
      const Entry* entry = locks.database(0).find(hashed(key));
      value::StringRef::Room room;
      return entry == nullptr ? "none" : std::string(entry->string().view(room));
    });
  }
  std::vector<std::string> take_heard() { return std::exchange(sink.heard, {}); }
  void advance_ms(std::int64_t ms) { clock.advance_us(ms * 1000); }

  runtime::Clock clock{runtime::Clock::Mode::frozen, start_ms * 1000};
  Sync sync;
  ListSink sink;
  Keyspace keyspace;
};

}  // namespace redouble::store
