// Record and Recorder: the effects of a step as deterministic commands, for whoever replays them.
//
// Replaying the records in their order on an empty instance gives an equal digest: SET with EX
// is recorded as SET with PXAT, an expiry as DEL. This is what the journal and a replication stream
// stand on.
// Thread safety: record() is called by one thread at a time, in ticket order, under the locks of
// the step that caused it; it must not start a step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace redouble::instance {

struct Record {
  std::uint64_t ticket = 0;
  int database = 0;
  std::vector<std::string> command;
};

class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void record(const Record& record) = 0;
};

}  // namespace redouble::instance
