// StringModel: what the string and key commands of Redis do, one at a time; small, pure, and
// sharing no code with the server that it judges.
//
// It knows SET (NX XX GET KEEPTTL EX PX), GET, GETSET, GETDEL, INCR, DECR, INCRBY, DECRBY, APPEND,
// STRLEN, MSET, MSETNX, MGET, DEL, EXISTS, RENAME, RENAMENX, COPY (REPLACE), EXPIRE, PEXPIRE (NX XX
// GT LT), PERSIST, TTL, PTTL. The clock stands still at `now_ms`, so no key's deadline passes.
// Replies are RESP2 bytes, errors word for word. A request that is not in the list has no meaning
// here: run() throws std::invalid_argument, because a wrong guess would be a wrong verdict.
// An operation without a reply fits every state; so does no other.
// Thread safety: const throughout.
// Sources: the command pages of the Redis documentation; replies as redis-server 7.0.15 gives them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "check/history.hpp"
#include "check/partition.hpp"

namespace redouble::check {

class StringModel {
 public:
  struct Value {
    std::string bytes;
    std::int64_t deadline_ms = -1;  // -1: none

    bool operator==(const Value&) const = default;
  };
  // Sorted by key: parts of a history have few keys, and a copy should be cheap.
  using State = std::vector<std::pair<std::string, Value>>;

  explicit StringModel(std::int64_t now_ms = 0, State first = {})
      : now_ms_(now_ms), first_(std::move(first)) {}

  State initial() const { return first_; }
  // Executes the request and gives its reply.
  std::string run(State& state, const Request& request) const;
  bool step(State& state, const Operation& operation) const;
  bool only_reads(const Operation& operation) const;
  std::uint64_t hash(const State& state) const;
  std::string describe(const State& state) const;

  // The keys that a request touches, for partition(); throws as run() does.
  static Keys keys_of(const Request& request);

 private:
  std::int64_t now_ms_;
  State first_;
};

}  // namespace redouble::check
