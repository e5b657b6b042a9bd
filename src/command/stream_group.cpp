#include "command/stream_group.hpp"

#include <string>

namespace redouble::command::stream_group {

bool notes_vain_tries(const Call& call) { return call.speaks(instance::CompatVersion::v7_2); }

GroupView look_for_group(Call& call, const store::Hashed& key, std::size_t name_at) {
  GroupView found;
  found.stream = find_value<Stream>(call, key, store::Look::read);
  if (found.stream != nullptr) found.group = found.stream->groups().find(call.arg(name_at));
  return found;
}

GroupView find_group(Call& call, const store::Hashed& key, std::size_t name_at,
                     std::string_view more) {
  const GroupView found = look_for_group(call, key, name_at);
  if (call.failed || found) return found;
  const std::string_view name = key.key.substr(0, key.key.find('\0'));
  call.error("NOGROUP No such key '" + std::string(name) + "' or consumer group '" +
             call.quoted(name_at) + "'" + std::string(more));
  return {};
}

void no_such_group(Call& call) {
  call.error("NOGROUP No such consumer group '" + call.quoted(3) + "' for key name '" +
             call.quoted(2) + "'");
}

void refuse_subcommand(Call& call, std::string_view container) {
  constexpr std::size_t most_shown = 128;
  call.error("ERR unknown subcommand or wrong number of arguments for '" +
             call.quoted(1, most_shown) + "'. Try " + std::string(container) + " HELP.");
}

GroupRecord::GroupRecord(Call& call, const store::Hashed& key, std::string_view group,
                         std::string_view consumer)
    : call_(call), recording_(call.recording()), key_(key.key), group_(group), consumer_(consumer) {
  if (recording_) call.step.record_nothing();
}

void GroupRecord::made_consumer() {
  if (!recording_) return;
  call_.step.record_as({"XGROUP", "CREATECONSUMER", key_, group_, consumer_});
}

void GroupRecord::assigned(StreamId id, StreamDelivery delivery) {
  if (!recording_) return;
  if (!ids_.empty() && !(delivery == delivery_)) flush();
  delivery_ = delivery;
  ids_.push_back(id);
}

void GroupRecord::acknowledged(StreamId id) {
  if (!recording_) return;
  flush();
  call_.step.record_as({"XACK", key_, group_, text_of(id)});
}

void GroupRecord::moved(const ConsumerGroup& group) {
  if (!recording_) return;
  flush();
  call_.step.record_as({"XGROUP", "SETID", key_, group_, text_of(group.last_id()), "ENTRIESREAD",
                        std::to_string(group.entries_read())});
}

void GroupRecord::flush() {
  if (ids_.empty()) return;
  std::vector<std::string> texts;
  texts.reserve(ids_.size());
  for (const StreamId id : ids_) texts.push_back(text_of(id));
  const std::string time = std::to_string(delivery_.at_ms);
  const std::string count = std::to_string(delivery_.count);
  std::vector<std::string_view> words = {"XCLAIM", key_, group_, consumer_, "0"};
  words.insert(words.end(), texts.begin(), texts.end());
  for (const std::string_view word :
       {std::string_view("TIME"), std::string_view(time), std::string_view("RETRYCOUNT"),
        std::string_view(count), std::string_view("FORCE"), std::string_view("JUSTID")}) {
    words.push_back(word);
  }
  call_.step.record_as(words);
  ids_.clear();
}

}  // namespace redouble::command::stream_group
