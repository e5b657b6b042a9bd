// What the commands on consumer groups share: finding a group, and saying what is recorded of a
// change.
//
// Nothing that happens to a group is heard of by who watches, caches or waits for the key, as in
// Redis; but those who wait hear that it is gone.
// Thread safety: as a Call's. Source: errors and events as redis-server 7.0.15.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "command/call.hpp"
#include "command/stream_access.hpp"
#include "command/typed.hpp"
#include "value/stream.hpp"

namespace redouble::command::stream_group {

using value::Consumer;
using value::ConsumerGroup;
using value::PendingEntry;
using value::StreamDelivery;

// An event on a group, or on one of its consumers; "" where nobody is notified.
inline store::Event group_event(std::string_view name) {
  return {.kind = store::EventKind::stream, .name = name, .heard = false};
}
constexpr std::string_view consumer_created = "xgroup-createconsumer";

// From 7.2 on who reads or claims in vain is a consumer and was seen, too.
bool notes_vain_tries(const Call& call);

// One more, as the real server counts: behind the highest number comes the lowest.
constexpr std::int64_t next_count(std::int64_t count) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(count) + 1);
}

struct GroupView {
  const Stream* stream = nullptr;
  const ConsumerGroup* group = nullptr;  // nullptr: there is none, or no such key

  explicit operator bool() const { return group != nullptr; }
};
// The group named by args[name_at] of the stream under a key. Where that holds another type the
// error is written and `call.failed` is true.
GroupView look_for_group(Call& call, const store::Hashed& key, std::size_t name_at);
// The same; where there is no such group, the error NOGROUP is written, with `more` behind it.
GroupView find_group(Call& call, const store::Hashed& key, std::size_t name_at,
                     std::string_view more = {});
// NOGROUP as XGROUP and XINFO say it, where the key exists. Arguments 2 and 3 are key and group.
void no_such_group(Call& call);
// ERR unknown subcommand or wrong number of arguments for '...'. Try ... HELP.
void refuse_subcommand(Call& call, std::string_view container);

// What a command did to a group, as commands that do the same at any time: XCLAIM with times and
// counts, XACK, XGROUP. When consumers were seen is not recorded. Does nothing unless recording.
class GroupRecord {
 public:
  // Its texts outlive it.
  GroupRecord(Call& call, const store::Hashed& key, std::string_view group,
              std::string_view consumer);
  void made_consumer();
  void assigned(StreamId id, StreamDelivery delivery);
  void acknowledged(StreamId id);
  void moved(const ConsumerGroup& group);  // its last ID or its count of entries read
  // To be called at the end.
  void finish() { flush(); }

 private:
  void flush();

  Call& call_;
  bool recording_;
  std::string_view key_;
  std::string_view group_;
  std::string_view consumer_;
  std::vector<StreamId> ids_;  // assigned with the same delivery
  StreamDelivery delivery_;
};

}  // namespace redouble::command::stream_group
