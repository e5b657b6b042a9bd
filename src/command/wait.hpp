// Wait: what a handler asks for when its command cannot be answered yet; and the timeouts of such
// commands.
//
// A handler that finds nothing fills Call::wait and writes no reply. The session keeps the request;
// when one of the keys is ready, by is_ready(), the handler runs again with Call::ready naming that
// key, and must then answer. At the deadline the client gets the timeout's reply.
// Where Call::may_wait is false (inside of transactions and scripts) nothing waits: a handler
// answers at once what its timeout would.
// Thread safety: as a Call's. Units: Unix milliseconds.
// Source: timeouts and their errors as redis-server 7.0.15 has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "instance/waiter.hpp"
#include "store/entry.hpp"

namespace redouble::command {

struct Call;

struct Wait {
  std::int64_t deadline_ms;
  // So many of the call's first keys are waited for; what follows is written when it is served.
  std::size_t keys = 0;
  // Can the command be answered with this of the keys as it is? The entry is nullptr where there is
  // none. Called in other clients' steps.
  std::function<bool(std::size_t key, const store::Entry* entry)> is_ready = {};
  instance::WaitsFor waits_for = instance::WaitsFor::value;
  // The request to run again, where it is another: '$' of XREAD has become an ID.
  std::vector<std::string> request = {};
  // In place of a null array.
  std::optional<std::int64_t> timeout_integer = {};
};

// args[index] as a deadline: seconds (a fraction is rounded up to milliseconds), or milliseconds;
// 0 is never. Nothing: the error is written.
std::optional<std::int64_t> deadline_of_seconds(Call& call, std::size_t index);
std::optional<std::int64_t> deadline_of_milliseconds(Call& call, std::size_t index);

// The end of a handler that has found nothing: waits, or answers as its timeout would.
void wait_or_give_up(Call& call, Wait wait);
// The same for a value of a type: ready is a key that holds one.
void wait_for_type(Call& call, std::int64_t deadline_ms, value::Type type, std::size_t keys);

}  // namespace redouble::command
