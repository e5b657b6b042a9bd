// The guarantee of SCAN, HSCAN, SSCAN and ZSCAN, as a client has it: what is there from the first
// call to the last is given, once, and nothing is that never was there, whatever is added,
// removed, copied and flushed meanwhile.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/session_peer.hpp"

namespace redouble::session {
namespace {

using testing::frozen_instance;
using testing::Peer;

// How a kind of elements is made, removed and scanned; {} stands for the element.
struct Kind {
  std::string_view add, remove, scan;
  std::size_t step;  // of the elements in a reply: HSCAN and ZSCAN give a second text for each
};

constexpr Kind kinds[] = {{"SET {} v", "DEL {}", "SCAN", 1},
                          {"HSET all {} v", "HDEL all {}", "HSCAN all", 2},
                          {"SADD all {}", "SREM all {}", "SSCAN all", 1},
                          {"ZADD all 1 {}", "ZREM all {}", "ZSCAN all", 2}};

// The texts of a reply: no name begins like the head of a bulk or an array.
std::vector<std::string> texts_of(std::string_view reply) {
  std::vector<std::string> texts;
  while (!reply.empty()) {
    const std::size_t end = reply.find("\r\n");
    if (reply.front() != '$' && reply.front() != '*') texts.emplace_back(reply.substr(0, end));
    reply.remove_prefix(end + 2);
  }
  return texts;
}

class Scan {
 public:
  Scan(Peer& peer, const Kind& kind) : peer_(peer), kind_(kind) {}

  bool ended() const { return begun_ && cursor_ == "0"; }
  void go_on(int count) {
    const std::vector<std::string> texts =
        texts_of(peer_(fmt::format("{} {} COUNT {}", kind_.scan, cursor_, count)));
    RC_ASSERT(!texts.empty());
    begun_ = true;
    cursor_ = texts.front();
    for (std::size_t index = 1; index < texts.size(); index += kind_.step) {
      const bool is_first = seen_.insert(texts[index]).second;
      RC_ASSERT(is_first || !texts[index].starts_with("stays"));
    }
  }
  const std::set<std::string>& seen() const { return seen_; }

 private:
  Peer& peer_;
  const Kind& kind_;
  bool begun_ = false;
  std::string cursor_ = "0";
  std::set<std::string> seen_;
};

RC_GTEST_PROP(ScanProperty, GivesWhatIsThereAllTheTimeWhateverHappensMeanwhile, ()) {
  const Kind& kind = kinds[*rc::gen::inRange<std::size_t>(0, std::size(kinds))];
  const auto instance = frozen_instance();
  Peer peer(*instance);
  const auto add = [&](const std::string& name) {
    peer(fmt::format(fmt::runtime(kind.add), name));
  };
  const auto remove = [&](const std::string& name) {
    peer(fmt::format(fmt::runtime(kind.remove), name));
  };
  const int stay = *rc::gen::inRange(0, 200);
  for (int index = 0; index < stay; ++index) add(fmt::format("stays{}", index));
  int others = *rc::gen::inRange(0, 1200);
  for (int index = 0; index < others; ++index) add(fmt::format("other{}", index));
  Scan scan(peer, kind);
  int first_other = 0;
  while (!scan.ended()) {
    scan.go_on(*rc::gen::inRange(1, 300));
    switch (*rc::gen::inRange(0, 6)) {
      case 0:  // grows
        for (const int end = others + *rc::gen::inRange(0, 500); others < end; ++others) {
          add(fmt::format("other{}", others));
        }
        break;
      case 1:  // shrinks
        for (const int end = *rc::gen::inRange(first_other, others + 1); first_other < end;) {
          remove(fmt::format("other{}", first_other++));
        }
        break;
      case 2:  // what is scanned is shared from here on, or no longer
        peer("COPY all kept DB 1 REPLACE");
        break;
      case 3:
        peer("SELECT 1");
        peer("FLUSHDB");
        peer("SELECT 0");
        break;
      default:
        break;
    }
  }
  for (int index = 0; index < stay; ++index) {
    RC_ASSERT(scan.seen().contains(fmt::format("stays{}", index)));
  }
  for (const std::string& name : scan.seen()) {
    RC_ASSERT(name.starts_with("stays") || name.starts_with("other"));
  }
}

}  // namespace
}  // namespace redouble::session
