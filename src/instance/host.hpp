// Host: what an instance may ask of the process around it; nothing, when it is embedded alone.
//
// The server implements it; commands reach the process by no other way.
// Thread safety: every member may be called from any thread, also inside a step: they only note
// what is wanted and post it, or answer from constants; listen() alone works, and is called with
// the gate held exclusively.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "instance/settings.hpp"

namespace redouble::instance {

enum class ShutdownMode : std::uint8_t { graceful, now };

class Host {
 public:
  virtual ~Host() = default;
  // False where there is no process to shut down.
  virtual bool shutdown(ShutdownMode) { return false; }
  // Withdraws a shutdown that has not begun to close clients; false where there is none.
  virtual bool abort_shutdown() { return false; }
  // Deadlines have changed from outside (the clock was moved): look at the alarms again.
  virtual void rearm() {}
  virtual std::string executable() const { return ""; }
  virtual std::int64_t process_id() const { return 0; }
  virtual int port() const { return 0; }
  virtual bool has_sockets() const { return false; }
  // Listens where bind and port say, and no longer where they do not; gives the port.
  // Nothing where that cannot be: then it listens where it did, and says why in its log. May wait
  // for a name server.
  virtual std::optional<int> listen(const Settings&) { return std::nullopt; }
  virtual int threads() const { return 1; }
  // Bytes resident in memory, and CPU seconds of the process; 0 where not known.
  virtual std::uint64_t resident_bytes() const { return 0; }
  // Bytes of memory that the machine has; 0 where not known.
  virtual std::uint64_t machine_bytes() const { return 0; }
  // "Linux 6.1.0 x86_64".
  virtual std::string system() const { return ""; }
  // Gives unused memory back to the system; tells what the allocator holds.
  virtual void purge_allocator() {}
  virtual std::string allocator_report() const { return ""; }
  struct CpuSeconds {
    double user = 0;
    double system = 0;
    double user_children = 0;
    double system_children = 0;
    double user_main_thread = 0;
    double system_main_thread = 0;
  };
  virtual CpuSeconds cpu_seconds() const { return {}; }
};

}  // namespace redouble::instance
