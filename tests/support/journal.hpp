// Journal: a recorder that keeps what an instance did, from its making until its end.
//
//   Journal journal(*instance);
//   peer("SETEX k 10 v");
//   EXPECT_THAT(journal.take_lines(), ElementsAre("SET k v PXAT 1700000010000"));
//
// Thread safety: read it while no step of the instance is under way.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "instance/instance.hpp"

namespace redouble::testing {

class Journal final : public instance::Recorder {
 public:
  explicit Journal(instance::Instance& instance) : instance_(instance) {
    instance_.set_recorder(this);
  }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal() override { instance_.set_recorder(nullptr); }

  void record(const instance::Record& record) override { records_.push_back(record); }

  // What was recorded since the last time, in ticket order; as lines: each command's words with
  // spaces between.
  std::vector<instance::Record> take() { return std::exchange(records_, {}); }
  std::vector<std::string> take_lines() {
    std::vector<std::string> lines;
    for (const instance::Record& record : take()) {
      std::string& line = lines.emplace_back();
      for (const std::string& word : record.command) line += (line.empty() ? "" : " ") + word;
    }
    return lines;
  }

 private:
  instance::Instance& instance_;
  std::vector<instance::Record> records_;
};

}  // namespace redouble::testing
