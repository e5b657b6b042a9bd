// XGROUP: making consumer groups and consumers, setting them, taking them away.
#include <optional>

#include "command/handlers_stream.hpp"
#include "command/stream_group.hpp"

namespace redouble::command::stream_group {
namespace {

using store::Look;

struct GroupOptions {
  bool make_stream = false;
  std::int64_t entries_read = ConsumerGroup::unknown;
};

// The options behind the ID. Nothing: the error is written.
std::optional<GroupOptions> parse_options(Call& call, bool creates) {
  GroupOptions options;
  for (std::size_t index = 5; index < call.size(); ++index) {
    if (creates && call.is_word(index, "MKSTREAM")) {
      options.make_stream = true;
    } else if (call.is_word(index, "ENTRIESREAD") && index + 1 < call.size()) {
      const auto count = call.integer(++index);
      if (!count) return std::nullopt;
      if (*count < ConsumerGroup::unknown) {
        call.error("ERR value for ENTRIESREAD must be positive or -1");
        return std::nullopt;
      }
      options.entries_read = *count;
    } else {
      refuse_subcommand(call, "XGROUP");
      return std::nullopt;
    }
  }
  return options;
}

// The stream; nullptr where there is none or the error is written.
const Stream* stream_to_group(Call& call, bool must_exist = true) {
  const Stream* stream = find_value<Stream>(call, call.key(), Look::write);
  if (stream == nullptr && !call.failed && must_exist) {
    call.error(
        "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to "
        "use the MKSTREAM option to create an empty stream automatically.");
  }
  return stream;
}

// The stream, where it has the group; nullptr: the error is written.
const Stream* find_stream_with_group(Call& call) {
  const Stream* stream = stream_to_group(call);
  if (stream == nullptr || stream->groups().find(call.arg(3)) != nullptr) return stream;
  no_such_group(call);
  return nullptr;
}

// `function(ConsumerGroup&)` on the group of arguments 2 and 3.
template <class Function>
void change_group(Call& call, std::string_view event, Function&& function) {
  own_value<Stream>(call, call.key()).groups().change(call.arg(3), function);
  call.keys.changed(call.key(), group_event(event));
}

}  // namespace

void xgroup_create(Call& call) {
  constexpr std::size_t most_arguments = 8;
  const auto options = parse_options(call, true);
  if (!options) return;
  const Stream* found = stream_to_group(call, !options->make_stream);
  if (call.failed) return;
  if (call.size() > most_arguments) return refuse_subcommand(call, "XGROUP");
  const StreamId last = found == nullptr ? StreamId() : found->last_id();
  const auto id = call.arg(4) == "$" ? std::optional(last) : id_at(call, 4);
  if (!id) return;
  const std::string_view name = call.arg(3);
  if (found != nullptr && found->groups().find(name) != nullptr) {
    return call.error("BUSYGROUP Consumer Group name already exists");
  }
  Target<Stream> stream(call, call.key(), found != nullptr);
  stream->groups().insert(ConsumerGroup(name, *id, options->entries_read));
  call.reply.ok();
  store::Event event = group_event("xgroup-create");
  event.heard = found == nullptr;
  stream.finish(event);
}

void xgroup_setid(Call& call) {
  const auto options = parse_options(call, false);
  if (!options) return;
  const Stream* found = find_stream_with_group(call);
  if (found == nullptr) return;
  if (call.size() != 5 && call.size() != 7) return refuse_subcommand(call, "XGROUP");
  const auto id = call.arg(4) == "$" ? std::optional(found->last_id()) : id_or_end_at(call, 4);
  if (!id) return;
  change_group(call, "xgroup-setid", [&](ConsumerGroup& group) {
    group.set_last_id(*id);
    group.set_entries_read(options->entries_read);
  });
  call.reply.ok();
}

void xgroup_destroy(Call& call) {
  const Stream* found = stream_to_group(call);
  if (found == nullptr) return;
  const bool exists = found->groups().find(call.arg(3)) != nullptr;
  call.reply.integer(exists ? 1 : 0);
  if (!exists) return;
  own_value<Stream>(call, call.key()).groups().erase(call.arg(3));
  store::Event event = group_event("xgroup-destroy");
  event.wakes = true;
  call.keys.changed(call.key(), event);
}

void xgroup_createconsumer(Call& call) {
  const Stream* found = find_stream_with_group(call);
  if (found == nullptr) return;
  const bool exists = found->groups().find(call.arg(3))->consumer(call.arg(4)) != nullptr;
  call.reply.integer(exists ? 0 : 1);
  if (exists) return;
  change_group(call, consumer_created,
               [&](ConsumerGroup& group) { group.add_consumer(call.arg(4), call.now_ms()); });
}

void xgroup_delconsumer(Call& call) {
  const Stream* found = find_stream_with_group(call);
  if (found == nullptr) return;
  if (found->groups().find(call.arg(3))->consumer(call.arg(4)) == nullptr) {
    return call.reply.integer(0);
  }
  change_group(call, "xgroup-delconsumer", [&](ConsumerGroup& group) {
    call.reply.integer(static_cast<std::int64_t>(group.erase_consumer(call.arg(4))));
  });
}

}  // namespace redouble::command::stream_group
