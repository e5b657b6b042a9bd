#include "instance/step.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "instance/recorder.hpp"
#include "support/session_peer.hpp"

namespace redouble::instance {
namespace {

using testing::frozen_instance;
using testing::frozen_start_ms;
using testing::Peer;

// The records as lines: "ticket database COMMAND ...".
class Lines final : public Recorder {
 public:
  void record(const Record& record) override {
    std::string line = std::to_string(record.ticket) + " " + std::to_string(record.database);
    for (const std::string& word : record.command) line += " " + word;
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

class StepTest : public ::testing::Test {
 protected:
  StepTest() { instance_->set_recorder(&recorder_); }
  ~StepTest() override { instance_->set_recorder(nullptr); }

  using Expected = std::vector<std::string>;
  Lines recorder_;
  std::unique_ptr<Instance> instance_ = frozen_instance();
  Peer peer_{*instance_};
};

TEST_F(StepTest, RecordsWhatChangedSomethingWithItsTicketAndDatabase) {
  peer_("SET k 1");
  peer_("GET k");
  peer_("SELECT 3");
  peer_("INCR k");
  peer_("INCR k x");
  peer_("DEL nothing");
  EXPECT_EQ(recorder_.lines, (Expected{"1 0 SET k 1", "2 3 INCR k"}));
}

TEST_F(StepTest, RecordsLifetimesAsDeadlines) {
  peer_("SET k 1 EX 10");
  EXPECT_EQ(recorder_.lines.at(0), "1 0 SET k 1 PXAT " + std::to_string(frozen_start_ms + 10'000));
}

TEST_F(StepTest, RecordsAnExpiryAsADeletionOnce) {
  peer_("SET k 1 PX 10");
  recorder_.lines.clear();
  instance_->clock().advance_us(11'000);
  peer_("GET k");
  peer_("GET k");
  EXPECT_EQ(recorder_.lines, (Expected{"2 0 DEL k"}));
}

TEST_F(StepTest, RecordsWhatConcernsWholeDatabases) {
  peer_("FLUSHDB");
  peer_("SWAPDB 0 1");
  peer_("FLUSHALL");
  EXPECT_EQ(recorder_.lines, (Expected{"1 0 FLUSHDB", "2 0 SWAPDB 0 1", "3 0 FLUSHALL"}));
}

TEST_F(StepTest, CountsChangesWhetherSomebodyRecordsOrNot) {
  peer_("MSET a 1 b 2");
  instance_->set_recorder(nullptr);
  peer_("DEL a b");
  EXPECT_EQ(instance_->stats().changes(), 4u);
  EXPECT_EQ(recorder_.lines.size(), 1u);
}

// Whoever records sees the message of a change posted: both happen under the locks of the step.
TEST_F(StepTest, MessagesArePostedBeforeTheStepIsRecorded) {
  class Watching final : public Recorder {
   public:
    explicit Watching(Client& client) : client_(client) {}
    void record(const Record&) override { posted = posted && !client_.mailbox.empty(); }
    bool posted = true;

   private:
    Client& client_;
  };
  Peer cache(*instance_);
  cache.send("HELLO 3\r\nCLIENT TRACKING ON\r\nGET k\r\n");
  Watching watching(cache.session().client());
  instance_->set_recorder(&watching);
  peer_("SET k 1");
  instance_->set_recorder(nullptr);
  EXPECT_TRUE(watching.posted);
}

}  // namespace
}  // namespace redouble::instance
