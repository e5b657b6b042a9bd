// judge: may this request run now? The checks between a request's locks and its handler.
//
// They are made after the locks are held, so that configuration, pause and memory limit are those
// of the step: is there such a command (in the compat-version asked for), do its arguments fit, is
// the client authenticated, is it allowed to use a protected command, is there memory, is it
// paused. Thread safety: part of a step. Errors: the refusal is written to the call's reply, word
// for word as redis-server 7.0.15 says it.
#pragma once

#include <cstdint>

#include "command/call.hpp"
#include "command/table.hpp"

namespace redouble::session {

enum class Verdict : std::uint8_t { run, refused, wait };

namespace detail {
Verdict judge_closely(command::Call& call, const command::Row* row);
}

// What a plain row, its arity right, still asks of client and instance, in a few comparisons: true
// of the usual client of an instance without limits.
inline bool unhindered(const command::Call& call) {
  const instance::Instance& instance = call.instance;
  return call.client.authenticated && !call.client.no_touch &&
         instance.hot().maxmemory.load(std::memory_order_relaxed) == 0 &&
         instance.pause().mode() == instance::Pause::Mode::none;
}

// `row` is `table`'s, nullptr where no command of the compat-version asked for
// has the request's name.
inline Verdict judge(command::Call& call, const command::CommandTable& table,
                     const command::Row* row) {
  if (row != nullptr && table.plain(*row) &&
      command::arity_fits(*row, call.size(), call.instance.hot().compat) && unhindered(call))
      [[likely]] {
    return Verdict::run;
  }
  return detail::judge_closely(call, row);
}

// Where memory is short, evicts as the policy says before a command that may need more of it.
// REQUIRES: no locks are held; it takes steps of its own.
inline void make_room(instance::Instance& instance, const command::Row& row, unsigned slot) {
  if ((row.flags & command::denyoom) != 0) instance.evict_if_needed(slot);
}

}  // namespace redouble::session
