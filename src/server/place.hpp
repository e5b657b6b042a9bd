// Place: what the connections of one thread share: its executor, its workbench, its instance.
//
// Thread safety: made before the threads start; afterwards the workbench belongs to its thread, the
// rest is constant or as it says itself.
#pragma once

#include <atomic>
#include <cstdint>

#include "instance/instance.hpp"
#include "runtime/executor.hpp"
#include "runtime/owned.hpp"
#include "runtime/signal.hpp"
#include "session/workbench.hpp"

namespace redouble::server {

// What all threads of a server share.
struct Common {
  explicit Common(instance::Instance& instance_) : instance(instance_) {}

  instance::Instance& instance;
  // The connections that are open; the last one to close while stopping says so.
  std::atomic<std::size_t> connections{0};
  std::atomic<bool> stopping{false};
  runtime::Notifier all_closed;
  // The alarm of the earliest deadline, and what it is set to (Unix milliseconds).
  runtime::Notifier alarm;
  std::atomic<std::int64_t> alarm_ms{store::never_ms};

  // A deadline was set that may be earlier than the alarm.
  void note_deadline(std::int64_t at_ms) {
    if (at_ms < alarm_ms.load(std::memory_order_acquire)) alarm.notify();
  }
};

struct Place {
  Place(Common& common_, runtime::Executor executor_, unsigned slot)
      : common(common_), executor(executor_), bench(slot) {}

  Common& common;
  runtime::Executor executor;
  session::Workbench bench;
  std::atomic<std::size_t> connections{0};
};

}  // namespace redouble::server

// The server keeps its places until its runtime has ended, and with it every task.
template <>
inline constexpr bool redouble::runtime::declare_owned<redouble::server::Place> = true;
