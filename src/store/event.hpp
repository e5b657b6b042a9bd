// Event and Effect: what happened to a key; every change to the keyspace is announced by one.
//
// Whoever changes a key gives an Event to the Keys member that does it, and Keys hands the Effect
// to the sink of the step, under the locks. WATCH, waiters, notifications, tracking, the digest of
// a replay, the journal and a later replication stream all read there, and nowhere else.
// Thread safety: values; the views live as long as the step.
// Source: the kinds are the classes of the Redis documentation, "Redis keyspace notifications".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/hashed.hpp"

namespace redouble::store {

enum class EventKind : std::uint8_t {
  generic,
  string,
  list,
  set,
  hash,
  zset,
  stream,
  expired,
  evicted,
};

struct Event {
  EventKind kind;
  // As notifications say it: "set", "expire", "rename_from"; empty where nobody is notified.
  std::string_view name;
  // False for what is no change of its own: a second word on one (the "expire" of SET with EX, the
  // first of RENAME's two keys), an expiry, an eviction.
  bool counts = true;
  // False where those who watch or cache the key do not hear of it, as of a stream's groups.
  bool heard = true;
  // True where those who wait for the key look at it; see Effect::wakes.
  bool wakes = false;
};

// Good while the sink is told of it.
struct Effect {
  int database;
  const Hashed& key;
  const Event& event;
  // Who waits for a key looks at it when it comes to be, when an event says so (XADD's), and, where
  // anybody waits for a stream, when a stream goes. A change of what is there is none of these:
  // what took the place of another value in silence is nobody's who waited, as in redis-server.
  enum class Wakes : std::uint8_t { nobody, all, all_if_streams_are_waited_for };
  Wakes wakes = Wakes::nobody;
  // Fields of a hash that went because they were due.
  std::span<const std::string> expired_parts = {};
};

class EffectSink {
 public:
  // Called under the step's locks, directly after the change.
  virtual void effect(const Effect& effect) = 0;

 protected:
  ~EffectSink() = default;
};

}  // namespace redouble::store
